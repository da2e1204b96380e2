"""GUARD005: an insecure default waits behind the value that replaces it."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from secaudit.facts import Facts
from secaudit.judgement.origins import allows_any, as_list
from secaudit.judgement.secrets import KEYS, is_empty, is_usable, text_of
from secaudit.judgement.values import is_written_in_code
from secaudit.rule import Example, Match, Rule, Severities


def _is_unusable(value: Any) -> bool:  # noqa: ANN401 - the value of any setting
    text = text_of(value)
    return text is not None and not is_empty(text) and not is_usable(text)


def _is_true(value: Any) -> bool:  # noqa: ANN401 - the value of any setting
    return value is True


def _is_false(value: Any) -> bool:  # noqa: ANN401 - the value of any setting
    return value is False


_INSECURE: Final[dict[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(KEYS, _is_unusable),
    "admin.password": _is_unusable,
    "debug.enabled": _is_true,
    "debug.reload": _is_true,
    "cors.origins": allows_any,
    "cors.allow_all": _is_true,
    "hosts.allowed": lambda value: "*" in as_list(value),
    "tls.verify": _is_false,
    "cookie.secure": _is_false,
    "access.enabled": _is_false,
    "token.verify": _is_false,
}


def check(facts: Facts) -> Iterator[Match]:
    """Yield insecure defaults of the code that the winning value shadows."""
    for setting in facts.of(*_INSECURE):
        insecure = _INSECURE[setting.concept]
        if insecure(setting.value):
            continue
        for candidate in setting.candidates[1:]:
            if is_written_in_code(candidate) and insecure(candidate.value):
                yield Match(
                    setting,
                    f"{setting.name} is secure only because its default is replaced",
                    location=candidate.location,
                )
                break


RULE = Rule(
    code="GUARD005",
    name="overridden-insecure-default",
    summary="the code's insecure default is replaced in this deployment",
    severities=Severities("info", "info", "info"),
    applies_to=tuple(_INSECURE),
    owasp=("API8:2023",),
    cwe=(1188,),
    explanation="""\
Nothing is wrong here: a variable replaces the default. The next deployment that forgets the
variable gets the default, though.

Let the default be the secure value, or have none. Reported with `--pedantic` only.""",
    bad=(
        Example(
            {
                "settings.py": 'import os\n\nDEBUG = os.getenv("DEBUG", "true") == "true"\n',
                ".env": "DEBUG=false\n",
            },
            ("--profile", "production", "--pedantic"),
        ),
    ),
    good=(
        Example(
            {
                "settings.py": 'import os\n\nDEBUG = os.getenv("DEBUG", "false") == "true"\n',
                ".env": "DEBUG=false\n",
            },
            ("--profile", "production", "--pedantic"),
        ),
    ),
    check=check,
    pedantic=True,
)

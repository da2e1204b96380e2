"""Where packages come from: the options, variables and tables of pip, uv, Poetry, PDM and Pipenv.

Sources: the configuration references of pip 25, uv 0.9, Poetry 2, PDM 2 and Pipenv.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from secaudit.facts import Candidate, Setting, Unknown
from secaudit.location import Location
from secaudit.naming import Meaning
from secaudit.options import Options
from secaudit.patterns import lazy
from secaudit.planning import paths, profiles
from secaudit.planning.deployment import Deployment
from secaudit.planning.layers import Environment
from secaudit.planning.profiles import Signal
from secaudit.planning.reading import Reader
from secaudit.planning.settings import written
from secaudit.syntax.requirements import parse
from secaudit.syntax.text import Text

INDEX: Final = Meaning("packages.index", inverted=False, service="packages")
UNVERIFIED: Final = Meaning("tls.verify", inverted=False, service="packages")
_INDEX_OPTIONS: Final = frozenset({"--index-url", "--extra-index-url", "-i", "--default-index"})
_LINKS: Final = frozenset({"--find-links", "-f"})
_TRUST_OPTIONS: Final = frozenset({"--trusted-host", "--allow-insecure-host"})
_INDEX_KEY: Final = lazy(
    r"(tool\.uv\.)?(pip\.)?((extra-|default-)?index(-url)?|index\.\d+\.url|find-links)"  # uv
    r"|(tool\.(poetry|pdm)\.)?source\.\d+\.url"  # Poetry, PDM, Pipenv
    r"|[a-z]+\.((extra-)?index-url|find-links)"  # pip
)
_TRUST_KEY: Final = lazy(r"(tool\.uv\.)?(pip\.)?allow-insecure-host|[a-z]+\.trusted-host")
_VERIFY_KEY: Final = lazy(r"(tool\.pdm\.)?source\.\d+\.verify_ssl")
_INDEX_VARIABLE: Final = lazy(
    r"PIP_((EXTRA_)?INDEX_URL|FIND_LINKS)|UV_((DEFAULT_|EXTRA_)?INDEX(_URL)?|FIND_LINKS)"
    r"|PIPENV_PYPI_MIRROR"
)
_TRUST_VARIABLE: Final = lazy(r"PIP_TRUSTED_HOST|UV_INSECURE_HOST")
_FILES: Final = frozenset({"pyproject.toml", "uv.toml", "Pipfile", "pip.conf", "pip.ini"})


def is_tool_file(name: str) -> bool:
    """Say whether a file configures tools: of its keys only those about packages are settings."""
    return name in _FILES


def meaning_of_key(name: str, value: Any) -> tuple[Meaning, Any] | None:  # noqa: ANN401 - any data
    """Return what a key of such a file means, with its value for the rules; None for the others."""
    if _INDEX_KEY.fullmatch(name):
        return INDEX, value
    if _TRUST_KEY.fullmatch(name):
        return UNVERIFIED, not value
    return (UNVERIFIED, value) if _VERIFY_KEY.fullmatch(name) else None


def of_words(words: Sequence[Text], *, requirements: bool = False) -> Iterator[Setting]:
    """Yield what the options of an installing command, or of a requirements file, say."""
    indexes = _INDEX_OPTIONS | _LINKS if requirements else _INDEX_OPTIONS
    before = ""
    for position, word in enumerate(words):
        option, equals, text = word.value.partition("=")
        follows, before = before in indexes, word.value
        place = word
        if not equals and position + 1 < len(words):
            place, text = words[position + 1], words[position + 1].value
        if option in _TRUST_OPTIONS and text:
            yield _setting(f"pip {option}", UNVERIFIED, False, place.value, place.location)
        elif option in indexes and "://" in text:
            yield _setting(f"pip {option}", INDEX, _known(text), text, place.location)
        elif word.value == "set" and "config" in [one.value for one in words[:position]]:
            yield from _written(words[position + 1 : position + 3])
        elif requirements and not follows and word.value.startswith("http://"):
            name = words[0].value.partition("@")[0]
            yield _setting(name, INDEX, _known(word.value), word.value, word.location)


def _written(words: Sequence[Text]) -> Iterator[Setting]:
    """Yield what ``pip config set KEY VALUE`` writes, by its last two words."""
    for key, value in pairwise(words):
        meaning = meaning_of_key(key.value, value.value)
        if meaning is not None:
            told = meaning[1] if isinstance(meaning[1], bool) else _known(value.value)
            yield _setting(f"pip {key.value}", meaning[0], told, value.value, value.location)


def of_environment(environment: Environment) -> Iterator[Setting]:
    """Yield what variables tell pip and uv while an image is built."""
    for name, found in environment.items():
        one = found[0]
        if one.location is None or not one.value:
            continue
        if _INDEX_VARIABLE.fullmatch(name):
            yield _setting(name, INDEX, one.value, one.raw or "", one.location)
        elif _TRUST_VARIABLE.fullmatch(name):
            yield _setting(name, UNVERIFIED, False, one.raw or "", one.location)


def deployments(
    root: str, files: Iterable[str], reader: Reader, options: Options
) -> Iterator[Deployment]:
    """Yield one deployment for each requirements file that says where packages come from."""
    for path in files:
        lines = reader.parse(path, parse) or ()
        found = [one for words in lines for one in of_words(words, requirements=True)]
        if found:
            relative = paths.relative(path, root)
            signals = [Signal(relative, profiles.of_file(relative))]
            profile = profiles.chosen(options, [path], signals)
            yield Deployment(relative, root, profile, settings=tuple(found))


def _known(text: str) -> Any:  # noqa: ANN401 - text or Unknown
    return Unknown("a variable of the shell") if "$" in text else text


def _setting(
    name: str,
    meaning: Meaning,
    value: Any,  # noqa: ANN401 - a flag or text
    raw: str,
    place: Location,
) -> Setting:
    candidate = Candidate("argument", value, raw, place, literal=True)
    return written(name, meaning.concept, "", place, candidate, service=meaning.service)

"""What a command that starts the code says: the server, its options, a development server."""

import re
import shlex
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, Final

from secaudit.facts import Candidate, Setting, Unknown
from secaudit.location import Location
from secaudit.patterns import lazy
from secaudit.planning.layers import Environment
from secaudit.planning.settings import written
from secaudit.syntax.text import Text

SEPARATORS: Final = frozenset({"&&", "||", ";", "|", "&"})
_SERVERS = frozenset({"uvicorn", "gunicorn", "hypercorn", "granian", "daphne", "waitress-serve"})
_RUNNERS = lazy(
    r"uvicorn|gunicorn|hypercorn|granian|daphne|flask|fastapi|django-admin|manage\.py|celery|dramatiq"
    r"|rq|arq|python[\d.]*|litestar|alembic|pytest|waitress-serve|poetry|uv|pdm|hatch"
)
_CODE = lazy(r".*\.py|(\./)?manage\.py")
_UNVERIFIED = frozenset({"-k", "--insecure", "--no-check-certificate"})
_PROTOCOLS = {"1": "SSLv3", "3": "TLSv1", "4": "TLSv1_1"}  # the numbers of ssl.PROTOCOL_...
_MINIMUM_QUOTED = 2
_OPTIONS = (
    ("tls.minimum", ("--ssl-version",)),
    ("server.workers", ("--workers", "-w")),
    ("server.host", ("--host",)),
    ("proxy.trusted", ("--forwarded-allow-ips",)),
    ("debug.log_level", ("--log-level",)),
)
_NEAR = 60  # words behind a program that may be its options, and not another program's


def words_of(text: str, location: Location) -> list[Text]:
    """Split a shell command; each word has its own place when the text stands on one line."""
    found = []
    single = location.line == location.end_line
    for match in re.finditer(r"""(?:"[^"]*"|'[^']*'|[^\s"'])+""", text):
        place = location
        if single and location.end_column - location.column == len(text):
            column = location.column + match.start()
            place = location._replace(column=column, end_column=column + len(match[0]))
        found.append(Text(_unquoted(match[0]), place))
    return found


def _unquoted(word: str) -> str:
    try:
        return "".join(shlex.split(word)) if re.search(r"['\"\\]", word) else word
    except ValueError:
        return word


def flattened(words: Sequence[Text]) -> list[Text]:
    """Return the words of a command, looking into ``sh -c "..."``."""
    result: list[Text] = []
    for position, word in enumerate(words):
        after_c = position > 0 and words[position - 1].value == "-c"
        if after_c and position > 1 and re.search(r"(^|/)(ba|da|a)?sh$", words[position - 2].value):
            inner = word.location
            width = inner.end_column - inner.column
            if len(word.value) + _MINIMUM_QUOTED == width:
                inner = inner._replace(column=inner.column + 1, end_column=inner.end_column - 1)
            result += words_of(word.value, inner)
        else:
            result.append(word)
    return result


def with_variables(words: Sequence[Text], environment: Environment) -> list[Text]:
    """Return the words of a command and behind them those that gunicorn takes from a variable."""
    flat = flattened(words)
    given = environment.get("GUNICORN_CMD_ARGS", ())[:1]
    for one in given if runs_gunicorn(flat) else ():
        if isinstance(one.value, str) and one.location is not None:
            flat += words_of(one.value, one.location)
    return flat


def runs_gunicorn(words: Sequence[Text]) -> bool:
    """Say whether a command starts gunicorn."""
    return any(word.value.rpartition("/")[2] == "gunicorn" for word in flattened(words))


def runs_code(words: Sequence[Text]) -> bool:
    """Say whether a command starts Python code."""
    names = [word.value.rpartition("/")[2] for word in words]
    return any(_RUNNERS.fullmatch(name) or _CODE.fullmatch(name) for name in names)


def settings(words: Sequence[Text]) -> list[Setting]:
    """Return the settings that a command's words make."""
    found: list[Setting] = []
    names = [word.value.rpartition("/")[2] for word in words]
    for position, name in enumerate(names):
        rest = _own(words[position + 1 :])
        after = names[position + 1 : position + 1 + len(rest)]
        if name in _SERVERS:
            found += _options(name, rest)
        elif name == "flask" and "run" in after:
            found.append(_setting("flask run", "debug.server", word=words[position]))
            found += _flag("flask --debug", "debug.enabled", rest, "--debug")
        elif name == "fastapi" and after[:1] == ["dev"]:
            found.append(_setting("fastapi dev", "debug.server", word=rest[0]))
            if not any(word.value == "--no-reload" for word in rest):
                found.append(_setting("fastapi dev reload", "debug.reload", word=rest[0]))
        elif name == "celery":
            levels = ("--loglevel", "-l")
            found += _value("celery --loglevel", "debug.log_level", rest, levels)
        elif name in {"manage.py", "django-admin"} and "runserver" in after:
            found.append(_setting("runserver", "debug.server", word=_word(rest, "runserver")))
    return found


def _own(words: Sequence[Text]) -> list[Text]:
    """Return the words up to the next command of the line or script."""
    return list(takewhile(lambda word: word.value not in SEPARATORS, words))


def downloads(words: Sequence[Text]) -> list[Setting]:
    """Return the downloads of a build that accept any certificate."""
    return [
        _setting(f"download {word.value}", "tls.verify", value=False, word=word)
        for position, word in enumerate(words)
        if word.value in _UNVERIFIED and _fetches(words[:position])
    ]


def _fetches(words: Sequence[Text]) -> bool:
    """Say whether the running command is curl or wget: the last program before an option."""
    for word in reversed(words):
        if word.value in SEPARATORS:
            return False
        if word.value in {"curl", "wget"}:
            return True
    return False


def _options(server: str, words: list[Text]) -> list[Setting]:
    """Return what the options of a server say."""
    found = _flag(f"{server} --reload", "debug.reload", words, "--reload")
    for concept, names in _OPTIONS:
        found += _value(f"{server} {names[0]}", concept, words, names)
    return found


def _flag(name: str, concept: str, words: list[Text], option: str) -> list[Setting]:
    given = (word for word in words[:_NEAR] if word.value == option)
    return [_setting(name, concept, word=word) for word in given][:1]


def _value(name: str, concept: str, words: list[Text], names: tuple[str, ...]) -> list[Setting]:
    for position, word in enumerate(words):
        option, equals, text = word.value.partition("=")
        if option not in names:
            continue
        if equals:
            place = word
        elif position + 1 < len(words):
            place, text = words[position + 1], words[position + 1].value
        else:
            return []
        return [_setting(name, concept, value=_typed(concept, text), word=place)]
    return []


def _typed(concept: str, text: str) -> Any:  # noqa: ANN401 - by concept
    if "$" in text:
        return Unknown("a variable of the container's shell")
    if concept == "server.workers":
        return int(text) if text.isdigit() else Unknown("not a number")
    if concept == "tls.minimum":
        return _PROTOCOLS.get(text, text)
    if concept == "proxy.trusted":
        return [part.strip() for part in text.split(",")]
    return text.upper() if concept == "debug.log_level" else text


def _word(words: list[Text], value: str) -> Text:
    return next(word for word in words if word.value == value)


def _setting(name: str, concept: str, *, word: Text, value: Any = True) -> Setting:  # noqa: ANN401 - a flag that is written is True
    candidate = Candidate("argument", value, word.value, word.location, literal=True)
    return written(name, concept, "server", word.location, candidate)

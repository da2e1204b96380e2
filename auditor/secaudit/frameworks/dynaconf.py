"""dynaconf: the variables that replace what its files say.

Its files are judged by themselves; of a settings object nothing is certain, because the merged
files, hooks and validators have a part in it. Variables are read last, so that theirs is the value
that counts. Source: dynaconf 3.3.5 (``loaders.env_loader``, ``utils.parse_conf``, ``contrib``).
"""

from collections.abc import Callable
from typing import Any, Final

from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import Place, Value, plain, unknown
from secaudit.facts import Unknown
from secaudit.frameworks.dotenv import find_upwards, load_file
from secaudit.frameworks.standard_library import from_plain

_ALWAYS: Final = "DYNACONF"  # a prefix that is read whatever the chosen one


def _settings(prefix: str, *, dotenv: bool) -> Callable[[Call], Value]:
    """Return the handler of a settings class with its own defaults."""

    def make(call: Call) -> Value:
        interpreter = call.interpreter
        given = {name.lower(): plain(value) for name, value in call.keywords.items()}
        chosen = _option(given, "envvar_prefix", prefix)
        if call.rest is not None or not isinstance(chosen, str):
            interpreter.environment.searched = True
            return unknown("settings of dynaconf", call.place)
        if _option(given, "load_dotenv", dotenv) is True:
            _load_dotenv(interpreter)
        for one in dict.fromkeys((_ALWAYS, *chosen.upper().split(","))):
            _read(interpreter, f"{one}_", call.place)
        return unknown("settings of dynaconf", call.place)

    return make


def _option(given: dict[str, Any], name: str, default: Any) -> Any:  # noqa: ANN401 - any option
    return given.get(name, given.get(f"{name}_for_dynaconf", default))


def _load_dotenv(interpreter: Interpreter) -> None:
    """Load ``.env`` of the working directory or a folder above it; the process wins."""
    path = find_upwards(interpreter, interpreter.world.root, ".env")
    file = interpreter.world.open(path, "python-dotenv") if path is not None else None
    if file is not None and not _is_given(interpreter, file.path):
        load_file(interpreter, file)


def _is_given(interpreter: Interpreter, path: str) -> bool:
    """Say whether the process has the variables of a file already."""
    given = (interpreter.environment.peek(name) for name in interpreter.environment.names())
    places = (one.location for found in given for one in found)
    return any(place is not None and place.path == path for place in places)


def _read(interpreter: Interpreter, prefix: str, place: Place) -> None:
    """Note every variable with a prefix as a setting; ``__`` leads into tables."""
    interpreter.environment.prefixes[prefix] = None
    for name in sorted(interpreter.environment.names()):
        if not name.startswith(prefix):
            continue
        first, *others = interpreter.environment.lookup(name)
        data = parsed(first.value)
        made = from_plain(interpreter, data, place).data
        value = Value(made, place, (first._replace(value=data), *others), (name,))
        key = name.removeprefix(prefix).replace("__", ".")
        interpreter.reads.append((key, value, place))


def parsed(text: Any) -> Any:  # noqa: ANN401 - a variable's text, or Unknown
    """Return what dynaconf makes of a variable: a TOML value where it is one, else its text."""
    if not isinstance(text, str) or text.startswith("@") or "dynaconf_" in text:
        return text if isinstance(text, Unknown) else Unknown("a directive of dynaconf")
    import tomllib  # noqa: PLC0415 - few projects use dynaconf

    written = text.lower() if text.strip() in {"True", "False"} else text
    try:
        return tomllib.loads(f"key={written}")["key"]
    except (ValueError, RecursionError):
        return text


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    **dict.fromkeys(
        ("dynaconf.Dynaconf", "dynaconf.LazySettings"), _settings(_ALWAYS, dotenv=False)
    ),
    "dynaconf.FlaskDynaconf": _settings("FLASK", dotenv=True),
    "dynaconf.contrib.FlaskDynaconf": _settings("FLASK", dotenv=True),
    "dynaconf.DjangoDynaconf": _settings("DJANGO", dotenv=True),
}

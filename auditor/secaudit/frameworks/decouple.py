"""python-decouple: process environment, the nearest ``settings.ini`` or ``.env``, the default."""

from collections.abc import Callable
from os.path import dirname, join
from typing import Any, Final

from secaudit.evaluation.calls import invoke
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    External,
    FunctionData,
    Instance,
    Value,
    plain,
    unknown,
)
from secaudit.facts import Candidate, Unknown
from secaudit.frameworks.dotenv import file_candidates
from secaudit.frameworks.reading import cast, not_known, required, variable
from secaudit.frameworks.standard_library import from_plain, library_object
from secaudit.syntax.text import whole
from secaudit.syntax.tree import Mapping, Scalar

_TRUE: Final = frozenset({"y", "yes", "t", "true", "on", "1"})
_FALSE: Final = frozenset({"n", "no", "f", "false", "off", "0"})
_MAX_FOLDERS: Final = 50


def _repository(interpreter: Interpreter, start: str) -> dict[str, Candidate] | None:
    """Return what the nearest configuration file gives; None when it cannot be read."""
    folder = start
    for _ in range(_MAX_FOLDERS):
        if interpreter.world.exists(join(folder, "settings.ini")):
            return _sections(interpreter, join(folder, "settings.ini"))
        path = join(folder, ".env")
        if interpreter.world.exists(path):
            return _file(interpreter, path)
        if dirname(folder) in {folder, "/"}:
            break
        folder = dirname(folder)
    return {}


def _file(interpreter: Interpreter, path: str) -> dict[str, Candidate]:
    file = interpreter.world.open(path, "decouple")
    return {} if file is None else file_candidates(interpreter, file)


def _sections(interpreter: Interpreter, path: str) -> dict[str, Candidate] | None:
    """Return the section ``settings`` of an INI file, its keys in lower case as configparser's."""
    file = interpreter.world.tree(path, "ini")
    if not isinstance(file, Mapping):
        return None
    _, section = file.items.get("settings", (None, None))
    found = _Folded()
    for key, (_, node) in section.items.items() if isinstance(section, Mapping) else ():
        if isinstance(node, Scalar):
            interpolated = isinstance(node.value, str) and "%" in node.value
            value = Unknown("an interpolation") if interpolated else node.value
            found[key.lower()] = Candidate(
                "config-file", value, node.raw, node.location, literal=True
            )
    return found


class _Folded(dict[str, Candidate]):
    """Options of configparser, which ignores case."""

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - as dict's
        return super().get(key.lower(), default)


def _auto(call: Call) -> Value:
    """``config(option, default=undefined, cast=undefined)``."""
    interpreter = call.interpreter
    start = dirname(call.frame.module.path)
    state = interpreter.state.setdefault("decouple", {})
    if "found" not in state:  # the first caller decides, for the whole process
        state["found"] = _repository(interpreter, start)
    return _read(call, state["found"])


def _read(call: Call, found: dict[str, Candidate] | None) -> Value:
    interpreter = call.interpreter
    key = plain(call.argument(0, "option") or Value(Unknown("no name")))
    if not isinstance(key, str):
        interpreter.environment.searched = True
        return unknown("reads a variable whose name is not known", call.place)
    interpreter.environment.touch(key)
    behind = not_known("a configuration file that is not read") if found is None else found.get(key)
    default = call.argument(1, "default")
    more = () if behind is None else (behind,)
    value = variable(interpreter, key, default, call.place, more)
    if interpreter.handlers:
        value = required(value, "UndefinedValueError", call.place)
    converter = call.argument(2, "cast")
    if converter is None or not value.known:
        return value
    return convert(call, value, converter)


def convert(call: Call, value: Value, converter: Value) -> Value:
    """Apply a cast; decouple casts the default too."""
    interpreter = call.interpreter
    data = converter.data
    if isinstance(data, Instance) and data.type_name == "decouple.Csv":
        made = cast(interpreter, value, _csv(data), call.place, "list")
        return made._replace(data=from_plain(interpreter, made.data, call.place).data)
    if isinstance(data, Instance) and data.type_name == "decouple.Choices":
        return cast(interpreter, value, _choice(data), call.place, "choice")
    if isinstance(data, FunctionData):
        return invoke(converter, call._replace(arguments=[value], keywords={}, rest=None))
    name = data.name if isinstance(data, External) else ""
    if name == "builtins.bool":
        return cast(interpreter, value, _boolean, call.place, "bool")
    casts: dict[str, Callable[[Any], Any]] = {
        "builtins.int": int,
        "builtins.float": float,
        "builtins.str": str,
    }
    if name in casts:
        kind = name.removeprefix("builtins.")
        return cast(interpreter, value, casts[name], call.place, kind)
    if name.endswith("dj_database_url.parse") or name == "dj_database_url.parse":
        from secaudit.frameworks.database_urls import as_dictionary  # noqa: PLC0415 - on demand

        return as_dictionary(call.interpreter, value, call.place)
    return unknown("a cast that is not known", call.place)


def _boolean(data: Any) -> bool:  # noqa: ANN401 - text or a default
    text = str(data)
    if text == "" or isinstance(data, bool):
        return bool(data)
    if text.lower() not in _TRUE | _FALSE:
        raise ValueError(text)
    return text.lower() in _TRUE


def _choice(instance: Instance) -> Callable[[Any], Any]:
    """Return what ``Choices(flat=None, cast=str, choices=None)`` does."""
    given: Call = instance.state["call"]
    flat, kind, pairs = (
        given.argument(i, name) for i, name in enumerate(("flat", "cast", "choices"))
    )
    allowed = plain(flat) if flat is not None else []
    ordinary = kind is None or getattr(kind.data, "name", "") == "builtins.str"

    def choose(data: Any) -> Any:  # noqa: ANN401 - text or a default
        if pairs is not None or not ordinary or not isinstance(allowed, list | tuple):
            return Unknown("choices that are not known")
        if str(data) not in allowed:
            raise ValueError(str(data))
        return str(data)

    return choose


def _csv(instance: Instance) -> Callable[[Any], Any]:
    """Return what ``Csv(cast=str, delimiter=",", strip=..., post_process=list)`` does."""
    given: Call = instance.state["call"]
    options = [
        given.argument(i, name)
        for i, name in enumerate(("cast", "delimiter", "strip", "post_process"))
    ]
    item, separator, strip, post = options
    kinds: dict[str, Callable[[Any], Any]] = {"builtins.int": int, "builtins.str": str}
    name = "builtins.str" if item is None else getattr(item.data, "name", "")
    mark = "," if separator is None else plain(separator)
    blank = " \t\n\r\x0b\x0c" if strip is None else plain(strip)

    def split(data: Any) -> Any:  # noqa: ANN401 - text or a default
        from shlex import shlex  # noqa: PLC0415 - few settings need it

        known = name in kinds and isinstance(mark, str) and isinstance(blank, str)
        if not known or (post is not None and getattr(post.data, "name", "") not in _POST):
            return Unknown("a list with options that are not known")
        if data is None:
            parts: list[Any] = []
        else:
            splitter = shlex(data, posix=True)
            splitter.whitespace = str(mark)
            splitter.whitespace_split = True
            parts = [kinds[name](part.strip(str(blank))) for part in splitter]
        return _POST["builtins.list" if post is None else post.data.name](parts)

    return split


_POST: Final[dict[str, Callable[[Any], Any]]] = {
    "builtins.list": list,
    "builtins.tuple": tuple,
    "builtins.set": frozenset,
    "builtins.frozenset": frozenset,
}


def _reading(
    read: Callable[[Interpreter, str], dict[str, Candidate] | None], usual: str = ""
) -> Callable[[Call], Value]:
    """Return the handler of ``RepositoryEnv(source)`` and its like."""

    def make(call: Call) -> Value:
        source = plain(call.argument(0, "source") or Value(usual))
        instance = Instance("decouple.Repository", None, call.interpreter.level)
        instance.state["found"] = read(call.interpreter, source) if _is_path(source) else None
        return Value(instance, call.place)

    return make


def _is_path(source: Any) -> bool:  # noqa: ANN401 - an argument
    return isinstance(source, str) and source != ""


def _secrets(interpreter: Interpreter, folder: str) -> dict[str, Candidate] | None:
    """Return what the files of a folder say, None when it is not in the project."""
    names = interpreter.world.names(folder)
    if names is None:
        return None
    found: dict[str, Candidate] = {}
    for name in names:
        path = join(folder, name)
        text = interpreter.world.text(path)
        if text is None:
            found[name] = not_known(f"{path} is mounted and not in the project")
            continue
        place = whole(text, interpreter.world.absolute(path)).location
        found[name] = Candidate("secrets-dir", text, text, place, literal=True)
    return found


def _config(call: Call) -> Value:
    """``Config(repository)``."""
    given = call.argument(0, "repository")
    instance = Instance("decouple.Config", None, call.interpreter.level)
    known = given is not None and isinstance(given.data, Instance)
    instance.state["found"] = given.data.state.get("found") if known and given else None
    return Value(instance, call.place)


def _auto_config(call: Call) -> Value:
    """``AutoConfig(search_path=None)``."""
    path = call.argument(0, "search_path")
    start = dirname(call.frame.module.path) if path is None else plain(path)
    instance = Instance("decouple.Config", None, call.interpreter.level)
    instance.state["found"] = (
        _repository(call.interpreter, call.interpreter.world.absolute(start))
        if isinstance(start, str)
        else None
    )
    return Value(instance, call.place)


def _call(_receiver: Value, instance: Instance, call: Call) -> Value:
    return _read(call, instance.state["found"])


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "decouple.config": _auto,
    "decouple.config.get": _auto,
    "decouple.Csv": library_object("decouple.Csv"),
    "decouple.Choices": library_object("decouple.Choices"),
    "decouple.Config": _config,
    "decouple.RepositoryEnv": _reading(_file),
    "decouple.RepositoryIni": _reading(_sections),
    "decouple.RepositorySecret": _reading(_secrets, "/run/secrets/"),
    "decouple.AutoConfig": _auto_config,
}
METHODS: Final = {"decouple.Config.__call__": _call, "decouple.Config.get": _call}

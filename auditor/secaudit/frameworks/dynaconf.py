"""dynaconf: what its files say, and the variables that replace it.

Files with one section an environment are judged by themselves. Of a settings object nothing is
certain, because hooks and validators have a part in it. Variables are read last, so that theirs is
the value that counts. Source: dynaconf 3.3.5 (``loaders``, ``utils.parse_conf``, ``contrib``).
"""

from collections.abc import Callable
from os.path import join
from typing import Any, Final

from secaudit.budget import Budget
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import Place, Value, plain, unknown
from secaudit.facts import Unknown
from secaudit.frameworks.data_readers import from_tree
from secaudit.frameworks.dotenv import find_upwards, load_file
from secaudit.frameworks.standard_library import from_plain
from secaudit.syntax.tree import Node, leaves

_Found = dict[str, tuple[str, Value]]  # key in lower case -> as it is written, and its value
_MOST: Final = 20_000  # values of one file
_SYNTAXES: Final = {".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
_ALWAYS: Final = "DYNACONF"  # a prefix that is read whatever the chosen one


def _settings(prefix: str, *, extension: bool) -> Callable[[Call], Value]:
    """Return the handler of a settings class; ``extension``: with the defaults of a framework's."""

    def make(call: Call) -> Value:
        interpreter = call.interpreter
        given = {name.lower(): plain(value) for name, value in call.keywords.items()}
        chosen = _option(given, "envvar_prefix", prefix)
        if call.rest is not None or not isinstance(chosen, str):
            interpreter.environment.searched = True
            return unknown("settings of dynaconf", call.place)
        if _option(given, "load_dotenv", extension) is True:
            _load_dotenv(interpreter)
        sections = _option(given, "environments", extension)
        found = {} if sections else _of_files(interpreter, given, call.place)
        for one in dict.fromkeys((_ALWAYS, *chosen.upper().split(","))):
            _read(interpreter, f"{one}_", call.place, found)
        interpreter.reads += [(key, value, call.place) for key, value in found.values()]
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


def _of_files(interpreter: Interpreter, given: dict[str, Any], place: Place) -> _Found:
    """Return the keys of the files, later ones instead of earlier ones."""
    names = _option(given, "settings_files", _option(given, "settings_file", ()))
    names = names.split(",") if isinstance(names, str) else names
    if not isinstance(names, list | tuple):
        return {}
    merges = _option(given, "merge_enabled", None) is True
    found: _Found = {}
    for name in names:
        tree = _tree(interpreter, name, _option(given, "root_path", ""))
        own: _Found = {}
        for path, _, node in leaves(tree, Budget(_MOST)) if tree is not None else ():
            key = ".".join(path)
            own[key.lower()] = key, from_tree(interpreter, node, place)
        replaced = set() if merges else {key.partition(".")[0] for key in own}
        found = {k: one for k, one in found.items() if k.partition(".")[0] not in replaced} | own
    return found


def _tree(interpreter: Interpreter, name: Any, root: Any) -> Node | None:  # noqa: ANN401 - options
    """Return a file below the root path, the working directory or their ``config``."""
    syntax = _SYNTAXES.get(name[name.rfind(".") :]) if isinstance(name, str) else None
    if syntax is None:
        return None
    folders = [root] if isinstance(root, str) and root else []
    for folder in (*folders, interpreter.world.root):
        for path in (join(folder, name.strip()), join(folder, "config", name.strip())):
            if interpreter.world.exists(path):
                return interpreter.world.tree(path, syntax)
    return None


def _read(interpreter: Interpreter, prefix: str, place: Place, found: _Found) -> None:
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
        found[key.lower()] = key, value


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
        ("dynaconf.Dynaconf", "dynaconf.LazySettings"), _settings(_ALWAYS, extension=False)
    ),
    "dynaconf.FlaskDynaconf": _settings("FLASK", extension=True),
    "dynaconf.contrib.FlaskDynaconf": _settings("FLASK", extension=True),
    "dynaconf.DjangoDynaconf": _settings("DJANGO", extension=True),
}

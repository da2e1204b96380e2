"""configparser: ``ConfigParser().read(path)`` and the values taken from its sections.

Source: Python 3.13 (``configparser``). A file that the project does not have may give any value:
whoever runs the program puts it there.
"""

from collections.abc import Callable
from typing import Any, Final

from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.operators import derive
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import Instance, ListData, PathData, Place, Value, plain, unknown
from secaudit.facts import Candidate, Unknown
from secaudit.frameworks.data_readers import whole_file
from secaudit.frameworks.ini_references import References, Sections
from secaudit.frameworks.sinks import recorder
from secaudit.syntax.tree import Mapping, Scalar

_PARSER: Final = "configparser.ConfigParser"
_SECTION: Final = "configparser.SectionProxy"
_KNOWN_OPTIONS: Final = frozenset({"interpolation", "allow_no_value", "strict"})
_TRUE: Final = frozenset({"1", "yes", "true", "on"})
_FALSE: Final = frozenset({"0", "no", "false", "off"})


class _Read:
    """What a parser holds; ``rest`` is Unknown when a file it reads is not known."""

    def __init__(self, interpolation: str, rest: Unknown | None) -> None:
        self.interpolation = interpolation  # "basic", "extended", or "" for none
        self.rest = rest
        self.folds = True  # option names are compared in lower case
        self.sections: Sections = {}

    def key(self, option: str) -> str:
        return option.lower() if self.folds else option

    def absorb(self, tree: Mapping) -> None:
        """Take over the sections of one more file; its options replace those before it."""
        for name, mapping in tree.mappings(*tree.items).items():
            own = self.sections.setdefault(name, {})
            for option, (_, node) in mapping.items.items():
                if isinstance(node, Scalar):
                    own[self.key(option)] = node


def _parser(interpolation: str) -> Callable[[Call], Value]:
    def make(call: Call) -> Value:
        chosen, rest = interpolation, call.rest
        given = call.keywords.get("interpolation")
        if given is not None:
            name = given.data.type_name if isinstance(given.data, Instance) else ""
            chosen = {"configparser.ExtendedInterpolation": "extended"}.get(name, "basic")
            chosen = "" if given.data is None else chosen
        if call.arguments or call.keywords.keys() - _KNOWN_OPTIONS:
            rest = Unknown("options of configparser that are not followed")
        instance = Instance(_PARSER, None, call.interpreter.level)
        instance.state["read"] = _Read(chosen, rest)
        return Value(instance, call.place)

    return make


def _load(read: _Read, path: str | None, interpreter: Interpreter) -> None:
    tree = interpreter.world.tree(path, "ini") if path is not None else None
    if isinstance(tree, Mapping):
        read.absorb(tree)
    else:
        read.rest = Unknown("reads a file that the project does not have")


def _read(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``parser.read(filenames)``: one path or several, later ones replace earlier ones."""
    given = call.argument(0, "filenames") or Value(None)
    data = given.data
    for one in data.items if isinstance(data, ListData) else [given]:
        path = one.data.text if isinstance(one.data, PathData) else plain(one)
        _load(instance.state["read"], path if isinstance(path, str) else None, call.interpreter)
    return unknown("which files configparser could read", call.place)


def _read_file(_receiver: Value, instance: Instance, call: Call) -> Value:
    """``parser.read_file(open(path))``."""
    path = whole_file(call.argument(0, "f") or Value(None))
    _load(instance.state["read"], path, call.interpreter)
    return Value(None, call.place)


def _disturbed(_receiver: Value, instance: Instance, call: Call) -> Value:
    """A method that adds or changes options: from then on nothing of the parser is certain."""
    instance.state["read"].rest = Unknown("options that code adds")
    instance.state["read"].sections.clear()
    return Value(None, call.place)


def _option(instance: Instance, section: Any, option: Any, place: Place) -> Value | None:  # noqa: ANN401 - keys of the program
    """Return an option as text, Unknown when it may be given, None when it is not there."""
    read: _Read = instance.state["read"]
    if not isinstance(section, str) or not isinstance(option, str):
        return unknown("an option that is not known", place)
    found = read.sections.get(section, {}).get(read.key(option))
    if read.rest is not None:
        return Value(read.rest, place)
    if found is None:
        return None
    text = References(read.sections, read.interpolation, read.key).text(section, found)
    candidate = Candidate("config-file", text, found.raw, found.location, literal=True)
    return Value(text, place, (candidate,))


def _boolean(text: str) -> bool:
    lowered = text.lower()
    if lowered in _TRUE or lowered in _FALSE:
        return lowered in _TRUE
    raise ValueError(text)


_CASTS: Final[dict[str, Callable[[str], Any]]] = {
    "get": str,
    "getint": int,
    "getfloat": float,
    "getboolean": _boolean,
}


def _converted(found: Value | None, call: Call, name: str, fallback: Value | None) -> Value:
    """Return an option cast as ``get...`` does; a fallback is taken as it is."""
    if found is None:
        if fallback is not None:
            return fallback
        raise ProgramError("NoOptionError", "no such option", call.place)
    return found if name == "get" else derive(_CASTS[name], call.place, found)


def _getter(name: str) -> Callable[[Value, Instance, Call], Value]:
    def get(_receiver: Value, instance: Instance, call: Call) -> Value:
        """``parser.get(section, option, *, fallback)``."""
        section = plain(call.argument(0, "section") or Value(None))
        option = plain(call.argument(1, "option") or Value(None))
        found = _option(instance, section, option, call.place)
        return _converted(found, call, name, call.argument(-1, "fallback"))

    return get


def _section_getter(name: str) -> Callable[[Value, Instance, Call], Value]:
    def get(_receiver: Value, instance: Instance, call: Call) -> Value:
        """``section.get(option, fallback=None)``."""
        option = plain(call.argument(0, "option") or Value(None))
        found = _option(instance, instance.state["section"], option, call.place)
        fallback = call.argument(1, "fallback") or Value(None, call.place)
        return _converted(found, call, name, fallback)

    return get


def _section(interpreter: Interpreter, receiver: Value, key: Value, place: Place) -> Value:
    """``parser[section]``."""
    instance: Instance = receiver.data
    read: _Read = instance.state["read"]
    name = plain(key)
    if read.rest is None and isinstance(name, str) and name not in read.sections:
        raise ProgramError("KeyError", name, place)
    proxy = Instance(_SECTION, None, interpreter.level)
    proxy.state |= {"read": read, "section": name}
    return Value(proxy, place)


def _item(_interpreter: Interpreter, receiver: Value, key: Value, place: Place) -> Value:
    """``parser[section][option]``."""
    instance: Instance = receiver.data
    found = _option(instance, instance.state["section"], plain(key), place)
    if found is None:
        raise ProgramError("KeyError", str(plain(key)), place)
    return found


def _set_transform(
    _interpreter: Interpreter, instance: Instance, value: Value, _place: Place
) -> None:
    """``parser.optionxform = str``: option names keep their case."""
    read: _Read = instance.state["read"]
    if getattr(value.data, "name", "") == "builtins.str":
        read.folds = False
    else:
        read.rest = Unknown("option names that code changes")


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "configparser.ConfigParser": _parser("basic"),
    "configparser.SafeConfigParser": _parser("basic"),
    "configparser.RawConfigParser": _parser(""),
    **{
        f"configparser.{name}": recorder(f"configparser.{name}", ())
        for name in ("BasicInterpolation", "ExtendedInterpolation")
    },
}
METHODS: Final[dict[str, Callable[[Value, Instance, Call], Value]]] = {
    f"{_PARSER}.read": _read,
    f"{_PARSER}.read_file": _read_file,
    **{
        f"{_PARSER}.{name}": _disturbed
        for name in ("read_string", "read_dict", "set", "add_section", "remove_option", "update")
    },
    **{f"{_PARSER}.{name}": _getter(name) for name in _CASTS},
    **{f"{_SECTION}.{name}": _section_getter(name) for name in _CASTS},
}
ITEMS: Final = {_PARSER: _section, _SECTION: _item}
SET_ATTRIBUTES: Final = {f"{_PARSER}.optionxform": _set_transform}

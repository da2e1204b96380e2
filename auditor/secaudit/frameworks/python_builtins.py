"""Built-in functions and types that settings code calls."""

from collections.abc import Callable
from typing import Any, Final

from secaudit.evaluation.access import attribute, iterate
from secaudit.evaluation.bounds import MAX_ITEMS
from secaudit.evaluation.calls import call_function, invoke
from secaudit.evaluation.containers import update
from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.displays import distinct
from secaudit.evaluation.operators import SECONDS, Scalar, derive, run, truth
from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import (
    ClassData,
    DictData,
    External,
    FunctionData,
    Globals,
    Instance,
    ListData,
    PathData,
    Value,
    merge_parts,
    merge_variables,
    plain,
    unknown,
)
from secaudit.facts import Unknown
from secaudit.frameworks.secrets_shown import show
from secaudit.frameworks.standard_library import exit_

_MAX_DIGITS = 4_000


def _converter(function: Callable[..., Any], empty: Any) -> Callable[[Call], Value]:  # noqa: ANN401 - a plain value
    """Return the handler of a constructor such as ``int`` for one argument."""

    def convert(call: Call) -> Value:
        if not call.arguments:
            return Value(empty, call.place)
        first = call.arguments[0]
        if isinstance(first.data, Instance) and first.data.type_name == SECONDS:
            return first  # ``int(time.time())`` is the same moment
        others = [plain(other) for other in call.arguments[1:]]
        if any(isinstance(other, Unknown) for other in others):
            return unknown("an unknown argument", call.place)
        data = plain(first)
        if isinstance(data, Unknown):
            return first._replace(data=data, source=None)
        if isinstance(data, str) and len(data) > _MAX_DIGITS and function is not str:
            return unknown("too large to compute", call.place)
        if not isinstance(data, (*Scalar, list, tuple)) or isinstance(first.data, External):
            return unknown("converts an object", call.place)

        def again(one: Any) -> Any:  # noqa: ANN401 - a plain value
            return function(plain(one), *others)

        return derive(again, call.place, first._replace(data=data))

    return convert


def _bool(call: Call) -> Value:
    if not call.arguments:
        return Value(False, call.place)
    first = call.arguments[0]
    decided = truth(first)
    if decided is None:
        return unknown("an undecided condition", call.place)
    if isinstance(first.data, Scalar):
        return derive(bool, call.place, first)
    return Value(decided, call.place, (), first.variables)


def _str(call: Call) -> Value:
    if call.arguments and isinstance(call.arguments[0].data, PathData):
        return call.arguments[0]._replace(data=call.arguments[0].data.text)
    if call.arguments and isinstance(call.arguments[0].data, Instance):
        holder = call.arguments[0].data
        if holder.state.get("masked"):
            return unknown("a masked secret", call.place)
        own = None if holder.cls is None else holder.cls.find("__str__")
        if own is not None and isinstance(own.data, FunctionData):
            bound = own.data.bound(call.arguments[0])
            return call_function(bound, call._replace(arguments=[], keywords={}))
        if "text" in holder.state:  # a member of an enumeration
            text = holder.state["text"]
            return call.arguments[0]._replace(data=text, candidates=(), source=None)
        if "plain" in holder.state:
            inner = holder.state["plain"]
            return call.arguments[0]._replace(data=inner.data) if inner.known else inner
    return _converter(str, "")(call)


def _collect(kind: str) -> Callable[[Call], Value]:
    """Return the handler of ``list``, ``tuple``, ``set`` or ``frozenset``."""

    def collect(call: Call) -> Value:
        interpreter = call.interpreter
        if not call.arguments:
            return interpreter.list_value([], kind, call.place)
        source = interpreter.held(call.arguments[0])
        items = iterate(source)
        if items is None:
            return Value(source.data if not source.known else Unknown("unknown items"), call.place)
        rest = source.data.rest if isinstance(source.data, ListData | DictData) else None
        if kind in {"set", "frozenset"}:
            items = distinct(items)
        made = interpreter.list_value(items, kind, call.place, rest)
        return source._replace(data=made.data, source=None, parts=merge_parts([source]))

    return collect


def _dict(call: Call) -> Value:
    """``dict(mapping or pairs, **entries)``."""
    made = call.interpreter.dict_value({}, call.place)
    update(made.data, call)
    return made


def _len(call: Call) -> Value:
    value = call.interpreter.held(call.arguments[0])
    if isinstance(value.data, ListData | DictData):
        return Value(value.data.rest or len(value.data.items), call.place)
    data = plain(value)
    if isinstance(data, str | bytes):
        return derive(len, call.place, value._replace(data=data))
    if isinstance(data, Unknown):
        return Value(data, call.place)
    raise ProgramError("TypeError", "object has no len()", call.place)


def _isinstance(call: Call) -> Value:
    value, types = call.arguments[0], call.arguments[1]
    names = (
        [plain(t) for t in types.data.items] if isinstance(types.data, ListData) else [plain(types)]
    )
    data = value.data
    if not value.known or any(isinstance(name, Unknown) for name in names):
        return unknown("the type of an unknown value", call.place)
    own = _type_names(data)
    return Value(any(str(name).removeprefix("builtins.") in own for name in names), call.place)


def _type_names(data: Any) -> set[str]:  # noqa: ANN401 - a value of the evaluated program
    if isinstance(data, ListData):
        return {data.kind, "object"}
    if isinstance(data, DictData):
        return {"dict", "object"}
    if isinstance(data, Instance):
        names = {data.type_name, "object"}
        if data.cls is not None:
            names |= {cls.name for cls in data.cls.lineage()} | set(data.cls.externals())
            names |= {name.removeprefix("builtins.") for name in data.cls.externals()}
        return names
    if isinstance(data, bool):
        return {"bool", "int", "object"}
    if isinstance(data, PathData):
        return {"pathlib.Path", "object"}
    return {type(data).__name__, "object"}


def _getattr(call: Call) -> Value:
    name = plain(call.arguments[1]) if len(call.arguments) > 1 else None
    if not isinstance(name, str):
        return unknown("an attribute whose name is not known", call.place)
    try:
        value = attribute(call.interpreter, call.arguments[0], name, call.place)
    except ProgramError:
        if len(call.arguments) > 2:  # noqa: PLR2004 - getattr(object, name, default)
            return call.arguments[2]
        raise
    return value


def _any_all(*, wanted: bool) -> Callable[[Call], Value]:
    def decide(call: Call) -> Value:
        source = call.arguments[0].data
        if not isinstance(source, ListData):
            return unknown("unknown items", call.place)
        decisions = [truth(item) for item in source.items]
        if wanted in decisions:
            return Value(wanted, call.place)
        if None in decisions or source.rest is not None:
            return unknown("unknown items", call.place)
        return Value(not wanted, call.place)

    return decide


def _map_filter(*, keep: bool) -> Callable[[Call], Value]:
    def apply(call: Call) -> Value:
        function, source = call.arguments[0], call.arguments[1]
        items = iterate(source)
        if items is None or len(call.arguments) > 2:  # noqa: PLR2004 - one iterable
            return unknown("unknown items", call.place)
        made: list[Value] = []
        for item in items:
            result = (
                item
                if function.data is None
                else invoke(function, call._replace(arguments=[item], keywords={}))
            )
            decided = truth(result)
            if keep and decided is None:
                return unknown("an undecided filter", call.place)
            if not keep:
                made.append(result)
            elif decided:
                made.append(item)
        rest = source.data.rest if isinstance(source.data, ListData) else None
        value = call.interpreter.list_value(made, "list", call.place, rest)
        return value._replace(variables=merge_variables([source]), parts=merge_parts([source]))

    return apply


def _range(call: Call) -> Value:
    bounds = [plain(argument) for argument in call.arguments]
    if not all(isinstance(bound, int) for bound in bounds):
        return unknown("an unknown range", call.place)
    numbers = run(lambda: range(*bounds), call.place)
    if len(numbers) > MAX_ITEMS:
        return unknown("a very long range", call.place)
    return call.interpreter.list_value([Value(n, call.place) for n in numbers], "list", call.place)


def _extreme(function: Callable[..., Any]) -> Callable[[Call], Value]:
    def choose(call: Call) -> Value:
        values = call.arguments
        if len(values) == 1:
            only = values[0].data
            values = only.items if isinstance(only, ListData) and only.rest is None else []
        plains = [plain(value) for value in values]
        if not plains or call.keywords or any(isinstance(p, Unknown) for p in plains):
            return unknown("unknown items", call.place)
        return values[plains.index(run(lambda: function(plains), call.place))]

    return choose


def _sum_like(function: Callable[..., Any]) -> Callable[[Call], Value]:
    def total(call: Call) -> Value:
        data = plain(call.arguments[0])
        if isinstance(data, Unknown) or call.keywords or len(call.arguments) > 1:
            return unknown("unknown items", call.place)
        if isinstance(call.arguments[0].data, DictData | ListData):
            made = run(lambda: function(data), call.place)
            if isinstance(made, list):
                items = [Value(item, call.place) for item in made]
                return call.interpreter.list_value(items, "list", call.place)
            return Value(made, call.place)
        return derive(function, call.place, call.arguments[0])

    return total


def _print(call: Call) -> Value:
    show(call)
    return Value(None, call.place)


def _super(call: Call) -> Value:
    """``super()`` inside a method: the same object seen from the next class."""
    frame = call.frame
    node_owner = frame.owner
    parameters = list(frame.locals.values())
    if node_owner is None or not parameters:
        return unknown("super() outside a method", call.place)
    proxy = Instance("super")
    proxy.state = {"open": True, "of": parameters[0]}
    lineage = parameters[0].data.cls.lineage() if _is_object(parameters[0]) else []
    after = lineage.index(node_owner) + 1 if node_owner in lineage else 1
    for ancestor in lineage[after:]:
        for name, value in ancestor.namespace.items():
            if isinstance(value.data, FunctionData) and name not in proxy.attributes:
                proxy.attributes[name] = value._replace(data=value.data.bound(parameters[0]))
    return Value(proxy, call.place)


def _init_of_library(_receiver: Value, proxy: Instance, call: Call) -> Value:
    """``super().__init__(...)`` where the next class is one of a library."""
    this: Value = proxy.state["of"]
    fill = this.data.state.get("super") if isinstance(this.data, Instance) else None
    if fill is None:
        return unknown("what a base class does", call.place)
    fill(call)
    return Value(None, call.place)


def _set_by_super(_receiver: Value, proxy: Instance, call: Call) -> Value:
    return _setattr(call._replace(arguments=[proxy.state["of"], *call.arguments]))


def _is_object(value: Value) -> bool:
    return isinstance(value.data, Instance) and value.data.cls is not None


def _setattr(call: Call) -> Value:
    data, name = call.arguments[0].data, plain(call.arguments[1])
    level = data.level if isinstance(data, Instance) else 0
    if not isinstance(data, Instance | ClassData) or call.interpreter.ignored(level):
        return Value(None, call.place)
    attributes = data.attributes if isinstance(data, Instance) else data.namespace
    if isinstance(name, str):
        attributes[name] = call.interpreter.settled(call.arguments[2], level, call.place)
        return Value(None, call.place)
    for key in attributes:
        attributes[key] = unknown("set under a name that is not known", call.place)
    return Value(None, call.place)


def _globals(call: Call) -> Value:
    return Value(Globals(call.frame.module), call.place)


def _locals(call: Call) -> Value:
    """``locals()`` and ``vars()``: the same at the top of a module."""
    if call.arguments or not call.frame.is_module():
        return unknown("the names of a function or an object", call.place)
    return _globals(call)


def _type(call: Call) -> Value:
    data = call.arguments[0].data if len(call.arguments) == 1 else None
    if isinstance(data, Instance) and isinstance(data.cls, ClassData):
        return Value(data.cls, call.place)
    return unknown("a type", call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    f"builtins.{name}": handler
    for name, handler in {
        "int": _converter(int, 0),
        "float": _converter(float, 0.0),
        "str": _str,
        "repr": _converter(repr, ""),
        "bool": _bool,
        "list": _collect("list"),
        "tuple": _collect("tuple"),
        "set": _collect("set"),
        "frozenset": _collect("frozenset"),
        "dict": _dict,
        "len": _len,
        "isinstance": _isinstance,
        "getattr": _getattr,
        "setattr": _setattr,
        "any": _any_all(wanted=True),
        "all": _any_all(wanted=False),
        "map": _map_filter(keep=False),
        "filter": _map_filter(keep=True),
        "range": _range,
        "min": _extreme(min),
        "max": _extreme(max),
        "sum": _sum_like(sum),
        "sorted": _sum_like(sorted),
        "abs": _sum_like(abs),
        "round": _converter(round, None),
        "chr": _sum_like(chr),
        "ord": _sum_like(ord),
        "print": _print,
        "exit": exit_,
        "quit": exit_,
        "super": _super,
        "object.__setattr__": _setattr,
        "globals": _globals,
        "locals": _locals,
        "vars": _locals,
        "type": _type,
    }.items()
}
METHODS: Final = {"super.__init__": _init_of_library, "super.__setattr__": _set_by_super}

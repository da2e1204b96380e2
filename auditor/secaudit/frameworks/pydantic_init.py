"""Pydantic classes with an ``__init__`` of their own, and what it does around the library's."""

from collections.abc import Callable

from secaudit.evaluation.calls import call_function
from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import ClassData, FunctionData, Instance, Value
from secaudit.facts import Unknown
from secaudit.frameworks.pydantic_fields import fields_of, is_version_1
from secaudit.frameworks.pydantic_guards import note_guard

Make = Callable[[ClassData, Call], Instance | None]


class _Made:
    """An object whose ``__init__`` ran, as its guards need it."""

    def __init__(self, cls: ClassData, call: Call, instance: Instance) -> None:
        self.cls = cls
        self.call = call
        self.interpreter: Interpreter = call.interpreter
        self.instance = instance
        self.version_1 = is_version_1(cls)


def by_own_init(cls: ClassData, call: Call, make: Make) -> Instance | None:
    """Return the object that the class's own ``__init__`` leaves, None when it has none.

    ``make`` is what ``super().__init__(...)`` does; without that call nothing is known.
    """
    method = cls.find("__init__")
    if method is None or not isinstance(method.data, FunctionData):
        return None
    interpreter = call.interpreter
    instance = Instance(cls.name, cls, interpreter.level)
    instance.state["types"] = {}

    def fill(inner: Call) -> None:
        made = make(cls, inner._replace(place=call.place))
        if made is not None:
            instance.attributes.update(made.attributes)
            instance.state.update(made.state)

    instance.state["super"] = fill
    try:
        call_function(method.data.bound(Value(instance, call.place)), call)
    except ProgramError as error:
        note_guard(_Made(cls, call, instance), "", error)
    for name, field in fields_of(interpreter, cls).items():
        reason = Unknown(f"{cls.name} gives it in a way of its own")
        instance.attributes.setdefault(name, Value(reason, field.place))
    return instance

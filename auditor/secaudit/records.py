"""Named tuples whose classes cost next to nothing to define.

``typing.NamedTuple`` compiles a constructor for each class. An audit defines seventy of them, which
took as long as starting Python. These share one constructor and are the same in all else that is
used here: fields, defaults, ``_replace``, and tuples to compare, hash, sort and unpack.
"""

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - type checkers know this name
else:
    from collections import _tuplegetter as _field

    class _Record(type):
        """Gives a class of records an attribute for each of its annotations."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, object]) -> type:
            """Define the class; what the body assigns to a field is its default."""
            made = super().__new__(cls, name, bases, {"__slots__": (), **body})
            fields = made._fields = made.__match_args__ = tuple(made.__annotations__)
            defaults = made._defaults = {field: body[field] for field in fields if field in body}
            required = len(fields) - len(defaults)  # fields with a default come last
            made._tails = {
                given: tuple(defaults.values())[given - required :]
                for given in range(required, len(fields) + 1)
            }
            for position, field in enumerate(fields):
                setattr(made, field, _field(position, f"Field {position}."))
            return made

    class NamedTuple(tuple, metaclass=_Record):
        """A tuple whose items have names: those that the class annotates, in their order."""

        __slots__ = ()

        def __new__(cls, /, *values: object, **named: object) -> Self:
            """Make a record of values in order, values by name, and defaults."""
            tail = None if named else cls._tails.get(len(values))
            if tail is None:
                tail = _completed(cls, len(values), named)
            return tuple.__new__(cls, values + tail)

        def __repr__(self) -> str:
            """Show the values with the names of their fields."""
            fields = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({fields})"

        def _replace(self, /, **changes: object) -> Self:
            """Return the same record with other values for some of its fields."""
            values = [changes.pop(name, value) for name, value in self._asdict().items()]
            if changes:
                raise _misuse(type(self), 0, changes)
            return tuple.__new__(type(self), values)

        def _asdict(self) -> dict[str, object]:
            """Return the values by the names of their fields."""
            return dict(zip(self._fields, self, strict=True))

    def _completed(cls: type, given: int, named: dict[str, object]) -> tuple[object, ...]:
        """Return the values of the fields that follow the first ``given``; empties ``named``."""
        values = []
        for name in cls._fields[given:]:
            if name in named:
                values.append(named.pop(name))
            elif name in cls._defaults:
                values.append(cls._defaults[name])
            else:
                raise _misuse(cls, given, named)
        if named or given > len(cls._fields):
            raise _misuse(cls, given, named)
        return tuple(values)

    def _misuse(cls: type, given: int, named: dict[str, object]) -> TypeError:
        names = ", ".join(named) or "no names"
        return TypeError(
            f"{cls.__name__} takes {', '.join(cls._fields)}; given {given} values and {names}"
        )

"""Records behave as the named tuples of the standard library."""

import typing
from typing import Any

import pytest

from secaudit import records


def define(base: Any) -> Any:  # noqa: ANN401 - either base
    """Return a class of two fields and a default, with a method, on a base."""

    class Pair(base):  # type: ignore[misc]  # the base is what is compared
        """Two values."""

        left: int
        right: str = "r"

        @property
        def both(self) -> str:
            """The values as one text."""
            return f"{self.left}{self.right}"

    return Pair


RECORD, MODEL = define(records.NamedTuple), define(typing.NamedTuple)


@pytest.mark.parametrize(
    "use",
    [
        lambda cls: cls(1, "x"),
        lambda cls: cls(1),
        lambda cls: cls(right="x", left=1),
        lambda cls: cls(1, right="x"),
        lambda cls: cls(*(1, "x")).both,
        lambda cls: cls(1)._replace(left=2),
        lambda cls: cls(1)._asdict(),
        lambda cls: repr(cls(1, "x")).partition("(")[2],
        lambda cls: (cls(1, "x").left, cls(1, "x")[1], cls._fields, cls.__match_args__),
        lambda cls: cls(1, "x") == (1, "x") and cls(1) != cls(2),
        lambda cls: {cls(1, "x"): "found"}[1, "x"],
        lambda cls: sorted([cls(2), cls(1, "b"), cls(1, "a")]),
        lambda cls: [*cls(1)],
        lambda cls: cls.__doc__,
        lambda cls: hasattr(cls(1), "__dict__"),
    ],
)
def test_the_same_use_gives_the_same_result(use: typing.Callable[[Any], Any]) -> None:
    assert use(RECORD) == use(MODEL)


def test_a_field_may_have_any_name() -> None:
    class Odd(records.NamedTuple):
        cls: int
        self: int = 2

    assert Odd(cls=1) == (1, 2)
    assert Odd(3)._replace(self=4) == (3, 4)


@pytest.mark.parametrize(
    "misuse",
    [
        lambda cls: cls(),
        lambda cls: cls(1, "x", 3),
        lambda cls: cls(1, left=1),
        lambda cls: cls(1, other=1),
        lambda cls: cls(1)._replace(other=1),
        lambda cls: setattr(cls(1), "left", 2),
        lambda cls: setattr(cls(1), "other", 2),
    ],
)
def test_the_same_misuse_is_refused(misuse: typing.Callable[[Any], Any]) -> None:
    for cls in (RECORD, MODEL):
        with pytest.raises((TypeError, AttributeError, ValueError)):
            misuse(cls)

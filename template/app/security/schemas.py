"""Base models of what comes in and what goes out, and the bounds that both must have."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Generic, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DecimalSchema

from .paging import CURSOR_LENGTH, CURSOR_PATTERN, PAGE_DEFAULT, PAGE_MAX, Cursor

T = TypeVar("T")


class Input(BaseModel):
    """What a caller may send: known fields only, so that nothing is assigned in passing (API3)."""

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, frozen=True, hide_input_in_errors=True
    )


def _forget_defaults(schema: dict[str, Any]) -> None:
    for member in schema["properties"].values():
        member.pop("default", None)


UNSET: Final[Any] = None
"""The default of a field of ``Changes``: never seen by a caller, never applied."""


class Changes(Input):
    """What a caller may change: each field may be left out, and then keeps its value."""

    model_config = ConfigDict(json_schema_extra=_forget_defaults)

    def apply_to(self, target: object) -> None:
        """Set the attributes that were sent, and no others."""
        for name in self.model_fields_set:
            setattr(target, name, getattr(self, name))


class Output(BaseModel):
    """What a caller may see: exactly the fields named here, whatever the object behind holds."""

    # Errors end in the log, which must not hold what the model exists to hide.
    model_config = ConfigDict(from_attributes=True, frozen=True, hide_input_in_errors=True)

    @classmethod
    def of(cls, source: object) -> Self:
        """Return the view of an object that has these attributes."""
        return cls.model_validate(source)


def _decimal(value: object) -> object:
    """Refuse spellings of an integer that only Python accepts, such as ``1_000`` and ``1.0``."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("is not a whole number")
    return value


def _cursor(text: str) -> str:
    Cursor.parse(text)
    return text


# The last annotation is the first to run.
PageLimit = Annotated[int, Field(ge=1, le=PAGE_MAX), BeforeValidator(_decimal)]
PageNumber = Annotated[int, Field(ge=1, le=10_000), BeforeValidator(_decimal)]
CursorText = Annotated[
    str,
    StringConstraints(min_length=CURSOR_LENGTH, max_length=CURSOR_LENGTH, pattern=CURSOR_PATTERN),
    AfterValidator(_cursor),
]


class PageQuery(Input):
    """The query of a list that is read page by page."""

    limit: PageLimit = PAGE_DEFAULT
    cursor: CursorText | None = None


class NumberedPageQuery(Input):
    """The query of a list with page numbers; kept for callers of deprecated versions."""

    page: PageNumber = 1
    limit: PageLimit = PAGE_DEFAULT


class Listing(Output, Generic[T]):
    """A list that is short by nature and answered whole."""

    items: list[T] = Field(max_length=PAGE_MAX)


class Page(Listing[T], Generic[T]):
    """One page of a list and the way to the next."""

    next_cursor: str | None = Field(max_length=CURSOR_LENGTH)


class NumberedPage(Listing[T], Generic[T]):
    """One page of a list, found by its number."""

    page: PageNumber
    limit: PageLimit


def unbounded(model: type[BaseModel], *, incoming: bool) -> Iterator[str]:
    """Yield what in a model has no bound, one sentence each (OWASP API3 and API4).

    Args:
        model: the model to examine, with everything it contains.
        incoming: whether callers send it: then strings need a maximum length, decimals a number
            of digits, and objects must refuse unknown fields. Arrays need a maximum length in both
            directions.
    """
    schema = model.model_json_schema(
        mode="validation" if incoming else "serialization", schema_generator=_Bounds
    )
    definitions: Mapping[str, Any] = schema.pop("$defs", {})
    for name, part in ((model.__name__, schema), *definitions.items()):
        yield from _unbounded(part, name, incoming=incoming)


class _Bounds(GenerateJsonSchema):
    """Names decimals, which JSON may spell as strings, for what they are."""

    def decimal_schema(self, schema: DecimalSchema) -> dict[str, Any]:
        """Return what takes the place of a decimal: a number if its digits are counted."""
        return {"type": "number" if "max_digits" in schema else "decimal"}


_BOUNDED_FORMATS: Final = frozenset({"uuid", "date", "date-time", "time", "duration"})


def _unbounded(part: Mapping[str, Any], where: str, *, incoming: bool) -> Iterator[str]:
    kind = part.get("type")
    if kind == "array" and "maxItems" not in part:
        yield f"{where} is a list without max_length"
    if incoming and kind == "string" and not _string_is_bounded(part):
        yield f"{where} is a string without max_length"
    if incoming and kind == "decimal":
        yield f"{where} is a decimal without max_digits"
    if incoming and kind == "object" and not _object_is_bounded(part):
        yield f"{where} accepts unknown fields; derive it from Input or bound its keys"
    for name, member in part.get("properties", {}).items():
        yield from _unbounded(member, f"{where}.{name}", incoming=incoming)
    for keyword in ("items", "additionalProperties"):
        if isinstance(part.get(keyword), Mapping):
            yield from _unbounded(part[keyword], f"{where}[]", incoming=incoming)
    for keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for member in part.get(keyword, ()):
            yield from _unbounded(member, where, incoming=incoming)


def _string_is_bounded(part: Mapping[str, Any]) -> bool:
    return bool({"maxLength", "enum", "const"} & part.keys()) or part.get("format") in (
        _BOUNDED_FORMATS
    )


def _object_is_bounded(part: Mapping[str, Any]) -> bool:
    return part.get("additionalProperties") is False or "maxProperties" in part

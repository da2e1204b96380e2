"""A 422 says where and why and never what was sent, whatever the validator's own words are."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AfterValidator, AnyHttpUrl, EmailStr, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError
from starlette.exceptions import HTTPException

from app.refusals import from_http, from_validation

SECRET = "s3cr3t-value"


class Colour(Enum):
    """Some words."""

    RED = "red"


def quotes(value: str) -> str:
    """Refuse a value with words that repeat it."""
    raise ValueError(f"{value} is bad")


def explains(_value: str) -> str:
    """Refuse a value with words of its own."""
    raise PydanticCustomError("password_common", "is a common password")


def reason(kind: Any, sent: object) -> str:  # noqa: ANN401 - any type
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(sent)
    errors = [error | {"loc": ("body", "field", *error["loc"])} for error in caught.value.errors()]
    problem = from_validation(errors)
    assert SECRET not in str(problem.errors)
    assert problem.errors[0]["pointer"].startswith("/field")
    return problem.errors[0]["detail"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (UUID, "is not a valid uuid"),
        (datetime, "is not a valid datetime"),
        (int, "is not a valid int"),
        (AnyHttpUrl, "is not a valid url"),
        (EmailStr, "is not valid"),
        (Colour, "is not one of the allowed values"),
        (Literal["red"], "is not one of the allowed values"),
        (Annotated[str, AfterValidator(quotes)], "is not valid"),
        (Annotated[str, AfterValidator(explains)], "is a common password"),
        (Annotated[str, Field(max_length=3)], "String should have at most 3 characters"),
        (Annotated[str, Field(pattern="^a$")], "String should match pattern '^a$'"),
    ],
)
def test_no_reason_repeats_the_input(kind: object, expected: str) -> None:
    assert reason(kind, SECRET) == expected


def test_pointers_are_escaped_and_bounded() -> None:
    places = [("body", "a/b~c", 0), ("query", "limit"), ("body",), ("body", "x" * 5000)]
    errors = [{"loc": place, "type": "missing", "msg": "", "input": SECRET} for place in places]
    problem = from_validation(errors * 10)
    assert [error["pointer"] for error in problem.errors[:4]] == [
        "/a~1b~0c/0",
        "/query/limit",
        "",
        "/" + "x" * 100,
    ]
    assert len(problem.errors) == 20


def test_an_exception_of_a_library_keeps_its_status_and_fields() -> None:
    problem = from_http(HTTPException(405, {"internal": SECRET}, headers={"Allow": "GET"}))  # type: ignore[arg-type]  # some libraries send objects
    assert (problem.status, problem.detail, problem.headers) == (405, None, {"Allow": "GET"})

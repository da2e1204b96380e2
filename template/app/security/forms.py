"""Reads `application/x-www-form-urlencoded` bodies strictly (RFC 6749 appendix B)."""

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qsl

from .problems import Problem

_MAX_FIELDS: Final = 32


def parse_form(body: bytes, needed: Iterable[str] = ()) -> dict[str, str]:
    """Return the fields of a form, among them all that are ``needed``.

    Raises:
        Problem: 400 ``invalid_request`` (RFC 6749 section 5.2): not a form, not UTF-8, too many
            fields, a repeated one, or a needed one that is missing or empty.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        raise invalid_request("The body is not a form in UTF-8.") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise invalid_request("A form field is repeated.")
    for name in needed:
        required(fields, name)
    return fields


def required(form: Mapping[str, str], name: str) -> str:
    """Return a field of a form.

    Raises:
        Problem: 400 ``invalid_request``, it is missing or empty.
    """
    value = form.get(name)
    if not value:
        raise invalid_request(f"The form field {name} is missing.")
    return value


def invalid_request(detail: str) -> Problem:
    """Return the 400 of a malformed token request (RFC 6749 section 5.2)."""
    return Problem(400, detail, extensions={"error": "invalid_request"})

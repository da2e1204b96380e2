"""What a query string may be before it is validated, and which schema its parameters have."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl

from .refusals import invalid


def check_query(query: bytes, scalars: Collection[str]) -> None:
    """Let a query pass that no parser can read in two ways.

    Args:
        query: as it came, percent-encoded.
        scalars: names of the parameters that take one value.

    Raises:
        Problem: 422, it holds NUL or repeats a scalar.
    """
    if b"%00" in query:
        raise invalid([{"pointer": "/query", "detail": "must not contain NUL"}])
    if b"&" not in query:
        return
    names = [name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)]
    repeated = [name for name in scalars if names.count(name) > 1]
    if repeated:
        raise invalid(
            {"pointer": f"/query/{name}", "detail": "may be given once"}
            for name in sorted(repeated)
        )


def is_list(schema: Mapping[str, Any]) -> bool:
    """Return whether a parameter with this JSON schema may be given more than once."""
    return any(part.get("type") == "array" for part in (schema, *schema.get("anyOf", ())))

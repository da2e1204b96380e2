"""What a route accepts as its body: a media type, no encoding, and strict JSON.

How long a body may be is the edge's affair (``policies/body.py``).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from .problems import Problem
from .strict_json import loads


@dataclass(frozen=True, slots=True)
class Body:
    """The bodies that a route accepts.

    Attributes:
        media_types: accepted media types, lower case, without parameters; empty accepts no body
            (one that comes anyway is never read).
        upload: whether the larger upload cap applies and the handler reads the bytes itself.
        required: names of form fields that must be sent and not be empty.
        optional: names of form fields that may be sent.
    """

    media_types: frozenset[str] = frozenset()
    upload: bool = False
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    def check(self, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """Decide from the request's header fields whether its body may be read.

        Args:
            headers: ASGI header pairs.

        Returns:
            The media type, lower case and without parameters; "" for a route without a body.

        Raises:
            Problem: 415, the media type, its charset or the content encoding is not accepted
                (RFC 9110 section 15.5.16).
        """
        if not self.media_types:
            return ""
        content_type, encoding = b"", b""
        for name, value in headers:
            if name == b"content-type":
                content_type = value
            elif name == b"content-encoding":
                encoding = value
        media_type, charset = _parse_media_type(content_type)
        if media_type not in self.media_types or charset not in {"", "utf-8"}:
            accepted = ", ".join(sorted(self.media_types))
            raise Problem(415, f"The body must be one of: {accepted}.", close=True)
        if encoding.strip().lower() not in {b"", b"identity"}:
            raise Problem(415, "Content encodings are not accepted.", close=True)
        return media_type


NO_BODY: Final = Body()
JSON: Final = Body(frozenset({"application/json"}))


def form(*required: str, optional: tuple[str, ...] = ()) -> Body:
    """Return the body of a route that takes a form; its handler reads the fields itself."""
    media_types = frozenset({"application/x-www-form-urlencoded"})
    return Body(media_types, required=required, optional=optional)


def upload(*media_types: str) -> Body:
    """Return the body of a route that takes one file of these types."""
    return Body(frozenset(media_types), upload=True)


def parse_json(body: bytes) -> Any:  # noqa: ANN401 - JSON is any value
    """Return the value of a JSON body.

    Raises:
        Problem: 400, not strict JSON; 422, a string holds NUL, which no database column keeps.
    """
    value = loads(body)
    if b"\\u0000" in body:
        faults = [{"pointer": place, "detail": "must not contain NUL"} for place in _nuls(value)]
        if faults:
            raise Problem(422, "The body is not valid.", errors=faults)
    return value


def escape_pointer(token: str) -> str:
    """Return one reference token of a JSON pointer (RFC 6901 section 3)."""
    return token.replace("~", "~0").replace("/", "~1")


def _nuls(value: Any, pointer: str = "") -> Iterator[str]:  # noqa: ANN401 - JSON is any value
    if isinstance(value, str):
        if "\x00" in value:
            yield pointer
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _nuls(member, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for name, member in value.items():
            if "\x00" in name:
                yield pointer
            yield from _nuls(member, f"{pointer}/{escape_pointer(name)}")


def _parse_media_type(content_type: bytes) -> tuple[str, str]:
    media_type, *parameters = content_type.decode("latin-1").lower().split(";")
    charset = ""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            charset = value.strip().strip('"')
    return media_type.strip(), charset

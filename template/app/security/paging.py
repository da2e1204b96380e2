"""Pages of bounded size and the cursors between them (OWASP API4)."""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from uuid import UUID

PAGE_DEFAULT: Final = 20
PAGE_MAX: Final = 100
CURSOR_LENGTH: Final = 32

_LAYOUT: Final = struct.Struct(">q16s")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last object of a page; the next page holds what was created before it.

    A cursor is not a secret and grants nothing: every page is filtered by its owner again.

    Attributes:
        created_at: with a time zone.
        id: breaks ties between objects of one microsecond.
    """

    created_at: datetime
    id: UUID

    def __str__(self) -> str:
        """Return the cursor as 32 characters of URL-safe base64."""
        packed = _LAYOUT.pack((self.created_at - _EPOCH) // _MICROSECOND, self.id.bytes)
        return base64.urlsafe_b64encode(packed).decode("ascii")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the cursor that ``str`` wrote.

        Raises:
            ValueError: anything that ``str`` would not write, to the character.
        """
        try:
            microseconds, identifier = _LAYOUT.unpack(base64.urlsafe_b64decode(text))
            cursor = cls(_EPOCH + microseconds * _MICROSECOND, UUID(bytes=identifier))
        except (binascii.Error, struct.error, OverflowError, ValueError):
            raise ValueError("is not a cursor of this list") from None
        if str(cursor) != text:
            raise ValueError("is not a cursor of this list")
        return cursor

"""Pages of bounded size and the cursors between them (OWASP API4)."""

import base64
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from uuid import UUID

PAGE_DEFAULT: Final = 20
PAGE_MAX: Final = 100
CURSOR_LENGTH: Final = 32
# Every text of this form is a cursor, so that a document can promise it: its first two letters
# keep the moment between 1970 and 9961.
CURSOR_PATTERN: Final = "^A[A-Za-z0-3][A-Za-z0-9_-]{30}$"

_LAYOUT: Final = struct.Struct(">q16s")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last object of a page; the next page holds what was created before it.

    A cursor is not a secret and grants nothing: every page is filtered by its owner again.

    Attributes:
        created_at: with a time zone, from 1970 to 9961.
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
            ValueError: the text is not exactly what ``str`` would write.
        """
        if re.fullmatch(CURSOR_PATTERN, text) is None:
            raise ValueError("is not a cursor of this list")
        microseconds, identifier = _LAYOUT.unpack(base64.urlsafe_b64decode(text))
        return cls(_EPOCH + microseconds * _MICROSECOND, UUID(bytes=identifier))

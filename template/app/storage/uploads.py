"""Files of users, kept in the database in chunks: one a subject, within the owner's quota.

A file arrives at the caller's pace, so every chunk is a short transaction of its own and a slow
upload never holds a lock. Until its last chunk an upload is pending: it counts against the quota,
cannot be read, and is removed when it fails or stands still.
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.security.problems import Problem

from .base import Base, UtcDateTime, utc_now
from .database import Database
from .models import User

CHUNK_BYTES: Final = 256 * 1024
_STILL_AFTER: Final = timedelta(minutes=2)


class Upload(Base):
    """A file; pending until ``sha256`` is set.

    ``subject`` is the id of the object that it belongs to, which may be of any table.
    """

    __tablename__ = "uploads"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    subject: Mapped[UUID] = mapped_column(unique=True)
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class UploadChunk(Base):
    """Up to ``CHUNK_BYTES`` of a file."""

    __tablename__ = "upload_chunks"

    upload_id: Mapped[UUID] = mapped_column(
        ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file as it arrives: its checked media type and its bytes, which can be read once."""

    content_type: str
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A whole file: its description, and its bytes read from the database as they are sent."""

    id: UUID
    size: int
    sha256: str
    content_type: str
    chunks: AsyncIterator[bytes]


class Uploads:
    """Stores and reads files.

    Args:
        database: where they are kept.
        quota: bytes that the files of one user may have together.
    """

    def __init__(self, database: Database, *, quota: int) -> None:
        self._database = database
        self._quota = quota

    async def store(self, file: IncomingFile, *, owner: UUID, subject: Any) -> StoredFile:  # noqa: ANN401 - an instance of any mapped class
        """Keep a file as the attachment of ``subject``.

        Raises:
            Problem: 409, the subject has a file already; 413, the file is beyond the upload cap or
                the owner's quota; 404, the subject was deleted while the file arrived.
        """
        upload = await self._begin(owner, subject.id, file.content_type)
        digest = hashlib.sha256()
        try:
            position = 0
            async for chunk in _even_chunks(file.chunks):
                digest.update(chunk)
                await self._append(upload, owner, position, chunk)
                position += 1
            return await self._finish(upload, subject, digest.hexdigest())
        except BaseException:
            # A disconnect or a deadline cancels this task; the pending rows go all the same.
            await self._discard(upload)
            raise

    async def read(self, subject: UUID) -> StoredFile:
        """Return the file of a subject.

        Raises:
            Problem: 404, it has none.
        """
        async with self._database.read() as session:
            found = await session.scalar(select(Upload).where(Upload.subject == subject))
        if found is None or found.sha256 is None:
            raise Problem(404)
        return self._stored(found)

    async def _begin(self, owner: UUID, subject: UUID, content_type: str) -> UUID:
        upload = Upload(id=uuid4(), owner_id=owner, subject=subject, content_type=content_type)
        still = (Upload.sha256.is_(None), Upload.touched_at < utc_now() - _STILL_AFTER)
        try:
            async with self._database.write() as session:
                await session.execute(delete(Upload).where(Upload.owner_id == owner, *still))
                session.add(upload)
        except IntegrityError:
            raise Problem(409, "There is an attachment already.") from None
        return upload.id

    async def _append(self, upload: UUID, owner: UUID, position: int, chunk: bytes) -> None:
        async with self._database.write() as session:
            # The owner's row is the lock: two uploads of one user cannot both take the last bytes.
            await session.execute(select(User.id).where(User.id == owner).with_for_update())
            total = select(func.sum(Upload.size)).where(Upload.owner_id == owner)
            used = int(await session.scalar(total) or 0)
            if used + len(chunk) > self._quota:
                raise Problem(413, "Your storage is full.", close=True)
            row = await session.get(Upload, upload)
            if row is None:
                raise Problem(404)
            row.size += len(chunk)
            row.touched_at = utc_now()
            session.add(UploadChunk(upload_id=upload, position=position, data=chunk))

    async def _finish(self, upload: UUID, subject: Any, sha256: str) -> StoredFile:  # noqa: ANN401 - an instance of any mapped class
        async with self._database.write() as session:
            alive = await session.get(type(subject), subject.id, with_for_update=True)
            row = await session.get(Upload, upload)
            if alive is None or row is None:
                raise Problem(404)
            row.sha256 = sha256
        return self._stored(row)

    async def _discard(self, upload: UUID) -> None:
        async with self._database.write() as session:
            await session.execute(delete(Upload).where(Upload.id == upload))

    def _stored(self, upload: Upload) -> StoredFile:
        return StoredFile(
            id=upload.id,
            size=upload.size,
            sha256=upload.sha256 or "",
            content_type=upload.content_type,
            chunks=self._chunks(upload.id, upload.size),
        )

    async def _chunks(self, upload: UUID, size: int) -> AsyncIterator[bytes]:
        sent = position = 0
        while sent < size:
            async with self._database.read() as session:
                chunk = await session.get(UploadChunk, (upload, position))
            if chunk is None:
                raise LookupError("the file was deleted while it was sent")
            yield chunk.data
            sent += len(chunk.data)
            position += 1


async def remove_upload(session: AsyncSession, subject: UUID) -> None:
    """Delete the file of a subject, if it has one; call it where the subject is deleted."""
    await session.execute(delete(Upload).where(Upload.subject == subject))


async def _even_chunks(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    buffer = bytearray()
    async for chunk in chunks:
        buffer += chunk
        while len(buffer) >= CHUNK_BYTES:
            yield bytes(buffer[:CHUNK_BYTES])
            del buffer[:CHUNK_BYTES]
    if buffer:
        yield bytes(buffer)

"""The probe's table and models, the same whatever framework serves them."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID, uuid4

from pydantic import StringConstraints
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.security.context import Principal
from app.security.schemas import UNSET, Changes, Input, Output
from app.storage.base import UtcDateTime, utc_now

PLANTED: Final = "planted-secret"
FILE_TYPES: Final = ("application/pdf", "image/png")


class ProbeBase(DeclarativeBase):
    """Keeps the probe's table out of the service's metadata."""


class Probe(ProbeBase):
    """Something with an owner."""

    __tablename__ = "probes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(50))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


Name = Annotated[str, StringConstraints(min_length=1, max_length=50)]


class NewProbe(Input):
    """What may be sent."""

    name: Name


class ProbeChanges(Changes):
    """What may be changed."""

    name: Name = UNSET


class ProbeView(Output):
    """What is shown."""

    id: UUID
    name: Name


class Seen(Output):
    """What a handler saw of its caller."""

    user_id: Annotated[str, StringConstraints(max_length=36)]


class FileView(Output):
    """What is shown of a file."""

    id: UUID
    size: int
    sha256: Annotated[str, StringConstraints(max_length=64)]


def short_name(_principal: Principal, probe: Probe) -> bool:
    """Allow any caller an object with a short name."""
    return len(probe.name) <= 3

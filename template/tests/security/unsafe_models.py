"""Models that no route may have."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from app.security.schemas import Input, Output
from tests.security.probe_objects import ProbeView


class Loose(BaseModel):
    """Accepts anything."""

    name: Annotated[str, Field(max_length=5)]


class Endless(Input):
    """Has no bounds but one."""

    name: str
    tags: list[Annotated[str, Field(max_length=5)]]
    price: Decimal
    cost: Annotated[Decimal, Field(max_digits=8, decimal_places=2)]


class EndlessList(Output):
    """Has no page."""

    items: list[ProbeView]


class Leaky(BaseModel):
    """Is no Output."""

    secret: str

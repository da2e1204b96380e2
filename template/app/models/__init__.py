"""Your tables. Import each module here, so that migrations know its tables."""

from .item import Item

__all__ = ["Item"]

"""What the name of a setting says: its concept, the unit of its value, and whether it is secret."""

from secaudit.naming.lifetimes import tells_unit
from secaudit.naming.meanings import Meaning, meaning_of, normalised
from secaudit.naming.secrecy import SECRET_CONCEPTS, only_looks_secret, sounds_secret
from secaudit.naming.values import as_flag, from_text, in_unit

__all__ = [
    "SECRET_CONCEPTS",
    "Meaning",
    "as_flag",
    "from_text",
    "in_unit",
    "meaning_of",
    "normalised",
    "only_looks_secret",
    "sounds_secret",
    "tells_unit",
]

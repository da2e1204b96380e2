"""attrs and msgspec: what their ``field()`` says of a field, as ``dataclasses.field`` does."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.record_classes import FIELD
from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import Value
from secaudit.frameworks.standard_library import library_object

CALLS: Final[dict[str, Callable[[Call], Value]]] = dict.fromkeys(
    (
        *("attrs.field", "attrs.Factory", "attr.field", "attr.ib", "attr.attrib", "attr.Factory"),
        "msgspec.field",
    ),
    library_object(FIELD),
)

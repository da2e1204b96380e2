"""Whether a text is a token that a known provider issued, by the shape the provider documents."""

import re
from typing import Final

from secaudit.provider_tokens import shapes_in

_VARIETY: Final = 8


def provider_of(text: str) -> str:
    """Return whose token stands in ``text``, or an empty text.

    Masks such as ``ghp_xxxxxxxx…`` repeat few characters and are passed over, as are AWS's
    documented examples, which end in ``EXAMPLE``.
    """
    for shape in shapes_in(text):
        match = shape.certain.search(text) if shape.certain is not None else None
        if match is None:
            continue
        token = match.group()
        body = token[len(token) // 4 :]
        masked = re.search(r"(.)\1{4}|example|placeholder|your", token, re.IGNORECASE)
        if len(set(body)) >= _VARIETY and masked is None:
            return shape.provider
    return ""

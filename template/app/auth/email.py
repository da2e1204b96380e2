"""E-mail addresses as account names: one spelling each."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

MAX_LENGTH: Final = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets
_LOCAL_LENGTH: Final = 64
_ATOM: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS: Final = re.compile(rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})+")


def normal_email(text: str) -> str:
    """Return the address in the one spelling under which an account is kept.

    Case is ignored in the whole address: providers that tell `Ann@` from `ann@` are unknown, people
    who type either are not. Only ASCII is taken, so that no two accounts look alike.

    Raises:
        ValueError: it is not `dot-atom@domain` (RFC 5321 section 4.1.2) with a domain of two labels
            at least: unqualified names are nobody's address elsewhere (section 2.3.5).
    """
    address = text.strip().lower()
    local, _, _ = address.partition("@")
    if len(address) > MAX_LENGTH or len(local) > _LOCAL_LENGTH or not _ADDRESS.fullmatch(address):
        raise ValueError("is not an e-mail address")
    return address


Email = Annotated[
    str,
    StringConstraints(max_length=MAX_LENGTH),
    AfterValidator(normal_email),
    Field(json_schema_extra={"format": "email"}),
]

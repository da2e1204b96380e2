"""What callers send to and see of accounts and sessions."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.security.bodies import form
from app.security.context import Role
from app.security.password_policy import MAX_LENGTH
from app.security.schemas import UNSET, Changes, Input, Output

from .email import Email

# Longer ones are refused by the password policy in its own words; this bounds the work before it.
NewPassword = Annotated[str, StringConstraints(max_length=MAX_LENGTH)]
OldPassword = Annotated[str, StringConstraints(max_length=1024)]
DisplayName = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
]

TOKEN_FORM: Final = form("grant_type", optional=("username", "password", "refresh_token"))
REVOKE_FORM: Final = form("token")


class Registration(Input):
    """A new account."""

    email: Email
    password: NewPassword


class RegisteredView(Output):
    """An account as its registration answers it."""

    id: UUID
    email: Annotated[str, StringConstraints(max_length=254)]
    created_at: datetime


class UserView(RegisteredView):
    """An account as its owner sees it."""

    role: Role
    display_name: Annotated[str, StringConstraints(max_length=100)] | None


class ManagedUserView(UserView):
    """An account as an administrator sees it."""

    active: bool


class ProfileChange(Input):
    """What the owner of an account may change."""

    display_name: DisplayName | None = None


class UserChange(Changes):
    """What an administrator may change."""

    role: Role = UNSET
    active: bool = Field(default=UNSET, strict=True)


class PasswordChange(Input):
    """A new password, and the current one as proof."""

    current_password: OldPassword
    new_password: NewPassword


class PasswordResetUse(Input):
    """A new password, and a reset token as proof."""

    token: Annotated[str, StringConstraints(max_length=128)]
    new_password: NewPassword


class PasswordResetView(Output):
    """A reset as the administrator sees it: without the token when that has gone to its owner."""

    token: Annotated[str, StringConstraints(max_length=128)] | None
    expires_at: datetime


class TokenView(Output):
    """A token response (RFC 6749 section 5.1)."""

    access_token: Annotated[str, StringConstraints(max_length=4096)]
    refresh_token: Annotated[str, StringConstraints(max_length=128)]
    token_type: Literal["bearer"]
    expires_in: int


class SessionView(Output):
    """A sign-in, without anything that could continue it."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    client: Annotated[str, StringConstraints(max_length=200)]


class RevokedView(Output):
    """The answer to a revocation, which says nothing (RFC 7009 section 2.2)."""

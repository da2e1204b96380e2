"""The routes of accounts, tokens, sessions and administration."""

from sqlalchemy import select

from app.routing_starlette import PageRequest, Request, Router, delete, get, patch, post
from app.security.access import owner, public, role, user
from app.security.schemas import Listing, Page, PageQuery
from app.storage.models import AuthSession, User
from app.storage.paging import paginate

from .grants import grant
from .schemas import (
    REVOKE_FORM,
    TOKEN_FORM,
    ManagedUserView,
    PasswordChange,
    PasswordResetUse,
    PasswordResetView,
    ProfileChange,
    RegisteredView,
    Registration,
    RevokedView,
    SessionView,
    TokenView,
    UserChange,
    UserView,
)


async def register(request: Request[Registration]) -> RegisteredView:
    """Make an account."""
    new = request.body
    made = await request.services.accounts.register(new.email, new.password, request.address)
    return RegisteredView.of(made)


async def issue_token(request: Request[dict[str, str]]) -> TokenView:
    """Sign in, or exchange a refresh token (the wire format of RFC 6749 section 4.3 and 6)."""
    return await grant(request.services, request.body, request.client)


async def revoke_token(request: Request[dict[str, str]]) -> RevokedView:
    """End the session of a token, known or not (RFC 7009); 400 `invalid_request` without one."""
    await request.services.sessions.revoke(request.body["token"])
    return RevokedView()


async def list_sessions(request: Request) -> Listing[SessionView]:
    """List one's own sessions."""
    found = await request.services.sessions.list(request.session, request.caller_id)
    return Listing[SessionView](items=[SessionView.of(item) for item in found])


async def end_sessions(request: Request) -> None:
    """End all of one's own sessions, this one included."""
    await request.services.sessions.end_all(request.session, request.caller_id)


async def end_session(request: Request[None, AuthSession]) -> None:
    """End one of one's own sessions."""
    await request.services.sessions.end(request.session, request.object)


async def change_password(request: Request[PasswordChange]) -> None:
    """Set a new password; all other sessions end."""
    change = request.body
    changes = request.services.password_changes
    await changes.change(request.caller, change.current_password, change.new_password)


async def reset_password(request: Request[PasswordResetUse]) -> None:
    """Set a new password with a reset token; all sessions end."""
    use = request.body
    await request.services.password_resets.use(use.token, use.new_password, request.address)


async def read_me(request: Request) -> UserView:
    """Read one's own account."""
    return UserView.of(await request.session.get_one(User, request.caller_id))


async def change_me(request: Request[ProfileChange]) -> UserView:
    """Change one's own profile."""
    account = await request.session.get_one(User, request.caller_id)
    if "display_name" in request.body.model_fields_set:
        account.display_name = request.body.display_name
    return UserView.of(account)


async def delete_me(request: Request) -> None:
    """Delete one's own account and everything that belongs to it."""
    account = await request.session.get_one(User, request.caller_id, with_for_update=True)
    await request.services.accounts.delete(request.session, account)


async def list_users(request: PageRequest) -> Page[ManagedUserView]:
    """List all accounts, the newest first."""
    return await paginate(request.session, select(User), request.query, Page[ManagedUserView])


async def change_user(request: Request[UserChange, User]) -> ManagedUserView:
    """Change an account's role, or whether it is active."""
    account, change = request.object, request.body
    accounts = request.services.accounts
    await accounts.change(request.session, account, role=change.role, active=change.active)
    return ManagedUserView.of(account)


async def delete_user(request: Request[None, User]) -> None:
    """Delete an account and everything that belongs to it."""
    await request.services.accounts.delete(request.session, request.object)


async def issue_password_reset(request: Request[None, User]) -> PasswordResetView:
    """Issue a reset token; it is shown unless the service has sent it to the account's owner."""
    resets = request.services.password_resets
    return await resets.issue_as(request.caller, request.session, request.object)


registration = Router(
    post(
        "/v1/auth/register",
        register,
        access=public,
        body=Registration,
        answer=RegisteredView,
        status=201,
        errors=(409,),
    ),
    tags=["auth"],
)
auth = Router(
    post("/v1/auth/token", issue_token, access=public, body=TOKEN_FORM, answer=TokenView),
    post("/v1/auth/revoke", revoke_token, access=public, body=REVOKE_FORM, answer=RevokedView),
    get("/v1/auth/sessions", list_sessions, access=user, answer=Listing[SessionView]),
    delete("/v1/auth/sessions", end_sessions, access=user),
    delete("/v1/auth/sessions/{session_id}", end_session, access=owner(AuthSession, "user_id")),
    post("/v1/auth/password", change_password, access=user, body=PasswordChange, errors=(403,)),
    post("/v1/auth/password/reset", reset_password, access=public, body=PasswordResetUse),
    tags=["auth"],
)
me = Router(
    get("/v1/users/me", read_me, access=user, answer=UserView),
    patch("/v1/users/me", change_me, access=user, body=ProfileChange, answer=UserView),
    delete("/v1/users/me", delete_me, access=user, errors=(409,)),
    tags=["users"],
)
admin = Router(
    get(
        "/v1/admin/users",
        list_users,
        access=role("admin"),
        query=PageQuery,
        answer=Page[ManagedUserView],
    ),
    patch(
        "/v1/admin/users/{user_id}",
        change_user,
        access=role("admin", User),
        body=UserChange,
        answer=ManagedUserView,
        errors=(409,),
    ),
    delete("/v1/admin/users/{user_id}", delete_user, access=role("admin", User), errors=(409,)),
    post(
        "/v1/admin/users/{user_id}/password-reset",
        issue_password_reset,
        access=role("admin", User),
        answer=PasswordResetView,
        status=201,
        errors=(409,),
    ),
    tags=["admin"],
)

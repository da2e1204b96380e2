"""Access rules: who may call a route and whose objects it may touch (OWASP API1 and API5, 2023).

A rule is a value. It is declared beside the route, decided before the request's body is read,
written into the posture lock and tested from there. There is no default rule.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from .context import Principal, RequestContext, Role
from .logs import security_event
from .problems import Problem

Policy = Callable[[Principal, Any], bool]
"""Whether a caller may touch one loaded object; attributes of both may be read (ABAC)."""


@dataclass(frozen=True, slots=True)
class Access:
    """One access rule.

    Attributes:
        name: the rule as the posture lock spells it, such as ``owner:Item``.
        anonymous: whether a caller without a valid token is admitted.
        role: the role a caller must have, None for any.
        model: the mapped class of the object that the path names, None when it names none.
        policy: decides over the loaded object; only with ``model``.
        owner: the attribute of the object that holds its owner's user id, for rules of ownership.
    """

    name: str
    anonymous: bool = False
    role: Role | None = None
    model: type[Any] | None = None
    policy: Policy | None = None
    owner: str | None = None

    def admit(self, context: RequestContext) -> None:
        """Let the caller pass, or not, by what is known before anything is read or loaded.

        Raises:
            Problem: 401 without a valid token (RFC 6750 section 3), 403 without the role.
        """
        if self.anonymous:
            return
        principal = context.principal
        if principal is None:
            raise unauthenticated(token_present=context.token_present)
        if self.role is not None and principal.role != self.role:
            security_event("role_denied", actor=principal.user_id, rule=self.name)
            raise Problem(403, "Your role does not allow this.")

    def permits(self, principal: Principal, resource: object) -> bool:
        """Return whether the policy lets this caller touch this object; False without a policy."""
        return self.policy is not None and self.policy(principal, resource)


public: Final = Access("public", anonymous=True)
"""Anyone, with or without a token."""

user: Final = Access("user")
"""Anyone who is signed in; the route touches only what belongs to the caller by construction."""


def role(name: Role, model: type[Any] | None = None) -> Access:
    """Return the rule that demands a role; with ``model`` the path names an object of it."""
    rule = Access(f"role:{name}", role=name)
    if model is None:
        return rule
    return replace(rule, name=f"{rule.name}:{model.__name__}", model=model, policy=_anything)


def owner(model: type[Any], attribute: str = "owner_id") -> Access:
    """Return the rule that the object named by the path belongs to the caller.

    Args:
        model: the mapped class of the object.
        attribute: where the object keeps the user id of its owner.

    Raises:
        TypeError: the class has no such attribute, so nobody could ever own its objects.
    """
    if not hasattr(model, attribute):
        raise TypeError(f"{model.__name__} has no attribute {attribute!r} that names its owner")

    def owned(principal: Principal, resource: object) -> bool:
        return str(getattr(resource, attribute)) == principal.user_id

    return Access(f"owner:{model.__name__}", model=model, policy=owned, owner=attribute)


def policy(model: type[Any], decide: Policy) -> Access:
    """Return the rule that ``decide(principal, object)`` is true of the object the path names."""
    name = getattr(decide, "__name__", type(decide).__name__)
    return Access(f"policy:{model.__name__}:{name}", model=model, policy=decide)


def unauthenticated(*, token_present: bool) -> Problem:
    """Return the 401 of a missing or an unusable bearer token (RFC 6750 section 3.1)."""
    challenge = 'Bearer error="invalid_token"' if token_present else "Bearer"
    return Problem(
        401, "A valid access token is required.", headers={"WWW-Authenticate": challenge}
    )


def _anything(_principal: Principal, _resource: object) -> bool:
    return True

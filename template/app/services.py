"""Everything a request may need, made once per process from the settings."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from .auth import housekeeping
from .auth.accounts import Accounts
from .auth.authenticator import TokenAuthenticator
from .auth.flow_limits import FlowLimits
from .auth.password_changes import PasswordChanges
from .auth.password_resets import PasswordResets, SendReset, unsent
from .auth.password_rules import PasswordRules
from .auth.revocation import Revocations
from .auth.sessions import Lifetimes, Sessions
from .auth.sign_in import SignIn
from .health import Health
from .project import PROJECT
from .security.limit_stores import Limiters, limiters
from .security.passwords import Passwords
from .security.tokens import AccessTokens
from .settings import Settings
from .storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of one running service.

    Handlers find them as ``request.app.state.services``.
    """

    settings: Settings
    database: Database
    limits: Limiters
    passwords: Passwords
    authenticator: TokenAuthenticator
    revocations: Revocations
    sessions: Sessions
    accounts: Accounts
    sign_in: SignIn
    password_changes: PasswordChanges
    password_resets: PasswordResets
    health: Health

    @classmethod
    def of(cls, settings: Settings, *, send_reset: SendReset = unsent) -> Self:
        """Make the parts; nothing is connected before it is used.

        Args:
            settings: of the service.
            send_reset: brings a token that an administrator issued to the owner of its account.
        """
        database = Database(settings.database.url.get_secret_value())
        store = settings.limits.store_url.get_secret_value()
        limits = limiters(store, settings.limits.store_on_failure, PROJECT.slug)
        flows = FlowLimits(limits.flows)
        passwords = Passwords()
        tokens = AccessTokens(
            settings.tokens.key_ring(),
            issuer=settings.tokens.issuer,
            audience=settings.tokens.audience,
            lifetime=settings.tokens.access_ttl_seconds,
        )
        revocations = Revocations(database, lifetime=settings.tokens.access_ttl_seconds)
        lifetimes = Lifetimes(
            refresh=timedelta(seconds=settings.tokens.refresh_ttl_seconds),
            session=timedelta(seconds=settings.tokens.session_ttl_seconds),
        )
        sessions = Sessions(database, tokens, revocations, flows, lifetimes)
        rules = PasswordRules(settings.passwords.min_length, (PROJECT.slug, PROJECT.title))
        accounts = Accounts(
            database=database,
            passwords=passwords,
            rules=rules,
            sessions=sessions,
            revocations=revocations,
            limits=flows,
        )
        return cls(
            settings=settings,
            database=database,
            limits=limits,
            passwords=passwords,
            authenticator=TokenAuthenticator(tokens, revocations, database),
            revocations=revocations,
            sessions=sessions,
            accounts=accounts,
            sign_in=SignIn(database, passwords, sessions, flows),
            password_changes=PasswordChanges(
                database=database,
                passwords=passwords,
                rules=rules,
                sessions=sessions,
                limits=flows,
            ),
            password_resets=PasswordResets(
                database=database,
                passwords=passwords,
                rules=rules,
                accounts=accounts,
                limits=flows,
                send=send_reset,
            ),
            health=Health(database, limits.flows),
        )

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Load the revocations, keep them and the tables current, and close everything at the end.

        Raises:
            SQLAlchemyError: the database does not answer; a service that cannot know what has been
                revoked must not start.
        """
        lifetime = self.settings.tokens.access_ttl_seconds
        try:
            await self.revocations.poll()
            tasks = (
                asyncio.create_task(self.revocations.run()),
                asyncio.create_task(housekeeping.run(self.database, access_lifetime=lifetime)),
            )
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task
        finally:
            await self.close()

    async def close(self) -> None:
        """Close every connection and thread."""
        self.passwords.close()
        for limiter in self.limits:
            await limiter.close()
        await self.database.close()

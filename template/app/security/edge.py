"""The security edge: one pure-ASGI layer around the whole service, so that no answer escapes it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from .context import Authenticator, RequestContext, attach
from .deadlines import Deadline, Deadlines
from .exchange import LINES, Exchange
from .limits import Decision, Limiter, Quota, StoreUnavailableError
from .logs import security_event
from .policies.access_line import AccessLog, Served, access_line, console_line
from .policies.body import Body
from .policies.cors import compile_origins, is_preflight, preflight_lines
from .policies.head import bearer_token, path_fault, read_fields
from .policies.headers import security_lines
from .policies.hosts import compile_hosts
from .policies.https import https_required
from .policies.proxies import UNKNOWN, compile_proxies
from .policies.rates import RateClass, Reports, client_key, rate_class, rate_lines, too_many
from .policies.request_id import request_id
from .problems import Problem

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

PUBLIC: Final = Quota(100, 60)
AUTHENTICATED: Final = Quota(1000, 60)
ADMIN: Final = Quota(5000, 60)

_HEALTH: Final = frozenset({"/healthz", "/readyz"})
_DOCS: Final = ("/docs", "/redoc")
_POLICY_VIOLATION: Final = 1008

_logger: Final = logging.getLogger("app.security.edge")


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgePolicy:
    """Everything the edge has to know, as plain values.

    Attributes:
        limiter: counts the requests of every rate class; the store's answer on failure is its own.
        authenticator: names the caller of a bearer token.
        allowed_hosts: exact host names without port, or ``*.example.com``; empty allows any.
        trusted_proxies: addresses and networks that may set ``X-Forwarded-For`` and ``-Proto``.
        force_https: answer 403 to a request whose effective scheme is not https.
        hsts_seconds: ``max-age`` of ``Strict-Transport-Security``; 0 leaves the field out.
        cors_origins: exact origins, or ``http://localhost:*`` for any port.
        body_bytes: how long a body may be unless its route says otherwise.
        body_seconds: how long a body may take to arrive.
        timeout_seconds: how long the service may take to answer, waiting for the body excluded;
            and how long each part of an answer may take to be made and taken.
        public: quota of a client address without a valid token; None is unlimited.
        authenticated: quota of a user; None is unlimited.
        admin: quota of an administrator; None is unlimited.
        docs_enabled: whether ``/docs`` exists and needs its own content security policy.
        log_format: how the access line of each request looks.
    """

    limiter: Limiter
    authenticator: Authenticator
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    force_https: bool = True
    hsts_seconds: int = 31_536_000
    cors_origins: tuple[str, ...] = ()
    body_bytes: int = 1024 * 1024
    body_seconds: float = 30.0
    timeout_seconds: float = 30.0
    public: Quota | None = PUBLIC
    authenticated: Quota | None = AUTHENTICATED
    admin: Quota | None = ADMIN
    docs_enabled: bool = False
    log_format: Literal["json", "console"] = "json"


def protect(app: ASGIApp, policy: EdgePolicy) -> ASGIApp:
    """Wrap ``app`` so that every request passes the policies and every answer carries their fields.

    The first that applies answers: 400 head, 400 host, 403 https, preflight, 429; then ``app``.
    Lifespan events pass through; WebSockets are refused.
    """
    return _Edge(app, policy)


class _Edge:
    """The policies of one service, compiled."""

    def __init__(self, app: ASGIApp, policy: EdgePolicy) -> None:
        self._app = app
        self._policy = policy
        self._limiter = policy.limiter
        self._authenticator = policy.authenticator
        self._accepts_host = compile_hosts(policy.allowed_hosts)
        self._resolve = compile_proxies(policy.trusted_proxies)
        self._origin_lines = compile_origins(policy.cors_origins)
        self._security_lines = {
            (scheme, docs): security_lines(
                https=scheme == "https", hsts_seconds=policy.hsts_seconds, docs=docs
            )
            for scheme in ("http", "https")
            for docs in (False, True)
        }
        self._public = rate_class("public", policy.public)
        self._preflight = rate_class("preflight", policy.public)
        self._by_role: dict[str, RateClass | None] = {
            "user": rate_class("authenticated", policy.authenticated),
            "admin": rate_class("admin", policy.admin),
        }
        self._deadlines = Deadlines()
        self._log = AccessLog(access_line if policy.log_format == "json" else console_line)
        self._reports = Reports()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        if scope["type"] != "http":
            await self._serve_other(scope, receive, send)
            return
        started = time.perf_counter()
        found, fault = read_fields(scope["headers"])
        deadline = self._deadlines.start(self._policy.timeout_seconds)
        exchange = self._open(scope, found, send, deadline)
        try:
            if await self._admit(scope, found, fault, exchange):
                if b"content-length" in found or b"transfer-encoding" in found:
                    receive = self._body(found, receive, deadline, exchange)
                await self._app(scope, receive, exchange.send)
        except Problem as problem:
            exchange.refuse(problem)
        except asyncio.CancelledError:
            if not deadline.passed:
                exchange.refuse(Problem(503, "The service is stopping.", close=True))
                raise
            deadline.forgive()
            exchange.time_out()
        except (Exception, SystemExit):  # what a handler calls must not end the process
            _logger.exception("The application failed")
            exchange.refuse(Problem(500))
        finally:
            self._deadlines.end(deadline)
            if exchange.held_back:
                await exchange.finish()
            seconds = time.perf_counter() - started
            self._log.note(
                Served(exchange.context, scope["method"], scope["path"], exchange.status, seconds)
            )

    async def _serve_other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass lifespan events on, and refuse WebSockets."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await self._app(scope, receive, send)

    def _open(
        self, scope: Scope, found: dict[bytes, bytes], send: Send, deadline: Deadline
    ) -> Exchange:
        """Start the exchange: who asks, over what, and which lines every answer carries."""
        peer = scope.get("client")
        client, scheme = self._resolve(
            peer[0] if peer else UNKNOWN,
            scope["scheme"],
            found.get(b"x-forwarded-for"),
            found.get(b"x-forwarded-proto"),
        )
        if peer and client != peer[0]:
            scope["client"] = (client, 0)
        scope["scheme"] = scheme
        identifier = request_id(found.get(b"x-request-id"))
        context = RequestContext(identifier, client, scheme, body_limit=self._policy.body_bytes)
        attach(scope, context)
        docs = self._policy.docs_enabled and scope["path"].startswith(_DOCS)
        lines = b"%b%bx-request-id: %b\r\n" % (
            self._security_lines[scheme, docs],
            self._origin_lines(found.get(b"origin")),
            identifier.encode("ascii"),
        )
        return Exchange(
            context,
            lines,
            send,
            deadline,
            part_seconds=self._policy.timeout_seconds,
            takes_lines=LINES in scope.get("extensions", ()),
        )

    async def _admit(
        self, scope: Scope, found: dict[bytes, bytes], fault: str | None, exchange: Exchange
    ) -> bool:
        """Tell whether the application answers; otherwise the edge has.

        Raises:
            Problem: the answer to a request that does not pass.
        """
        fault = fault or path_fault(scope.get("raw_path") or scope["path"].encode())
        if fault is not None:
            raise Problem(400, fault, close=True)
        # A probe may name any host, but only HTTP/1.0 may name none (RFC 9112 section 3.2).
        named = b"host" in found or scope["http_version"] == "1.0"
        if scope["path"] in _HEALTH and named:
            return True
        if not self._accepts_host(found.get(b"host")):
            raise Problem(400, "The host is not served here.", close=True)
        if self._policy.force_https and scope["scheme"] != "https":
            raise https_required()
        if scope["method"] == "OPTIONS" and is_preflight(found):
            await self._grant(found, exchange)
            return False
        context = exchange.context
        token = bearer_token(found[b"authorization"]) if b"authorization" in found else None
        if token is not None:
            context.token_present = True
            authenticator = self._authenticator
            context.principal = authenticator.cached(token) or await authenticator.verify(token)
        caller = context.principal
        if caller is None:
            rate, who = self._public, client_key(context.client)
        else:
            rate, who = self._by_role[caller.role], caller.user_id
        if rate is not None:
            key = f"{rate.name}:{who}"
            decision = self._limiter.hit_now(key, rate.quota) or await self._wait(key, rate)
            self._judge(key, rate, decision, exchange)
        if caller is None and context.token_present:
            security_event("token_refused")
        return True

    async def _grant(self, found: dict[bytes, bytes], exchange: Exchange) -> None:
        """Answer a preflight; a denied one carries no CORS field (Fetch standard, section 4.8)."""
        rate = self._preflight
        if rate is not None:
            key = f"{rate.name}:{client_key(exchange.context.client)}"
            decision = self._limiter.hit_now(key, rate.quota) or await self._wait(key, rate)
            self._judge(key, rate, decision, exchange)
        origin_lines = self._origin_lines(found[b"origin"])
        granted = preflight_lines(found, origin_lines)
        if granted is None:
            exchange.lines = exchange.lines.replace(origin_lines, self._origin_lines(None))
            raise Problem(400, "The preflight is denied.")
        await exchange.grant(granted)

    async def _wait(self, key: str, rate: RateClass) -> Decision:
        """Count a request in a store that takes waiting.

        Raises:
            Problem: 503, the store is down and must not be done without.
        """
        try:
            return await self._limiter.hit(key, rate.quota)
        except StoreUnavailableError:
            raise Problem(503, "Try again later.", headers={"Retry-After": "1"}) from None

    def _judge(self, key: str, rate: RateClass, decision: Decision, exchange: Exchange) -> None:
        """Say in the answer what is left of the quota.

        Raises:
            Problem: 429, nothing is.
        """
        exchange.lines += rate_lines(rate, decision)
        if not decision.allowed:
            if self._reports.is_new(key, decision.retry_after):
                security_event("limit_hit", limit=rate.name)
            raise too_many(rate.name, decision.retry_after)

    def _body(
        self,
        found: dict[bytes, bytes],
        receive: Receive,
        deadline: Deadline,
        exchange: Exchange,
    ) -> Receive:
        declared = found.get(b"content-length")
        exchange.body = Body(
            receive,
            exchange.context,
            None if declared is None else int(declared),
            deadline,
            seconds=self._policy.body_seconds,
            answer_seconds=self._policy.timeout_seconds,
        )
        return exchange.body.receive

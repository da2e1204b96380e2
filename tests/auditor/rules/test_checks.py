"""What each rule reports on facts written by hand: severities, thresholds, exclusions."""

# ruff: noqa: E501, S104 - tables read best with one case a line; the addresses are judged only

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from secaudit.facts import Unknown
from secaudit.registry import find

from .building import candidate, default, facts, place, seen, setting, severities, simple, told

REAL = "Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i"
OTHER = "q3ZkT8wLr5Xn0cVb7YmJd2HgPs9UeKfA"
FASTAPI = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
PROVIDER = "ghp_aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA3"
CODE = "/project/settings.py"
COMPOSE = "/project/compose.yaml"
Cases = list[tuple[str, list[Any], list[str]]]
MESSAGES = Path(__file__).parent / "messages.txt"


def code(value: Any, layer: str = "assignment", *, literal: bool = True) -> Any:  # noqa: ANN401 - a candidate of any value
    return candidate(value, layer, CODE, literal=literal)


SECRETS: Cases = [
    ("SEC001", [simple("signing.secret", "changeme")], ["critical"]),
    ("SEC001", [simple("encryption.key", "changeme")], ["critical"]),
    ("SEC001", [simple("signing.secret", b"changeme")], ["critical"]),
    ("SEC001", [simple("signing.secret", REAL)], []),
    ("SEC001", [simple("signing.secret", Unknown("?"))], []),
    ("SEC001", [simple("signing.secret", "changeme", error="refused")], []),
    ("SEC001", [simple("signing.secret", "your-256-bit-secret")], ["critical"]),
    ("SEC001", [simple("provider.secret", "changeme")], []),
    ("SEC001", [simple("signing.secret", "{{ secret_key }}")], []),
    ("SEC001", [simple("signing.secret", "None")], []),
    ("SEC001", [simple("signing.secret", "django-insecure-change-me")], []),
    ("SEC005", [simple("signing.secret", "django-insecure-change-me")], ["critical"]),
    ("SEC005", [simple("signing.secret", "your-256-bit-secret")], []),
    ("SEC002", [setting("signing.secret", code(REAL))], ["critical"]),
    ("SEC002", [setting("signing.secret", code(REAL), variables=("SECRET_KEY",))], []),
    ("SEC002", [setting("signing.secret", code(REAL, literal=False))], []),
    ("SEC002", [setting("signing.secret", code("changeme"))], []),
    ("SEC002", [setting("signing.secret", candidate(REAL, "config-file", "/project/config.toml"))], ["critical"]),
    ("SEC002", [simple("signing.secret", REAL)], []),
    ("SEC003", [setting("signing.secret", code(REAL, "default"), variables=("K",))], ["critical"]),
    ("SEC003", [setting("signing.secret", candidate(OTHER), code(REAL, "default"), variables=("K",))], ["low"]),
    ("SEC003", [setting("signing.secret", candidate(OTHER), code("changeme", "default"), variables=("K",))], []),
    ("SEC003", [setting("signing.secret", code(REAL, "default"))], []),
    ("SEC003", [setting("signing.secret", candidate(OTHER), variables=("K",))], []),
    ("SEC004", [simple("signing.secret", "")], ["critical"]),
    ("SEC004", [simple("signing.secret", "None")], ["critical"]),
    ("SEC004", [simple("signing.secret", None)], []),
    ("SEC004", [simple("provider.secret", "")], []),
    ("SEC005", [simple("signing.secret", FASTAPI)], ["critical"]),
    ("SEC005", [setting("signing.secret", code("django-insecure-8&l#0ws%2c0d@z"))], ["critical"]),
    ("SEC005", [simple("signing.secret", REAL)], []),
    ("SEC007", [seen("secret-per-process", purpose="signing")], ["medium"]),
    ("SEC007", [seen("secret-per-process", purpose="encryption")], ["high"]),
    ("SEC007", [seen("secret-per-process", purpose="signing"), simple("server.workers", 4)], ["high"]),
    ("SEC007", [seen("secret-per-process", purpose="signing"), simple("server.workers", 1)], ["medium"]),
    ("SEC008", [simple("signing.secret", REAL)], []),
    ("SEC008", [simple("signing.secret", REAL[:31])], ["low"]),
    ("SEC008", [simple("signing.secret", REAL[:16])], ["low"]),
    ("SEC008", [simple("signing.secret", REAL[:15])], ["medium"]),
    ("SEC008", [simple("signing.secret", "changeme")], []),
    ("SEC008", [simple("signing.secret", REAL), simple("token.algorithm", "HS512")], ["low"]),
    ("SEC008", [simple("signing.secret", REAL), simple("token.algorithm", "HS384")], ["low"]),
    ("SEC008", [simple("signing.secret", REAL), simple("token.algorithm", "HS512"), simple("token.algorithm", "HS256")], []),
    ("SEC008", [simple("signing.secret", REAL, group="a"), simple("token.algorithm", "HS512", group="a"), simple("token.algorithm", "HS256", group="b")], ["low"]),
    ("SEC009", [setting("provider.secret", code(PROVIDER))], ["high"]),
    ("SEC009", [simple("provider.secret", PROVIDER)], ["info"]),
    ("SEC009", [simple("", PROVIDER), seen("file-tracked")], ["high"]),
    ("SEC009", [setting("provider.secret", candidate(PROVIDER, path="/project/.env.example"))], ["high"]),
    ("SEC009", [simple("provider.secret", REAL)], []),
    ("SEC010", [setting("signing.secret", code("-----BEGIN PRIVATE KEY-----\nMIG"))], ["high"]),
    ("SEC010", [setting("signing.secret", code("-----BEGIN PRIVATE KEY-----\nMIG", literal=False))], []),
    ("SEC012", [simple("signing.secret", REAL), setting("encryption.key", candidate(REAL, line=2))], ["low"]),
    ("SEC012", [simple("signing.secret", REAL), setting("encryption.key", candidate(OTHER, line=2))], []),
    ("SEC012", [simple("signing.secret", REAL), setting("signing.secret", candidate(REAL, line=2, literal=False))], []),
    ("SEC012", [simple("signing.secret", REAL), default("signing.secret", REAL)], []),
    ("SEC012", [simple("signing.secret", "changeme"), setting("encryption.key", candidate("changeme", line=2))], []),
    ("SEC012", [simple("signing.secret", REAL), simple("signing.secret", REAL)], []),
    ("SEC013", [seen("secret-in-image", name="SECRET_KEY", instruction="ENV")], ["high"]),
    ("SEC014", [setting("signing.secret", candidate(REAL, "process-environment", COMPOSE))], ["high"]),
    ("SEC014", [setting("provider.secret", candidate(REAL, "process-environment", COMPOSE))], ["high"]),
    ("SEC014", [setting("signing.secret", candidate(REAL, "process-environment", COMPOSE, literal=False))], []),
    ("SEC014", [setting("signing.secret", candidate("changeme", "process-environment", COMPOSE))], []),
    ("SEC014", [setting("signing.secret", candidate(REAL, "config-file", "/project/values.yaml"))], []),
    ("SEC015", [seen("secret-logged", name="DATABASE_URL")], ["medium"]),
    ("SEC016", [seen("file-readable", mode="0644"), simple("signing.secret", REAL)], ["info"]),
    ("SEC016", [seen("file-readable", mode="0644"), simple("debug.enabled", value=True)], []),
    ("SEC016", [seen("file-readable", mode="0644"), simple("signing.secret", "changeme")], ["info"]),
    ("SEC016", [seen("file-readable", mode="0644"), simple("signing.secret", "")], []),
    ("SEC001", [setting("signing.secret", candidate("changeme", "process-environment"))], ["critical"]),
    ("SEC001", [setting("signing.secret", candidate("changeme", "process-environment", COMPOSE))], ["critical"]),
    ("SEC001", [setting("signing.secret", candidate("changeme", literal=False))], ["critical"]),
    ("SEC017", [seen("file-tracked"), simple("signing.secret", REAL)], ["high"]),
    ("SEC017", [seen("file-tracked"), simple("database.url", "postgresql://a:q3ZkT8wLr5Xn0cVb@db/x")], ["high"]),
    ("SEC017", [seen("file-tracked"), simple("database.url", "sqlite:///x.db")], []),
    ("SEC017", [seen("file-tracked"), simple("signing.secret", "changeme")], []),
    ("SEC017", [seen("file-tracked", path="/project/other.env"), simple("signing.secret", REAL)], []),
    ("SEC018", [setting("password", code("w7Rk2vQx9LpT"))], ["high"]),
    ("SEC018", [setting("provider.secret", code("w7Rk2vQx9LpT"))], ["high"]),
    ("SEC018", [setting("password", code("changeme"))], []),
    ("SEC018", [setting("password", code(PROVIDER))], []),
    ("SEC018", [simple("password", "w7Rk2vQx9LpT")], []),
    ("SEC006", [simple("signing.secret", REAL), seen("value-of-example", key="SECRET_KEY", example=".env.example")], ["critical"]),
    ("SEC006", [setting("signing.secret", candidate(OTHER, line=3), candidate(REAL, line=4)), seen("value-of-example", key="SECRET_KEY", example=".env.example")], []),
    ("SEC006", [simple("signing.secret", "changeme"), seen("value-of-example", key="SECRET_KEY", example=".env.example")], []),
    ("SEC006", [simple("debug.log_level", REAL), seen("value-of-example", key="LEVEL", example=".env.example")], []),
    ("SEC006", [simple("debug.log_level", REAL), setting("signing.secret", candidate(REAL, line=1)), seen("value-of-example", key="SECRET_KEY", example=".env.example")], ["critical"]),
    ("SEC008", [setting("signing.secret", candidate(REAL[:20], "assignment", CODE))], ["low"]),
    ("SEC009", [setting("provider.secret", candidate(PROVIDER, path="/project/prod.env"))], ["info"]),
    ("SEC009", [setting("provider.secret", candidate("", "process-environment"), code(PROVIDER, "default"))], ["high"]),
    ("SEC017", [seen("file-tracked"), *(simple("provider.secret", REAL, name=name) for name in ("d", "c", "b", "a"))], ["high"]),
    ("CRED001", [simple("database.url", "postgresql://postgres:postgres@db.acme.io/x")], ["high"]),
    ("CRED001", [simple("database.url", "not a url"), simple("database.url", "redis://:guest@mq.acme.io")], ["high"]),
    ("CRED003", [setting("database.url", code("postgresql://app:q3ZkT8wLr5Xn0cVb@db.acme.io/x", literal=False))], []),
    ("CRED001", [simple("database.url", "postgresql://postgres:postgres@db:5432/x")], ["medium"]),
    ("CRED001", [simple("database.url", "postgresql://orders:orders@db:5432/x")], ["medium"]),
    ("CRED001", [simple("database.url", "postgresql://orders:q3ZkT8wLr5Xn0cVb@db:5432/x")], []),
    ("CRED001", [simple("database.url", "redis://cache:6379/0")], []),
    ("CRED001", [simple("database.password", "guest", group="a"), simple("database.host", "mq.acme.io", group="a")], ["high"]),
    ("CRED001", [simple("database.password", "guest", group="a"), simple("database.host", "mq", group="a")], ["medium"]),
    ("CRED001", [simple("database.password", "orders", group="a"), simple("database.user", "orders", group="a")], ["medium"]),
    ("CRED001", [simple("database.password", "")], []),
    ("CRED002", [simple("admin.password", "admin123")], ["high"]),
    ("CRED002", [setting("admin.password", code("w7Rk2vQx9LpT"))], ["high"]),
    ("CRED002", [simple("admin.password", "w7Rk2vQx9LpT")], []),
    ("CRED002", [simple("admin.password", "")], []),
    ("CRED002", [simple("admin.password", "operator", group="a"), simple("admin.user", "operator", group="a")], ["high"]),
    ("CRED003", [setting("database.url", code("postgresql://app:q3ZkT8wLr5Xn0cVb@db.acme.io/x"))], ["high"]),
    ("CRED003", [setting("database.password", code("q3ZkT8wLr5Xn0cVb"))], ["high"]),
    ("CRED003", [setting("database.url", code("postgresql://app:app@db.acme.io/x"))], []),
    ("CRED003", [setting("database.url", code("sqlite:///x.db"))], []),
    ("CRED003", [simple("database.url", "postgresql://app:q3ZkT8wLr5Xn0cVb@db.acme.io/x")], []),
]  # fmt: skip
APPLICATION: Cases = [
    ("DBG001", [simple("debug.enabled", value=True, service="django")], ["critical"]),
    ("DBG001", [simple("debug.enabled", value=True, service="flask")], ["critical"]),
    ("DBG001", [simple("debug.enabled", value=True)], ["high"]),
    ("DBG001", [simple("debug.enabled", 1)], ["high"]),
    ("DBG001", [simple("debug.enabled", value=False)], []),
    ("DBG001", [simple("debug.enabled", "False")], []),
    ("DBG002", [simple("debug.reload", value=True)], ["medium"]),
    ("DBG001", [setting("debug.enabled", candidate(value=True, raw="TRUE"))], ["high"]),
    ("DBG001", [setting("debug.enabled", candidate(value=True, raw='"true"'))], ["high"]),
    ("DBG001", [setting("debug.enabled", candidate(value=True, raw="'on'"))], ["high"]),
    ("DBG001", [setting("debug.enabled", candidate(True, "default", CODE, raw="true"))], ["high"]),
    ("DBG001", [setting("debug.enabled", candidate(value=True, raw="1"))], ["high"]),
    ("DBG001", [setting("debug.enabled", candidate(value=True, raw="Yes"))], ["high"]),
    ("DBG001", [setting("debug.enabled", candidate(value=True, raw="T"))], ["high"]),
    ("DBG001", [setting("debug.enabled", candidate(value=True, raw="enabled"))], ["high"]),
    ("DBG001", [setting("debug.enabled", code(True))], ["high"]),
    ("DBG001", [setting("debug.enabled", code(True, literal=False))], ["high"]),
    ("DBG002", [simple("debug.reload", value=False)], []),
    ("DBG002", [setting("debug.reload", code(True))], ["medium"]),
    ("DBG004", [setting("debug.errors", code(True))], ["medium"]),
    ("DBG005", [setting("debug.sql_echo", code(True))], ["low"]),
    ("DBG008", [setting("graphql.introspection", code(True))], ["low"]),
    ("CORS001", [simple("cors.origins", ["*"], group="a"), setting("cors.credentials", code(True), group="a")], ["high"]),
    ("CORS002", [simple("cors.origins", ["*"], group="a"), simple("cors.origins", ["*"], group="b"), simple("cors.origins", ["*"]), simple("cors.origins", ["*"])], ["low"] * 4),
    ("CORS001", [simple("cors.origins", ["*"]), simple("cors.origins", ["*"]), simple("cors.credentials", value=True)], ["high", "high"]),
    ("TLS001", [setting("tls.verify", code(False))], ["high"]),
    ("TLS001", [simple("tls.verify", value=False), simple("service.url", "https://localhost:1")], ["high"]),
    ("TLS002", [setting("tls.redirect", code(False))], ["low"]),
    ("TLS002", [default("tls.redirect", value=False)], ["low"]),
    ("TLS004", [simple("tls.database", "disable"), simple("database.host", "db.acme.io")], []),
    ("TLS006", [setting("tls.mail", code(False))], ["low"]),
    ("HEAD001", [simple("header.hsts", 0)], ["low"]),
    ("HEAD002", [setting("header.nosniff", code(False))], ["low"]),
    ("COOKIE001", [default("cookie.secure", value=False, service="session")], ["high"]),
    ("COOKIE001", [setting("cookie.secure", code(False), service="session")], ["high"]),
    ("COOKIE002", [setting("cookie.httponly", code(False), service="session")], ["medium"]),
    ("COOKIE003", [simple("cookie.samesite", "none", group="a"), simple("cookie.secure", value=False, group="a")], ["medium"]),
    ("COOKIE003", [simple("cookie.samesite", "none", group="a"), simple("cookie.secure", value=True, group="a")], ["medium"]),
    ("COOKIE004", [setting("csrf.enabled", code(False))], ["high"]),
    ("DBG003", [simple("debug.server", value=True)], ["medium"]),
    ("DBG003", [simple("debug.server", value=False)], []),
    ("DBG004", [simple("debug.errors", value=True)], ["medium"]),
    ("DBG005", [simple("debug.sql_echo", value=True)], ["low"]),
    ("DBG005", [simple("debug.sql_echo", "debug")], ["low"]),
    ("DBG005", [simple("debug.sql_echo", value=False)], []),
    ("DBG006", [simple("debug.log_level", "DEBUG")], ["low"]),
    ("DBG006", [simple("debug.log_level", "debug")], ["low"]),
    ("DBG006", [simple("debug.log_level", "INFO")], []),
    ("DBG007", [simple("graphql.ide", "graphiql")], ["low"]),
    ("DBG007", [simple("graphql.ide", None)], []),
    ("DBG007", [simple("graphql.ide", value=False)], []),
    ("DBG008", [simple("graphql.introspection", value=True)], ["low"]),
    ("DOC001", [default("docs.url", "/docs", group="a"), default("docs.openapi", "/openapi.json", group="a")], ["info"]),
    ("DOC001", [default("docs.url", "/docs", group="a"), simple("docs.openapi", None, group="a")], []),
    ("DOC001", [default("docs.url", "/docs", group="a"), simple("docs.openapi", Unknown("?"), group="a")], []),
    ("DOC001", [simple("docs.url", None)], []),
    ("DOC002", [simple("docs.url", None, group="a"), simple("docs.redoc", None, group="a"), default("docs.openapi", "/openapi.json", group="a")], ["medium"]),
    ("DOC002", [simple("docs.url", None, group="a"), default("docs.redoc", "/redoc", group="a"), default("docs.openapi", "/openapi.json", group="a")], []),
    ("DOC002", [simple("docs.url", Unknown("?"), group="a"), simple("docs.redoc", None, group="a"), default("docs.openapi", "/openapi.json", group="a")], []),
    ("DOC002", [simple("docs.url", None, group="a"), simple("docs.redoc", None, group="a"), simple("docs.openapi", None, group="a")], []),
    ("DOC003", [simple("docs.enabled", value=False), default("docs.openapi", "/openapi.json")], ["medium"]),
    ("DOC003", [simple("docs.enabled", value=False), simple("docs.url", None, group="a"), default("docs.openapi", "/openapi.json", group="a")], []),
    ("DOC001", [default("docs.url", "/docs"), simple("docs.enabled", value=False)], []),
    ("DOC001", [default("docs.url", "/docs"), simple("docs.enabled", value=True)], ["info"]),
    ("DOC003", [simple("docs.enabled", value=True), default("docs.openapi", "/openapi.json")], []),
    ("DOC003", [simple("docs.enabled", value=False), simple("docs.openapi", None)], []),
    ("CORS001", [simple("cors.origins", ["*"], group="a"), simple("cors.credentials", value=True, group="a")], ["high"]),
    ("CORS001", [simple("cors.origins", ["https://a.io", "*"], group="a"), simple("cors.credentials", value=True, group="a")], ["high"]),
    ("CORS001", [simple("cors.origins", "*", group="a"), simple("cors.credentials", value=True, group="a")], ["high"]),
    ("CORS001", [simple("cors.regex", ".*", group="a"), simple("cors.credentials", value=True, group="a")], ["high"]),
    ("CORS001", [simple("cors.allow_all", value=True, group="a"), simple("cors.credentials", value=True, group="a")], ["high"]),
    ("CORS001", [simple("cors.origins", ["*"], group="a"), simple("cors.regex", ".*", group="a"), simple("cors.credentials", value=True, group="a")], ["high"]),
    ("CORS001", [simple("cors.origins", ["*"], group="a"), simple("cors.credentials", value=False, group="a")], []),
    ("CORS001", [simple("cors.origins", ["*"], group="a"), simple("cors.credentials", value=True, group="b")], []),
    ("CORS001", [simple("cors.origins", ["*"], group="a"), simple("cors.credentials", Unknown("?"), group="a")], []),
    ("CORS001", [simple("cors.origins", ["https://*.acme.io"], group="a"), simple("cors.credentials", value=True, group="a")], []),
    ("CORS001", [simple("cors.origins", [], group="a"), simple("cors.credentials", value=True, group="a")], []),
    ("CORS002", [simple("cors.origins", ["*"], group="a"), simple("cors.credentials", value=False, group="a")], ["low"]),
    ("CORS002", [simple("cors.origins", ["*"])], ["low"]),
    ("CORS002", [simple("cors.origins", ["*"]), simple("cookie.secure", value=True, service="session")], ["medium"]),
    ("CORS002", [simple("cors.origins", ["*"], group="a"), simple("cors.regex", ".*", group="a")], ["low"]),
    ("CORS002", [simple("cors.origins", ["*"], group="a"), simple("cors.credentials", value=True, group="a")], []),
    ("CORS002", [simple("cors.origins", ["*"], group="a"), simple("cors.credentials", Unknown("?"), group="a")], []),
    ("CORS003", [simple("cors.origins", ["null"])], ["high"]),
    ("CORS003", [simple("cors.origins", ["https://a.io"])], []),
    ("CORS004", [simple("cors.origins", "https://a.io", service="starlette")], ["high"]),
    ("CORS004", [simple("cors.origins", "*", service="starlette")], []),
    ("CORS004", [simple("cors.origins", "https://a.io", service="flask")], []),
    ("CORS004", [simple("cors.origins", ["https://a.io"], service="starlette")], []),
    ("CORS005", [simple("cors.regex", r"https://.*acme\.io", service="starlette")], ["high"]),
    ("CORS005", [simple("cors.regex", r"https://[a-z]+\.acme\.io", service="starlette")], []),
    ("CORS005", [simple("cors.regex", [r"https://[a-z]+\.acme\.io"], service="django")], ["high"]),
    ("CORS005", [simple("cors.regex", ".*", service="starlette")], []),
    ("CORS006", [simple("cors.origins", ["http://a.io"])], ["low"]),
    ("CORS006", [simple("cors.origins", ["http://localhost:3000", "https://a.io"])], []),
    ("CORS007", [simple("cors.origins", ["https://a.io", "http://localhost:3000"])], ["low"]),
    ("CORS007", [simple("cors.origins", ["https://a.io"])], []),
    ("HOST001", [simple("hosts.allowed", ["*"])], ["medium"]),
    ("HOST001", [simple("hosts.allowed", ["a.io", "*"])], ["medium"]),
    ("HOST001", [simple("hosts.allowed", [".a.io"])], []),
    ("HOST002", [simple("proxy.trusted", "*")], ["medium"]),
    ("HOST002", [simple("proxy.trusted", "10.0.0.1, *")], ["medium"]),
    ("HOST002", [simple("proxy.trusted", ["0.0.0.0/0"])], ["medium"]),
    ("HOST002", [simple("proxy.trusted", "127.0.0.1")], []),
    ("TLS001", [simple("tls.verify", value=False)], ["high"]),
    ("TLS001", [simple("tls.verify", "CERT_NONE")], ["high"]),
    ("TLS001", [simple("tls.verify", value=False, group="a"), simple("service.url", "https://localhost:8443", group="a")], ["low"]),
    ("TLS001", [simple("tls.verify", value=False, group="a"), simple("service.url", "https://a.io", group="a")], ["high"]),
    ("TLS001", [simple("tls.verify", value=True)], []),
    ("TLS001", [simple("tls.verify", "/etc/ca.pem")], []),
    ("TLS002", [simple("tls.redirect", value=False)], ["low"]),
    ("TLS002", [simple("tls.redirect", value=True)], []),
    ("TLS003", [simple("tls.minimum", "TLSv1")], ["medium"]),
    ("TLS003", [simple("tls.minimum", "PROTOCOL_TLSv1_1")], ["medium"]),
    ("TLS003", [simple("tls.minimum", "TLSVersion.TLSv1_1")], ["medium"]),
    ("TLS003", [simple("tls.minimum", "TLSv1.2")], []),
    ("TLS004", [simple("database.url", "postgresql://a:b@db.acme.io/x?sslmode=disable")], ["medium"]),
    ("TLS004", [simple("database.url", "mysql://a:b@db.acme.io/x?ssl=false")], ["medium"]),
    ("TLS004", [simple("database.url", "redis://cache.acme.io:6379")], ["medium"]),
    ("TLS004", [simple("database.url", "redis://cache:6379")], []),
    ("TLS004", [simple("database.url", "postgresql://a:b@db/x?sslmode=disable")], []),
    ("TLS004", [simple("database.url", "postgresql://a:b@db.acme.io/x")], []),
    ("TLS004", [simple("tls.database", "disable", group="a"), simple("database.host", "db.acme.io", group="a")], ["medium"]),
    ("TLS004", [simple("tls.database", value=False, group="a"), simple("database.host", "db.acme.io", group="a")], ["medium"]),
    ("TLS004", [simple("tls.database", "disable", group="a"), simple("database.host", "db", group="a")], []),
    ("TLS004", [simple("tls.database", "require", group="a"), simple("database.host", "db.acme.io", group="a")], []),
    ("TLS004", [simple("tls.database", "disable")], []),
    ("TLS005", [simple("service.url", "http://pay.partner.io")], ["medium"]),
    ("TLS005", [simple("service.url", "ws://pay.partner.io")], ["medium"]),
    ("TLS005", [simple("service.url", "http://search:7700")], []),
    ("TLS005", [simple("service.url", "http://api.example.com")], []),
    ("TLS005", [simple("service.url", "https://pay.partner.io")], []),
    ("TLS006", [simple("tls.mail", value=False)], ["low"]),
    ("TLS006", [simple("tls.mail", value=False), simple("tls.mail", value=True)], []),
    ("TLS006", [simple("tls.mail", value=False), simple("tls.mail", value=False)], ["low"]),
    ("TLS006", [default("tls.mail", value=False)], []),
    ("HEAD001", [default("header.hsts", 0)], ["low"]),
    ("HEAD001", [simple("header.hsts", 60)], []),
    ("HEAD001", [default("header.hsts", 0), seen("mitigation", what="header.hsts")], []),
    ("HEAD001", [default("header.hsts", 0), seen("mitigation", what="limiter")], ["low"]),
    ("HEAD002", [simple("header.nosniff", value=False)], ["low"]),
    ("HEAD002", [simple("header.nosniff", value=True)], []),
    ("HEAD002", [simple("header.nosniff", value=False), seen("mitigation", what="header.nosniff")], []),
    ("HEAD003", [simple("header.frame", "ALLOWALL")], ["low"]),
    ("HEAD003", [simple("header.frame", "")], ["low"]),
    ("HEAD003", [simple("header.frame", "SAMEORIGIN")], []),
    ("HEAD003", [simple("header.frame", ""), seen("mitigation", what="header.frame")], []),
    ("COOKIE001", [simple("cookie.secure", value=False, service="session")], ["high"]),
    ("COOKIE001", [simple("cookie.secure", value=False, service="token")], ["high"]),
    ("COOKIE001", [simple("cookie.secure", value=False)], ["medium"]),
    ("COOKIE001", [simple("cookie.secure", value=True, service="session")], []),
    ("COOKIE002", [simple("cookie.httponly", value=False, service="session")], ["medium"]),
    ("COOKIE002", [simple("cookie.httponly", value=False)], ["low"]),
    ("COOKIE002", [simple("cookie.httponly", value=False, service="csrf")], []),
    ("COOKIE002", [simple("cookie.httponly", value=True, service="session")], []),
    ("COOKIE003", [simple("cookie.samesite", "None")], ["medium"]),
    ("COOKIE003", [simple("cookie.samesite", "lax")], []),
    ("COOKIE003", [simple("cookie.samesite", None)], []),
    ("COOKIE004", [simple("csrf.enabled", value=False)], ["high"]),
    ("COOKIE004", [simple("csrf.enabled", value=True)], []),
    ("COOKIE005", [simple("session.serializer", "django.contrib.sessions.serializers.PickleSerializer")], ["high"]),
    ("COOKIE005", [simple("session.serializer", "json")], []),
]  # fmt: skip
ACCESS: Cases = [
    ("AUTH001", [simple("token.access_lifetime", timedelta(hours=23))], []),
    ("AUTH001", [simple("token.access_lifetime", timedelta(hours=24))], ["low"]),
    ("AUTH001", [simple("token.access_lifetime", timedelta(days=6, hours=23))], ["low"]),
    ("AUTH001", [simple("token.access_lifetime", timedelta(days=7))], ["medium"]),
    ("AUTH001", [simple("token.access_lifetime", 43200)], []),
    ("AUTH002", [simple("token.refresh_lifetime", timedelta(days=90))], []),
    ("AUTH002", [simple("token.refresh_lifetime", timedelta(days=91))], ["low"]),
    ("AUTH003", [simple("token.access_lifetime", timedelta())], ["high"]),
    ("AUTH003", [simple("token.refresh_lifetime", None)], ["high"]),
    ("AUTH003", [simple("token.access_lifetime", timedelta(minutes=5))], []),
    ("AUTH003", [simple("token.expires", value=False)], ["high"]),
    ("AUTH003", [simple("token.expires", value=True)], []),
    ("AUTH004", [simple("token.algorithm", "none")], ["critical"]),
    ("AUTH004", [simple("token.algorithms", ["HS256", "None"])], ["critical"]),
    ("AUTH004", [simple("token.algorithm", "RSA1_5")], ["medium"]),
    ("AUTH004", [simple("token.algorithm", "EdDSA")], []),
    ("AUTH005", [simple("token.algorithms", ["HS256", "RS256"])], ["high"]),
    ("AUTH005", [simple("token.algorithms", ["HS256", "EdDSA"])], ["high"]),
    ("AUTH005", [simple("token.algorithms", ["HS256", "HS512"])], []),
    ("AUTH005", [simple("token.algorithms", ["RS256", "ES256"])], []),
    ("AUTH006", [simple("token.verify", value=False)], ["critical"]),
    ("AUTH006", [simple("token.verify", value=True)], []),
    ("AUTH006", [setting("token.verify", code(False))], ["critical"]),
    ("AUTH011", [simple("access.permissions", "AllowAny")], []),
    ("AUTH013", [setting("access.enabled", code(False))], ["high"]),
    ("LIMIT001", [setting("limit.enabled", code(False))], ["medium"]),
    ("LIMIT004", [simple("limit.page", 0)], ["low"]),
    ("LIMIT004", [simple("limit.page", 1)], []),
    ("GUARD004", [seen("profile-conflict", signals="a")], ["medium"]),
    ("NET001", [seen("port-published", service="db", image=None, address=None, port="5432:5432")], ["medium"]),
    ("NET002", [setting("container.privileged", candidate(True, "assignment", COMPOSE, raw="true"))], ["high"]),
    ("DIALECT001", [seen("line-dropped", key="", dialect="django-environ", reason="spaces")], ["low"]),
    ("DIALECT003", [seen("key-duplicate", key="DEBUG")], ["medium"]),
    ("AUTH007", [simple("token.audience", "")], ["low"]),
    ("AUTH007", [default("token.audience", "")], []),
    ("AUTH007", [simple("token.audience", "api")], []),
    ("AUTH008", [simple("password.hashers", ["django.contrib.auth.hashers.MD5PasswordHasher"])], ["high"]),
    ("AUTH008", [simple("password.hashers", ["sha256_crypt_not", "argon2"])], []),
    ("AUTH008", [simple("password.hashers", ["plaintext"])], ["high"]),
    ("AUTH008", [simple("password.hashers", ["sha256"])], ["high"]),
    ("AUTH008", [simple("password.hashers", ["argon2", "md5"])], []),
    ("AUTH008", [simple("password.hashers", ["pbkdf2_sha256"])], []),
    ("AUTH008", [simple("password.hashers", ["bcrypt_sha256"])], []),
    ("AUTH008", [simple("password.hashers", ["django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher"])], []),
    ("AUTH008", [simple("password.hashers", [])], []),
    ("AUTH009", [simple("password.min_length", 7)], ["medium"]),
    ("AUTH009", [simple("password.min_length", 8)], []),
    ("AUTH010", [simple("password.validators", [])], ["low"]),
    ("AUTH010", [default("password.validators", [])], []),
    ("AUTH010", [simple("password.validators", [{"NAME": "x"}])], []),
    ("AUTH011", [simple("access.permissions", ["rest_framework.permissions.AllowAny"])], ["medium"]),
    ("AUTH011", [simple("access.permissions", [])], ["medium"]),
    ("AUTH011", [default("access.permissions", ["rest_framework.permissions.AllowAny"])], ["low"]),
    ("AUTH011", [simple("access.permissions", ["rest_framework.permissions.IsAuthenticated"])], []),
    ("AUTH012", [simple("access.authentication", [])], ["medium"]),
    ("AUTH012", [simple("access.authentication", ["x"])], []),
    ("AUTH013", [simple("access.enabled", value=False)], ["high"]),
    ("AUTH013", [simple("access.enabled", value=True)], []),
    ("AUTH014", [seen("store-without-auth", service="db", image="postgres")], ["medium"]),
    ("AUTH014", [seen("store-without-auth", service="db", image="postgres"), seen("port-published", service="db", image="postgres", address="", port="5432")], []),
    ("LIMIT001", [simple("limit.enabled", value=False)], ["medium"]),
    ("LIMIT001", [default("limit.enabled", value=False)], []),
    ("LIMIT001", [simple("limit.enabled", value=True)], []),
    ("LIMIT002", [default("limit.enabled", value=False)], ["low"]),
    ("LIMIT002", [simple("limit.enabled", value=False)], []),
    ("LIMIT002", [default("limit.enabled", value=False), seen("mitigation", what="rate limiter")], []),
    ("LIMIT003", [simple("limit.store", "memory://"), simple("server.workers", 2)], ["medium"]),
    ("LIMIT003", [simple("limit.store", "memory://"), simple("server.workers", 1)], []),
    ("LIMIT003", [simple("limit.store", "redis://r"), simple("server.workers", 2)], []),
    ("LIMIT004", [simple("limit.page", None)], ["low"]),
    ("LIMIT004", [simple("limit.page", 1001)], ["low"]),
    ("LIMIT004", [simple("limit.page", 1000)], []),
    ("LIMIT005", [simple("limit.body", None)], ["low"]),
    ("LIMIT005", [default("limit.body", None)], []),
    ("LIMIT005", [simple("limit.body", 100 * 1024**2 + 1)], ["low"]),
    ("LIMIT005", [simple("limit.body", 100 * 1024**2)], []),
    ("LIMIT006", [simple("limit.upload", 0)], ["low"]),
    ("LIMIT006", [default("limit.upload", None)], []),
    ("LIMIT006", [simple("limit.upload", 1024**3 + 1)], ["low"]),
    ("LIMIT006", [simple("limit.upload", 1024**3)], []),
    ("GUARD001", [seen("selector-fails-open", selector="ENV", default="development")], ["medium"]),
    ("GUARD002", [seen("guard", selector="", fires=False, defeated_by="its own default", subject="jwt_secret")], ["high"]),
    ("GUARD002", [seen("guard", selector="", fires=True, defeated_by="", subject="jwt_secret")], []),
    ("GUARD002", [seen("guard", selector="", fires=False, defeated_by="", subject="jwt_secret")], []),
    ("GUARD003", [seen("settings-fallback", exception="Exception")], ["critical"]),
    ("GUARD004", [seen("profile-conflict", signals=["a", "b"])], ["medium"]),
    ("GUARD005", [setting("debug.enabled", candidate(value=False), code(True, "default"))], ["info"]),
    ("GUARD005", [setting("signing.secret", candidate(REAL), code("changeme", "default"))], ["info"]),
    ("GUARD005", [setting("cookie.secure", candidate(value=True), code(False, "default"))], ["info"]),
    ("GUARD005", [setting("cors.origins", candidate(["https://a.io"]), code(["*"], "default"))], ["info"]),
    ("GUARD005", [setting("debug.enabled", candidate(value=True), code(True, "default"))], []),
    ("GUARD005", [setting("debug.enabled", candidate(value=False), code(False, "default"))], []),
    ("GUARD005", [setting("signing.secret", candidate(REAL), code("", "default"))], []),
    ("NET001", [seen("port-published", service="db", image="postgres:17", address="", port="5432:5432")], ["medium"]),
    ("NET001", [seen("port-published", service="db", image="postgres:17", address="127.0.0.1", port="5432:5432")], []),
    ("NET001", [seen("port-published", service="db", image="redis", address="0.0.0.0", port="6379"), seen("store-without-auth", service="db", image="redis")], ["high"]),
    ("NET001", [seen("port-published", service="api", image="", address="", port="8000:8000")], []),
    ("NET002", [simple("container.privileged", value=True)], ["high"]),
    ("NET002", [simple("container.privileged", value=False)], []),
    ("NET003", [simple("container.user", "")], ["low"]),
    ("NET003", [simple("container.user", "0:0")], ["low"]),
    ("NET003", [simple("container.user", "root")], ["low"]),
    ("NET003", [simple("container.user", "10001")], []),
    ("DRIFT001", [seen("key-unread", key="DEUBG", nearest="DEBUG")], ["medium"]),
    ("DRIFT001", [seen("key-unread", key="TITEL", nearest="TITLE")], ["low"]),
    ("DRIFT001", [seen("key-unread", key="SOLR", nearest="")], []),
    ("DRIFT003", [seen("field-env-ignored", field="secret_key", written="APP_SECRET", actual="SECRET_KEY")], ["medium"]),
    ("DRIFT003", [seen("field-env-ignored", field="title", written="APP_TITLE", actual="TITLE")], ["low"]),
    ("DRIFT004", [seen("example-loaded", loader="compose")], ["critical"]),
    ("DRIFT005", [seen("key-unread", key="SOLR", nearest="")], ["info"]),
    ("DRIFT005", [seen("key-unread", key="TITEL", nearest="TITLE")], []),
    ("DIALECT001", [seen("line-dropped", key="DEBUG", dialect="django-environ", reason="spaces")], ["medium"]),
    ("DIALECT001", [seen("line-dropped", key="TITLE", dialect="django-environ", reason="spaces")], ["low"]),
    ("DIALECT002", [seen("line-differs", key="SECRET_KEY", dialect="decouple", other="compose", reason="comment")], ["low"]),
    ("DIALECT002", [seen("line-differs", key="TITLE", dialect="decouple", other="compose", reason="comment")], ["info"]),
    ("DIALECT003", [seen("key-duplicate", key="DEBUG", first=place())], ["medium"]),
    ("DIALECT003", [seen("key-duplicate", key="TITLE", first=place())], ["low"]),
    ("DIALECT004", [simple("debug.enabled", "False")], ["high"]),
    ("DIALECT004", [setting("debug.enabled", candidate(value=True, raw="no"))], ["high"]),
    ("DIALECT004", [setting("debug.enabled", candidate(value=True, raw="yes"))], []),
    ("DIALECT004", [setting("debug.enabled", candidate(value=False, raw="no"))], []),
    ("DIALECT005", [seen("value-undecodable", key="CORS_ORIGINS", type="list", reason="no JSON")], ["low"]),
    ("DIALECT006", [seen("suppression-in-value", key="DEBUG")], ["medium"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "items", "expected"),
    [
        pytest.param(*case, id=f"{case[0]}-{number}")
        for number, case in enumerate([*SECRETS, *APPLICATION, *ACCESS])
    ],
)
def test_severities_in_production(rule: str, items: list[Any], expected: list[str]) -> None:
    assert severities(rule, *items) == expected


def reported() -> str:
    """Return what every case above is told, one line a match, in order."""
    lines = []
    for code_of_rule, items, _ in [*SECRETS, *APPLICATION, *ACCESS]:
        rule = find(code_of_rule)
        assert rule is not None
        lines += told(rule, items)
    return "\n".join(lines) + "\n"


def test_messages_and_fixes() -> None:
    """`PYTHONPATH=auditor:tests/auditor python -m rules.test_checks` rewrites the file."""
    assert MESSAGES.read_text(encoding="utf-8") == reported()


@pytest.mark.parametrize(
    ("rule", "items", "profile", "expected"),
    [
        ("SEC001", [simple("signing.secret", "changeme")], "unknown", ["high"]),
        ("SEC001", [simple("signing.secret", "changeme")], "development", ["info"]),
        ("SEC001", [simple("signing.secret", "changeme")], "test", []),
        ("SEC001", [simple("signing.secret", "changeme")], "example", []),
        ("SEC011", [simple("signing.secret", REAL)], "example", ["medium"]),
        ("SEC011", [simple("signing.secret", REAL)], "production", []),
        ("SEC011", [simple("provider.secret", PROVIDER)], "example", []),
        ("DBG001", [simple("debug.enabled", value=True)], "development", []),
        ("DBG001", [simple("debug.enabled", value=True, service="django")], "unknown", ["high"]),
        ("AUTH011", [default("access.permissions", [])], "development", ["info"]),
        ("COOKIE001", [default("cookie.secure", value=False, service="session")], "unknown", ["low"]),
        ("CORS007", [simple("cors.origins", ["http://localhost"])], "unknown", []),
        ("SEC007", [seen("secret-per-process", purpose="encryption")], "development", []),
        ("NET001", [seen("port-published", service="d", image="redis", address="", port="1")], "development", []),
        ("DIALECT002", [seen("line-differs", key="K", dialect="a", other="b", reason="c")], "example", []),
    ],
)  # fmt: skip
def test_severities_by_profile(
    rule: str, items: list[Any], profile: str, expected: list[str]
) -> None:
    assert severities(rule, *items, profile=profile) == expected


def test_what_is_absent_weighs_at_most_low_outside_production() -> None:
    rule = find("TLS001")
    assert rule is not None
    match = next(iter(rule.check(facts(default("tls.verify", value=False)))))
    assert rule.severity_of(match, "production") == "high"
    assert rule.severity_of(match, "unknown") == "low"


def test_copied_secrets_are_those_of_secret_settings_that_look_real() -> None:
    shown = seen("value-of-example", key="SECRET_KEY", example=".env.example")
    assert severities("SEC006", simple("signing.secret", REAL), shown) == ["critical"]
    assert severities("SEC006", simple("signing.secret", "changeme"), shown) == []
    assert severities("SEC006", simple("debug.log_level", "INFO-but-long-text-1"), shown) == []
    assert severities("SEC006", setting("signing.secret", candidate(REAL, line=7)), shown) == []


def test_a_missing_setting_counts_only_beside_a_given_file() -> None:
    missing = setting(
        "signing.secret",
        candidate(Unknown("not given"), "assignment", CODE, literal=False),
        error="SECRET_KEY is not given",
        variables=("SECRET_KEY",),
    )
    assert severities("DRIFT002", missing) == []
    assert severities("DRIFT002", missing, simple("", "orders")) == ["low"]
    assert severities("DRIFT002", simple("", "orders", variables=("TITLE",))) == []


def test_an_example_lacks_what_code_reads() -> None:
    shown = seen("example-keys", keys=("TITLE",), example=".env.example")
    read = setting("signing.secret", code(REAL, "default"), variables=("SECRET_KEY",))
    known = setting("", code("x", "default"), variables=("title",))
    assert severities("DRIFT006", shown, read) == ["info"]
    assert severities("DRIFT006", shown, known) == []
    assert severities("DRIFT006", shown, simple("", "x", variables=("OTHER",))) == []


if __name__ == "__main__":
    MESSAGES.write_text(reported(), encoding="utf-8")

# ruff: noqa: E501 - tables read best with one case a line
"""Each case lies beside the edge of a rule: what it reports, word for word, and what it passes over."""

from datetime import timedelta
from typing import Any

import pytest

from secaudit.facts import Unknown
from secaudit.registry import find

from .building import candidate, default, facts, place, seen, setting, simple, told

CODE = "/project/settings.py"
OTHER = "q3ZkT8wLr5Xn0cVb7YmJd2HgPs9UeKfA"
TOKEN = "ghp_aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA3"
COST = "bcrypt hashes new passwords with a cost of 9 only"
TIMES = "PBKDF2 hashes new passwords 1000 times only"
UNVERIFIED = "certificates are not verified: whoever is on the path can answer instead of the peer"
SENT = "task_serializer sends pickles, which workers had better not accept"


def code(value: Any, layer: str = "default", *, literal: bool = True) -> Any:  # noqa: ANN401 - a candidate of any value
    return candidate(value, layer, CODE, literal=literal)


CASES: list[tuple[str, list[Any], list[str]]] = [
    ("AUTH006", [simple("token.verify", False, service="reading")], ["high tokens are believed without checking their signature"]),
    ("AUTH006", [simple("token.verify", False)], ["critical tokens are believed without checking their signature"]),
    ("AUTH008", [simple("password.bcrypt_rounds", 9)], [f"high {COST}"]),
    ("AUTH008", [simple("password.bcrypt_rounds", 10)], []),
    ("AUTH008", [simple("password.bcrypt_rounds", 0)], []),
    ("AUTH008", [simple("password.bcrypt_rounds", "9")], []),
    ("AUTH008", [simple("password.pbkdf2_rounds", 1000)], [f"high {TIMES}"]),
    ("AUTH008", [simple("password.pbkdf2_rounds", 0)], []),
    ("AUTH008", [simple("password.pbkdf2_rounds", 600_000)], []),
    ("CORS005", [simple("cors.regex", ["https://.*a.io", "https://.*b.io"])], ["high the pattern of origins lets any text stand directly before the host name"]),
    ("CORS005", [simple("cors.regex", ["", r"https://a\.io", "https://.*b.io"])], ["high the pattern of origins lets any text stand directly before the host name"]),
    ("CRED001", [simple("provider.secret", "changeme", name="minio_secret_key")], ["medium minio_secret_key uses a default or guessable password"]),
    ("CRED001", [simple("provider.secret", "changeme", name="minio_access_key")], []),
    ("CRED001", [simple("provider.secret", "changeme", name="stripe_secret_key")], []),
    ("CRED001", [simple("provider.secret", "xK9f2mWq7Lp3", name="minio_secret_key")], []),
    ("DIALECT004", [setting("debug.enabled", candidate("False"))], ["high debug_enabled says no, but any text is true here, so it is on"]),
    ("DIALECT004", [setting("debug.enabled", candidate(True, raw="False"))], ["high debug_enabled says no, but any text is true here, so it is on"]),
    ("DIALECT004", [setting("debug.enabled", candidate("yes", raw="no"))], []),
    ("DIALECT004", [setting("debug.enabled", candidate(True, raw="False")._replace(compared=True))], []),
    ("DRIFT001", [seen("key-unread", key="DEBUG", nearest="DEBUG")], ["medium nothing reads DEBUG here; the code looks for it among the variables of the process"]),
    ("DRIFT001", [seen("key-unread", key="DEBGU", nearest="DEBUG")], ["medium nothing reads DEBGU; the code reads DEBUG"]),
    ("DRIFT001", [seen("key-unread", key="DEBGU", nearest=None)], []),
    ("GUARD005", [setting("debug.enabled", candidate(False), code(True), code(True))], ["info debug_enabled is secure only because its default is replaced"]),
    ("GUARD005", [setting("debug.enabled", candidate(False), code(True, literal=False))], []),
    ("GUARD005", [setting("debug.enabled", candidate(False), candidate(True))], []),
    ("GUARD005", [setting("debug.enabled", candidate(True), code(True))], []),
    ("LIMIT001", [simple("limit.rate", False, name="RATELIMIT")], ["medium RATELIMIT switches the rate limiter off"]),
    ("LIMIT001", [simple("limit.rate", True)], []),
    ("LIMIT001", [simple("limit.rate", "5/minute")], []),
    ("LIMIT001", [simple("limit.rate", "", name="RATELIMIT")], ["medium RATELIMIT is empty: this quota limits nobody"]),
    ("LIMIT007", [simple("limit.head", 0, name="limit_request_line")], ["low request lines may be of any size"]),
    ("LIMIT007", [simple("limit.head", 0, name="limit_request_field_size")], ["low headers may be of any size"]),
    ("LIMIT007", [simple("limit.head", 64 * 1024)], []),
    ("LIMIT007", [simple("limit.head", 65 * 1024, name="limit_request_line")], ["low request lines may have 65 KiB"]),
    ("LIMIT007", [simple("limit.head", "0"), simple("limit.head", 0, name="limit_request_line")], ["low request lines may be of any size"]),
    ("LIMIT007", [simple("limit.head", False)], []),
    ("NET005", [simple("tasks.serializer", "pickle", name="task_serializer")], [f"low {SENT}"]),
    ("NET005", [simple("tasks.serializer", "json")], []),
    ("NET005", [simple("tasks.serializer", "pickle"), simple("tasks.accepted", ["json"])], []),
    ("SEC004", [setting("signing.secret", candidate("", "config-file", "/project/config.toml"))], []),
    ("SEC006", [seen("value-of-example", example=".env.example"), setting("signing.secret", candidate("xK9f2mWq7Lp3", line=9), candidate("xK9f2mWq7Lp3"))], []),
    ("SEC006", [seen("value-of-example", example=".env.example"), simple("signing.secret", "xK9f2mWq7Lp3", name="secret_key")], ["critical secret_key has the value that .env.example publishes"]),
    ("SEC006", [seen("value-of-example", example=".env.example"), simple("debug.enabled", "xK9f2mWq7Lp3")], []),
    ("TLS001", [simple("tls.verify", None, name="redis.ssl_cert_reqs")], [f"high {UNVERIFIED}"]),
    ("TLS001", [simple("tls.verify", "required", name="redis.ssl_cert_reqs")], []),
    ("TLS001", [simple("tls.verify", None, name="verify")], []),
    ("TLS001", [simple("tls.verify", False, name="ssl.check_hostname", group="a"), simple("tls.verify", False, name="ssl.verify_mode", group="a")], [f"high {UNVERIFIED}"]),
    ("TLS001", [simple("tls.verify", False, name="ssl.check_hostname", group="a"), simple("tls.verify", True, name="ssl.verify_mode", group="a")], [f"high {UNVERIFIED}"]),
    ("TLS001", [simple("tls.verify", False, name="ssl.check_hostname", group="a"), simple("tls.verify", False, name="ssl.verify_mode", group="b")], [f"high {UNVERIFIED}"] * 2),
    ("TLS001", [simple("database.url", "bolt+ssc://db.acme.io")], [f"high {UNVERIFIED}"]),
    ("TLS001", [simple("database.url", "bolt+s://db.acme.io/a:+ssc")], []),
    ("TLS001", [simple("database.url", "bolt+ssc://localhost")], [f"low {UNVERIFIED}"]),
    ("TLS006", [simple("tls.mail", False, group="a", name="use_tls"), simple("service.url", "smtp://mail", group="a")], []),
    ("TLS006", [simple("tls.mail", False, group="a", name="use_tls"), simple("service.url", "smtp://mail", group="b")], ["low use_tls is off: mail and the mail account's password travel unencrypted"]),
    ("TLS006", [simple("tls.mail", False, name="use_tls"), simple("service.url", "smtp://mail")], ["low use_tls is off: mail and the mail account's password travel unencrypted"]),
    ("TPL002", [seen("template-file-edited", "app/x.py", version="1.0")], ["medium app/x.py is the template's and differs from version 1.0"]),
    ("TPL002", [seen("template-file-edited", "ruff.toml", version="1.0")], ["low ruff.toml is the template's and differs from version 1.0"]),
    ("AUTH003", [simple("token.expires", False, name="jwt.decode.verify_exp")], ["high tokens are accepted after their expiry"]),
    ("AUTH003", [simple("token.expires", False, name="jwt.encode.exp")], ["high tokens are issued without an expiry"]),
    ("AUTH003", [simple("token.access_lifetime", timedelta(), name="a", group="jwt.encode@a.py:1:1")], []),
    ("AUTH003", [simple("token.access_lifetime", None, name="a", group="jwt.encode@a.py:1:1")], ["high a lets tokens live for ever"]),
    ("AUTH003", [simple("token.access_lifetime", timedelta(), name="a", group="JWTStrategy@a.py:1:1")], ["high a lets tokens live for ever"]),
    ("AUTH008", [simple("password.bcrypt_rounds", 1)], ["high bcrypt hashes new passwords with a cost of 1 only"]),
    ("AUTH008", [simple("password.pbkdf2_rounds", 1)], ["high PBKDF2 hashes new passwords 1 times only"]),
    ("CRED001", [setting("database.url", candidate("postgresql://app:app@db/x", raw="postgresql://app:${PW}@db/x", literal=False)), simple("database.password", OTHER, name="PW")], []),
    ("CRED001", [setting("database.url", candidate("postgresql://app:app@db/x", raw="postgresql://app:${PW}@db/x")), simple("database.password", OTHER, name="PW")], ["medium database_url uses a default or guessable password"]),
    ("CRED003", [setting("database.url", code(f"postgresql://app:{OTHER}@db/x", "assignment")), simple("database.user", OTHER)], ["high database_url holds a password that is written into the code"]),
    ("CRED003", [setting("database.password", code(OTHER, "assignment")), simple("database.user", OTHER)], []),
    ("DRIFT006", [seen("example-keys", keys=["a"]), *(setting("", code(1), name=name, variables=(name,)) for name in ("A", "B", "C", "D", "E"))], ["info the code reads B, C, D, which the example lacks"]),
    ("DRIFT001", [seen("key-unread", path="/project/compose.yaml", key="PIP_TIMEOU", nearest="PIP_TIMEOUT")], []),
    ("DRIFT001", [seen("key-unread", key="PIP_TIMEOU", nearest="PIP_TIMEOUT")], ["low nothing reads PIP_TIMEOU; the code reads PIP_TIMEOUT"]),
    ("DRIFT001", [seen("key-unread", path="/project/compose.yaml", key="DEBGU", nearest="DEBUG")], ["medium nothing reads DEBGU; the code reads DEBUG"]),
    ("GUARD004", [seen("profile-conflict", signals="a and b")], ["medium the signs disagree about what this deployment is for: a and b"]),
    ("GUARD004", [seen("profile-conflict", signals=["a", "b"])], ["medium the signs disagree about what this deployment is for: a, b"]),
    ("SEC003", [setting("signing.secret", candidate(OTHER), code(OTHER), code(OTHER), name="key", variables=("K",))], ["low key has a key in the code as its default; it is replaced here"]),
    ("SEC003", [setting("signing.secret", code(OTHER), code(OTHER), name="key", variables=("K",))], ["critical key falls back to a key that is written into the code"]),
    ("SEC003", [setting("signing.secret", code(OTHER, literal=False), name="key", variables=("K",))], []),
    ("SEC001", [simple("provider.secret", "changeme", name="minio.secret_key")], []),
    ("SEC001", [simple("provider.secret", "changeme", name="stripe_webhook_secret")], ["high stripe_webhook_secret is a placeholder instead of what the provider issued"]),
    ("SEC001", [simple("provider.secret", OTHER, name="stripe_secret_key")], []),
    ("SEC009", [setting("provider.secret", code(TOKEN, "assignment"), name="a"), setting("provider.secret", code(TOKEN, "assignment"), name="b")], ["high a is a token that GitHub issued"]),
    ("SEC019", [seen("secret-in-manifest", value=f"postgresql://app:{OTHER}@db/x", name="URL", object="ConfigMap a")], ["high URL is written into ConfigMap a"]),
    ("SEC019", [seen("secret-in-manifest", value="postgresql://app:app@db/x", name="URL", object="ConfigMap a")], []),
    ("SEC019", [seen("secret-in-manifest", value="postgresql://db/x", name="URL", object="ConfigMap a")], []),
    ("SEC007", [seen("secret-per-process", "KEY", purpose="signing"), simple("server.workers", 2)], ["high KEY differs between workers, which refuse each other's tokens"]),
    ("TLS001", [simple("tls.verify", False, service="ssh")], ["high the host's key is not verified: whoever is on the path can answer instead of the host"]),
    ("TLS004", [simple("tls.database", False, name="ssl", service="redis", group="a"), simple("database.url", "redis://cache.acme.io", group="a", service="redis")], ["medium database_url reaches a host of another network without TLS; write rediss:", "medium ssl switches TLS off for a host of another network"]),
    ("TLS004", [simple("tls.database", False, name="ssl", service="redis", group="a"), simple("database.url", "postgresql://db.acme.io/x?sslmode=verify-full", group="b")], []),
    ("TLS004", [simple("tls.database", "prefer", name="ssl", service="mysql"), simple("database.host", "db.acme.io")], ["medium ssl asks for no TLS to a host of another network; add ssl_ca and ssl_verify_cert"]),
    ("TLS004", [simple("tls.database", "prefer", name="sslmode", service="postgresql"), simple("database.host", "db.acme.io")], ["medium sslmode falls back to no TLS for a host of another network; add sslmode=verify-full"]),
    ("TLS004", [simple("tls.database", False, name="ssl", group="a"), simple("database.host", "db.acme.io:5432", group="a")], ["medium ssl switches TLS off for a host of another network"]),
    ("TLS004", [simple("tls.database", False, name="ssl", group="a"), simple("database.host", "db:5432,db.acme.io:5432", group="a")], []),
    ("TLS004", [simple("tls.database", False, name="ssl", group="a"), simple("database.host", "2001:db8::15", group="a")], ["medium ssl switches TLS off for a host of another network"]),
    ("TLS004", [simple("tls.database", True, name="ssl"), simple("database.host", "db.acme.io")], []),
    ("SEC004", [simple("signing.secret", "", name="key")._replace(candidates=())], ["critical key is empty, and an attacker can sign with it as well"]),
    ("TLS004", [default("tls.database", False, name="ssl"), simple("database.host", "db.acme.io")], ["medium ssl is not given: the client reaches a host of another network without TLS"]),
    ("SEC001", [simple("provider.secret", "changeme", name="aws_access_key")], []),
    ("SEC001", [simple("provider.secret", "changeme", name="aws_secret_access_key")], ["low aws_secret_access_key is a placeholder instead of what the provider issued"]),
    ("SEC019", [seen("secret-in-manifest", value="postgresql://app:kx7@db/x", name="URL", object="ConfigMap a")], []),
    ("TPL003", [seen("template-file-missing", "app/x.py")], ["medium app/x.py belongs to the template and is not there; no update will bring it or its fixes back"]),
    ("TPL003", [seen("template-file-missing", "ruff.toml")], ["low ruff.toml belongs to the template and is not there; no update will bring it or its fixes back"]),
    ("SEC001", [simple("signing.secret", Unknown("?")), default("signing.secret", None)], []),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "items", "expected"), CASES)
def test_edge(rule: str, items: list[Any], expected: list[str]) -> None:
    found = find(rule)
    assert found is not None
    lines = [line.removeprefix(f"{rule} ").partition(" [")[0] for line in told(found, items)]
    assert lines == expected


@pytest.mark.parametrize(("action", "end"), [("run it", "; then: run it"), ("", "")])
def test_an_advisory_says_what_remains_to_do(action: str, end: str) -> None:
    rule = find("TPL001")
    assert rule is not None
    detail = {
        "title": "A hole.",
        "fixed": "2",
        "installed": "1",
        "changes": "x",
        "severity": "high",
    }
    (line,) = told(rule, [seen("advisory-lacking", "A-1", **detail, action=action)])
    told_now = "A hole. Fixed in 2, this project follows 1. The update changes x"
    assert line == f"TPL001 high {told_now}{end}"


def test_places_of_a_duplicate_are_named() -> None:
    rule = find("DIALECT003")
    assert rule is not None
    first = place(line=3)
    for known, expected in ((first, [first]), (None, [])):
        observation = seen("key-duplicate", "KEY", key="KEY", first=known)
        assert [list(one.related) for one in rule.check(facts(observation))] == [expected]

"""Settings: everything insecure is refused, all of it at once, and no value is ever shown."""

import json
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.testclient import TestClient

from app.security.keys import new_key
from app.security.limits import Quota
from app.settings import Settings
from app.settings_loading import SettingsError, load_settings, names_of
from app.settings_policy import Fault, Serving

KEYS = "APP_TOKENS__SIGNING_KEYS"
GOOD_KEY = secrets.token_urlsafe(48)
HOSTS = {"allowed_hosts": ("api.example.com",)}
PRODUCTION = {KEYS: json.dumps([GOOD_KEY]), "APP_HTTP__ALLOWED_HOSTS": '["api.example.com"]'}


class Owner(BaseSettings):
    """Settings of the service's owner."""

    model_config = SettingsConfigDict(env_prefix="APP_SERVICE__", extra="ignore")

    mail_host: str = ""
    mail_port: int = 25


def load(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], **options: Any) -> Settings:  # noqa: ANN401 - of load_settings
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load_settings(Path(".env"), service=Owner, **options)


def faults(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    **options: Any,  # noqa: ANN401 - of load_settings
) -> dict[str, Fault]:
    """Return the faults of settings that must be refused, by the first name of each."""
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, variables, **options)
    found = {fault.names[0]: fault for fault in caught.value.faults}
    assert len(found) == len(caught.value.faults), "a setting is named twice"
    return found


def test_nothing_set_is_production_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(faults(monkeypatch, {})) == {KEYS, "APP_HTTP__ALLOWED_HOSTS"}


def test_the_least_of_production_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, PRODUCTION)
    assert settings.environment == "production"
    assert not settings.debug
    assert not settings.docs_served
    assert not settings.registration_open
    assert settings.https_required
    assert settings.cors.allow_origins == ()
    assert settings.http.trusted_proxies == ()
    assert settings.hosts == ("api.example.com",)
    assert settings.tokens.access_ttl_seconds == 900
    assert settings.limits.public == Quota(100, 60)


def test_development_is_comfortable(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, {KEYS: json.dumps([GOOD_KEY]), "APP_ENVIRONMENT": "development"})
    assert settings.docs_served
    assert settings.registration_open
    assert not settings.https_required
    assert "localhost" in settings.hosts


REFUSED = {
    KEYS: [
        ("[]", "SEC004"),
        ('[""]', "SEC004"),
        ('["changeme-changeme-changeme-changeme"]', "SEC001"),
        ('["replace-me-with-env-write-0000000000"]', "SEC001"),
        ('["your-256-bit-secret-your-256-bit-secret"]', "SEC001"),
        ('["a-string-secret-at-least-256-bits-long"]', "SEC005"),
        ('["09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"]', "SEC005"),
        ('["Xk3fjw9qPz7"]', "SEC008"),
        (f'["{"a" * 64}"]', "SEC001"),
        (f'["{"Xk3fjw9q" * 8}"]', "SEC001"),
        (json.dumps([GOOD_KEY, GOOD_KEY]), ""),
        (GOOD_KEY, "DIALECT005"),
        ("[1]", "DIALECT005"),
        ("{}", "DIALECT005"),
    ],
    "APP_CORS__ALLOW_ORIGINS": [
        ('["*"]', "CORS002"),
        ('["null"]', "CORS003"),
        ('["http://app.example.com"]', "CORS006"),
        ('["https://*.example.com"]', "CORS005"),
        ('["https://app.example.com/"]', "CORS005"),
        ('["https://app.example.com/path"]', "CORS005"),
        ('["https://user@app.example.com"]', "CORS005"),
        ('["^https://.*$"]', "CORS005"),
        ('["app.example.com"]', "CORS005"),
        ('["https://App.example.com"]', "CORS005"),
        ('["http://localhost:*"]', "CORS007"),
        ('["http://localhost:3000"]', "CORS007"),
        ("https://app.example.com", "DIALECT005"),
    ],
    "APP_HTTP__ALLOWED_HOSTS": [
        ('["*"]', "HOST001"),
        ('["api.example.com", "*"]', "HOST001"),
        ("[]", "DRIFT002"),
        ('["https://api.example.com"]', ""),
        ('["api.example.com:443"]', ""),
        ('["*.*"]', ""),
        ('["*.com"]', "HOST001"),
    ],
    "APP_HTTP__TRUSTED_PROXIES": [
        ('["*"]', "HOST002"),
        ('["0.0.0.0/0"]', "HOST002"),
        ('["::/0"]', "HOST002"),
        ('["10.0.0.1/0"]', "HOST002"),
        ('["0.0.0.0/1", "128.0.0.0/1"]', "HOST002"),
        ('["2000::/3"]', "HOST002"),
        ('["proxy.example.com"]', ""),
    ],
    "APP_HTTP__HEAD_BYTES": [("1", ""), ("1023", "")],
    "APP_TOKENS__ACCESS_TTL_SECONDS": [("3601", "AUTH001"), ("0", "AUTH003"), ("-1", "AUTH003")],
    "APP_TOKENS__REFRESH_TTL_SECONDS": [("9999999", "AUTH002")],
    "APP_TOKENS__ALGORITHM": [("none", "AUTH004"), ("RS256", "AUTH004")],
    "APP_DEBUG": [("true", "DBG001"), ("maybe", "")],
    "APP_ENVIRONMENT": [("prod", ""), ("", "")],
    "APP_PASSWORDS__MIN_LENGTH": [("7", "AUTH009"), ("0", "AUTH009")],
    "APP_LIMITS__PUBLIC": [
        ("100", ""),
        ("0/hour", ""),
        ("100/fortnight", ""),
        ("-1/minute", ""),
    ],
    "APP_LIMITS__BODY_BYTES": [("0", "LIMIT005"), ("-1", "LIMIT005")],
    "APP_LIMITS__TIMEOUT_SECONDS": [("0", ""), ("inf", "")],
    "APP_LIMITS__STORE_URL": [
        ("http://redis", ""),
        ("redis://redis.example.com", "TLS004"),
        ("redis://8.8.8.8", "TLS004"),
    ],
    "APP_DATABASE__URL": [
        ("postgresql://db/app", ""),
        ("mysql+aiomysql://db/app", ""),
        ("postgresql+psycopg://u:p@db.example.com/app", "TLS004"),
        ("postgresql+psycopg://u:p@db.example.com/app?sslmode=prefer", "TLS004"),
        ("postgresql+psycopg://u:p@/app?host=db.example.com", "TLS004"),
        ("postgresql+psycopg://u:p@db/app?host=10.0.0.7,8.8.8.8", "TLS004"),
        ("postgresql+psycopg://u:p@db/app?hostaddr=8.8.8.8", "TLS004"),
    ],
}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [(name, value, code) for name, cases in REFUSED.items() for value, code in cases],
)
@pytest.mark.parametrize("place", ["process", ".env"])
def test_an_unsafe_value_is_refused_with_its_code_and_without_itself(
    monkeypatch: pytest.MonkeyPatch, place: str, name: str, value: str, code: str
) -> None:
    variables = {**PRODUCTION, name: value}
    if place == ".env":
        Path(".env").write_text("".join(f"{key}='{text}'\n" for key, text in variables.items()))
        variables = {}
    found = faults(monkeypatch, variables)
    assert set(found) == {name}
    assert found[name].code == code
    if len(value) > 5:
        assert value not in str(found[name])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_CORS__ALLOW_ORIGINS", '["https://app.example.com", "https://b.example:8443"]'),
        ("APP_HTTP__ALLOWED_HOSTS", '["api.example.com", "*.example.com", "::1"]'),
        ("APP_HTTP__ALLOWED_HOSTS", '["*.localhost"]'),
        ("APP_HTTP__TRUSTED_PROXIES", '["10.0.0.0/8", "2001:db8::1", "fc00::/7"]'),
        ("APP_HTTP__HEAD_BYTES", "1024"),
        ("APP_LIMITS__PUBLIC", ""),
        ("APP_LIMITS__STORE_URL", "redis://redis:6379/0"),
        ("APP_LIMITS__STORE_URL", "rediss://redis.example.com"),
        ("APP_DATABASE__URL", "postgresql+psycopg://u:p@db/app"),
        ("APP_DATABASE__URL", "postgresql+psycopg://u:p@10.0.0.7/app"),
        ("APP_DATABASE__URL", "postgresql+psycopg://u:p@db.example.com/app?sslmode=verify-full"),
        ("APP_HTTP__FORCE_HTTPS", "false"),
        (KEYS, json.dumps([GOOD_KEY, secrets.token_hex(32)])),
    ],
)
def test_a_safe_value_is_accepted(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    load(monkeypatch, {**PRODUCTION, name: value})


def test_local_origins_are_for_development(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {
        KEYS: json.dumps([GOOD_KEY]),
        "APP_ENVIRONMENT": "development",
        "APP_CORS__ALLOW_ORIGINS": '["http://localhost:*", "http://localhost:3000"]',
    }
    assert len(load(monkeypatch, variables).cors.allow_origins) == 2


def test_every_fault_is_named_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Malformed, insecure by itself, insecure together, unknown: in both places, one message."""
    Path(".env").write_text(f'APP_NO_SUCH=1\n{KEYS}=["changeme-changeme-changeme-changeme"]\n')
    found = faults(
        monkeypatch,
        {
            "APP_TYPO": "1",
            "APP_TOKENS__TYPO": "1",
            "APP_TOKENS__ACCESS_TTL_SECONDS": "soon",
            "APP_CORS__ALLOW_ORIGINS": "not json",
            "APP_HTTP__ALLOWED_HOSTS": '["*"]',
            "APP_DEBUG": "1",
            "APP_DATABASE__URL": "postgresql+psycopg://u:hunter2hunter2@db.example.com/x",
            "APP_SERVICE__MAIL_PORT": "many",
            "APP_SERVICE__TYPO": "1",
        },
        serving=Serving(workers=2),
    )
    assert set(found) == {
        KEYS,
        "APP_NO_SUCH",
        "APP_TYPO",
        "APP_TOKENS__TYPO",
        "APP_TOKENS__ACCESS_TTL_SECONDS",
        "APP_CORS__ALLOW_ORIGINS",
        "APP_HTTP__ALLOWED_HOSTS",
        "APP_DEBUG",
        "APP_DATABASE__URL",
        "APP_SERVICE__MAIL_PORT",
        "APP_SERVICE__TYPO",
        "--tls-certificate",
        "APP_LIMITS__STORE_URL",
    }
    assert "hunter2" not in " ".join(map(str, found.values()))


def test_the_process_beats_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("APP_TOKENS__ISSUER=file\nAPP_TOKENS__AUDIENCE=file\n")
    settings = load(monkeypatch, {**PRODUCTION, "APP_TOKENS__ISSUER": "process"})
    assert (settings.tokens.issuer, settings.tokens.audience) == ("process", "file")


def test_what_kubernetes_injects_is_ignored_in_the_process_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    injected = {
        "APP_PORT": "tcp://10.0.0.1:80",
        "APP_PORT_80_TCP": "tcp://10.0.0.1:80",
        "APP_PORT_80_TCP_ADDR": "10.0.0.1",
        "APP_SERVICE_HOST": "10.0.0.1",
        "APP_SERVICE_PORT": "80",
        "APP_SERVICE_PORT_HTTP": "80",
        "APP_DB_SERVICE_HOST": "10.0.0.2",
    }
    load(monkeypatch, {**PRODUCTION, **injected})
    Path(".env").write_text("APP_PORT=80\n")
    assert set(faults(monkeypatch, PRODUCTION)) == {"APP_PORT"}


def test_variables_of_others_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("POSTGRES_PASSWORD=x\nAPPLE=1\n")
    load(monkeypatch, {**PRODUCTION, "WEB_CONCURRENCY": "8", "FORWARDED_ALLOW_IPS": "*"})


def test_secrets_come_from_files_too(monkeypatch: pytest.MonkeyPatch) -> None:
    other = new_key("HS256")
    Path("keys").write_text(f"# comment\n{GOOD_KEY}\n\n{other}\n")
    Path("url").write_text("sqlite+aiosqlite:///./x.db\n")
    Path("store").write_text("rediss://:hunter2hunter2@store.example.com/0\n")
    settings = load(
        monkeypatch,
        {
            f"{KEYS}_FILE": "keys",
            "APP_DATABASE__URL_FILE": "url",
            "APP_LIMITS__STORE_URL_FILE": "store",
            "APP_HTTP__ALLOWED_HOSTS": '["api.example.com"]',
        },
    )
    keys = [key.get_secret_value() for key in settings.tokens.signing_keys]
    assert keys == [GOOD_KEY, other]
    assert settings.database.url.get_secret_value() == "sqlite+aiosqlite:///./x.db"
    store = settings.limits.store_url.get_secret_value()
    assert store == "rediss://:hunter2hunter2@store.example.com/0"
    assert "hunter2hunter2" in settings.secrets()


@pytest.mark.parametrize("name", ["APP_DATABASE__URL", "APP_LIMITS__STORE_URL"])
@pytest.mark.parametrize("content", [None, "", "redis://8.8.8.8", "postgresql+psycopg://8.8.8.8/a"])
def test_an_address_from_a_file_is_judged_as_any_other(
    monkeypatch: pytest.MonkeyPatch, name: str, content: str | None
) -> None:
    if content is not None:
        Path("address").write_text(content)
    (found,) = faults(monkeypatch, {**PRODUCTION, f"{name}_FILE": "address"})
    assert found.removesuffix("_FILE") == name


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
def test_pem_keys_come_from_a_file(monkeypatch: pytest.MonkeyPatch, algorithm: str) -> None:
    pems = [new_key("EdDSA" if algorithm == "EdDSA" else "ES256") for _ in range(2)]
    Path("keys.pem").write_text("\n".join(pems))
    variables = {
        "APP_TOKENS__ALGORITHM": algorithm,
        f"{KEYS}_FILE": "keys.pem",
        "APP_HTTP__ALLOWED_HOSTS": '["api.example.com"]',
    }
    assert len(load(monkeypatch, variables).tokens.key_ring().verifying) == 2


@pytest.mark.parametrize("content", [None, "", "changeme-changeme-changeme-changeme\n"])
def test_a_bad_secret_file_is_refused(monkeypatch: pytest.MonkeyPatch, content: str | None) -> None:
    if content is not None:
        Path("keys").write_text(content)
    variables = {f"{KEYS}_FILE": "keys", "APP_HTTP__ALLOWED_HOSTS": '["api.example.com"]'}
    assert len(faults(monkeypatch, variables)) == 1


@pytest.mark.parametrize("path", [".", "/dev/zero", "large", "binary"])
def test_a_secret_file_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    Path("large").write_text(f"{GOOD_KEY}\n" * 10_000)
    Path("binary").write_bytes(b"\xff\xfe" + GOOD_KEY.encode())
    variables = {f"{KEYS}_FILE": path, "APP_HTTP__ALLOWED_HOSTS": '["api.example.com"]'}
    assert set(faults(monkeypatch, variables)) == {f"{KEYS}_FILE"}


def test_a_secret_file_of_a_windows_editor_holds_the_same_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("keys").write_bytes(b"\xef\xbb\xbf" + GOOD_KEY.encode() + b"\r\n")
    variables = {f"{KEYS}_FILE": "keys", "APP_HTTP__ALLOWED_HOSTS": '["api.example.com"]'}
    (key,) = load(monkeypatch, variables).tokens.signing_keys
    assert key.get_secret_value() == GOOD_KEY


def test_a_secret_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("keys").write_text(GOOD_KEY)
    assert set(faults(monkeypatch, {**PRODUCTION, f"{KEYS}_FILE": "keys"})) == {KEYS}


def test_a_key_of_the_wrong_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(faults(monkeypatch, {**PRODUCTION, "APP_TOKENS__ALGORITHM": "EdDSA"})) == {KEYS}


def test_settings_do_not_show_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql+psycopg://u:hunter2hunter2@db/app"
    settings = load(monkeypatch, {**PRODUCTION, "APP_DATABASE__URL": url})
    for text in (repr(settings), str(settings), settings.model_dump_json()):
        assert GOOD_KEY not in text
        assert "hunter2" not in text
    assert {GOOD_KEY, "hunter2hunter2"} <= set(settings.secrets())


@pytest.mark.parametrize(
    ("variables", "serving", "names"),
    [
        ({}, Serving(tls=True), None),
        ({"APP_HTTP__TRUSTED_PROXIES": '["10.0.0.1"]'}, Serving(), None),
        ({"APP_HTTP__FORCE_HTTPS": "false"}, Serving(host="0.0.0.0"), None),  # noqa: S104 - binding is judged, not done
        ({}, Serving(), {"--tls-certificate", "APP_HTTP__TRUSTED_PROXIES"}),
        ({}, Serving(workers=2, tls=True), {"APP_LIMITS__STORE_URL", "--workers"}),
        ({"APP_LIMITS__STORE_URL": "redis://redis"}, Serving(workers=2, tls=True), None),
        ({"APP_ENVIRONMENT": "development"}, Serving(host="0.0.0.0"), {"--host"}),  # noqa: S104 - binding is judged, not done
        ({"APP_ENVIRONMENT": "test"}, Serving(host="::"), {"--host"}),
        ({"APP_ENVIRONMENT": "development"}, Serving(host="::1", workers=2), None),
        ({"APP_ENVIRONMENT": "development"}, Serving(host="localhost"), None),
    ],
)
def test_how_it_is_served_is_judged_too(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    serving: Serving,
    names: set[str] | None,
) -> None:
    if names is None:
        load(monkeypatch, {**PRODUCTION, **variables}, serving=serving)
        return
    (fault,) = faults(monkeypatch, {**PRODUCTION, **variables}, serving=serving).values()
    assert names <= set(fault.names)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("APP_HTTP__FORCE_HTTPS", {"http": {**HOSTS, "force_https": False}}),
        ("APP_DOCS_ENABLED", {"docs_enabled": True}),
    ],
)
def test_what_is_allowed_but_doubtful_is_logged_at_the_start_of_a_process(
    make_client: Callable[..., TestClient],
    caplog: pytest.LogCaptureFixture,
    name: str,
    changes: dict[str, Any],
) -> None:
    production = {"environment": "production", "http": HOSTS}
    make_client(**production)
    assert "APP_" not in caplog.text
    make_client(**{**production, **changes})
    assert name in caplog.text


def test_the_example_file_names_every_setting_and_is_refused() -> None:
    """`.env.example` is a list of all settings, and nobody can serve with it."""
    example = Path(__file__).parents[2] / ".env.example"
    lines = [line.lstrip("#").strip() for line in example.read_text("utf-8").splitlines()]
    named = {line.partition("=")[0] for line in lines if line.startswith("APP_") and "=" in line}
    assert named == set(names_of(Settings))
    with pytest.raises(SettingsError) as caught:
        load_settings(example, service=Owner)
    assert KEYS in {name for fault in caught.value.faults for name in fault.names}


def test_the_documented_table_is_the_settings_with_their_defaults() -> None:
    """`docs/service/settings.md` cannot drift: the same names, and the plain defaults."""
    page = Path(__file__).parents[2] / "docs" / "service" / "settings.md"
    rows = dict(re.findall(r"^\| `(APP_\w+)` \|([^|]*)\|", page.read_text("utf-8"), re.MULTILINE))
    assert set(rows) == set(names_of(Settings))
    for name, shown in rows.items():
        if re.fullmatch(r"`\d+`", shown.strip()):
            assert int(shown.strip("` ")) == _default(name), name


def _default(name: str) -> float:
    model: Any = Settings
    *groups, field = name.removeprefix("APP_").lower().split("__")
    for group in groups:
        model = model.model_fields[group].annotation
    default: float = model.model_fields[field].default
    return default


def test_no_setting_is_read_but_through_the_tree() -> None:
    """A secret that some other module reads from the environment would escape every check here."""
    root = Path(__file__).parents[2] / "app"
    allowed = {"settings_loading.py", "key_rotation.py", "cli.py"}
    readers = {
        path.name
        for path in root.rglob("*.py")
        if any(word in path.read_text("utf-8") for word in ("os.environ", "getenv("))
    }
    assert readers <= allowed
    assert "APP_ENVIRONMENT" not in os.environ

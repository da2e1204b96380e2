"""The tree of settings: every group and field with its type and its closed default.

Variables have the prefix ``APP_``; groups nest by ``__``; the process environment beats ``.env``.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    SecretStr,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from .project import PROJECT
from .security.keys import Algorithm, KeyRing, KeyRingError
from .security.limits import Quota
from .settings_values import (
    DatabaseUrl,
    Hosts,
    OptionalQuota,
    Origins,
    Proxies,
    SigningKeys,
    StoreUrl,
    check_secret,
    refusal,
    secret_lines,
    secret_text,
)

Environment = Literal["production", "development", "test"]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class Group(BaseModel):
    """Settings that belong together; an unknown name in a group is an error."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=True
    )


class SecretGroup(Group):
    """A group with secrets, each of which ``<NAME>_FILE`` may supply instead."""

    @model_validator(mode="before")
    @classmethod
    def read_secret_files(cls, data: Any) -> Any:  # noqa: ANN401 - what is read is of any type
        """Put the content of every ``*_file`` in the place of its secret."""
        if not isinstance(data, dict):
            return data
        merged = dict(data)
        for name in [name for name in data if name.endswith("_file") and data[name]]:
            secret = name.removesuffix("_file")
            if secret in data:
                raise refusal(
                    "given_twice", "is given twice, as a value and as a file", secret, name
                )
            try:
                text = secret_text(Path(data[name]))
            except (OSError, UnicodeDecodeError):
                raise PydanticCustomError(
                    "secret_file", "names a file that cannot be read", {"fields": (name,)}
                ) from None
            merged[secret] = secret_lines(text) if secret.endswith("s") else text.strip()
        return merged


class LogSettings(Group):
    """What the log looks like."""

    format: Literal["json", "console"] = "json"


class TokenSettings(SecretGroup):
    """How access and refresh tokens are made (RFC 8725, RFC 9068)."""

    signing_keys: SigningKeys
    signing_keys_file: Path | None = None
    algorithm: Algorithm = "HS256"
    issuer: str = Field(default=PROJECT.slug, min_length=1)
    audience: str = Field(default=PROJECT.slug, min_length=1)
    access_ttl_seconds: PositiveInt = 900
    refresh_ttl_seconds: PositiveInt = 604_800
    session_ttl_seconds: PositiveInt = 2_592_000

    @model_validator(mode="after")
    def check_keys(self) -> Self:
        """Refuse keys that are weak, repeated or of the wrong kind for the algorithm."""
        keys = [key.get_secret_value() for key in self.signing_keys]
        try:
            if not keys:
                raise refusal("SEC004", "holds no key; `env --write` makes one")
            if len(set(keys)) < len(keys):
                raise refusal("repeated_key", "holds the same key twice")
            if self.algorithm == "HS256":
                for key in keys:
                    check_secret(key)
            KeyRing.of(self.algorithm, keys)
        except KeyRingError as error:
            raise refusal("key_kind", str(error), "signing_keys") from None
        except PydanticCustomError as error:
            raise refusal(error.type, error.message_template, "signing_keys") from None
        return self

    def key_ring(self) -> KeyRing:
        """Return the keys ready for use; the first signs, all verify."""
        return KeyRing.of(self.algorithm, [key.get_secret_value() for key in self.signing_keys])


class PasswordSettings(Group):
    """What a new password has to be (ASVS 6.2.1, 6.2.9)."""

    min_length: Annotated[int, Field(ge=8, le=128)] = 15


class AccountSettings(Group):
    """Who may have an account."""

    registration: Literal["open", "closed"] | None = None


class CorsSettings(Group):
    """Which web pages may read the answers."""

    allow_origins: Origins = ()


class HttpSettings(Group):
    """Hosts, proxies, transport security and the deadlines of the server."""

    allowed_hosts: Hosts = ()
    trusted_proxies: Proxies = ()
    force_https: bool | None = None
    hsts_seconds: PositiveInt = 31_536_000
    head_seconds: Seconds = 10
    body_seconds: Seconds = 30
    idle_seconds: PositiveInt = 30
    # The least leaves room: the head of a request with a token has several hundred.
    head_bytes: Annotated[int, Field(ge=1024)] = 32_768


class LimitSettings(SecretGroup):
    """How much of everything one caller gets."""

    body_bytes: PositiveInt = 1_048_576
    upload_bytes: PositiveInt = 10_485_760
    storage_bytes: PositiveInt = 104_857_600
    timeout_seconds: Seconds = 30
    public: OptionalQuota = Quota(100, 60)
    authenticated: OptionalQuota = Quota(1000, 60)
    admin: OptionalQuota = Quota(5000, 60)
    store_url: StoreUrl = SecretStr("memory://")
    store_url_file: Path | None = None
    store_on_failure: Literal["local", "refuse"] = "local"


class DatabaseSettings(SecretGroup):
    """Where the data is."""

    url: DatabaseUrl = SecretStr("sqlite+aiosqlite:///./data/app.db")
    url_file: Path | None = None


class SettingsTree(BaseSettings):
    """All settings, each checked by itself; see ``docs/service/settings.md`` for the table."""

    model_config = SettingsConfigDict(
        env_prefix="APP_",
        env_nested_delimiter="__",
        env_file=".env",
        env_file_encoding="utf-8",
        enable_decoding=False,  # lists are decoded by their type, which names the setting at fault
        extra="ignore",  # load_settings refuses unknown APP_ names, in the process environment too
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    environment: Environment = "production"
    debug: bool = False
    docs_enabled: bool | None = None
    log: LogSettings = LogSettings()
    tokens: TokenSettings
    passwords: PasswordSettings = PasswordSettings()
    accounts: AccountSettings = AccountSettings()
    cors: CorsSettings = CorsSettings()
    http: HttpSettings = HttpSettings()
    limits: LimitSettings = LimitSettings()
    database: DatabaseSettings = DatabaseSettings()

    @property
    def production(self) -> bool:
        """Whether this is production, which is what it is unless said otherwise."""
        return self.environment == "production"

    @property
    def docs_served(self) -> bool:
        """Whether ``/docs`` and ``/openapi.json`` exist: in development unless set."""
        if self.docs_enabled is None:
            return self.environment == "development"
        return self.docs_enabled

    @property
    def registration_open(self) -> bool:
        """Whether anyone may register: outside production unless set."""
        if self.accounts.registration is None:
            return not self.production
        return self.accounts.registration == "open"

    @property
    def https_required(self) -> bool:
        """Whether plain http is refused: in production unless set."""
        return self.production if self.http.force_https is None else self.http.force_https

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names the service answers to: this machine's outside production unless set."""
        return self.http.allowed_hosts or ("localhost", "127.0.0.1", "[::1]")

    def secrets(self) -> tuple[str, ...]:
        """Return every secret value, for the log's last-resort filter."""
        urls = (self.database.url, self.limits.store_url)
        passwords = (urlsplit(url.get_secret_value()).password for url in urls)
        keys = (key.get_secret_value() for key in self.tokens.signing_keys)
        return (*keys, *(unquote(password) for password in passwords if password))

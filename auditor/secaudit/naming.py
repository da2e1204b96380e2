"""From a setting's name to its concept and unit, and the names that only look secret."""

import re
from typing import Any, Final, NamedTuple

from secaudit.facts import Unknown

_STORES: Final = (
    "postgres|postgresql|pg|db|database|databases|mysql|mariadb|mongo|mongodb|redis|rabbitmq|amqp"
    "|broker|minio|clickhouse|neo4j|elastic|elasticsearch|mssql|oracle|cassandra|influx|influxdb"
    "|arango|couchdb|memcached|sqlalchemy|kafka|qdrant|weaviate|milvus|timescale|cockroach"
)
_PROVIDERS: Final = (
    "aws|stripe|google|github|gitlab|facebook|twitter|twilio|sendgrid|slack|openai|anthropic|s3"
    "|recaptcha|captcha|hcaptcha|turnstile|oauth|oauth2|oidc|client|webhook|mailgun|azure|gcp"
    "|telegram|discord|paypal|cloudflare|algolia|firebase|mailchimp|shopify|dropbox|cloudinary"
    "|pusher|plaid|razorpay|linkedin|apple|auth0|okta|keycloak|sso|saml|vapid|bot|sms|storage"
)
_PASSWORD: Final = "password|passwd|passphrase|pass|pwd"
_SPAN: Final = "expire|expires|expiry|expiration|lifetime|life|ttl|max_age|timeout|duration|delta|exp"
_UNIT: Final = "milliseconds|ms|seconds|secs|sec|s|minutes|mins|min|hours|hour|days|day|weeks|week"
_SECONDS: Final = {"m": 60.0, "s": 1.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}

_NOT_SECRET: Final = re.compile(
    r"(^|_)(expire|expires|expiry|expiration|ttl|minutes|hours|days|seconds|length|len|header"
    r"|headers|prefix|suffix|url|uri|path|file|filename|dir|algorithm|algorithms|alg|limit|enabled"
    r"|enable|required|name|names|field|fields|attempts|type|id|ids|issuer|audience|rotation"
    r"|version|count|size|max|min|age|policy|policies|hashers|validators|hash|hashing|context"
    r"|scheme|schemes|endpoint|model|class|serializer|lifetime|location|locations|regex|pattern"
    r"|rounds|cost|strength|complexity|timeout|bytes|bits|format|backend|cookie|samesite|secure"
    r"|httponly|domain|reset|history|verify|leeway|public_key|publishable_key|site_key|key_id"
    r"|uppercase|lowercase|digit|digits|special|symbols?|chars|characters|usage|grant|scopes?"
    r"|description|label|message|template|subject|placeholder|salt_length|iterations)$"
)

# concept: pattern over the name in lower case with underscores; the first that fits wins
_PATTERNS: Final[tuple[tuple[str, str], ...]] = (
    ("environment", r"(^|_)(app|django|flask|fastapi|node|deploy|deployment|python|run|runtime|service)?_?(env|environment)(_name)?|stage|(app|run|deploy)_(mode|stage)|mode"),
    ("token.refresh_lifetime", rf"(.*_)?(jwt_)?refresh(_token)?(_jwt)?_({_SPAN})(_(in|delta))?(_({_UNIT}))?|(.*_)?refresh_token_(valid|validity)(_({_UNIT}))?"),
    ("token.access_lifetime", rf"((.*_)?(access|jwt|auth|bearer|id)_token|token|jwt|(.*_)?jwt_access|access)_({_SPAN})(_(in|delta))?(_({_UNIT}))?|jwt_(access_)?(token_)?(valid|validity)(_({_UNIT}))?|simple_jwt_access_token_lifetime|.*access_token_({_SPAN})(_({_UNIT}))?"),
    ("password.hashers", r"password_hashers|password_(hash_)?schemes|pwd_schemes"),
    ("password.validators", r"auth_password_validators"),
    ("password.min_length", r"(.*_)?(password_min(imum)?_len(gth)?|min(imum)?_password_len(gth)?)"),
    ("session.serializer", r"session_serializer"),
    ("csrf.enabled", r"wtf_csrf_enabled|(enable_)?csrf(_protection)?(_enabled)?|wtf_csrf_check_default|(.*_)?jwt_cookie_csrf_protect|jwt_csrf_enabled"),
    ("cors.allow_all", r"cors_(origin_)?allow_all(_origins)?"),
    ("cors.credentials", r"(.*_)?(cors_)?(allow|allowed|supports|allows)_credentials|cors_credentials"),
    ("cors.regex", r"(.*_)?(cors_.*|allow_)origin_?(regex|regexes|pattern)"),
    ("cors.origins", r"(.*_)?(cors_.*|cors|allowed|allow|allowed_cors|backend_cors|whitelisted)_origins?|cors_origin_whitelist|cors_allowed_origin_list|origins|cors_allow_list|cors_resources_.*origins|cors_hosts|cors_domains|cors"),
    ("hosts.allowed", r"(.*_)?(allowed|trusted|allow)_hosts?|allowed_host_names"),
    ("proxy.trusted", r"(.*_)?(forwarded_allow_ips|trusted_prox(y|ies)(_ips|_hosts|_count)?|proxy_trusted_(hosts|ips)|proxy_trusted)"),
    ("tls.redirect", r"secure_ssl_redirect|(force|redirect|require)_(https|ssl|tls)|(https|ssl)_redirect|talisman_force_https"),
    ("tls.verify", r"(.*_)?(verify_(ssl|tls|certs?|certificates?|https)|(ssl|tls|https|cert)_verif(y|ication)(_certs?|_certificates?|_enabled)?|pythonhttpsverify|requests_verify)"),
    ("tls.verify!", r"(.*_)?((skip|disable|no|ignore)_(ssl|tls|cert|certificate|https)(_verif(y|ication))?|(ssl|tls)_(insecure|skip_verify|no_verify)|insecure_skip_(tls_)?verify|insecure_ssl|ssl_ignore.*)"),
    ("tls.database", r"(.*_)?(ssl_?mode|sslmode)"),
    ("tls.mail", r"(email|mail|smtp)_(use_)?(tls|ssl|starttls|ssl_tls)"),
    ("tls.minimum", r"(.*_)?(tls|ssl)_(min(imum)?_version|version)"),
    ("header.hsts", r"(.*_)?hsts_(seconds|max_age)|strict_transport_security_max_age"),
    ("header.nosniff", r"secure_content_type_nosniff|content_type_nosniff"),
    ("header.frame", r"x_frame_options|frame_options"),
    ("cookie.secure", r"(.*_)?cookies?_(is_)?secure(_only)?|secure_cookies?|(.*_)?(session|access|refresh|auth)_secure|(.*_)?session_https_only|cookie_https_only|remember_cookie_secure"),
    ("cookie.httponly", r"(.*_)?cookies?_http_?only|(session|access|refresh)_http_?only"),
    ("cookie.samesite", r"(.*_)?cookies?_same_?site|(session|access|refresh|auth)_same_?site"),
    ("token.algorithms", r"(.*_)?((jwt|token|signing|auth|access)_(decode_)?algorithms|allowed_algorithms)|algorithms"),
    ("token.algorithm", r"(.*_)?(jwt|token|signing|signature|auth|oauth2?|access|crypt)_(algorithm|algo|alg)|algorithm|(security|auth)_algorithm|jwt_algo"),
    ("token.audience", r"(.*_)?(jwt|token|oidc|auth0?)_(decode_)?(audience|aud)|audience"),
    ("token.verify", r"(.*_)?(jwt_)?verify_(jwt|token|signature)s?|jwt_verify"),
    ("access.enabled!", r"(.*_)?(disable_auth(entication)?|auth(entication)?_disabled|skip_auth(entication)?|no_auth|auto_login|bypass_auth|allow_anonymous(_access)?|anonymous_access|auth_fail_open|fail_open)"),
    ("access.enabled", r"(.*_)?(auth(entication)?_(enabled|required)|enable_auth(entication)?|require_auth(entication)?|use_auth|login_required)"),
    ("limit.enabled", r"(.*_)?(rate_?limit(ing|er|s)?_(enabled|enable)|(enable|use)_rate_?limit(ing|er|s)?|throttl(e|ing)_enabled)"),
    ("limit.store", r"(.*_)?rate_?limit(ing|er)?_(storage|store|redis|backend)(_(url|uri))?"),
    ("limit.rate", r"(.*_)?(rate_?limits?|ratelimit_default|default_rate_?limit|throttle_rate)(_per_(minute|second|hour|day))?"),
    ("limit.page", r"(.*_)?(max_page_size|page_size_max|max_limit|max_per_page|pagination_max|max_page_limit)"),
    ("limit.body", r"(.*_)?(max_content_length|max_body_(size|bytes|length)|data_upload_max_memory_size|max_request_(size|body|body_size|bytes)|body_limit)(_(mb|kb|bytes))?"),
    ("limit.upload", r"(.*_)?(max_upload(_file)?_(size|bytes)|max_(file|image|attachment)_size|upload_max_(size|bytes)|file_upload_max_(size|memory_size)|upload_(size_)?limit|max_upload)(_(in_)?(mb|kb|bytes))?"),
    ("debug.sql_echo", r"(.*_)?(sqlalchemy|sql|db|database|engine|postgres)_echo(_sql)?|echo_sql|echo|sql_debug"),
    ("debug.log_level", r"(.*_)?log(ging|ger)?_?level"),
    ("debug.errors", r"(.*_)?(propagate_exceptions|show_(errors|tracebacks?|exceptions?|error_details)|expose_(errors|tracebacks?|error_details)|include_tracebacks?|trap_bad_request_errors|detailed_errors|return_tracebacks?)"),
    ("debug.reload", r"(.*_)?(reload|auto_?reload|hot_reload|templates_auto_reload_never)"),
    ("debug.enabled", r"(.*_)?debug(_mode|_enabled|_on)?"),
    ("graphql.ide", r"(.*_)?(graphiql|graphql_(ide|playground|graphiql)|playground)(_enabled)?"),
    ("graphql.introspection", r"(.*_)?(graphql_)?introspection(_enabled)?"),
    ("docs.enabled", r"(.*_)?((enable|show|expose|serve|use)_(api_)?(docs|swagger|openapi|documentation)|(api_)?(docs|swagger|openapi)_(enabled|enable))"),
    ("docs.redoc", r"(.*_)?redoc_(url|path)"),
    ("docs.openapi", r"(.*_)?openapi_(url|path|json_url)"),
    ("docs.url", r"(.*_)?(docs|swagger|swagger_ui|api_docs)_(url|path)"),
    ("server.workers", r"web_concurrency|((.*_)?(uvicorn|gunicorn|server|web|api|app|num|number_of)_)?workers(_count)?"),
    ("admin.password", rf"(.*_)?(admin|administrator|superuser|super_user|superadmin|root_user|initial_user|default_user|owner|grafana_admin|pgadmin_default)(_user|_account|_initial|_default|_login|_email)?_({_PASSWORD})"),
    ("admin.user", r"(.*_)?((first|initial|default)_(superuser|admin)|admin|superuser)(_(user|username|user_name|email|login|name))?"),
    ("database.password", rf"(.*_)?({_STORES})(_.*)?_({_PASSWORD})|pgpassword|mysql_pwd|minio_(.*_)?secret(_key)?|databases_.*_password"),
    ("database.user", rf"(.*_)?({_STORES})(_.*)?_(user|username|login|root_user)|pguser|minio_(.*_)?access_key"),
    ("database.host", rf"(.*_)?({_STORES})(_.*)?_(host|server|hostname|address)|pghost"),
    ("database.url", rf"(.*_)?({_STORES}|celery|cache|queue|store|async_database|sqlalchemy_database|result)(_.*)?_(url|uri|dsn|connection_string|conn_str)|(celery_)?(broker|result)_(backend|url)|celery_result_backend|caches_.*_location|dsn|channel_layers_.*_hosts"),
    ("encryption.key", r"(.*_)?(encryption|encrypt|fernet|crypto|cipher|aes|field_encryption|data_encryption|master)_(key|keys|secret|secret_key)|(.*_)?secret_encryption_key"),
    ("provider.secret", rf"(.*_)?({_PROVIDERS})(_.*)?_(secret|secret_key|api_key|key|token|auth_token|access_token|api_secret|signing_secret|secret_access_key|{_PASSWORD})|(.*_)?(api_?keys?|api_?tokens?|api_?secret|access_key|secret_access_key|client_secret|webhook_secret|auth_token|bot_token|private_token|bearer_token|access_token|service_token|personal_access_token|github_token|license_key|dsn_secret)"),
    ("signing.secret", r"(.*_)?(secret_?key|secret_key_base|jwt_?secret|jwt_?key|secret_token|token_secret|session_secret|cookie_secret|app_secret|auth_secret|csrf_secret|signing_(key|secret)|hmac_(key|secret)|jwt_(signing_key|private_key|secret_key)|verification_token_secret|reset_password_token_secret|password_salt|security_password_salt|token_(signing_)?key|private_key|secret)|(.*_)?(access|refresh|session|cookie|jwt|token|auth|flask|django|app)_secret(_key)?|secret_(refresh|access)_key|secret_key_fallbacks"),
    ("password", rf"(.*_)?({_PASSWORD})"),
    ("service.url", r"(.*_)?(service|api|auth|upstream|backend|keycloak|gateway|internal|payments?|webhook|oidc|jwks|issuer|vault|elasticsearch|registry|provider)(_.*)?_(url|uri|endpoint|base_url)|(.*_)?(jwks_uri|upstream)"),
    ("server.host", r"((.*_)?(server|app|api|uvicorn|bind|listen|web|http|service)_)?host|bind_address|listen_address"),
)
_COMPILED: Final = tuple(
    (concept, re.compile(f"(?:{pattern})$")) for concept, pattern in _PATTERNS
)
SECRET_CONCEPTS: Final = frozenset(
    {
        "signing.secret",
        "encryption.key",
        "provider.secret",
        "password",
        "database.password",
        "admin.password",
    }
)
_LIFETIMES: Final = frozenset({"token.access_lifetime", "token.refresh_lifetime"})
_SERVICES: Final = (
    ("csrf", r"csrf"),
    ("session", r"session|flask_secret|django_secret"),
    ("refresh", r"refresh"),
    ("access", r"access"),
    ("jwt", r"jwt|token"),
    ("remember", r"remember"),
    ("language", r"language"),
    ("postgresql", r"postgres|(^|_)pg"),
    ("mysql", r"mysql|mariadb"),
    ("mongodb", r"mongo"),
    ("redis", r"redis"),
    ("rabbitmq", r"rabbit|amqp"),
    ("minio", r"minio"),
    ("elasticsearch", r"elastic"),
)


class Meaning(NamedTuple):
    """What a name says: its concept, whether the flag is inverted, and what it configures."""

    concept: str
    inverted: bool
    service: str


def normalised(name: str) -> str:
    """Return a name in lower case with underscores: ``SIMPLE_JWT.SigningKey`` -> ``simple_jwt_signing_key``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def meaning_of(name: str) -> Meaning | None:
    """Return what a setting's name means, None when it means nothing to the rules."""
    text = normalised(name)
    for concept, pattern in _COMPILED:
        if pattern.match(text) is None:
            continue
        plain_concept = concept.removesuffix("!")
        if plain_concept in SECRET_CONCEPTS and _NOT_SECRET.search(text):
            return None
        return Meaning(plain_concept, concept.endswith("!"), service_of(text))
    return None


def service_of(text: str) -> str:
    """Return what a normalised name configures, ``""`` when it does not say."""
    for service, pattern in _SERVICES:
        if re.search(pattern, text):
            return service
    return ""


def in_unit(meaning: Meaning, name: str, value: Any) -> Any:  # noqa: ANN401 - values of any type
    """Return a value in the unit of its concept; Unknown when it does not fit the concept.

    Lifetimes become ``timedelta`` by the unit in the name, inverted flags are turned round, a log
    level is upper case, sizes are bytes.
    """
    if isinstance(value, Unknown):
        return value
    concept = meaning.concept
    if concept in _LIFETIMES:
        return _lifetime(normalised(name), value)
    if meaning.inverted:
        return (not value) if isinstance(value, bool | int) else Unknown("not a flag")
    if concept in {"limit.body", "limit.upload"}:
        return _bytes(normalised(name), value)
    if concept == "debug.log_level":
        return value.upper() if isinstance(value, str) else value
    return value


def _lifetime(text: str, value: Any) -> Any:  # noqa: ANN401 - values of any type
    from datetime import timedelta  # noqa: PLC0415 - only lifetimes need it

    if isinstance(value, timedelta) or value is None:
        return value
    if value is False:  # Flask-JWT-Extended: never
        return timedelta()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Unknown("not a lifetime")
    match = re.search(rf"_({_UNIT})$", text)
    if match:
        unit = match[1]
        scale = 0.001 if unit in {"ms", "milliseconds"} else _SECONDS[unit[0]]
    elif re.search(r"(max_age|ttl|expires_in|jwt_(access|refresh)_token_expires)$", text):
        scale = 1.0
    elif value == 0:
        scale = 1.0
    else:
        return Unknown("a lifetime without a unit")
    try:
        return timedelta(seconds=value * scale)
    except OverflowError:
        return timedelta.max


def _bytes(text: str, value: Any) -> Any:  # noqa: ANN401 - values of any type
    if isinstance(value, int) and not isinstance(value, bool):
        if text.endswith("_mb"):
            return value * 1024 * 1024
        if text.endswith("_kb"):
            return value * 1024
    return value


_TRUE: Final = frozenset({"1", "true", "yes", "on", "y", "t", "enabled"})
_FALSE: Final = frozenset({"0", "false", "no", "off", "n", "f", "disabled", "none", ""})
_FLAGS: Final = frozenset(
    (
        *("debug.enabled", "debug.reload", "debug.sql_echo", "debug.errors", "graphql.ide"),
        *("graphql.introspection", "cors.allow_all", "cors.credentials", "tls.verify"),
        *("tls.redirect", "tls.mail", "cookie.secure", "cookie.httponly", "csrf.enabled"),
        *("access.enabled", "limit.enabled", "header.nosniff", "token.verify", "docs.enabled"),
    )
)
_LISTS: Final = frozenset(
    ("cors.origins", "hosts.allowed", "proxy.trusted", "token.algorithms", "password.hashers")
)
_NUMBERS: Final = frozenset(
    (
        *("token.access_lifetime", "token.refresh_lifetime", "password.min_length"),
        *("header.hsts", "limit.page", "limit.body", "limit.upload", "server.workers"),
    )
)


def from_text(meaning: Meaning, text: Any) -> Any:  # noqa: ANN401 - values of any type
    """Return what a text most likely means where no code says how it is read.

    Flags, numbers and lists of the usual spellings; anything else is Unknown for these concepts.
    """
    if not isinstance(text, str):
        return text
    lowered = text.strip().lower()
    if meaning.concept in _FLAGS:
        if lowered in _TRUE or lowered in _FALSE:
            return lowered in _TRUE
        return Unknown("not a flag that every loader reads alike")
    if meaning.concept in _NUMBERS:
        return int(lowered) if re.fullmatch(r"-?\d{1,15}", lowered) else Unknown("not a number")
    if meaning.concept in _LISTS:
        return _list(text)
    return text


def _list(text: str) -> Any:  # noqa: ANN401 - a list or Unknown
    if text.lstrip().startswith("["):
        import json  # noqa: PLC0415 - only lists in JSON need it

        try:
            decoded = json.loads(text)
        except (ValueError, RecursionError):
            decoded = [part.strip(" '\"") for part in text.strip().strip("[]").split(",")]
        return decoded if isinstance(decoded, list) else Unknown("not a list")
    return [part.strip() for part in text.split(",") if part.strip()]

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
_PASSWORD: Final = "password|passwd|passphrase|pass|pwd"  # noqa: S105 - a pattern of names
_SPAN: Final = (
    "expire|expires|expiry|expiration|lifetime|life|ttl|max_age|timeout|duration|delta|exp"
)
_UNIT: Final = "milliseconds|ms|seconds|secs|sec|s|minutes|mins|min|hours|hour|days|day|weeks|week"
_SECONDS: Final = {"m": 60.0, "s": 1.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}

_NOT_SECRET: Final = frozenset(  # last words of names that only look secret
    (
        *("expire", "expires", "expiry", "expiration", "ttl", "minutes", "hours", "days"),
        *("seconds", "length", "len", "header", "headers", "prefix", "suffix", "url", "uri"),
        *("path", "file", "filename", "dir", "algorithm", "algorithms", "alg", "limit"),
        *("enabled", "enable", "required", "name", "names", "field", "fields", "attempts"),
        *("type", "id", "ids", "issuer", "audience", "rotation", "version", "count", "size"),
        *("max", "min", "age", "policy", "policies", "hashers", "validators", "hash"),
        *("hashing", "context", "scheme", "schemes", "endpoint", "model", "class"),
        *("serializer", "lifetime", "location", "locations", "regex", "pattern", "rounds"),
        *("cost", "strength", "complexity", "timeout", "bytes", "bits", "format", "backend"),
        *("cookie", "samesite", "secure", "httponly", "domain", "reset", "history", "verify"),
        *("leeway", "public_key", "publishable_key", "site_key", "key_id", "uppercase"),
        *("lowercase", "digit", "digits", "special", "symbol", "symbols", "chars"),
        *("characters", "usage", "grant", "scope", "scopes", "description", "label"),
        *("message", "template", "subject", "placeholder", "salt_length", "iterations"),
    )
)

# Concept, words of which one must occur, pattern over the whole name in lower case with
# underscores; the first that fits wins. A pattern is compiled only when its words occur:
# compiling all of them costs more than a small audit.
_PATTERNS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "environment",
        "env stage mode",
        (
            r"(^|_)(app|django|flask|fastapi|node|deploy|deployment|python|run|runtime|"
            r"service)?_?(env|environment)(_name)?|stage|(app|run|deploy)_(mode|stage)|"
            r"mode"
        ),
    ),
    (
        "token.refresh_lifetime",
        "refresh",
        (
            rf"(.*_)?(jwt_)?refresh(_token)?(_jwt)?_({_SPAN})(_(in|delta))?(_({_UNIT}))?|"
            rf"(.*_)?refresh_token_(valid|validity)(_({_UNIT}))?"
        ),
    ),
    (
        "token.access_lifetime",
        "token jwt access",
        (
            r"((.*_)?(access|jwt|auth|bearer|id)_token|token|jwt|(.*_)?(jwt|tokens?)_access|"
            rf"access)_({_SPAN})(_(in|delta))?(_({_UNIT}))?|jwt_(access_)?(token_)?(valid|"
            rf"validity)(_({_UNIT}))?|simple_jwt_access_token_lifetime|"
            rf".*access_token_({_SPAN})(_({_UNIT}))?"
        ),
    ),
    (
        "password.hashers",
        "hashers schemes",
        r"password_hashers|password_(hash_)?schemes|pwd_schemes",
    ),
    (
        "password.validators",
        "validators",
        r"auth_password_validators",
    ),
    (
        "password.min_length",
        "len",
        r"(.*_)?(password_min(imum)?_len(gth)?|min(imum)?_password_len(gth)?)",
    ),
    (
        "session.serializer",
        "serializer",
        r"session_serializer",
    ),
    (
        "csrf.enabled",
        "csrf",
        (
            r"wtf_csrf_enabled|(enable_)?csrf(_protection)?(_enabled)?|"
            r"wtf_csrf_check_default|(.*_)?jwt_cookie_csrf_protect|jwt_csrf_enabled"
        ),
    ),
    (
        "cors.allow_all",
        "allow_all",
        r"cors_(origin_)?allow_all(_origins)?",
    ),
    (
        "cors.credentials",
        "credentials",
        r"(.*_)?(cors_)?(allow|allowed|supports|allows)_credentials|cors_credentials",
    ),
    (
        "cors.regex",
        "regex pattern",
        r"(.*_)?(cors_.*|allow_)origin_?(regex|regexes|pattern)",
    ),
    (
        "cors.origins",
        "origin cors",
        (
            r"(.*_)?(cors_.*|cors|allowed|allow|allowed_cors|backend_cors|"
            r"whitelisted)_origins?|cors_origin_whitelist|cors_allowed_origin_list|"
            r"origins|cors_allow_list|cors_resources_.*origins|cors_hosts|cors_domains|"
            r"cors"
        ),
    ),
    (
        "hosts.allowed",
        "host",
        r"(.*_)?(allowed|trusted|allow)_hosts?|allowed_host_names",
    ),
    (
        "proxy.trusted",
        "prox forwarded",
        (
            r"(.*_)?(forwarded_allow_ips|trusted_prox(y|ies)(_ips|_hosts|_count)?|"
            r"proxy_trusted_(hosts|ips)|proxy_trusted)"
        ),
    ),
    (
        "tls.redirect",
        "redirect https ssl tls",
        (
            r"secure_ssl_redirect|(force|redirect|require)_(https|ssl|tls)|(https|"
            r"ssl)_redirect|talisman_force_https"
        ),
    ),
    (
        "tls.verify!",
        "skip disable no_ ignore insecure",
        (
            r"(.*_)?((skip|disable|no|ignore)_(ssl|tls|cert|certificate|https)(_verif(y|"
            r"ication))?|(ssl|tls)_(insecure|skip_verify|no_verify)|"
            r"insecure_skip_(tls_)?verify|insecure_ssl|ssl_ignore.*)"
        ),
    ),
    (
        "tls.verify",
        "verif",
        (
            r"(.*_)?(verify_(ssl|tls|certs?|certificates?|https)|(ssl|tls|https|"
            r"cert)_verif(y|ication)(_certs?|_certificates?|_enabled)?|pythonhttpsverify|"
            r"requests_verify)"
        ),
    ),
    (
        "tls.database",
        "mode",
        r"(.*_)?(pg)?ssl_?mode",
    ),
    (
        "tls.mail",
        "mail smtp",
        r"(email|mail|smtp)_(use_)?(tls|ssl|starttls|ssl_tls)",
    ),
    (
        "tls.minimum",
        "version",
        r"(.*_)?(tls|ssl)_(min(imum)?_version|version)",
    ),
    (
        "header.hsts",
        "hsts strict",
        r"(.*_)?hsts_(seconds|max_age)|strict_transport_security_max_age",
    ),
    (
        "header.nosniff",
        "nosniff",
        r"secure_content_type_nosniff|content_type_nosniff",
    ),
    (
        "header.frame",
        "frame",
        r"x_frame_options|frame_options",
    ),
    (
        "cookie.secure",
        "secure https_only",
        (
            r"(.*_)?cookies?_(is_)?secure(_only)?|secure_cookies?|(.*_)?(session|access|"
            r"refresh|auth)_secure|(.*_)?session_https_only|cookie_https_only|"
            r"remember_cookie_secure"
        ),
    ),
    (
        "cookie.httponly",
        "httponly http_only",
        r"(.*_)?cookies?_http_?only|(session|access|refresh)_http_?only",
    ),
    (
        "cookie.samesite",
        "same",
        r"(.*_)?cookies?_same_?site|(session|access|refresh|auth)_same_?site",
    ),
    (
        "token.algorithms",
        "algorithms",
        (
            r"(.*_)?((jwt|token|signing|auth|access)_(decode_)?algorithms|"
            r"allowed_algorithms)|algorithms"
        ),
    ),
    (
        "token.algorithm",
        "alg",
        (
            r"(.*_)?(jwt|token|signing|signature|auth|oauth2?|access|crypt)_(algorithm|"
            r"algo|alg)|algorithm|(security|auth)_algorithm|jwt_algo"
        ),
    ),
    (
        "token.audience",
        "aud",
        r"(.*_)?(jwt|token|oidc|auth0?)_(decode_)?(audience|aud)|audience",
    ),
    (
        "token.expires",
        "exp",
        r"(.*_)?(jwt|token)_(options_)?(verify|require|check)_exp(iration|iry)?",
    ),
    (
        "token.verify",
        "verify",
        r"(?!.*webhook)(.*_)?(jwt_)?verify_(jwt|token|signature)s?|jwt_verify",
    ),
    (
        "access.enabled!",
        "auth login anonymous fail_open",
        (
            r"(.*_)?(disable_auth(entication)?|auth(entication)?_disabled|"
            r"skip_auth(entication)?|no_auth|auto_login|bypass_auth|"
            r"allow_anonymous(_access)?|anonymous_access|auth_fail_open|fail_open)"
        ),
    ),
    (
        "access.enabled",
        "auth login",
        (
            r"(.*_)?(auth(entication)?_(enabled|required)|enable_auth(entication)?|"
            r"require_auth(entication)?|use_auth|login_required)"
        ),
    ),
    (
        "limit.enabled",
        "limit throttl",
        (
            r"(.*_)?(rate_?limit(ing|er|s)?_(enabled|enable)|(enable|use)_rate_?limit(ing|"
            r"er|s)?|throttl(e|ing)_enabled)"
        ),
    ),
    (
        "limit.store",
        "limit",
        r"(.*_)?rate_?limit(ing|er)?_(storage|store|redis|backend)(_(url|uri))?",
    ),
    (
        "limit.rate",
        "limit throttle",
        (
            r"(.*_)?(rate_?limits?|ratelimit_default|default_rate_?limit|"
            r"throttle_rate)(_per_(minute|second|hour|day))?|"
            r"(.*_)?limits_(public|anonymous|anon|authenticated|users?|admin|login|default)"
        ),
    ),
    (
        "limit.page",
        "page limit",
        (
            r"(.*_)?(max_page_size|page_size_max|max_limit|max_per_page|pagination_max|"
            r"max_page_limit)"
        ),
    ),
    (
        "limit.body",
        "max body",
        (
            r"(.*_)?(max_content_length|max_body_(size|bytes|length)|"
            r"data_upload_max_memory_size|max_request_(size|body|body_size|bytes)|"
            r"body_limit)(_(mb|kb|bytes))?"
        ),
    ),
    (
        "limit.upload",
        "upload size",
        (
            r"(.*_)?(max_upload(_file)?_(size|bytes)|max_(file|image|attachment)_size|"
            r"upload_max_(size|bytes)|file_upload_max_(size|memory_size)|"
            r"upload_(size_)?limit|max_upload)(_(in_)?(mb|kb|bytes))?"
        ),
    ),
    (
        "debug.sql_echo",
        "echo sql_debug",
        (
            r"(.*_)?(sqlalchemy|sql|db|database|engine|postgres)_echo(_sql)?|echo_sql|"
            r"echo|sql_debug"
        ),
    ),
    (
        "debug.log_level",
        "level",
        r"(.*_)?log(ging|ger)?_?level|logging_(root|loggers_.*)_level",
    ),
    (
        "debug.errors",
        "exception error traceback",
        (
            r"(.*_)?(propagate_exceptions|show_(errors|tracebacks?|exceptions?|"
            r"error_details)|expose_(errors|tracebacks?|error_details)|"
            r"include_tracebacks?|trap_bad_request_errors|detailed_errors|"
            r"return_tracebacks?)"
        ),
    ),
    (
        "debug.reload",
        "reload",
        r"(.*_)?(reload|auto_?reload|hot_reload|templates_auto_reload_never)",
    ),
    (
        "debug.enabled",
        "debug",
        r"(.*_)?debug(_mode|_enabled|_on)?",
    ),
    (
        "graphql.ide",
        "graphi playground ide",
        r"(.*_)?(graphiql|graphql_(ide|playground|graphiql)|playground)(_enabled)?",
    ),
    (
        "graphql.introspection",
        "introspection",
        r"(.*_)?(graphql_)?introspection(_enabled)?",
    ),
    (
        "docs.enabled",
        "docs swagger openapi documentation",
        (
            r"(.*_)?((enable|show|expose|serve|use)_(api_)?(docs|swagger|openapi|"
            r"documentation)|(api_)?(docs|swagger|openapi)_(enabled|enable))"
        ),
    ),
    (
        "docs.redoc",
        "redoc",
        r"(.*_)?redoc_(url|path)",
    ),
    (
        "docs.openapi",
        "openapi",
        r"(.*_)?openapi_(url|path|json_url)",
    ),
    (
        "docs.url",
        "docs swagger",
        r"(.*_)?(docs|swagger|swagger_ui|api_docs)_(url|path)",
    ),
    (
        "server.workers",
        "worker concurrency",
        (
            r"web_concurrency|((.*_)?(uvicorn|gunicorn|server|web|api|app|num|"
            r"number_of)_)?workers(_count)?"
        ),
    ),
    (
        "admin.password",
        "admin super root_user owner initial_user default_user",
        (
            r"(.*_)?(admin|administrator|superuser|super_user|superadmin|root_user|"
            r"initial_user|default_user|owner|grafana_admin|pgadmin_default)(_user|"
            rf"_account|_initial|_default|_login|_email)?_({_PASSWORD})"
        ),
    ),
    (
        "admin.user",
        "admin superuser",
        (
            r"(.*_)?((first|initial|default)_(superuser|admin)|admin|superuser)(_(user|"
            r"username|user_name|email|login|name))?"
        ),
    ),
    (
        "database.password",
        "pass pwd minio",
        (
            rf"(.*_)?({_STORES})(_.*)?_({_PASSWORD})|pgpassword|mysql_pwd|"
            r"minio_(.*_)?secret(_key)?|databases_.*_password"
        ),
    ),
    (
        "database.user",
        "user login access_key",
        (
            rf"(.*_)?({_STORES})(_.*)?_(user|username|login|root_user)|pguser|"
            r"minio_(.*_)?access_key"
        ),
    ),
    (
        "database.host",
        "host server address",
        rf"(.*_)?({_STORES})(_.*)?_(host|server|hostname|address)|pghost",
    ),
    (
        "database.url",
        "url uri dsn conn backend location hosts",
        (
            rf"(.*_)?({_STORES}|celery|cache|queue|store|async_database|"
            r"sqlalchemy_database|result)(_.*)?_(url|uri|dsn|connection_string|conn_str)|"
            r"(celery_)?(broker|result)_(backend|url)|celery_result_backend|"
            r"caches_.*_location|dsn|channel_layers_.*_hosts"
        ),
    ),
    (
        "encryption.key",
        "encr fernet crypto cipher aes master",
        (
            r"(.*_)?(encryption|encrypt|fernet|crypto|cipher|aes|field_encryption|"
            r"data_encryption|master)_(key|keys|secret|secret_key)|"
            r"(.*_)?secret_encryption_key"
        ),
    ),
    (
        "signing.secret",
        "webhook",
        r"((app|api|my)_)?webhook_(signing_)?(secret|key|secret_key)",
    ),
    (
        "provider.secret",
        "secret key token pass pwd",
        (
            rf"(.*_)?({_PROVIDERS})(_.*)?_(secret|secret_key|api_key|key|token|auth_token|"
            rf"access_token|api_secret|signing_secret|secret_access_key|{_PASSWORD})|"
            r"(.*_)?(api_?keys?|api_?tokens?|api_?secret|access_key|secret_access_key|"
            r"client_secret|webhook_secret|auth_token|bot_token|private_token|"
            r"bearer_token|access_token|service_token|personal_access_token|github_token|"
            r"license_key|dsn_secret)"
        ),
    ),
    (
        "signing.secret",
        "secret key salt",
        (
            r"(.*_)?(secret_?key|secret_key_base|jwt_?secret|jwt_?key|secret_token|"
            r"token_secret|session_secret|cookie_secret|app_secret|auth_secret|"
            r"csrf_secret|signing_(keys?|secrets?)|hmac_(key|secret)|jwt_(signing_key|"
            r"private_key|secret_key)|verification_token_secret|"
            r"reset_password_token_secret|password_salt|security_password_salt|"
            r"token_(signing_)?key|private_key|secret)|(.*_)?(access|refresh|session|"
            r"cookie|jwt|token|auth|flask|django|app)_secret(_key)?|secret_(refresh|"
            r"access)_key|secret_key_fallbacks"
        ),
    ),
    (
        "password",
        "pass pwd",
        rf"(.*_)?({_PASSWORD})",
    ),
    (
        "service.url",
        "url uri endpoint upstream",
        (
            r"(.*_)?(service|api|auth|upstream|backend|keycloak|gateway|internal|"
            r"payments?|webhook|oidc|jwks|issuer|vault|elasticsearch|registry|"
            r"provider)(_.*)?_(url|uri|endpoint|base_url)|(.*_)?(jwks_uri|upstream)"
        ),
    ),
    (
        "server.host",
        "host bind listen",
        (
            r"((.*_)?(server|app|api|uvicorn|bind|listen|web|http|service)_)?host|"
            r"bind_address|listen_address"
        ),
    ),
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
_SERVICES: Final = (  # parts of a name: what it configures
    ("csrf", ("csrf",)),
    ("session", ("session", "flask_secret", "django_secret")),
    ("refresh", ("refresh",)),
    ("access", ("access",)),
    ("jwt", ("jwt", "token")),
    ("remember", ("remember",)),
    ("language", ("language",)),
    ("postgresql", ("postgres", "pg_", "pguser", "pgpass")),
    ("mysql", ("mysql", "mariadb")),
    ("mongodb", ("mongo",)),
    ("redis", ("redis",)),
    ("rabbitmq", ("rabbit", "amqp")),
    ("minio", ("minio",)),
    ("elasticsearch", ("elastic",)),
)


class Meaning(NamedTuple):
    """What a name says: its concept, whether the flag is inverted, and what it configures."""

    concept: str
    inverted: bool
    service: str


def normalised(name: str) -> str:
    """Return a name in lower case with underscores: ``jwt.SigningKey`` -> ``jwt_signing_key``."""
    if not name.isupper() and not name.islower():
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def meaning_of(name: str) -> Meaning | None:
    """Return what a setting's name means, None when it means nothing to the rules."""
    text = normalised(name)
    for concept, words, pattern in _PATTERNS:
        if not any(word in text for word in words.split()) or not re.fullmatch(pattern, text):
            continue
        plain_concept = concept.removesuffix("!")
        if plain_concept in SECRET_CONCEPTS and only_looks_secret(text):
            return None
        return Meaning(plain_concept, concept.endswith("!"), service_of(text))
    return None


def only_looks_secret(text: str) -> bool:
    """Return whether a normalised name with a secret's words is about something else."""
    parts = text.split("_")
    return parts[-1] in _NOT_SECRET or "_".join(parts[-2:]) in _NOT_SECRET


def service_of(text: str) -> str:
    """Return what a normalised name configures, ``""`` when it does not say."""
    for service, words in _SERVICES:
        if any(word in text for word in words):
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
    elif (
        re.search(r"(max_age|ttl|expires_in|jwt_(access|refresh)_token_expires)$", text)
        or value == 0
    ):
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
        *(
            "token.expires",
            "access.enabled",
            "limit.enabled",
            "header.nosniff",
            "token.verify",
            "docs.enabled",
        ),
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

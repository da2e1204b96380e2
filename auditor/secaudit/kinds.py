"""Which kind of file a name or a content is, and which Python and data files are worth parsing."""

import re
from typing import Final, Literal

from secaudit.patterns import lazy

Kind = Literal[
    "env",
    "python",
    "compose",
    "dockerfile",
    "toml",
    "yaml",
    "json",
    "ini",
    "requirements",
    "manifest",
    "procfile",
    "unit",
    "script",
]

# Names of other things that an env pattern would catch: `.env.py`, `.env.d.ts`, an editor's backup.
_NO_ENV: Final = (
    *(".py", ".pyi", ".js", ".ts", ".mjs", ".json", ".yaml", ".yml", ".toml", ".md", ".rst"),
    *(".html", ".sh", ".ps1", ".lock", ".enc", ".gpg", ".age", ".asc", ".swp", ".j2", ".tpl"),
    *(".tf", "~"),
)
_ENV_NAMES: Final = frozenset((".env", ".envrc", ".flaskenv"))
_ENV: Final = lazy(r"^\.env[._-].+|.+\.env$|^(.*[._-])?env\.[\w.-]+$")
_COMPOSE: Final = lazy(r"^(docker-|podman-)?compose([._-].*)?\.ya?ml$")
_DOCKERFILE: Final = lazy(
    r"^(Docker|Container)file([._-].*)?$|.*\.(docker|container)file$", re.IGNORECASE
)
_REQUIREMENTS: Final = lazy(r"(.*[._-])?(requirements|constraints)([._-].*)?\.(txt|in)")
_CONFIGURATION: Final = lazy(
    r".*config.*|^\.?settings.*|^application.*|^\.secrets\.", re.IGNORECASE
)
# Configuration of tools that never configures a service, though its name says "config".
_TOOLS: Final = lazy(
    r"^(tsconfig|jsconfig|babel|jest|webpack|eslint|prettier|commitlint|renovate|mkdocs"
    r"|\.pre-commit|\.readthedocs|pyrightconfig|biome|dependabot|_config|codecov)"
)
_SUFFIXES: Final[dict[str, Kind]] = {
    ".toml": "toml",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".ini": "ini",
    ".cfg": "ini",
    ".conf": "ini",
}
# Texts that a program shows in several languages: no configuration, whatever their keys.
_CATALOGUES: Final = frozenset(
    ("locale", "locales", "i18n", "l10n", "lang", "langs", "languages", "translations", "messages")
)
# Objects of Kubernetes: where they usually are, and what tells them from other YAML.
_MANIFEST_FOLDERS: Final = frozenset(
    ("k8s", "kubernetes", "kube", "manifests", "deploy", "deployment", "deployments", "kustomize")
)
_MANIFEST: Final = lazy(
    rb"^kind:\s*[\"']?(ConfigMap|Secret|Pod|Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob|List)\b",
    re.MULTILINE,
)
# Configuration of tools that says where packages come from, and of servers: name and kind.
_NAMED: Final[dict[str, Kind]] = {
    "hypercorn.toml": "toml",
    "pyproject.toml": "toml",
    "uv.toml": "toml",
    "Pipfile": "toml",
    "pip.conf": "ini",
    "pip.ini": "ini",
    "Procfile": "procfile",
}
_BLOCK: Final = lazy(rb"^[ \t]*\w[^=\n]*\{[ \t]*\r?$", re.MULTILINE)
# Flask reads such a file as Python: names in upper case, no sections.
_FLASK: Final = lazy(
    rb"^[A-Z][A-Z\d_]*\s*=\s*(?:[\"'\[({\d]|True\b|False\b|None\b|os\.)", re.MULTILINE
)
_SECTION: Final = lazy(rb"^\s*\[[^\]=]+\]\s*$", re.MULTILINE)
_ASSIGNMENT: Final = lazy(rb"^\s*(export\s+)?[A-Za-z_][\w.-]*\s*=", re.MULTILINE)

# A Python file without any of these neither reads nor holds a setting the auditor knows. Plain
# words are searched first: a pattern of them all takes five times as long.
_PYTHON_WORDS: Final = (
    *(b"import *", b"BaseSettings", b"environ", b"getenv", b"decouple", b"load_dotenv"),
    *(b"dynaconf", b"starlette.config", b"SECRET", b"secret_key", b"DEBUG", b"ALLOWED_HOSTS"),
    *(b"PASSWORD", b"TOKEN", b"API_KEY", b"JWT_", b"COOKIE", b"CSRF", b"SECURE_", b"DATABASE"),
    *(b"MIDDLEWARE", b"REST_FRAMEWORK", b"add_middleware", b"Middleware(", b"CORS", b"APIRouter("),
    *(b"create_app", b"make_app", b"build_app", b"get_app"),  # what factories are called with
    *(b"FastAPI(", b"Starlette(", b"Flask(", b"Quart(", b"Litestar", b"GraphQL", b"Talisman"),
    *(b"Limiter", b"set_cookie", b"session_cookie", b"llow-Origin", b"llow-origin", b"LLOW-ORIGIN"),
    *(b"UNAUTHORIZED", b"uvicorn", b"gunicorn", b"hypercorn", b"granian", b"raw_env", b"jwt"),
    *(b"jose", b"CryptContext", b"PasswordHash"),
    *(b"bcrypt", b"Fernet", b"itsdangerous", b"PRIVATE KEY", b"_create_unverified"),
    *(b"CERT_NONE", b"ssl.", b"SSLContext"),
    *(b"create_engine", b"create_async_engine", b"Celery", b"Redis(", b"from_url("),
    *(b"boto3", b"MongoClient", b"MotorClient", b"psycopg", b"asyncpg", b"pymysql", b"aiomysql"),
    *(b"MySQLdb", b"mysql.connector", b"aio_pika", b"pika", b"kombu", b"kafka", b"clickhouse"),
    *(b"minio", b"elasticsearch", b"opensearch", b"neo4j", b"influxdb", b"qdrant", b"grpc"),
    *(b"ldap3", b"import ldap", b"from ldap", b"paramiko", b"asyncssh", b"hvac", b"sentry_sdk"),
    *(b"smtplib", b"fastapi_mail", b"accept_content", b"task_serializer", b"result_serializer"),
    *(b"authlib", b"fastapi_users", b"passlib.hash", b"pwdlib", b"waitress", b"run_simple"),
    *(b"quart_cors", b"URL.create", b"databases.Database", b"from databases", b"PoolManager"),
    *(b"generate_password_hash", b"HTTPConnection(", b"cert_reqs", b"exception_handler"),
    *(b"format_exc", b"errorhandler"),
    *(b"ghp_", b"github_pat_", b"glpat-", b"AKIA", b"xoxb-", b"k_live_", b"sk-ant-", b"sk-proj-"),
    b"hooks.slack.com",
    b"AIza",
    *(b"basicConfig", b"DEFAULT_ACL", b"configparser", b"tomllib", b"safe_load"),
    *(b"page_size_query_param", b"LimitOffsetPagination"),
)
_PYTHON_SIGNS: Final = lazy(
    rb"\b(debug|reload|use_reloader|loglevel|workers|forwarded_allow_ips|trusted_proxy|limit_request_\w+|"
    rb"storage_uri|graphql_ide|base_url|verify|ssl|ssl_version|sslmode)\s*=|hashlib\.\w+\([^)]*(?i:passw|pwd)|"
    rb"passw\w*\s*:[^\n]*min_length|\b401\b|(?:_(?i:url|uri)\b[^\n=]*=|(?:requests|httpx|client|session)\.\w+\("
    rb"|urlopen\(|ClientSession\(|connect\()\s*[\"'](?:http|ws)://|"
    rb"://[\w%.+-]*:[^\s\"'/@]*@"  # a URL with a password
)
_SOURCE_WORDS: Final = lazy(rb"-url|-index|-i\s|-links|-f\s|-host|http://")
_DATA_WORDS: Final = lazy(
    rb"secret|passw|token|api[_-]?key|debug|cors|origin|allowed|jwt|database|redis|dsn|://|cookie|"
    rb"session|ssl|tls|hsts|verify|index-url|trusted-host|insecure|PRIVATE KEY|limit|admin|acl|"
    rb"reload|loglevel",
    re.IGNORECASE,
)
# Without these a file of its kind is not worth parsing.
_WORDS: Final = {
    "manifest": _MANIFEST,
    "unit": lazy(rb"^ExecStart\s*=", re.MULTILINE),
    "requirements": _SOURCE_WORDS,
    **dict.fromkeys(("toml", "yaml", "json", "ini"), _DATA_WORDS),
}


def kind_of_name(relative: str) -> Kind | None:  # noqa: PLR0911 - a table in order of precedence
    """Return the kind of a file met in a directory walk, None when it is none of ours.

    Args:
        relative: the path below the walked directory, with ``/``.
    """
    folder, _, name = relative.rpartition("/")
    if name.endswith(".py"):
        return "python"
    if "compose" in name and _COMPOSE.match(name):
        return "compose"
    if "file" in name.lower() and _DOCKERFILE.match(name):
        return "dockerfile"
    folders = folder.split("/")
    if ".envs" in folders or _is_env_file(name):
        return "env"
    named = _kind_of_whole_name(name)
    if named is not None:
        return named
    if _REQUIREMENTS.fullmatch(name) or (
        folders[-1] == "requirements" and name.endswith((".txt", ".in"))
    ):
        return "requirements"
    dot = name.rfind(".")
    kind = _SUFFIXES.get(name[dot:]) if dot >= 0 else None
    if kind is None or _TOOLS.match(name) or _CATALOGUES & set(folders):
        return None
    if {"config", "conf", "configs", "settings"} & set(folders) or _CONFIGURATION.match(name):
        return kind
    if kind == "yaml" and (_MANIFEST_FOLDERS & set(folders) or _is_manifest_name(name)):
        return "manifest"
    return None


def _kind_of_whole_name(name: str) -> Kind | None:
    return "unit" if name.endswith(".service") else _NAMED.get(name)


def _is_manifest_name(name: str) -> bool:
    words = ("configmap", "secret", "deployment", "statefulset", "k8s", "kube")
    return any(word in name.lower() for word in words)


def _is_env_file(name: str) -> bool:
    if name in _ENV_NAMES:
        return True
    return not name.endswith(_NO_ENV) and "env" in name and _ENV.match(name) is not None


def kind_of_read(path: str) -> Kind:
    """Return the kind of a file that code or a command reads, whatever its name and place."""
    name = path.rpartition("/")[2]
    return kind_of_name(name) or _SUFFIXES.get(name[name.rfind(".") :], "script")


def kind_of_content(path: str, data: bytes) -> Kind | None:
    """Return the kind of a file that the user named, judged by name, then suffix, then content."""
    name = path.rpartition("/")[2]
    kind = kind_of_name(name)
    dot = name.rfind(".")
    if kind is None and dot >= 0:
        kind = _SUFFIXES.get(name[dot:])
    if kind == "manifest" and not _MANIFEST.search(data):
        kind = "yaml"
    if kind == "yaml" and re.search(rb"^services\s*:", data, re.MULTILINE):
        return "compose"
    if is_flask_configuration(name, data):
        return "python"
    if kind == "ini" and not re.search(rb"^\s*\[", data, re.MULTILINE):
        return "env" if _ASSIGNMENT.search(data) else "ini"
    if (
        kind is None
        and b"\0" not in data
        and not name.endswith(_NO_ENV)
        and _ASSIGNMENT.search(data)
    ):
        return "env"
    return kind


def is_flask_configuration(path: str, data: bytes) -> bool:
    """Say whether a file is what ``app.config.from_pyfile("settings.cfg")`` reads: Python."""
    return (
        path.endswith(".cfg") and _FLASK.search(data) is not None and _SECTION.search(data) is None
    )


def relevant(kind: Kind, data: bytes) -> bool:
    """Say whether a file met in a directory is worth parsing; only such files can fail a run."""
    if kind == "python":
        known = any(word in data for word in _PYTHON_WORDS)
        return known or _PYTHON_SIGNS.search(data) is not None
    if kind == "ini" and _BLOCK.search(data):
        return False  # nginx has files of this suffix too
    words = _WORDS.get(kind)
    return words is None or words.search(data) is not None


def matches(relative: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a path, one of its folders or its name matches one of the glob patterns."""
    if not patterns:
        return False
    from fnmatch import fnmatch  # noqa: PLC0415 - most runs exclude nothing

    parts = relative.split("/")
    prefixes = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    for pattern in patterns:
        wanted = pattern.removeprefix("./").rstrip("/").replace("/**", "/*").removeprefix("**/")
        if wanted.endswith("/*") and wanted[:-2] in prefixes:
            return True
        if any(fnmatch(text, wanted) for text in (*prefixes, *parts, relative)):
            return True
        if any(fnmatch(prefix, f"*/{wanted}") for prefix in prefixes):
            return True
    return False

"""DRIFT001: nothing reads a key, and one with nearly its name, or its name elsewhere, is read."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.names import is_security_name
from secaudit.kinds import kind_of_name
from secaudit.rule import Example, Match, Rule, Severities

_SHARED = frozenset(("dockerfile", "compose", "manifest"))  # for other programs too: PIP_TIMEOUT
_HARMLESS = Severities("low", "low", "low", None)


def check(facts: Facts) -> Iterator[Match]:
    """Yield unread keys beside a name like theirs that is read; medium for security keys."""
    for seen in facts.seen("key-unread"):
        nearest = str(seen.detail.get("nearest") or "")
        if not nearest:
            continue
        key = str(seen.detail["key"])
        guarded = is_security_name(nearest, facts) or is_security_name(key, facts)
        if not guarded and kind_of_name(seen.location.path) in _SHARED:
            continue
        told = (
            f"nothing reads {key} here; the code looks for it among the variables of the process"
            if key == nearest
            else f"nothing reads {key}; the code reads {nearest}"
        )
        yield Match(
            seen,
            told,
            severities=None if guarded else _HARMLESS,
        )


RULE = Rule(
    code="DRIFT001",
    name="misspelt-key",
    summary="a key has no effect because the code reads a similar name, or reads it elsewhere",
    severities=Severities("medium", "low", "low", "low"),
    applies_to=("key-unread",),
    owasp=("API8:2023",),
    cwe=(1188, 665),
    explanation="""\
The value was written for a purpose, and the program never sees it: the name is misspelt or
lacks the prefix that the settings class asks for. Or the name is right and the place is not:
pydantic-settings, decouple and Starlette read an env file for themselves and put nothing into
`os.environ`, where `os.getenv` looks. The code's default is in effect instead.

Rename the key to the one that the code reads; let the settings class read it too, or call
`load_dotenv()` before `os.getenv`.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "import os\n\n"
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n\n'
                    '    title: str = "api"\n\n\n'
                    "settings = Settings()\n"
                    'JWT_ALGORITHM = os.getenv("JWT_ALGORITHM", "HS256")\n'
                ),
                ".env": "JWT_ALGORITHM=EdDSA\n",
            }
        ),
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    "    model_config = SettingsConfigDict(\n"
                    '        env_file=".env", env_prefix="ORDERS_", extra="ignore"\n    )\n\n'
                    "    debug: bool = True\n\n\n"
                    "settings = Settings()\n"
                ),
                ".env": "DEBUG=false\n",
            }
        ),
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n\n'
                    "    debug: bool = True\n\n\n"
                    "settings = Settings()\n"
                ),
                ".env": "DEUBG=false\n",
            }
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "import os\n\nTIMEOUT = int(os.environ.get('TIMEOUT', '5'))\n"
                    "JWT_SECRET = os.environ['JWT_SECRET']\n"
                ),
                "Dockerfile": (
                    "FROM python:3.12\nENV PIP_DEFAULT_TIMEOUT=100\nCOPY . .\nUSER app\n"
                    'CMD ["python", "settings.py"]\n'
                ),
            }
        ),
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n\n'
                    "    debug: bool = False\n\n\n"
                    "settings = Settings()\n"
                ),
                ".env": "DEBUG=false\nCOMPOSE_PROJECT_NAME=orders\n",
            }
        ),
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n\n'
                    "    debug: bool = True\n\n\n"
                    "settings = Settings()\n"
                ),
                ".env": "DEBUG=false\n",
            }
        ),
    ),
    check=check,
)

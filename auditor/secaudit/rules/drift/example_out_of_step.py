"""DRIFT006: the example file does not name what the code reads."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield examples that lack variables of the code's settings, one finding an example."""
    for seen in facts.seen("example-keys"):
        named = {key.upper() for key in seen.detail["keys"]}
        missing = [
            setting.variables[0]
            for setting in facts.settings
            if setting.variables
            and setting.location.path.endswith(".py")
            and named.isdisjoint(variable.upper() for variable in setting.variables)
        ]
        if missing:
            yield Match(seen, f"the code reads {', '.join(missing[:3])}, which the example lacks")


RULE = Rule(
    code="DRIFT006",
    name="example-out-of-step",
    summary="the example env file lacks a variable that the code reads",
    severities=Severities("info", "info", "info", "info"),
    applies_to=("example-keys",),
    owasp=("API9:2023",),
    cwe=(1059,),
    explanation="""\
Whoever sets up a deployment copies the example and does not learn of the variable, so its
default is what runs.

Name the variable in the example. Reported with `--pedantic` only.""",
    bad=(
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env")\n\n'
                    '    title: str = "api"\n    secret_key: str\n\n\n'
                    "settings = Settings()\n"
                ),
                ".env.example": "TITLE=orders\n",
            },
            ("--profile", "production", "--pedantic"),
        ),
    ),
    good=(
        Example(
            {
                "settings.py": (
                    "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
                    "class Settings(BaseSettings):\n"
                    '    model_config = SettingsConfigDict(env_file=".env")\n\n'
                    '    title: str = "api"\n    secret_key: str\n\n\n'
                    "settings = Settings()\n"
                ),
                ".env.example": "TITLE=orders\nSECRET_KEY=\n",
            },
            ("--profile", "production", "--pedantic"),
        ),
    ),
    check=check,
    pedantic=True,
)

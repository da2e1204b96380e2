# ruff: noqa: E501 - source in strings reads best line by line
"""Settings classes of pydantic: prefixes, aliases, files, validators and what version 1 does otherwise."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from secaudit.facts import Setting, Unknown

Values = Callable[..., dict[str, Any]]
Concepts = Callable[..., dict[str, list[Setting]]]


SETTINGS = "from pydantic_settings import BaseSettings, SettingsConfigDict\n"


VERSION_1 = "from typing import List\nfrom pydantic.v1 import BaseSettings, Field\n"


ALIASED = (
    "from pydantic import Field\nfrom pydantic_settings import BaseSettings\n"
    "class Settings(BaseSettings):\n    model_config = {}\n"
    "    key: str = Field('default', validation_alias='KEY_ALIAS')\n"
    "made = Settings(ARGUMENT)\n"
)


def test_a_prefix_leaves_the_unprefixed_key_unread(evaluated: Callable[..., Any]) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_file=".env", env_prefix="APP_", extra="ignore")\n'
        '    users_secret: str = ""\n'
        "settings = Settings()\n"
    )
    result = evaluated({"settings.py": source, ".env": "USERS_SECRET=x\n"})
    (setting,) = result.facts.settings
    assert setting.value == ""
    (unread,) = result.facts.seen("key-unread")
    assert unread.detail == {"key": "USERS_SECRET", "nearest": "APP_USERS_SECRET"}


def test_a_field_default_from_getenv_reads_the_process_only(values: Values) -> None:
    source = (
        "import os\n"
        + SETTINGS
        + (
            "class Settings(BaseSettings):\n"
            '    model_config = SettingsConfigDict(env_file=".env", env_prefix="APP_", extra="ignore")\n'
            '    users_secret: str = os.getenv("USERS_SECRET", "")\n'
        )
    )
    files = {"settings.py": source, ".env": "USERS_SECRET=from-file\n"}
    assert values(files)["users_secret"] == ""
    assert values(files, {"USERS_SECRET": "from-process"})["users_secret"] == "from-process"


def test_a_dsn_built_in_class_scope_keeps_the_default_password(values: Values) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n"
        '    POSTGRES_PASSWORD: str = "postgres"\n'
        '    POSTGRES_URI: str = f"postgres:{POSTGRES_PASSWORD}@db"\n'
    )
    found = values({"settings.py": source}, {"POSTGRES_PASSWORD": "strong"})
    assert found["POSTGRES_PASSWORD"] == "strong"
    assert found["POSTGRES_URI"] == "postgres:postgres@db"


def test_field_env_is_dead_in_version_2(evaluated: Callable[..., Any]) -> None:
    source = (
        "from pydantic import Field\n"
        + SETTINGS
        + ('class Settings(BaseSettings):\n    secret: str = Field("default", env="JWT_SECRET")\n')
    )
    result = evaluated({"settings.py": source}, {"JWT_SECRET": "given"})
    assert result.facts.settings[0].value == "default"
    (dead,) = result.facts.seen("field-env-ignored")
    assert dead.detail == {"field": "secret", "written": "JWT_SECRET", "actual": "SECRET"}


def test_field_env_counts_in_version_1(values: Values) -> None:
    source = (
        "from pydantic import BaseSettings, Field, validator\n"
        "class Settings(BaseSettings):\n"
        '    secret: str = Field("default", env="JWT_SECRET")\n'
        "    port: int = 1\n"
        "    untyped = 'x'\n"
        "    class Config:\n        env_file = '.env'\n        env_prefix = 'APP_'\n"
        "    @validator('port', pre=True)\n"
        "    def double(cls, v, values):\n        return int(v) * 2\n"
    )
    files = {"settings.py": source, ".env": "APP_PORT=4\nAPP_UNTYPED=y\n"}
    found = values(files, {"JWT_SECRET": "given"})
    assert (found["secret"], found["port"], found["untyped"]) == ("given", 8, "y")


def test_a_comma_list_does_not_decode(evaluated: Callable[..., Any]) -> None:
    source = SETTINGS + ('class Settings(BaseSettings):\n    cors_origins: list[str] = ["*"]\n')
    result = evaluated({"settings.py": source}, {"CORS_ORIGINS": "http://a,http://b"})
    (setting,) = result.facts.settings
    assert isinstance(setting.value, Unknown)
    assert setting.error is not None


def test_a_required_secret_that_is_not_given_is_an_error_of_its_own(values: Values) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n    secret_key: str\n    debug: bool = True\n"
    )
    found = values({"settings.py": source})
    assert isinstance(found["secret_key"], Unknown)
    assert found["debug"] is True


def test_a_guard_excuses_only_what_it_tests(by_concept: Concepts) -> None:
    source = (
        "from pydantic import model_validator\n"
        + SETTINGS
        + (
            "class Settings(BaseSettings):\n"
            '    environment: str = "production"\n    debug: bool = True\n'
            '    secret_key: str = "changeme"\n'
            '    @model_validator(mode="after")\n    def check(self):\n'
            '        if self.environment == "production" and self.debug:\n'
            '            raise ValueError("debug")\n        return self\n'
        )
    )
    found = by_concept({"settings.py": source})
    assert found["debug.enabled"][0].error is not None
    assert found["signing.secret"][0].error is None


def test_a_handler_that_replaces_settings_is_noted(evaluated: Callable[..., Any]) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n    secret_key: str\n"
        "try:\n    settings = Settings()\nexcept Exception:\n"
        '    settings = Settings(secret_key="test")\n'
    )
    assert len(evaluated({"settings.py": source}).facts.seen("settings-fallback")) == 1
    other = source.replace("class Settings(BaseSettings)", "class Note").replace(
        "Settings(", "Note("
    )
    assert not evaluated({"settings.py": other}).facts.seen("settings-fallback")


def test_a_shadowed_default_is_remembered_behind_the_winner(by_concept: Concepts) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_file=(".env", ".env.local"))\n'
        '    secret_key: str = "changeme"\n'
    )
    files = {"settings.py": source, ".env": "SECRET_KEY=one\n", ".env.local": "SECRET_KEY=two\n"}
    (setting,) = by_concept(files, {"secret_key": "three"})["signing.secret"]
    assert setting.candidates[0].value == "three"
    assert setting.candidates[-1].layer == "default"
    (setting,) = by_concept(files)["signing.secret"]
    assert (setting.value, setting.location.path.rpartition("/")[2]) == ("two", ".env.local")
    assert (setting.location.line, setting.location.column) == (1, 12)


def test_sources_in_another_order(values: Values) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env')\n"
        "    a: str = 'x'\n    @classmethod\n"
        "    def settings_customise_sources(cls, settings_cls, init_settings, env_settings,\n"
        "                                   dotenv_settings, file_secret_settings):\n"
        "        return dotenv_settings, env_settings{}\n"
    )
    files = {"settings.py": source.format(""), ".env": "A=file\n"}
    assert values(files, {"A": "process"})["a"] == "file"
    files["settings.py"] = source.format(", other_source(settings_cls)")
    assert isinstance(values(files, {"A": "process"})["a"], Unknown)


def test_a_property_that_means_something_is_a_setting(by_concept: Concepts) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n    hosts: str = 'a, *'\n    @property\n"
        "    def allowed_hosts(self):\n        return [h.strip() for h in self.hosts.split(',')]\n"
    )
    assert by_concept({"settings.py": source})["hosts.allowed"][0].value == ["a", "*"]


def test_empty_values_of_a_file_are_ignored_when_asked(values: Values) -> None:
    source = SETTINGS + (
        "class Settings(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_file='.env', env_ignore_empty=True)\n"
        "    secret: str = 'default'\n"
    )
    assert values({"settings.py": source, ".env": "SECRET=\n"})["secret"] == "default"


@pytest.mark.parametrize(
    "text", ["1", "t", "T", "yes", "Y", "on", "0", "f", "no", "N", "off", "ok"]
)
def test_spellings_of_flags_are_those_of_pydantic(text: str, values: Values) -> None:
    source = SETTINGS + "class Settings(BaseSettings):\n    debug: bool\n"
    answer = values({"settings.py": source}, {"DEBUG": text})["debug"]
    try:
        expected = TypeAdapter(bool).validate_python(text)
    except ValidationError:
        assert isinstance(answer, Unknown)
    else:
        assert answer is expected


def test_nothing_that_a_validator_makes_of_a_text_keeps_its_place(
    evaluated: Callable[..., Any],
) -> None:
    source = SETTINGS + (
        "from typing import Annotated\n"
        "from pydantic import BeforeValidator\n"
        "def quota(value):\n"
        "    if not value.strip():\n"
        "        return None\n"
        "    return int(value)\n"
        "class Settings(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_file=".env")\n'
        "    rate_limit: Annotated[int | None, BeforeValidator(quota)] = 5\n"
    )
    result = evaluated({"settings.py": source, ".env": "RATE_LIMIT=\n"})
    (setting,) = result.facts.settings
    assert setting.value is None
    assert (setting.candidates[0].layer, setting.candidates[0].raw) == ("env-file", "")
    assert setting.location.path.endswith(".env")


def test_version_1_decodes_after_it_merged_file_and_process(by_concept: Concepts) -> None:
    source = VERSION_1 + (
        "class Settings(BaseSettings):\n"
        "    cors_origins: List[str] = []\n"
        "    secret_key: str = 'x'\n"
        "    class Config:\n"
        "        env_file = '.env'\n"
    )
    file = "CORS_ORIGINS=not json\nSECRET_KEY=from-file\n"
    given = {"CORS_ORIGINS": '["*"]', "SECRET_KEY": "from-process"}
    found = by_concept({"settings.py": source, ".env": file}, given)
    (origins,) = found["cors.origins"]
    assert origins.value == ["*"]
    assert origins.error is None
    (secret,) = found["signing.secret"]
    shown = [(one.layer, one.value) for one in secret.candidates]
    assert shown == [
        ("process-environment", "from-process"),
        ("env-file", "from-file"),
        ("default", "x"),
    ]


def test_version_1_takes_its_hooks_from_the_class_config(values: Values) -> None:
    source = VERSION_1 + (
        "class Settings(BaseSettings):\n"
        "    first: str = ''\n"
        "    second: List[str] = []\n"
        "    class Config:\n"
        "        fields = {'first': {'env': 'OTHER'}}\n"
        "        @classmethod\n"
        "        def customise_sources(cls, init_settings, env_settings, file_secret_settings):\n"
        "            return env_settings, init_settings\n"
        "        @classmethod\n"
        "        def parse_env_var(cls, field_name, raw_val):\n"
        "            return raw_val.split(',')\n"
        "settings = Settings(first='argument')\n"
    )
    found = values({"settings.py": source}, {"OTHER": "given", "SECOND": "a,b"})
    assert found["first"] == "given"
    assert isinstance(found["second"], Unknown)


@pytest.mark.parametrize(
    ("config", "argument", "given", "expected"),
    [
        ("{}", "key='x'", {}, None),
        ("{'extra': 'ignore'}", "key='x'", {}, "default"),
        ("{'populate_by_name': True}", "key='x'", {"KEY_ALIAS": "y"}, "x"),
        ("{}", "KEY_ALIAS='x'", {"KEY_ALIAS": "y"}, "x"),
        ("{'populate_by_name': True, 'extra': 'ignore'}", "", {"KEY": "n", "KEY_ALIAS": "a"}, "a"),
        ("{'populate_by_name': True}", "", {"KEY": "by name"}, "by name"),
    ],
)
def test_arguments_and_variables_of_a_field_with_an_alias(
    config: str, argument: str, given: dict[str, str], expected: str | None, values: Values
) -> None:
    source = ALIASED.replace("model_config = {}", f"model_config = {config}")
    source = source.replace("ARGUMENT", argument)
    found = values({"settings.py": source}, given)["key"]
    assert (None if isinstance(found, Unknown) else found) == expected


MODEL = (
    "import os\nfrom dotenv import dotenv_values\nfrom pydantic import BaseModel\n"
    "class {name}(BaseModel):\n    secret_key: str = 'code'\n    port: int = 1\n"
)


@pytest.mark.parametrize(
    ("name", "call", "secret"),
    [
        ("AppConfig", "made = AppConfig(**os.environ)\n", "code"),
        ("AppConfig", "made = AppConfig(**{**dotenv_values('.env'), **os.environ})\n", "file"),
        (
            "Settings",
            "def get():\n    return Settings(secret_key=os.environ['KEY'])\nmade = get()\n",
            "given",
        ),
        ("UserSettings", "def get():\n    return UserSettings(port=2)\nget()\n", None),
        ("Message", "made = Message()\n", None),
    ],
)
def test_a_model_that_code_fills_with_the_environment_is_settings(
    name: str, call: str, secret: str | None, evaluated: Callable[..., Any]
) -> None:
    files = {"settings.py": MODEL.format(name=name) + call, ".env": "secret_key=file\n"}
    found = evaluated(files, {"KEY": "given"}).facts.settings
    assert [one.value for one in found if one.name == "secret_key"] == ([secret] if secret else [])

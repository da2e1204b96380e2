"""Generated pydantic-settings classes: the auditor's answer equals the real one, or is Unknown."""

import contextlib
import random
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import Enum
from pathlib import Path, PurePath
from typing import Any, Final

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsError
from tests.auditor.executing import executed

from secaudit.facts import Unknown

_HEADER: Final = """\
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Dict, List, Literal, Optional, Union
from pydantic import (AliasChoices, AnyHttpUrl, BaseModel, Field, PostgresDsn, SecretStr,
                      field_validator, model_validator)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

class Color(str, Enum):
    RED = "red"
    BLUE = "blue"

class Inner(BaseModel):
    host: str = "localhost"
    port: int = 1
    tags: list[str] = []

class Named(BaseModel):
    host: str = Field("h", alias="HostName")
    name: str = Field("n", validation_alias=AliasChoices("name", "title"))

class Loose(Named, populate_by_name=True):
    port: int = 2

class Part(BaseSettings, env_prefix="PART_"):
    where: str = "part"
    what: str = "own"

class Outer(BaseModel):
    inner: Inner = Inner()
    name: str = "outer"
    secret: SecretStr = SecretStr("x")
"""
_TYPES: Final = {  # annotation: defaults as written
    "str": ['"a"', '""', 'f"x{1 + 1}"', '"a" + "b"'],
    "int": ["5", "60 * 24", '"7"', "True"],
    "float": ["0.5", "2"],
    "bool": ["True", "False", '"no"'],
    "list[str]": ['["*"]', "[]", '["a", "b"]'],
    "List[int]": ["[1, 2]", "[]"],
    "set[str]": ['{"a"}', "set()"],
    "tuple[str, ...]": ['("a", "b")', "()"],
    "dict[str, int]": ['{"a": 1}', "{}"],
    "Dict[str, Any]": ["{}"],
    "Optional[str]": ["None", '"x"'],
    "int | None": ["None", "3"],
    "list[str] | None": ["None", '["a"]'],
    "list[str] | str": ['"*"', '["*"]'],
    "Union[str, int]": ['"1"', "2"],
    'Literal["dev", "prod"]': ['"dev"', '"prod"'],
    "Color": ["Color.RED", '"blue"'],
    "SecretStr": ['"changeme"', 'SecretStr("x")'],
    "AnyHttpUrl": ['"https://example.com"', '"http://a.example/path"'],
    "Path": ['"data"', 'Path("x")'],
    "timedelta": ["timedelta(days=7)", "30"],
    "Outer": ["Outer()", 'Outer(name="given")'],
    "Inner": ["Inner()", 'Inner(host="h", port=2)'],
    "Optional[Inner]": ["None"],
    "Named": ["Named()", 'Named(HostName="x")'],
    "Loose": ["Loose()", 'Loose(host="x")'],
    "Part": ["Part()", 'Part(where="given")'],
    "Union[AnyHttpUrl, str]": ['""', '"http://a.example/x"'],
    "Annotated[list[str], NoDecode]": ["[]"],
    "Annotated[int, Field(ge=1)]": ["5"],
}
_VALUES: Final = (
    *(
        "a",
        "",
        "1",
        "0",
        "true",
        "False",
        "yes",
        "off",
        " true ",
        "5",
        "-3",
        "1.0",
        "1_000",
        "60*24",
    ),
    *('["a","b"]', "a,b", "*", '["*"]', "[1,2]", '{"a": 1}', "null", "None", "red", "RED", "dev"),
    *("prod", "https://example.com", "http://x.example/p?q=1", "30", "1e3", '"quoted"', "x # c"),
    *(
        '{"host": "j", "port": 9}',
        '{"HostName": "k", "title": "t"}',
        '{"where": "w"}',
        '{"inner": {"host": "deep"}}',
        "${A}",
        "data/x",
        "'single'",
    ),
)
_PREFIXES: Final = ['""', '"APP_"', '"app_"']
_CONFIG: Final = {
    "env_prefix": _PREFIXES,
    "env_file": ['".env"', '(".env", ".env.prod")', "None", '"missing.env"'],
    "env_nested_delimiter": ['"__"', '"_"'],
    "case_sensitive": ["True", "False"],
    "extra": ['"ignore"', '"forbid"', '"allow"'],
    "env_ignore_empty": ["True"],
    "populate_by_name": ["True"],
    "validate_default": ["False"],
    "enable_decoding": ["False"],
    "env_parse_none_str": ['"null"', '"None"'],
    "env_nested_max_split": ["1", "2"],
    "secrets_dir": ['"secrets"'],
    "nested_model_default_partial_update": ["True"],
}
_RARE: Final = (
    *("env_parse_none_str", "env_nested_max_split"),
    "nested_model_default_partial_update",
)


class Case:
    """One generated program: a settings module, env files and a process environment."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.names = rng.sample(
            ["debug", "secret_key", "DB", "origins", "Level", "a"], rng.randint(1, 4)
        )
        self.config = {
            key: rng.choice(values)
            for key, values in _CONFIG.items()
            if rng.random() < (0.1 if key in _RARE else 0.45)
        }
        self.types = {name: rng.choice(list(_TYPES)) for name in self.names}
        self.source = _HEADER + self._class() + self._call()
        self.files = {name: self._env() for name in (".env", ".env.prod") if rng.random() < 0.8}
        secrets = dict(self._pairs(rng.randint(1, 3))) if "secrets_dir" in self.config else {}
        self.files |= {f"secrets/{name}": text for name, text in secrets.items()}
        self.environment = dict(self._pairs(rng.randint(0, 2)))

    def _call(self) -> str:
        """Return the statement that makes the object: plain, or with arguments."""
        given = {}
        for name in self.names:
            if self.rng.random() < 0.08:
                given[name] = self.rng.choice(_TYPES[self.types[name]])
        if self.rng.random() < 0.1:
            given["_env_file"] = self.rng.choice(['".env.prod"', "None"])
        if self.rng.random() < 0.1:
            given["_env_prefix"] = self.rng.choice(['"OTHER_"', '""'])
        arguments = ", ".join(f"{name}={value}" for name, value in given.items())
        return f"made = Settings({arguments})\n"

    def _base(self) -> tuple[str, str, list[str]]:
        """Return a base class with some of the fields, its name, and the fields that are left."""
        if self.rng.random() < 0.75 or len(self.names) == 1:
            return "", "BaseSettings", self.names
        inherited = self.names[: self.rng.randint(1, len(self.names) - 1)]
        lines = ["class Common(BaseSettings):"]
        if self.rng.random() < 0.5:
            lines.append(
                f"    model_config = SettingsConfigDict(env_prefix={self.rng.choice(_PREFIXES)})"
            )
        lines += [self._field(name) for name in inherited]
        own = [name for name in self.names if name not in inherited or self.rng.random() < 0.2]
        if len(own) > 1 and self.rng.random() < 0.4:  # a second base, with a prefix of its own
            prefix = self.rng.choice(_PREFIXES)
            lines += [
                f"class Extra(BaseSettings, env_prefix={prefix}):",
                self._field(own[0]),
                *map(self._field, inherited[:1]),
            ]
            return "\n".join(lines) + "\n", "Common, Extra", own[1:]
        return "\n".join(lines) + "\n", "Common", own

    def _class(self) -> str:
        base, parent, names = self._base()
        lines = [f"{base}class Settings({parent}):"]
        written = ", ".join(f"{key}={value}" for key, value in self.config.items())
        style = self.rng.random()
        if style < 0.5:
            lines.append(f"    model_config = SettingsConfigDict({written})")
        elif style < 0.7:
            pairs = ", ".join(f'"{key}": {value}' for key, value in self.config.items())
            lines.append(f"    model_config = {{{pairs}}}")
        lines += [self._field(name) for name in names]
        if self.rng.random() < 0.4:
            lines.append(self._validator())
        if 0.7 <= style < 0.9 and self.config:
            lines.append("    class Config:")
            lines += [f"        {key} = {value}" for key, value in self.config.items()]
        return "\n".join(lines) + "\n"

    def _field(self, name: str) -> str:
        kind = self.types[name]
        default = self.rng.choice(_TYPES[kind])
        shape = self.rng.random()
        if shape < 0.15:
            return f"    {name}: {kind}"
        if shape < 0.6:
            return f"    {name}: {kind} = {default}"
        extra = self.rng.choice(
            [
                "",
                f', alias="{name.upper()}_ALIAS"',
                f', validation_alias=AliasChoices("{name}_ONE", "{name}_two")',
                f', validation_alias="{name}_ONE"',
                f', env="{name.upper()}_ENV"' if self.rng.random() < 0.3 else "",
            ]
        )
        return f"    {name}: {kind} = Field(default={default}{extra})"

    def _validator(self) -> str:
        name = self.rng.choice(self.names)
        moment = self.rng.choice(["before", "after"])
        body = self.rng.choice(
            [
                'return [i.strip() for i in v.split(",")] if isinstance(v, str) else v',
                "return v",
                "return v.upper() if isinstance(v, str) else v",
                'if v == "a" or v == 5:\n            raise ValueError("refused")\n        return v',
                'return v or "x"',
            ]
        )
        return (
            f'    @field_validator("{name}", mode="{moment}")\n    @classmethod\n'
            f"    def check(cls, v):\n        {body}\n"
        )

    def _pairs(self, count: int) -> Iterator[tuple[str, str]]:
        prefix = str(self.config.get("env_prefix", '""')).strip('"')
        delimiter = str(self.config.get("env_nested_delimiter", '"__"')).strip('"')
        for _ in range(count):
            name = self.rng.choice(self.names)
            key = self.rng.choice(
                [
                    *(f"{prefix}{name}",) * 4,
                    *(f"{prefix}{name}".upper(),) * 4,
                    name,
                    f"{name.upper()}_ALIAS",
                    f"{name}_ONE",
                    f"{name.upper()}_TWO",
                    f"{name.upper()}_ENV",
                    f"{prefix}{name}{delimiter}host".upper(),
                    f"{prefix}{name}{delimiter}inner{delimiter}port",
                    f"{prefix}{name}{delimiter}NAME",
                    f"{prefix}{name}{delimiter}HOSTNAME",
                    f"{prefix}{name}{delimiter}title",
                    "PART_WHERE",
                    "part_what",
                    f"{prefix}{name}{delimiter}tags",
                    "OTHER",
                ]
            )
            yield key, self.rng.choice(_VALUES)

    def _env(self) -> str:
        return "".join(f"{key}={value}\n" for key, value in self._pairs(self.rng.randint(0, 4)))

    def __str__(self) -> str:
        """Return what a failing case shows."""
        files = "\n".join(f"--- {name}\n{text}" for name, text in self.files.items())
        return f"{self.source.removeprefix(_HEADER)}\n{files}\nenvironment: {self.environment}"


def plain(value: Any) -> Any:  # noqa: ANN401, PLR0911 - values of a real settings object
    """Return a real value in the form the auditor reports it."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, set | frozenset):
        return frozenset(plain(item) for item in value)
    if isinstance(value, list | tuple):
        return type(value)(plain(item) for item in value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, str | int | float | bool | timedelta | type(None)):
        return value
    return str(value)


def flatten(model: BaseModel, prefix: str = "") -> dict[str, Any]:
    """Return the fields of a real object under dotted names."""
    found: dict[str, Any] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            found |= flatten(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = plain(value)
    return found


def real_settings(source: str) -> dict[str, Any] | None:
    """Run a settings module; None when its class refuses to start."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made: BaseSettings = executed(source)["made"]
    except (ValidationError, SettingsError):
        return None
    return flatten(made)


def test_generated_classes_have_the_values_that_pydantic_settings_computes(
    tmp_path: Path,
    cases: Callable[[int], Iterator[tuple[int, random.Random]]],
    process: Callable[[dict[str, str], Path], contextlib.AbstractContextManager[None]],
    evaluated: Callable[..., Any],
    compare: Callable[..., Any],
) -> None:
    """Both agree on every field, on starting and on refusing to start."""
    known = unknown = total = 0
    for seed, rng in cases(1_500):
        case = Case(rng)
        text = f"seed {seed}\n{case}"
        for name in (".env", ".env.prod"):
            (tmp_path / name).unlink(missing_ok=True)
        shutil.rmtree(tmp_path / "secrets", ignore_errors=True)
        (tmp_path / "secrets").mkdir()
        for name, content in case.files.items():
            (tmp_path / name).write_text(content)
        with process(case.environment, tmp_path):
            try:
                real = real_settings(case.source)
            except Exception as error:  # noqa: BLE001 - a class pydantic cannot define is no case
                del error
                continue
        total += 1
        result = evaluated({"settings.py": case.source}, case.environment)
        settings = result.facts.settings
        if real is None:
            assert refuses(result), f"the real class refuses to start\n{text}"
            continue
        static = {setting.name: setting.program_value for setting in settings}
        for setting in settings:
            assert setting.error is None, f"{setting.name}: {setting.error}\n{text}"
        assert not _stops(result), f"the real class starts\n{text}"
        outcome = compare(text, real, static)
        known, unknown = known + outcome.known, unknown + outcome.unknown
    share = unknown / max(known + unknown, 1)
    sys.stdout.write(f"\npydantic-settings: {total} cases, {known} known, {share:.1%} Unknown\n")
    assert total > 0
    assert share < 0.05


def _stops(result: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - an Evaluated
    kinds = {"value-undecodable", "key-refused", "guard"}
    return [(o.kind, o.location) for o in result.facts.observations if o.kind in kinds]


def refuses(result: Any) -> bool:  # noqa: ANN401 - an Evaluated
    """Say whether the auditor knows that, or does not know whether, the class refuses to start.

    A text that refers to a variable nobody gives is not known, also where another one wins.
    """
    settings = result.facts.settings
    return bool(_stops(result)) or any(
        setting.error is not None
        or isinstance(setting.program_value, Unknown)
        or any(isinstance(candidate.value, Unknown) for candidate in setting.candidates)
        for setting in settings
    )

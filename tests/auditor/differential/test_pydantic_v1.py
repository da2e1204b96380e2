"""Generated ``pydantic.v1`` settings classes: the auditor's answer equals the real one."""

import contextlib
import random
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import Any, Final

from pydantic import v1
from tests.auditor.executing import executed

from secaudit.facts import Unknown

_HEADER: Final = """\
from datetime import timedelta
from pathlib import Path
from typing import Any, Dict, FrozenSet, List, Literal, Optional, Set, Tuple, Union
from pydantic.v1 import AnyHttpUrl, BaseModel, BaseSettings, Field, SecretStr, validator

class Inner(BaseModel):
    host: str = "localhost"
    port: int = 1

"""
_TYPES: Final = {  # annotation: defaults as written
    "str": ['"a"', '""'],
    "int": ["5", "60 * 24"],
    "float": ["0.5"],
    "bool": ["True", "False"],
    "List[str]": ['["*"]', "[]"],
    "List[int]": ["[1, 2]"],
    "Dict[str, int]": ['{"a": 1}', "{}"],
    "Optional[str]": ["None", '"x"'],
    "Optional[int]": ["None", "3"],
    "Union[str, int]": ['"1"'],
    "SecretStr": ['SecretStr("x")'],
    "AnyHttpUrl": ['"https://example.com"', '"http://a.example/x"'],
    "timedelta": ["timedelta(days=7)", "30", '"30"'],
    "Path": ['"data"', 'Path("x")'],
    'Literal["dev", "prod"]': ['"dev"'],
    "Set[str]": ['{"a"}', "set()"],
    "Tuple[str, ...]": ['("a", "b")'],
    "Dict[str, Any]": ["{}"],
    "Optional[List[str]]": ["None", '["a"]'],
    "Union[List[str], str]": ['"*"', '["*"]'],
    "Any": ["None", "1"],
    "Inner": ["Inner()", 'Inner(host="h", port=2)'],
}
_VALUES: Final = (
    *("a", "", "1", "0", "true", "False", "yes", "off", "5", "-3", "1.0", "60*24", "null", "None"),
    *('["a","b"]', "a,b", "*", "[1,2]", '{"a": 1}', '{"host": "j", "port": 9}', '"quoted"'),
    *("https://example.com", "http://x.example/p?q=1", "30", "1e3", "dev", "data/x", '[["a", 1]]'),
)
_CONFIG: Final = {
    "env_prefix": ['"APP_"', '"app_"'],
    "env_file": ['".env"', '(".env", ".env.prod")'],
    "env_nested_delimiter": ['"__"'],
    "case_sensitive": ["True"],
    "extra": ['"ignore"'],
    "validate_all": ["True", "False"],
    "secrets_dir": ['"secrets"'],
}
_NAMES: Final = ("debug", "secret_key", "DB", "origins", "Level")


class Case:
    """One generated program: a settings module, env files and a process environment."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.names = rng.sample(_NAMES, rng.randint(1, 4))
        self.config = {
            key: rng.choice(values) for key, values in _CONFIG.items() if rng.random() < 0.5
        }
        lines = ["class Settings(BaseSettings):", *map(self._field, self.names)]
        lines += [self._validator(number) for number in range(rng.choice([0, 0, 1, 2]))]
        if self.config:
            lines.append("    class Config:")
            lines += [f"        {key} = {value}" for key, value in self.config.items()]
        self.source = _HEADER + "\n".join(lines) + "\n"
        self.files = {
            name: "".join(f"{key}={value}\n" for key, value in self._pairs(rng.randint(0, 4)))
            for name in (".env", ".env.prod")
        }
        secrets = dict(self._pairs(rng.randint(1, 3))) if "secrets_dir" in self.config else {}
        self.files |= {f"secrets/{name}": text for name, text in secrets.items()}
        self.environment = dict(self._pairs(rng.randint(0, 2)))

    def _field(self, name: str) -> str:
        kind = self.rng.choice(list(_TYPES))
        default = self.rng.choice(_TYPES[kind])
        shape = self.rng.random()
        if shape < 0.15:
            return f"    {name}: {kind}"
        if shape < 0.65:
            return f"    {name}: {kind} = {default}"
        extra = self.rng.choice(
            ["", f', env="{name.upper()}_ENV"', f', env=["{name}_one", "{name}_TWO"]']
        )
        if kind in {"str", "SecretStr"} and self.rng.random() < 0.5:
            extra += self.rng.choice([", min_length=2", ", max_length=3"])
        if kind == "str" and self.rng.random() < 0.3:
            extra += ', regex="[a-f1-9]"'
        return f"    {name}: {kind} = Field({default}{extra})"

    def _validator(self, number: int) -> str:
        name = self.rng.choice([*self.names, "*"])
        options = self.rng.choice(["", ", pre=True", ", always=True", ", pre=True, always=True"])
        body = self.rng.choice(
            [
                "return v",
                'return v + "!" if isinstance(v, str) else v',
                "return [1] if isinstance(v, list) else v",
                'return v or "x"',
                'if v == "a":\n            raise ValueError("refused")\n        return v',
            ]
        )
        return (
            f'    @validator("{name}"{options}, allow_reuse=True)\n'
            f"    def check_{number}(cls, v):\n        {body}\n"
        )

    def _pairs(self, count: int) -> Iterator[tuple[str, str]]:
        prefix = self.config.get("env_prefix", "").strip('"')
        for _ in range(count):
            name = self.rng.choice(self.names)
            key = self.rng.choice(
                [
                    *(f"{prefix}{name}", f"{prefix}{name}".upper()) * 3,
                    *(name, f"{name.upper()}_ENV", f"{name}_one", f"{name}_two", "OTHER"),
                    f"{prefix}{name}__host".upper(),
                    f"{prefix}{name}__port",
                    f"{name}_one__host",
                    f"{name.upper()}_ENV__a__b",
                ]
            )
            yield key, self.rng.choice(_VALUES)

    def __str__(self) -> str:
        """Return what a failing case shows."""
        files = "\n".join(f"--- {name}\n{text}" for name, text in self.files.items())
        return f"{self.source.removeprefix(_HEADER)}\n{files}\nenvironment: {self.environment}"


def flatten(model: v1.BaseModel, prefix: str = "") -> dict[str, Any]:
    """Return the fields of a real object under dotted names."""
    found: dict[str, Any] = {}
    for name in type(model).__fields__:
        value = getattr(model, name)
        if isinstance(value, v1.BaseModel):
            found |= flatten(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = plain(value)
    return found


def plain(value: Any) -> Any:  # noqa: ANN401 - values of a real settings object
    """Return a real value in the form the auditor reports it."""
    if isinstance(value, v1.SecretStr):
        return value.get_secret_value()
    if isinstance(value, v1.AnyUrl | PurePath):
        return str(value)
    return frozenset(value) if isinstance(value, set) else value


def real_settings(source: str) -> dict[str, Any] | None:
    """Run a settings module; None when its class refuses to start."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return flatten(executed(source)["Settings"]())
    except (v1.ValidationError, v1.env_settings.SettingsError):
        return None


def refuses(result: Any) -> bool:  # noqa: ANN401 - an Evaluated
    """Say whether the auditor knows that, or does not know whether, the class refuses to start."""
    kinds = {one.kind for one in result.facts.observations}
    return bool(kinds & {"value-undecodable", "key-refused", "guard"}) or any(
        setting.error is not None or isinstance(setting.program_value, Unknown)
        for setting in result.facts.settings
    )


def test_generated_classes_have_the_values_that_version_1_computes(
    tmp_path: Path,
    cases: Callable[[int], Iterator[tuple[int, random.Random]]],
    process: Callable[[dict[str, str], Path], contextlib.AbstractContextManager[None]],
    evaluated: Callable[..., Any],
    compare: Callable[..., Any],
) -> None:
    known = unknown = 0
    for seed, rng in cases(400):
        case = Case(rng)
        text = f"seed {seed}\n{case}"
        shutil.rmtree(tmp_path / "secrets", ignore_errors=True)
        (tmp_path / "secrets").mkdir()
        for name, content in case.files.items():
            (tmp_path / name).write_text(content)
        with process(case.environment, tmp_path):
            real = real_settings(case.source)
        result = evaluated({"settings.py": case.source}, case.environment)
        if real is None:
            assert refuses(result), f"the real class refuses to start\n{text}"
            continue
        static = {one.name: one.program_value for one in result.facts.settings}
        errors = {one.name: one.error for one in result.facts.settings if one.error is not None}
        assert not errors, f"{errors}\n{text}"
        outcome = compare(text, real, static)
        known, unknown = known + outcome.known, unknown + outcome.unknown
    share = unknown / max(known + unknown, 1)
    sys.stdout.write(f"\npydantic 1: {known} known, {share:.1%} Unknown\n")
    assert share < 0.03

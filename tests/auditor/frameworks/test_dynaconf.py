"""Variables of dynaconf: their names, their values, and what they replace.

The values are what dynaconf 3.3.5 made of the same texts.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from secaudit.facts import Unknown
from secaudit.frameworks.dynaconf import parsed

CODE = "from dynaconf import Dynaconf\nsettings = Dynaconf({})\n"
MEASURED = {
    "true": True,
    "True": True,
    "TRUE": "TRUE",
    "  true ": True,
    "0": 0,
    "no": "no",
    "42": 42,
    "007": "007",
    "1_000": 1000,
    "1.5": 1.5,
    "'q'": "q",
    "['a','*']": ["a", "*"],
    "{a=1}": {"a": 1},
    "a,b": "a,b",
    "": "",
    "None": "None",
    "1\nb=2": 1,
    "1 # c": 1,
    "x\ny": "x\ny",
    "2024-01-01": date(2024, 1, 1),
}


@pytest.mark.parametrize("text", MEASURED)
def test_the_text_of_a_variable_is_a_toml_value_where_it_is_one(text: str) -> None:
    assert (parsed(text), type(parsed(text))) == (MEASURED[text], type(MEASURED[text]))


@pytest.mark.parametrize("text", ["@int 5", "@format {this.A}", "a dynaconf_merge", "@jinja x"])
def test_what_a_directive_makes_is_unknown(text: str) -> None:
    assert isinstance(parsed(text), Unknown)


@pytest.mark.parametrize(
    ("options", "variables", "expected"),
    [
        ('envvar_prefix="SHOP"', {"SHOP_DEBUG": "true"}, {"DEBUG": True}),
        ('envvar_prefix="shop"', {"SHOP_DEBUG": "true"}, {"DEBUG": True}),
        ('envvar_prefix="SHOP"', {"DEBUG": "true"}, {}),
        ('envvar_prefix="SHOP"', {"DYNACONF_DEBUG": "1"}, {"DEBUG": 1}),
        ("", {"DYNACONF_JWT__SECRET": "x"}, {"JWT.SECRET": "x"}),
        ("ENVVAR_PREFIX_FOR_DYNACONF='A,B'", {"B_DEBUG": "true"}, {"DEBUG": True}),
        ("envvar_prefix=False", {"DEBUG": "true"}, {}),  # every variable: not followed
    ],
)
def test_variables_with_the_prefix_are_settings(
    options: str,
    variables: dict[str, str],
    expected: dict[str, Any],
    values: Callable[..., dict[str, Any]],
) -> None:
    found = values({"settings.py": CODE.format(options)}, variables)
    assert {name: found[name] for name in found if name != "settings"} == expected


@pytest.mark.parametrize("option", ["load_dotenv=True", "LOAD_DOTENV_FOR_DYNACONF=True"])
def test_an_env_file_is_loaded_where_it_is_asked_for(
    option: str, by_concept: Callable[..., dict[str, list[Any]]]
) -> None:
    files = {"settings.py": CODE.format(option), ".env": "DYNACONF_DEBUG=true\n"}
    (setting,) = by_concept(files)["debug.enabled"]
    assert setting.location.path.endswith(".env")
    assert "debug.enabled" not in by_concept({**files, "settings.py": CODE.format("")})


FILES = {
    "shop/a.toml": "debug = false\n[jwt]\ndays = 1\nkey = 'a'\n[mail]\ntls = true\n",
    "shop/b.yaml": "DEBUG: true\njwt:\n  days: 40\n",
}
MERGED = {"DEBUG": True, "jwt.days": 40, "mail.tls": True}


@pytest.mark.parametrize(
    ("options", "variables", "expected"),
    [
        ("", {}, MERGED),
        ("merge_enabled=True", {}, {**MERGED, "jwt.key": "a"}),
        ("", {"DYNACONF_JWT__DAYS": "7"}, {"DEBUG": True, "JWT.DAYS": 7, "mail.tls": True}),
        ("environments=True", {}, {}),  # each file by itself
    ],
)
def test_later_files_replace_earlier_ones_and_variables_both(
    options: str,
    variables: dict[str, str],
    expected: dict[str, Any],
    tmp_path: Path,
    values: Callable[..., dict[str, Any]],
) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    given = f"root_path='shop', settings_files=['a.toml', 'b.yaml', 'absent.toml'], {options}"
    found = values({"settings.py": CODE.format(given)}, variables)
    assert {name: found[name] for name in found if name != "settings"} == expected


def test_a_settings_object_is_unknown(values: Callable[..., dict[str, Any]]) -> None:
    source = CODE.format("") + "DEBUG = settings.DEBUG\nOTHER = settings.get('OTHER', 1)\n"
    found = values({"settings.py": source})
    assert isinstance(found["DEBUG"], Unknown)
    assert isinstance(found["OTHER"], Unknown)

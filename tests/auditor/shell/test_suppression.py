"""Accepting a finding: where a comment may stand, tables, dates, and remarks about both."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from secaudit.testing import Shell

Document = Callable[..., dict[str, Any]]


def codes(document: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in document["findings"]]


def accepted(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (one["code"], one["suppression"]["kind"], one["suppression"]["reason"])
        for one in document["suppressed"]
    ]


def test_a_comment_above_a_line_of_an_env_file_accepts_it(shell: Shell, report: Document) -> None:
    shell.write({".env": "# secaudit: ignore[DBG001] a demonstration\nDEBUG=true\n"})
    document = report("--profile", "production")
    assert codes(document) == []
    assert accepted(document) == [("DBG001", "inline", "a demonstration")]
    assert document["summary"]["suppressed"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "DEBUG=true # secaudit: ignore[DBG001] part of the value for three loaders\n",
        "# secaudit: ignore[DBG001] too far away\n\nDEBUG=true\n",
        "DEBUG=true\n# secaudit: ignore[DBG001] below\n",
        "; secaudit: ignore[DBG001] no comment of env files\nDEBUG=true\n",
        'SECRET_KEY="changeme\n# secaudit: ignore[SEC001] a line of the value\n"\n',
    ],
)
def test_elsewhere_in_an_env_file_it_accepts_nothing(
    shell: Shell, report: Document, text: str
) -> None:
    shell.write({".env": text})
    document = report("--profile", "production", "--select", "DBG001,SEC001")
    assert accepted(document) == []
    assert len(codes(document)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "DEBUG=true # secaudit: ignore[SEC001] part of the value for three loaders",
        "; secaudit: ignore[SEC001] no comment of env files",
    ],
)
def test_what_is_no_comment_is_not_judged_as_one(shell: Shell, report: Document, line: str) -> None:
    shell.write({".env": f"{line}\n"})
    assert "SUP001" not in codes(report("--profile", "production"))


def test_an_ini_file_has_comments_of_two_kinds(shell: Shell, report: Document) -> None:
    for mark in "#;":
        text = f"[app]\n{mark} secaudit: ignore[DBG001] a demonstration\ndebug = true\n"
        shell.write({"config.ini": text})
        document = report("--profile", "production")
        assert [one[0] for one in accepted(document)] == ["DBG001"], mark


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("debug = true # secaudit: ignore[DBG001] a demonstration", ["DBG001"]),
        ("debug = true# secaudit: ignore[DBG001] glued to the value", []),
        ('app = { note = "x # secaudit: ignore[DBG001] text", debug = true }', []),
        ("debug = true # secaudit: ignore[SEC001] another rule", []),
    ],
)
def test_in_a_file_with_trailing_comments_one_may_trail(
    shell: Shell, report: Document, line: str, expected: list[str]
) -> None:
    shell.write({"config.toml": f"{line}\n"})
    document = report("--profile", "production", "--select", "DBG001")
    assert [one[0] for one in accepted(document)] == expected
    assert codes(document) == ([] if expected else ["DBG001"])


@pytest.mark.parametrize(
    "text",
    [
        "DEBUG = True  # secaudit: ignore[debug-enabled] a demonstration\n",
        "# secaudit: ignore[DBG] a demonstration\nDEBUG = True\n",
        "# secaudit: ignore[CORS001, DBG001] a demonstration\nDEBUG = True\n",
    ],
)
def test_in_code_a_comment_stands_on_the_line_or_above_it(
    shell: Shell, report: Document, text: str
) -> None:
    shell.write({"settings.py": f'SECRET_KEY = "x"\nINSTALLED_APPS = []\n{text}'})
    document = report("--profile", "production", "--select", "DBG001")
    assert codes(document) == []
    assert [one[0] for one in accepted(document)] == ["DBG001"]


@pytest.mark.parametrize(
    "text",
    [
        "OTHER = 1  # secaudit: ignore[DBG001] of the line above\nDEBUG = True\n",
        "DEBUG = True\n# secaudit: ignore[DBG001] below\n",
        "DEBUG = True  # secaudit: ignore[SEC001] another rule\n",
        "# a remark\nDEBUG = True  # and secaudit: ignore[DBG001] within another remark\n",
    ],
)
def test_in_code_it_accepts_nothing_elsewhere(shell: Shell, report: Document, text: str) -> None:
    shell.write({"settings.py": f'SECRET_KEY = "x"\nINSTALLED_APPS = []\n{text}'})
    document = report("--profile", "production", "--select", "DBG001")
    assert codes(document) == ["DBG001"]


def test_a_string_that_looks_like_a_comment_accepts_nothing(shell: Shell, report: Document) -> None:
    shell.write(
        {
            "settings.py": 'INSTALLED_APPS = []\nNOTE = """\n'
            '# secaudit: ignore[DBG001] no comment"""\nDEBUG = True\n'
        }
    )
    document = report("--profile", "production", "--select", "DBG001")
    assert codes(document) == ["DBG001"]


def test_an_unused_comment_is_a_finding_only_where_its_rule_ran(
    shell: Shell, report: Document
) -> None:
    shell.write({".env": "# secaudit: ignore[DBG001] nothing left\nDEBUG=false\n"})
    assert codes(report("--profile", "production")) == ["SUP001"]
    assert codes(report("--profile", "production", "--ignore", "DBG001")) == []


def test_a_comment_that_another_profile_needs_is_not_unused(shell: Shell, report: Document) -> None:
    shell.write({".env": "# secaudit: ignore[DBG001] needed in production\nDEBUG=false\n"})
    assert codes(report("--profile", "development")) == []


def test_an_expired_comment_is_a_finding_and_accepts_nothing(
    shell: Shell, report: Document
) -> None:
    shell.write({".env": "# secaudit: ignore[DBG001] until=2020-01-31 for a while\nDEBUG=true\n"})
    document = report("--profile", "production")
    assert codes(document) == ["SUP002", "DBG001"]
    assert accepted(document) == []


def test_the_last_day_still_accepts(shell: Shell, report: Document) -> None:
    today = time.strftime("%Y-%m-%d", time.gmtime())
    shell.write(
        {
            ".env": f"# secaudit: ignore[DBG001] until={today} for a day\nDEBUG=true\n",
            "secaudit.toml": f'[ignore]\nSEC001 = {{reason = "for a day", until = {today}}}\n',
        }
    )
    assert codes(report("--profile", "production")) == ["SUP001"]  # unused, and not expired


def test_a_comment_for_a_rule_of_pedantic_runs_is_unused_only_there(
    shell: Shell, report: Document
) -> None:
    shell.write({".env": "# secaudit: ignore[GUARD005] asked for\nDEBUG=false\n"})
    assert codes(report("--profile", "production")) == []
    assert codes(report("--profile", "production", "--pedantic")) == ["SUP001"]


def test_a_date_to_come_still_accepts(shell: Shell, report: Document) -> None:
    shell.write({".env": "# secaudit: ignore[DBG001] until=2199-01-31 for a while\nDEBUG=true\n"})
    assert accepted(report("--profile", "production")) == [("DBG001", "inline", "for a while")]


@pytest.mark.parametrize(
    ("comment", "fault"),
    [
        ("ignore", "write it as"),
        ("ignore[] why", "names no rule"),
        ("ignore[DGB001] why", "names no rule"),
        ("ignore[DBG001]", "no reason"),
        ("ignore[DBG001] until=soon why", "takes a date"),
        ("ignore[DBG001] until=2199-01-31", "no reason"),
    ],
)
@pytest.mark.parametrize("name", [".env", "settings.py"])
def test_a_comment_that_says_too_little_is_a_finding(
    shell: Shell, report: Document, comment: str, fault: str, name: str
) -> None:
    shell.write({name: f"  # secaudit: {comment}\nDEBUG=True\n"})
    found = [
        one for one in report("--profile", "production")["findings"] if one["code"] == "SUP003"
    ]
    assert len(found) == 1
    assert fault in found[0]["message"]
    place = found[0]["location"]
    assert (place["line"], place["column"], place["end_column"]) == (1, 3, 15 + len(comment))


def test_the_configuration_accepts_rules_and_the_report_says_so(
    shell: Shell, report: Document
) -> None:
    shell.write({".env": "DEBUG=true\n", "secaudit.toml": '[ignore]\nDBG001 = "a demonstration"\n'})
    assert accepted(report("--profile", "production")) == [
        ("DBG001", "configuration", "a demonstration")
    ]
    assert codes(report("--profile", "production", "--isolated")) == ["DBG001"]


def test_a_path_table_accepts_only_there(shell: Shell, report: Document) -> None:
    shell.write(
        {
            "demo/.env": "DEBUG=true\n",
            "main/.env": "DEBUG=true\n",
            "secaudit.toml": '[per-path-ignores."demo/**"]\nDBG001 = "a demonstration"\n',
        }
    )
    document = report("--profile", "production")
    assert [one["location"]["path"] for one in document["findings"]] == ["main/.env"]
    assert [one["location"]["path"] for one in document["suppressed"]] == ["demo/.env"]


def test_a_table_accepts_the_rules_it_names_and_no_other(shell: Shell, report: Document) -> None:
    shell.write({".env": "DEBUG=true\n", "secaudit.toml": '[ignore]\nSEC001 = "another"\n'})
    assert codes(report("--profile", "production")) == ["DBG001", "SUP001"]


@pytest.mark.parametrize(
    ("folder", "pattern", "expected"),
    [
        ("", "project/**", []),  # the folder of the configuration is where paths begin
        (
            "conf/",
            "**/.env",
            ["DBG001"],
        ),  # a configuration of elsewhere has patterns of whole paths
    ],
)
def test_a_path_table_knows_paths_from_the_folder_of_the_configuration(
    shell: Shell, report: Document, folder: str, pattern: str, expected: list[str]
) -> None:
    name = f"{folder}secaudit.toml"
    table = f'[per-path-ignores."{pattern}"]\nDBG001 = "a demonstration"\n'
    shell.write({".env": "DEBUG=true\n", name: table})
    document = report("--profile", "production", "--config", name)
    assert [one[0] for one in accepted(document)] == expected


def test_an_expired_entry_of_the_configuration_accepts_nothing(
    shell: Shell, report: Document
) -> None:
    text = '[ignore]\nDBG001 = {reason = "old", until = 2020-01-31}\n'
    shell.write({".env": "DEBUG=true\n", "secaudit.toml": text})
    assert codes(report("--profile", "production")) == ["DBG001", "SUP002"]


def test_an_unused_entry_of_the_configuration_is_a_finding_at_its_line(
    shell: Shell, report: Document
) -> None:
    text = '[ignore]\nDBG001 = {reason = "old", until = 2199-01-31}\n'
    shell.write({".env": "DEBUG=false\n", "secaudit.toml": text})
    (finding,) = report("--profile", "production")["findings"]
    assert finding["code"] == "SUP001"
    assert (finding["location"]["path"], finding["location"]["line"]) == ("secaudit.toml", 2)


def test_a_comment_counts_in_a_file_that_only_code_or_a_command_reads(
    shell: Shell, report: Document
) -> None:
    remark = "# secaudit: ignore[DBG] a demonstration\n"
    code = (
        "import configparser\ncp = configparser.ConfigParser()\ncp.read('shop.data')\n"
        "DEBUG = cp.getboolean('app', 'debug')\n"
    )
    shell.write(
        {
            "settings.py": code,
            "shop.data": f"[app]\n{remark}debug = on\n",
            "run": f"#!/bin/sh\nexec gunicorn a:b --reload {remark}",
            "Dockerfile": 'FROM x\nCOPY . .\nUSER app\nENTRYPOINT ["./run"]\n',
        }
    )
    document = report("--profile", "production", "--select", "DBG,SUP")
    assert codes(document) == []
    assert [code for code, _, _ in accepted(document)] == ["DBG002", "DBG001"]
    assert document["summary"]["files"] == 4

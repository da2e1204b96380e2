"""Where packages come from: requirements files, tables of tools, variables of a build."""

from typing import Any

import pytest

from secaudit.facts import Unknown
from secaudit.syntax.requirements import parse

from .conftest import Planner

HTTP = "http://p.acme.io/s"


def told(planned: Planner, files: dict[str, str]) -> list[tuple[str, Any, int]]:
    """Return concept, value and line of what the deployments of files say about packages."""
    return [
        (setting.concept, setting.value, setting.location.line)
        for one in planned({"app.py": "import os\nos.environ\n", **files}).deployments
        for setting in one.settings
        if setting.concept in {"packages.index", "tls.verify"}
    ]


def test_lines_of_requirements_files() -> None:
    text = (
        "flask==3 \\\n  --hash=sha256:a # why\n# -i http://no \\\n\n-i 'http://x y'\r\n"
        "a#b  --c=\\\n\td"
    )
    lines = parse(text.encode(), "r.txt")
    assert [[word.value for word in words] for words in lines] == [
        ["flask==3", "--hash=sha256:a"],
        ["-i", "http://x y"],
        ["a#b", "--c=", "d"],
    ]
    assert lines[1][1].location == ("r.txt", 5, 4, 5, 16)
    assert lines[2][2].location[1:] == (7, 2, 7, 3)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"-i {HTTP}", ("packages.index", HTTP, 1)),
        (f"--index-url={HTTP}", ("packages.index", HTTP, 1)),
        (f"--extra-index-url {HTTP}", ("packages.index", HTTP, 1)),
        (f"--find-links {HTTP}", ("packages.index", HTTP, 1)),
        (f"thing @ {HTTP}/thing.whl", ("packages.index", f"{HTTP}/thing.whl", 1)),
        ("--trusted-host p.acme.io", ("tls.verify", False, 1)),
        ("--trusted-host=p.acme.io:8080", ("tls.verify", False, 1)),
        ("flask==3", None),
        ("-i", None),
        ("--trusted-host", None),
        ("flask --index-url", None),
        (f"-r {HTTP}/base.txt", ("packages.index", f"{HTTP}/base.txt", 1)),
        ("-r base.txt", None),
        ("-f ./wheels", None),
        ("thing @ https://p.acme.io/thing.whl", None),
    ],
)
@pytest.mark.parametrize(
    "name",
    ["requirements.txt", "requirements-prod.in", "requirements/base.txt", "constraints.txt"],
)
def test_requirements_files(
    planned: Planner, name: str, line: str, expected: tuple[str, Any, int] | None
) -> None:
    assert told(planned, {name: f"{line}\n"}) == ([expected] if expected else [])


def test_a_relevant_word_in_a_comment_is_no_deployment(planned: Planner) -> None:
    text = "flask  # see http://flask.acme.io\n"
    assert planned({"requirements.txt": text}).deployments == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pip.conf", f"[global]\nindex-url = {HTTP}\n"),
        ("pip.conf", f"[install]\nextra-index-url = {HTTP}\n"),
        ("pip.ini", f"[download]\nfind-links = {HTTP}\n"),
        ("uv.toml", f'[[index]]\nurl = "{HTTP}"\n'),
        ("uv.toml", f'[pip]\nindex-url = "{HTTP}"\n'),
        ("pyproject.toml", f'[[tool.uv.index]]\nurl = "{HTTP}"\n'),
        ("pyproject.toml", f'[[tool.poetry.source]]\nurl = "{HTTP}"\n'),
        ("pyproject.toml", f'[[tool.pdm.source]]\nurl = "{HTTP}"\n'),
        ("Pipfile", f'[[source]]\nurl = "{HTTP}"\n'),
        ("Dockerfile", f"FROM x\nENV PIP_INDEX_URL={HTTP}\n"),
        ("Dockerfile", f"FROM x\nENV A=b PIP_EXTRA_INDEX_URL={HTTP}\n"),
        ("Dockerfile", f"FROM x\nARG UV_DEFAULT_INDEX={HTTP}\n"),
        ("Dockerfile", f"FROM x\nRUN uv pip install --default-index {HTTP} x\n"),
        ("Dockerfile", f"FROM x\nRUN pip config set global.index-url {HTTP} && pip install x\n"),
    ],
)
def test_indexes_of_tools(planned: Planner, name: str, text: str) -> None:
    assert told(planned, {name: text}) == [("packages.index", HTTP, 2)]


def test_an_address_with_a_variable_is_unknown(planned: Planner) -> None:
    text = "FROM x\nRUN pip install -i http://$HOST/s -i $INDEX x\n"
    ((concept, value, _),) = told(planned, {"Dockerfile": text})
    assert concept == "packages.index"
    assert isinstance(value, Unknown)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pip.conf", "[global]\ntrusted-host = p.acme.io\n"),
        ("Dockerfile", "FROM x\nRUN pip config --user set install.trusted-host p.acme.io\n"),
        ("Dockerfile", "FROM x\nRUN pip config set global.trusted-host p.acme.io\n"),
        ("uv.toml", "# hosts\nallow-insecure-host = ['p.acme.io']\n"),
        ("pyproject.toml", "[tool.uv]\nallow-insecure-host = ['p.acme.io']\n"),
        ("pyproject.toml", "[[tool.pdm.source]]\nverify_ssl = false\n"),
        ("Pipfile", "[[source]]\nverify_ssl = false\n"),
        ("Dockerfile", "FROM x\nENV PIP_TRUSTED_HOST=p.acme.io\n"),
        ("Dockerfile", "FROM x\nENV UV_INSECURE_HOST=p.acme.io\n"),
        ("Dockerfile", "FROM x\nRUN uv sync --allow-insecure-host p.acme.io\n"),
    ],
)
def test_hosts_whose_certificates_are_not_verified(planned: Planner, name: str, text: str) -> None:
    assert told(planned, {name: text}) == [("tls.verify", False, 2)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[tool.uv]\nallow-insecure-host = []\n"),
        ("settings.toml", "[index]\ntrusted-host = 'a'\nindex-url = 'http://p.acme.io'\n"),
        ("Dockerfile", "FROM x\nENV PIP_TRUSTED_HOST=\n"),
        ("Dockerfile", "FROM x\nENV PIP_INDEX_URL=\n"),
        ("Dockerfile", "FROM x\nARG PIP_INDEX_URL\n"),
        ("Dockerfile", "FROM x\nRUN curl -f http://p.acme.io/x\n"),
    ],
)
def test_what_does_not_say_where_packages_come_from(planned: Planner, name: str, text: str) -> None:
    assert all(value is not False for _, value, _ in told(planned, {name: text}))
    assert not [one for one in told(planned, {name: text}) if one[0] == "packages.index"]

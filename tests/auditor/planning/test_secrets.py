"""Secrets and configs of Compose: files of a container, and the variables that name them."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secaudit.planning.deployment import Deployment
from secaudit.testing import Shell

from .conftest import Planner

DATABASE = """\
services:
  db:
    image: postgres:17
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/db_password
    secrets: [db_password]
secrets:
  db_password:
    file: secrets/db.txt
"""


def settings(deployment: Deployment) -> dict[str, tuple[str, Any]]:
    return {one.name: (one.concept, one.value) for one in deployment.settings}


def test_an_image_reads_the_variable_from_the_file(planned: Planner) -> None:
    (one,) = planned({"compose.yaml": DATABASE, "secrets/db.txt": "  pw-1 \n"}).deployments
    (candidate,) = one.environment["POSTGRES_PASSWORD"]
    place = candidate.location
    assert candidate.value == "pw-1"
    assert place is not None
    assert (Path(place.path).name, *place[1:]) == ("db.txt", 1, 3, 1, 7)
    assert settings(one) == {}  # told once, under the name of the variable


def test_a_secret_that_no_variable_names_is_a_setting_of_its_own(planned: Planner) -> None:
    text = (
        "services:\n  api:\n    build: .\n    secrets:\n      - jwt_secret\n"
        "      - {source: other, target: /etc/other}\n      - absent\n      - {source: 3}\n"
        "    configs: [plain]\n"
        "secrets:\n  jwt_secret: {file: a.txt}\n  other: {environment: OTHER}\n"
        "  absent: {file: ../outside.txt}\n  binary: {file: b.bin}\n"
        "configs:\n  plain: {content: text}\n"
    )
    files = {
        "compose.yaml": text,
        "a.txt": "k\n",
        ".env": "OTHER=o\n",
        "app.py": "import os\nos.environ",
    }
    (one,) = planned(files).deployments
    assert settings(one) == {"jwt_secret": ("signing.secret", "k"), "other": ("password", "o")}
    assert {part.place: bool(part.source) for part in one.mounted} == {
        "/run/secrets/jwt_secret": True,
        "/etc/other": False,
        "/run/secrets/absent": False,
        "/plain": False,
    }


def test_what_is_read_through_a_variable_and_what_is_not(planned: Planner) -> None:
    text = (
        "services:\n  db:\n    image: postgres:17\n    environment:\n"
        "      POSTGRES_PASSWORD_FILE: /run/secrets/pw\n      POSTGRES_USER: /run/secrets/pw\n"
        "      OTHER_FILE: /run/secrets/absent\n      PLAIN_FILE: /etc/plain\n"
        "    secrets: [pw, binary, absent]\n    configs: [{source: plain, target: /etc/plain}]\n"
        "secrets:\n  pw: {file: pw.txt}\n  binary: {file: key.bin}\n  absent: {file: none.txt}\n"
        "configs:\n  plain: {content: 'text ${SET}'}\n"
    )
    files = {"compose.yaml": text, "pw.txt": "secret\n", ".env": "SET=x\n"}
    (Path.cwd() / "key.bin").write_bytes(b"\xff\xfe")
    (one,) = planned(files).deployments
    values = {name: (found[0].value, found[0].literal) for name, found in one.environment.items()}
    assert values["POSTGRES_PASSWORD"] == ("secret", True)
    assert values["PLAIN"] == ("text x", False)
    assert "OTHER" not in values
    assert "POSTGRES_USE" not in values
    assert settings(one) == {}  # a config is no secret, and a binary file says nothing


def test_the_tables_of_several_files_are_merged(planned: Planner) -> None:
    files = {
        "compose.yaml": DATABASE,
        "compose.override.yaml": "secrets:\n  db_password: {file: own.txt}\n",
        "secrets/db.txt": "base\n",
        "own.txt": "override\n",
    }
    (one,) = planned(files).deployments
    assert one.environment["POSTGRES_PASSWORD"][0].value == "override"


def test_a_service_that_is_built_reads_its_files_itself(planned: Planner) -> None:
    text = DATABASE.replace("image: postgres:17", "build: .")
    (one,) = planned({"compose.yaml": text, "secrets/db.txt": "pw\n"}).deployments
    assert "POSTGRES_PASSWORD" not in one.environment


CODE = """\
import os
from pathlib import Path
from pydantic_settings import BaseSettings, SettingsConfigDict


def secret(name):
    path = os.getenv(f"{name}_FILE")
    if path:
        with open(path) as file:
            return file.read().strip()
    return os.getenv(name, "")


JWT_SECRET_KEY = secret("JWT_SECRET_KEY")
SECRET_KEY = Path("/run/secrets/flask").read_text().strip()
CIPHER_KEY = open("/run/secrets/flask", "rb").read()


class Settings(BaseSettings):
    model_config = SettingsConfigDict(secrets_dir="/run/secrets")
    db_password: str


settings = Settings()
"""
COMPOSE = """\
services:
  api:
    build: .
    environment:
      JWT_SECRET_KEY_FILE: /run/secrets/jwt
    secrets: [jwt, flask, db_password]
secrets:
  jwt: {file: secrets/jwt}
  flask: {file: secrets/flask}
  db_password: {file: secrets/db}
"""
FILES = {"secrets/jwt": "one\n", "secrets/flask": "two\n", "secrets/db": "three\n"}


@pytest.fixture
def effective(tmp_path: Path) -> Callable[[dict[str, str]], dict[str, Any]]:
    """Return a function that audits files and returns the settings of the report by name."""

    def run(files: dict[str, str]) -> dict[str, Any]:
        shell = Shell(tmp_path)
        shell.write({"requirements.txt": "", **files})
        result = shell("config", ".", "-f", "json", "--show-settings", "--exit-zero")
        return {one["name"]: one for one in json.loads(result.stdout)["settings"]}

    return run


def test_code_reads_the_secrets_of_its_container(
    effective: Callable[[dict[str, str]], dict[str, Any]],
) -> None:
    found = effective({"settings.py": CODE, "compose.yaml": COMPOSE, **FILES})
    places = {name: (one["location"] or {}).get("path") for name, one in found.items()}
    assert {name: places[name] for name in ("JWT_SECRET_KEY", "SECRET_KEY", "db_password")} == {
        "JWT_SECRET_KEY": "secrets/jwt",
        "SECRET_KEY": "secrets/flask",
        "db_password": "secrets/db",
    }
    assert found["SECRET_KEY"]["value"] == "<redacted: 3 characters>"
    assert "jwt" not in found  # the code's name is the one that is shown


def test_a_file_that_is_not_in_the_project_is_unknown(
    effective: Callable[[dict[str, str]], dict[str, Any]],
) -> None:
    found = effective({"settings.py": CODE, "compose.yaml": COMPOSE})
    reason = "reads a file that the project does not have"
    assert found["JWT_SECRET_KEY"]["unknown"] == reason
    reason = "/run/secrets/db_password is mounted and not in the project"
    assert found["db_password"]["unknown"] == reason


def test_one_secret_that_is_not_in_the_project_hides_no_other(
    effective: Callable[[dict[str, str]], dict[str, Any]],
) -> None:
    """Nor does it hide the default of a field that no secret gives."""
    code = CODE.replace(
        "    db_password: str\n", '    db_password: str\n    jwt: str\n    name: str = "x"\n'
    )
    files = {name: text for name, text in FILES.items() if name != "secrets/db"}
    found = effective({"settings.py": code, "compose.yaml": COMPOSE, **files})
    assert found["db_password"]["unknown"] is not None
    assert found["jwt"]["location"]["path"] == "secrets/jwt"
    assert found["name"]["value"] == "x"


@pytest.mark.parametrize("committed", [True, False])
def test_only_a_committed_secret_is_a_finding(
    tmp_path: Path,
    committed: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    shell = Shell(tmp_path)
    secret = "q3ZkT8wLr5Xn0cVbYm2Pd7Hs"
    shell.write({"compose.yaml": DATABASE, "secrets/db.txt": secret, "requirements.txt": ""})
    command = ["git", "init", "-q"], ["git", "add", *(["."] if committed else ["compose.yaml"])]
    for words in command:
        subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    report = json.loads(shell("config", ".", "-f", "json", "--select", "SEC").stdout)
    found = [(one["code"], one["location"]["path"]) for one in report["findings"]]
    assert found == ([("SEC017", "secrets/db.txt")] if committed else [])
    assert secret not in json.dumps(report)


def test_a_private_key_in_a_file_of_its_own_is_where_it_belongs(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    begin, end = (f"-----{word} PRIVATE KEY-----" for word in ("BEGIN", "END"))
    shell.write(
        {
            "settings.py": 'JWT_PRIVATE_KEY = open("keys/jwt.pem").read()\n',
            "keys/jwt.pem": f"{begin}\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n{end}\n",
        }
    )
    report = json.loads(shell("config", ".", "-f", "json", "--show-settings").stdout)
    assert report["findings"] == []
    assert "MIGHAg" not in json.dumps(report)

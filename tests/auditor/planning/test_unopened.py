"""Env files that code names and that no deployment opens are judged by themselves."""

from pathlib import Path

import pytest

from secaudit.options import Options
from secaudit.pipeline import audit

BY_HAND = (
    "import os\n"
    "for line in open('.env'):\n    name, _, value = line.partition('=')\n"
    "    os.environ[name] = value.strip()\n"
    "SECRET_KEY = os.environ['SECRET_KEY']\n"
)
UNDER_A_CONDITION = (
    "import os\nfrom dotenv import load_dotenv\n"
    "if os.getenv('LIVE'):\n    load_dotenv('.env')\nSECRET_KEY = os.getenv('SECRET_KEY')\n"
)
LOADED = (
    "import os\nfrom dotenv import load_dotenv\nload_dotenv('.env')\n"
    "SECRET_KEY = os.getenv('SECRET_KEY')\n"
)


@pytest.mark.parametrize(
    ("code", "deployment"),
    [(BY_HAND, ".env"), (UNDER_A_CONDITION, ".env"), (LOADED, "settings.py")],
)
def test_a_secret_of_a_named_file_is_judged_once(
    tmp_path: Path, code: str, deployment: str
) -> None:
    (tmp_path / "settings.py").write_text(code)
    (tmp_path / ".env").write_text("SECRET_KEY=changeme\n")
    (tmp_path / ".env").chmod(0o600)
    report = audit([str(tmp_path)], Options())
    found = [(one.code, list(one.deployments)) for one in report.findings]
    assert found == [("SEC001", [deployment])]

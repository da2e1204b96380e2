"""Key files that code opens and git tracks."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from secaudit.options import Options
from secaudit.pipeline import audit

KEY = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEG\n-----END PRIVATE KEY-----\n"
CODE = "import os\nKEY = open('keys/private.pem').read()\nOTHER = 'tls.key', 'jwt_secret.txt'\n"
Reported = Callable[..., list[str]]


@pytest.fixture
def reported(tmp_path: Path) -> Reported:
    """Return a function that tracks files and says which of them are reported by SEC010, SEC017."""

    def run(files: dict[str, str | bytes], *untracked: str) -> list[str]:
        git = shutil.which("git")
        assert git is not None
        for name, content in {"app.py": CODE, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        for words in (["init", "-q"], ["add", "-A"], ["rm", "-q", "--cached", *untracked]):
            if words[-1] != "--cached":
                subprocess.run([git, *words], cwd=tmp_path, check=True)
        report = audit([str(tmp_path)], Options(select=("SEC010", "SEC017")))
        assert not report.problems
        return [
            f"{Path(one.location.path).relative_to(tmp_path)}:{one.location.line} {one.code}"
            for one in report.findings
        ]

    return run


def test_a_private_key_that_code_opens(reported: Reported) -> None:
    assert reported({"keys/private.pem": KEY}) == ["keys/private.pem:1 SEC017"]


def test_a_random_text_in_a_file_of_its_own(reported: Reported) -> None:
    files = {"jwt_secret.txt": "Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"}
    assert reported(files) == ["jwt_secret.txt:1 SEC017"]


def test_a_key_that_git_does_not_track(reported: Reported) -> None:
    assert reported({"keys/private.pem": KEY}, "keys/private.pem") == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("keys/other.pem", KEY),  # which no code names
        ("keys/private.pem", KEY.replace("PRIVATE", "PUBLIC")),
        ("keys/private.pem", KEY.replace("PRIVATE", "ENCRYPTED PRIVATE")),
        ("tests/private.pem", KEY),
        ("tls.key", b"\x00\xff\xfe"),
        ("jwt_secret.txt", "changeme\n"),
    ],
)
def test_what_is_no_key_to_keep(reported: Reported, name: str, content: str | bytes) -> None:
    assert reported({name: content}) == []

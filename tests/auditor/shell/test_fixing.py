"""Fixes are edits on the original bytes, kept only when the finding is gone and nothing is new."""

import stat
from pathlib import Path

import pytest

from secaudit import fixing
from secaudit.errors import AuditError
from secaudit.finding import Edit
from secaudit.location import Location
from secaudit.testing import Shell

PRODUCTION = ("config", ".", "--profile", "production")


def test_a_fix_changes_its_span_and_nothing_else(shell: Shell) -> None:
    before = b'\xef\xbb\xbf# caf\xc3\xa9\r\nexport DEBUG=true # on\r\nNAME="x"\r\n'
    shell.write({".env": before})
    run = shell(*PRODUCTION, "--fix")
    after = (shell.folder / ".env").read_bytes()
    assert "fixed 1 finding" in run.stderr
    assert run.status == 0
    assert after.replace(b"false", b"true").replace(b"False", b"true") == before


def test_the_mode_stays_and_a_link_stays_a_link(shell: Shell) -> None:
    shell.write({"real.env": "DEBUG=true\n"})
    target = shell.folder / "real.env"
    target.chmod(0o640)
    (shell.folder / ".env").symlink_to("real.env")
    shell("config", ".env", "--profile", "production", "--fix")
    assert (shell.folder / ".env").is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert "true" not in target.read_text()
    assert sorted(path.name for path in shell.folder.iterdir()) == [
        ".env",
        "real.env",
        "requirements.txt",
    ]


def test_a_diff_changes_nothing_and_hides_secrets(service: Shell) -> None:
    before = (service.folder / ".env").read_bytes()
    run = service(*PRODUCTION, "--diff", "--unsafe-fixes")
    assert (service.folder / ".env").read_bytes() == before
    assert "-DEBUG=true" in run.stdout
    assert "+DEBUG=false" in run.stdout
    assert "-SECRET_KEY=<redacted: 8 characters>" in run.stdout
    assert "+SECRET_KEY=<generated>" in run.stdout
    assert "changeme" not in run.stdout + run.stderr
    beside = service(*PRODUCTION, "--diff", "-f", "json")
    assert "+DEBUG=false" in beside.stderr
    assert beside.stdout.startswith("{")


def test_unsafe_fixes_need_their_flag_and_write_a_secret_nobody_sees(service: Shell) -> None:
    service(*PRODUCTION, "--fix")
    assert "SECRET_KEY=changeme" in (service.folder / ".env").read_text()
    run = service(*PRODUCTION, "--fix", "--unsafe-fixes")
    written = (service.folder / ".env").read_text().split("SECRET_KEY=")[1].split("\n")[0]
    assert len(written) >= 43
    assert written not in run.stdout + run.stderr
    again = service(*PRODUCTION, "--select", "SEC001,DBG001")
    assert again.status == 0


def test_a_second_run_changes_nothing(service: Shell) -> None:
    service(*PRODUCTION, "--fix", "--unsafe-fixes")
    before = (service.folder / ".env").read_bytes()
    service(*PRODUCTION, "--fix", "--unsafe-fixes")
    assert (service.folder / ".env").read_bytes() == before


def _edit(path: str, span: tuple[int, int, int, int], text: str) -> Edit:
    return Edit(Location(path, *span), text)


def test_columns_count_code_points_and_line_ends_are_kept() -> None:
    data = "é = 'ü'; x = 1\r\ny = 2\r\n".encode()
    edits = [_edit("a.py", (1, 14, 1, 15), "True\nz = 3"), _edit("a.py", (2, 5, 2, 6), "False")]
    after = fixing.apply_edits("a.py", data, edits)
    assert after == "é = 'ü'; x = True\r\nz = 3\r\ny = False\r\n".encode()


def test_a_declared_encoding_is_kept() -> None:
    data = "# coding: latin-1\nNAME = 'é'\nDEBUG = True\n".encode("latin-1")
    after = fixing.apply_edits("a.py", data, [_edit("a.py", (3, 9, 3, 13), "False")])
    assert after == data.replace(b"True", b"False")


@pytest.mark.parametrize(
    "edits",
    [
        [_edit("a.env", (1, 1, 1, 4), "x"), _edit("a.env", (1, 3, 1, 5), "y")],
        [_edit("a.env", (9, 1, 9, 2), "x")],
        [_edit("a.env", (1, 5, 1, 2), "x")],
    ],
)
def test_overlapping_and_misplaced_edits_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(AuditError):
        fixing.apply_edits("a.env", b"DEBUG=true\n", edits)


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    from secaudit import writing  # noqa: PLC0415 - the one test that looks behind the command

    path = tmp_path / ".env"
    path.write_text("DEBUG=maybe\n")
    with pytest.raises(AuditError, match="changed"):
        writing.replace(str(path), b"DEBUG=true\n", b"DEBUG=false\n")
    assert path.read_text() == "DEBUG=maybe\n"

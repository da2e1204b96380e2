"""Hostile repositories: bounded, never executed, never a traceback, exit 0, 1 or 2."""

import json
import os
import socket
import time
from pathlib import Path

import pytest

from secaudit.discovery import MAXIMUM_BYTES, read
from secaudit.errors import AuditError
from secaudit.testing import Shell


def problems(shell: Shell, *paths: str) -> dict[str, str]:
    run = shell("config", *paths, "-f", "json")
    assert run.status == 2
    return {one["path"]: one["message"] for one in json.loads(run.stdout)["problems"]}


def test_a_fifo_and_a_socket_and_a_device_are_problems(shell: Shell) -> None:
    os.mkfifo(shell.folder / ".env")
    here = Path.cwd()
    os.chdir(shell.folder)  # a socket's name must be short
    server = socket.socket(socket.AF_UNIX)
    server.bind("prod.env")
    os.chdir(here)
    (shell.folder / "device.env").symlink_to("/dev/zero")
    found = problems(shell, ".env", "prod.env", "device.env", "/dev/null")
    assert set(found) == {".env", "prod.env", "device.env", "/dev/null"}
    assert found[".env"] == "is not a regular file"
    assert set(problems(shell, ".")) == {".env", "prod.env"}
    server.close()


def test_links_out_of_the_tree_and_loops_are_not_followed(shell: Shell, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / ".env").write_text("DEBUG=true\n")
    shell.write({".env": "DEBUG=false\n"})
    (shell.folder / "loop").symlink_to(".")
    (shell.folder / "self").symlink_to("self")
    (shell.folder / "away").symlink_to(outside)
    (shell.folder / "away.env").symlink_to(outside / ".env")
    run = shell("config", ".", "-f", "json", "--profile", "production")
    assert run.status == 0
    assert json.loads(run.stdout)["summary"]["files"] == 1


def test_a_file_that_is_too_large_is_a_problem(shell: Shell) -> None:
    shell.write({".env": "A=b\n" * (MAXIMUM_BYTES // 4 + 1), "data.py": "x = 1\n" * 500_000})
    assert problems(shell, ".") == {".env": "is larger than 2 MiB"}


def test_aliases_of_many_keys_share_one_limit(shell: Shell) -> None:
    bomb = "x0: &x0 [a, a, a, a, a, a, a, a, a]\n" + "".join(
        f"x{deep}: &x{deep} [{', '.join([f'*x{deep - 1}'] * 9)}]\n" for deep in range(1, 9)
    )
    shell.write({"config/app.yaml": bomb + "".join(f"secret{n}: *x8\n" for n in range(3000))})
    started = time.monotonic()
    words = "holds more values than are read; split or exclude it"
    assert problems(shell, ".") == {"config/app.yaml": words}
    assert time.monotonic() - started < 20


def test_many_keys_are_read_to_the_end(shell: Shell) -> None:
    shell.write({"config/app.json": json.dumps({f"k{n}": n for n in range(6_000)} | {"debug": 1})})
    run = shell("config", ".", "-f", "json", "--profile", "production", "--select", "DBG001")
    assert [one["setting"] for one in json.loads(run.stdout)["findings"]] == ["debug"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("settings.py", "SECRET_KEY = " + "(" * 5000 + ")" * 5000),
        ("settings.py", "DEBUG = " + "not " * 20000 + "True"),
        ("settings.py", "SECRET_KEY = 9**9**9**9\nDEBUG = 'a' * 10**10\n"),
        ("settings.py", "import settings\nSECRET_KEY = settings.SECRET_KEY\n"),
        ("settings.py", "def f(x):\n    return f(x)\nDEBUG = f(1)\nwhile True:\n    pass\n"),
        ("settings.py", "DEBUG = True\0\n"),
        ("settings.py", b"\xff\xfe\x00DEBUG = True"),
        ("settings.py", "# coding: no-such-codec\nDEBUG = True\n"),
        (".env", b"SECRET_KEY=\xff\xfe\n"),
        (".env", "SECRET_KEY=${SECRET_KEY}${SECRET_KEY}\n" * 200),
        ("config/app.yaml", "a: &a [x, x, x]\n" + "".join(
            f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n"
            for i in range(12)
        ) + "secret: *m\n"),
        ("config/app.yaml", "secret: " + "[" * 20000),
        ("config/app.json", '{"secret": ' + "[" * 50000),
        ("config/app.toml", "secret = " + "[" * 20000),
        ("compose.yaml", "services: !!python/object/apply:os.system ['touch pwned']\n"),
        ("Dockerfile", "ENV " + "\\\n" * 20000),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)  # fmt: skip
def test_contents_that_break_parsers_do_not_break_secaudit(
    shell: Shell, name: str, content: str | bytes
) -> None:
    shell.write({name: content})
    for run in (shell("config", "."), shell("config", name, "-f", "sarif", "--show-settings")):
        assert run.status in {0, 1, 2}, run.stderr
    assert not (shell.folder / "pwned").exists()


def test_terminal_escapes_in_names_and_values_are_made_visible(shell: Shell) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202e"
    shell.write(
        {
            f"{evil}.env": "DEBUG=true\n",
            "settings.py": f"DEBUG = True\nALLOWED_HOSTS = ['*', '{evil}']\nINSTALLED_APPS = []\n",
            "bad\nname.py": "import os\nSECRET_KEY = (\n",
        }
    )
    for form in ("text", "github", "junit", "markdown", "html"):
        run = shell("config", ".", "-f", form, "--show-settings", "--profile", "production")
        for character in "\x1b\x07\u202e":
            assert character not in run.stdout + run.stderr
    github = shell("config", ".", "-f", "github").stdout
    assert all(line.startswith(("::", "0", "1", "2", "3", "4")) for line in github.splitlines())


def test_a_repository_whose_git_runs_programs_runs_none(shell: Shell) -> None:
    marker = shell.folder / "pwned"
    config = f"[core]\n\tfsmonitor = touch {marker}\n\tpager = touch {marker}\n"
    shell.write(
        {".git/config": config, ".git/index": b"DIRC\0\0\0\2\xff\xff\xff\xff", ".env": "A=b\n"}
    )
    assert shell("config", ".").status in {0, 2}
    assert not marker.exists()


def test_a_configuration_cannot_write_or_hide_that_it_silences(shell: Shell) -> None:
    shell.write({".env": "DEBUG=true\n", "secaudit.toml": '[ignore]\nDBG = "trust me"\n'})
    document = json.loads(shell("config", ".", "-f", "json", "--profile", "production").stdout)
    assert document["summary"]["suppressed"] == 1
    for key in ("output", "write-baseline", "fix", "env", "format"):
        shell.write({"secaudit.toml": f'{key} = "x"\n'})
        assert shell("config", ".").status == 2


def test_a_folder_read_as_a_file_is_an_error_of_ours(shell: Shell) -> None:
    with pytest.raises(AuditError, match="is not a regular file"):
        read(str(shell.folder))

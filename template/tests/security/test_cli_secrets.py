"""The commands that handle secrets: administrators, resets, keys."""

import json
import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from tests.security.accounts import NEW_PASSWORD, PASSWORD
from tests.security.commands import COMMAND, DEVELOPMENT, KEYS, ROOT, keys, run, serving


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder closed to root as well")
@pytest.mark.parametrize("command", [("env", "--write"), ("dev",), ("rotate-keys",)])
def test_a_folder_that_cannot_be_written_is_said_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """As in a container whose file system is read-only."""
    monkeypatch.chdir("/proc")
    key = secrets.token_urlsafe(48)
    given = {KEYS: json.dumps([key])} if command == ("rotate-keys",) else {}
    failed = run(*command, variables={**DEVELOPMENT, **given})
    assert failed.exit_code == 1
    assert "cannot be written" in failed.stderr
    assert key not in failed.output


def test_an_administrator_is_created_from_standard_input() -> None:
    run("env", "--write")
    run("migrate", variables=DEVELOPMENT)
    create = ("create-admin", "root@example.com", "--password-stdin")
    refused = run(*create, variables=DEVELOPMENT, stdin="short\n")
    assert refused.exit_code == 1
    assert "15 characters" in refused.stderr
    created = run(*create, variables=DEVELOPMENT, stdin=f"{PASSWORD}\n")
    assert created.exit_code == 0, created.stderr
    assert PASSWORD not in created.stdout + created.stderr
    event = json.loads(created.stderr)
    assert (event["event"], event["role"]) == ("account_created", "admin")
    assert run(*create, variables=DEVELOPMENT, stdin=f"{PASSWORD}\n").exit_code == 1
    for mistake in ([PASSWORD], ["--password", PASSWORD], [f"--password={PASSWORD}"]):
        refused = run("create-admin", "x@example.com", *mistake, variables=DEVELOPMENT)
        assert refused.exit_code == 2
        assert PASSWORD not in refused.output
    reset = run("reset-password", "root@example.com", variables=DEVELOPMENT)
    token = reset.stdout.strip()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert run("reset-password", "nobody@example.com", variables=DEVELOPMENT).exit_code == 1
    with serving("serve", variables=DEVELOPMENT) as (_process, url):
        body = {"token": token, "new_password": NEW_PASSWORD}
        assert httpx2.post(f"{url}/v1/auth/password/reset", json=body).status_code == 204
        form = {"grant_type": "password", "username": "root@example.com", "password": NEW_PASSWORD}
        access = httpx2.post(f"{url}/v1/auth/token", data=form).json()["access_token"]
        bearer = {"Authorization": f"Bearer {access}"}
        assert httpx2.get(f"{url}/v1/admin/users", headers=bearer).status_code == 200


# Whoever runs the suite in the background ignores SIGINT, and children inherit that.
IN_A_TERMINAL = """
import pty, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
sys.exit(pty.spawn(sys.argv[1:]) >> 8)
"""


def typed(*answers: str) -> tuple[int, str]:
    """Run `create-admin` in a terminal of its own; answer its questions as they come."""
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", IN_A_TERMINAL, *COMMAND, "create-admin", "root@example.com"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **DEVELOPMENT},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        shown = b""
        for answer in answers:
            while not shown.endswith(b": "):
                shown += os.read(process.stdout.fileno(), 1024)
            os.write(process.stdin.fileno(), answer.encode())
            shown += b"\n"
        shown += process.stdout.read()
    return process.returncode, shown.decode()


def test_a_password_is_asked_for_twice_in_the_terminal_and_never_shown() -> None:
    run("env", "--write")
    run("migrate", variables=DEVELOPMENT)
    code, shown = typed(f"{PASSWORD}\n", "another-lighthouse-17\n")
    assert (code, "differ" in shown) == (1, True)
    code, shown = typed(f"{PASSWORD}\n", "\x03")
    assert code != 0
    assert "Traceback" not in shown
    code, shown = typed(f"{PASSWORD}\n", f"{PASSWORD}\n")
    assert code == 0, shown
    assert re.search(r"Password: .*Once more: .*is an administrator", shown, re.DOTALL)
    assert PASSWORD not in shown


def test_without_a_terminal_nobody_is_asked() -> None:
    run("env", "--write")
    run("migrate", variables=DEVELOPMENT)
    refused = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, "create-admin", "root@example.com"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **DEVELOPMENT},
        input=f"{PASSWORD}\n{PASSWORD}\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        start_new_session=True,
    )
    assert refused.returncode == 1
    assert "--password-stdin" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_keys_rotate_in_steps_and_are_never_printed() -> None:
    Path(".env").write_text("# mine\nAPP_LOG__FORMAT=json\n")
    run("env", "--write")
    outputs = []

    def rotate(*arguments: str, code: int = 0, seconds: str = "900") -> list[str]:
        done = run(
            "rotate-keys",
            *arguments,
            variables={**DEVELOPMENT, "APP_TOKENS__ACCESS_TTL_SECONDS": seconds},
        )
        outputs.append(done.stdout + done.stderr)
        assert done.exit_code == code, done.stderr
        return keys()

    (old,) = keys()
    rotate("--promote", code=1)
    rotate("--retire", code=1)
    added = rotate()
    assert (added[0], len(added)) == (old, 2)
    rotate("--retire", code=1)
    assert rotate("--promote") == [added[1], old]
    rotate("--promote", code=1)
    assert rotate("--retire", code=1) == [added[1], old]
    time.sleep(1.1)
    assert rotate("--retire", seconds="1") == [added[1]]
    (fresh,) = rotate("--emergency")
    assert fresh not in {old, added[1]}
    assert Path(".env").read_text().startswith("# mine\nAPP_LOG__FORMAT=json\n")
    assert Path(".env").stat().st_mode & 0o777 == 0o600
    assert not any(key in output for key in (old, *added, fresh) for output in outputs)


def test_keys_of_the_process_environment_rotate_into_a_private_file() -> None:
    key = "q0Vf3xWm8ZrT1nLs6KyB4hJd9PcE7gUa-2iOoXvR5wM"
    done = run("rotate-keys", variables={**DEVELOPMENT, KEYS: json.dumps([key])})
    assert done.exit_code == 0, done.stderr
    file = Path("signing-keys.new")
    assert file.stat().st_mode & 0o777 == 0o600
    assert key in file.read_text().splitlines()
    variables = {**DEVELOPMENT, f"{KEYS}_FILE": str(file)}
    assert run("rotate-keys", "--promote", variables=variables).exit_code == 0
    assert file.read_text().splitlines()[2] == key

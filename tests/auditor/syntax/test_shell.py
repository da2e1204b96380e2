"""Start scripts: what runs in any case, what the programs are given, and the places of both."""

import random
import time

import pytest

from secaudit.syntax.processes import procfile, unit
from secaudit.syntax.shell import Script, parse

SCRIPT = r"""#!/bin/sh
set -euo pipefail
exec 2>&1
export DEBUG=True FLAG="a b" # why
HOST=${HOST:-0.0.0.0}
if [ "$ENV" = dev ]; then
  exec flask run
elif x; then
  if y; then hidden; fi
fi
case "$1" in
  web) exec hidden ;;
  *) hidden ;;
esac
wait_db() {
  while true; do hidden; done
}
wait_db
[ -n "$X" ] && exec hidden
cat <<END > /tmp/x
exec hidden
END
migrate && check || hidden
(cd /x; hidden)
exec gunicorn shop:app \
  --workers "$WORKERS" --reload "$@"
never
"""


def script(text: str) -> Script:
    """Parse a script."""
    return parse(text.encode(), "start.sh")


def given(text: str) -> dict[str, tuple[str | None, bool]]:
    """Return what programs are given: value and whether it yields to a given one."""
    found = script(text).variables
    return {one.name: (one.value.value if one.value else None, one.weak) for one in found}


def test_commands_that_run_in_any_case_up_to_exec() -> None:
    commands = [[word.value for word in one] for one in script(SCRIPT).commands]
    assert "hidden" not in [word for one in commands for word in one]
    assert [one[0] for one in commands][-3:] == ["migrate", "check", "gunicorn"]
    assert commands[-1][2:] == ["--workers", "$WORKERS", "--reload", "$@"]


def test_a_word_stands_where_it_is_written() -> None:
    reload = next(w for one in script(SCRIPT).commands for w in one if w.value == "--reload")
    lines = SCRIPT.splitlines()
    place = reload.location
    assert lines[place.line - 1][place.column - 1 : place.end_column - 1] == "--reload"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("export A=1 B='x y'\n", {"A": ("1", False), "B": ("x y", False)}),
        ("A=1\nrun\n", {}),  # of the shell alone
        ("A=1\nexport A\n", {"A": ("1", False)}),
        ("A=1 run\n", {"A": ("1", False)}),
        ("set -a\nA=1\n", {"A": ("1", False)}),
        ("set -o allexport\nA=1\n", {"A": ("1", False)}),
        ('export A="${A:-1}"\n', {"A": ("1", True)}),
        (': "${A:=1}"\nexport A\n', {"A": ("1", True)}),
        ("export A=$(cat f)\n", {"A": (None, False)}),
        ("export A=$B\n", {"A": (None, False)}),
        ("export A=1\nexport A=2\n", {"A": ("2", False)}),
        ("export A=1\nexport A=${A:-2}\n", {"A": ("1", False)}),
        ("if x; then export A=1; fi\n", {}),
        ("x || export A=1\n", {}),
        ("exec run\nexport A=1\n", {}),
    ],
)
def test_variables_that_programs_are_given(
    text: str, expected: dict[str, tuple[str | None, bool]]
) -> None:
    assert given(text) == expected


def test_any_text_is_read_in_bounded_time() -> None:
    choice = random.Random(7)  # noqa: S311 - reproducible cases, no secret
    pieces = [
        "'",
        '"',
        "$(",
        "${",
        "`",
        "\\",
        "\n",
        ";",
        "(",
        ")",
        "{",
        "fi",
        "<<E",
        "A=",
        "#",
        "é",
    ]
    for _ in range(200):
        script(" ".join(choice.choices(pieces, k=60)))
    start = time.process_time()
    for piece in pieces:
        script(piece * 5_000)
        script(f"{piece} " * 5_000)
    assert time.process_time() - start < 10  # each some 10 ms; quadratic would take minutes


def test_processes_of_a_procfile() -> None:
    text = b"# comment\nweb: gunicorn a:b --reload \nworker:celery -A x\n\nbad line\n"
    found = procfile(text, "Procfile")
    assert [(one.name, one.command.value) for one in found] == [
        ("web", "gunicorn a:b --reload"),
        ("worker", "celery -A x"),
    ]
    place = found[0].command.location
    assert (place.line, place.column, place.end_column) == (2, 6, 27)


def test_the_process_of_a_unit() -> None:
    text = (
        b"[Unit]\nExecStart=no\n[Service]\nEnvironment=A=1 'B=x y'\nEnvironment=\n"
        b"Environment=C=2\nWorkingDirectory=/srv/app\nExecStart=\n"
        b"ExecStart=-/bin/x \\\n  --reload\n[Install]\nWantedBy=multi-user.target\n"
    )
    (one,) = unit(text, "deploy/app.service")
    assert (one.name, one.folder) == ("app.service", "/srv/app")
    assert one.command.value.split() == ["/bin/x", "\\", "--reload"]
    assert one.command.location.line == 9
    assert [text.value for text in one.variables] == ["C=2"]

"""Each layer of redaction, fixing and suppression by itself: another one must not carry it."""

import pytest

from secaudit import fixing, suppression
from secaudit.discovery import Project, SourceFile
from secaudit.excerpts import Source
from secaudit.facts import Candidate, Facts, Setting
from secaudit.finding import Edit, Finding, Fix
from secaudit.judging import Judged
from secaudit.location import Location
from secaudit.options import Options
from secaudit.pipeline import Audit, audit, run
from secaudit.redaction import Secrets, collect
from secaudit.testing import Shell

PHRASE = "correct-horse-battery"  # looks like words; only the concept tells that it is secret


def place(path: str, line: int, start: int, end: int) -> Location:
    return Location(path, line, start, line, end)


def secrets(concept: str, value: str, where: Location, name: str = "key") -> Secrets:
    candidate = Candidate("assignment", value, value, where, literal=True)
    setting = Setting(name, concept, "", "str", value, (candidate,), where, (), None, ("KEY",))
    return collect([Facts("web", "production", (setting,), ())])


def test_a_known_secret_is_hidden_wherever_it_occurs() -> None:
    known = secrets("signing.secret", PHRASE, place("/a.py", 1, 1, 5))
    assert known.text(f"it is {PHRASE}!") == "it is <redacted: 21 characters>!"


def test_a_weak_secret_stays_a_word_of_other_texts() -> None:
    known = secrets("signing.secret", "password", place("/a.py", 1, 1, 5))
    assert known.text("the password is weak") == "the password is weak"


def shown(source: Source, line: int, start: int, end: int) -> str:
    excerpt = source.excerpt(place(source.path, line, start, end))
    assert excerpt is not None
    return excerpt.text


def test_an_env_line_shows_its_value_only_when_it_is_known_and_no_secret() -> None:
    data = b"LEVEL=debug\nOTHER=word\n# a comment with word\n"
    known = secrets("debug.log_level", "debug", place("/.env", 1, 7, 12), "LEVEL")
    source = Source("/.env", data, known, "env")
    assert shown(source, 1, 7, 12) == "LEVEL=debug"
    assert shown(source, 2, 7, 11) == "OTHER=<redacted: 4 characters>"
    assert source.excerpt(place("/.env", 3, 1, 5)) is None


def test_a_literal_in_code_is_hidden_where_it_stands_for_a_secret() -> None:
    data = b'x = connect("db", signing_salt="word", user="me")  # word\nk = getenv("KEY", "weak")\n'
    known = secrets("signing.secret", "weak", place("/a.py", 2, 5, 26))
    source = Source("/a.py", data, known, "python")
    first = shown(source, 1, 1, 12)
    assert first == 'x = connect("db", signing_salt="<redacted: 4 characters>", user="me")'
    assert shown(source, 2, 5, 26) == 'k = getenv("KEY", "<redacted: 4 characters>")'


def test_a_fault_of_the_whole_file_shows_no_line_of_it() -> None:
    source = Source("/a.py", b"x = 1\n", collect([]), "python")
    assert source.excerpt(place("/a.py", 1, 1, 1)) is None
    assert shown(source, 1, 1, 2) == "x = 1"


def test_a_module_that_python_warns_about_is_shown_without_the_warning() -> None:
    source = Source("/a.py", b"x = '\\d'\ny = 1\n", collect([]), "python")
    assert shown(source, 2, 5, 6) == "y = 1"


def test_a_module_that_does_not_parse_is_not_shown() -> None:
    source = Source("/a.py", b"x = (\n", collect([]), "python")
    assert source.excerpt(place("/a.py", 1, 1, 2)) is None


def test_the_caret_moves_with_what_is_hidden() -> None:
    data = b'x = f(password="word", debug=True)\n'
    source = Source("/a.py", data, collect([]), "python")
    excerpt = source.excerpt(place("/a.py", 1, 30, 34))
    assert excerpt is not None
    assert excerpt.text[excerpt.start : excerpt.end] == "True"


def with_fix(shell: Shell, text: str) -> tuple[Audit, Options]:
    """Audit a file with debug on and give the finding a fix that writes ``text`` instead."""
    shell.write({".env": "DEBUG=true\nNAME=x\n"})
    options = Options(profile="production", fix=True)
    before = run([str(shell.folder)], options)
    (finding,) = before.report.findings
    edit = Edit(finding.location, text)
    fixed = finding._replace(fix=Fix("a fix", "safe", (edit,)))
    return before._replace(report=before.report._replace(findings=(fixed,))), options


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("false", True),
        ("yes", False),  # the finding stays
        ("false\nSECRET_KEY=changeme", False),  # another one appears
    ],
)
def test_a_fix_that_does_not_hold_is_withdrawn(shell: Shell, text: str, *, holds: bool) -> None:
    before, options = with_fix(shell, text)
    fixed = fixing.fix(
        before,
        options,
        lambda contents: audit([str(shell.folder)], options._replace(overlay=contents)),
    )
    assert bool(fixed.changes) is holds
    assert bool(fixed.refused) is not holds


def finding_at(where: Location) -> Finding:
    return Finding(
        "DBG001", "debug-enabled", "high", "high", "m", "s", "", "production", ("web",), where,
        (), (), (), (), "", "f", None,
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "accepts"), [("env", False), ("ini", False), ("yaml", True)])
def test_a_comment_within_a_value_of_several_lines(kind: str, *, accepts: bool) -> None:
    data = b'A="one\n# secaudit: ignore[DBG001] why\ntwo"\n'
    file = SourceFile("/p/f", kind, explicit=True)  # type: ignore[arg-type]  # a kind of the table
    project = Project((), (), (), {"/p/f": data})
    judged = [Judged(finding_at(Location("/p/f", 1, 3, 3, 5)), "")]
    outcome = suppression.apply(judged, [file], project, Options())
    assert bool(outcome.suppressed) is accepts

"""Dockerfiles: instructions, stages, continuation lines, heredocs and variables."""

import pytest

from secaudit.errors import AuditError
from secaudit.syntax.dockerfile import Dockerfile, ignored, parse, substituted
from secaudit.syntax.text import TemplateError

TEXT = r"""# syntax=docker/dockerfile:1
ARG V=3.12
FROM python:${V}-slim AS base
ENV A=1 SECRET_KEY="x \"y\"" \
    # comment
    B='$A' \

    C=$A
ENV OLD some value here
RUN <<EOF
FROM not
EOF
RUN pip install \
  -r x.txt
FROM scratch AS other
FROM base
USER app:group
CMD ["uvicorn", "app:app", "--reload"]
"""


def dockerfile(text: str) -> Dockerfile:
    return parse(text.encode(), "/p/Dockerfile")


def test_stages_and_their_chain() -> None:
    file = dockerfile(TEXT)
    assert [(stage.base, stage.name) for stage in file.stages] == [
        ("python:${V}-slim", "base"),
        ("scratch", "other"),
        ("base", ""),
    ]
    assert [stage.name for stage in file.stage()] == ["base", ""]
    assert [stage.name for stage in file.stage("other")] == ["other"]
    assert [pair[0] for item in file.arguments for pair in item.pairs] == ["V"]


def test_variables_with_their_places() -> None:
    env, old = [item for item in dockerfile(TEXT).stages[0].instructions if item.keyword == "ENV"]
    found = [(name, text.value, text.location[1:]) for name, text in env.pairs if text]
    assert found == [
        ("A", "1", (4, 7, 4, 8)),
        ("SECRET_KEY", 'x "y"', (4, 20, 4, 29)),
        ("B", r"\$A", (6, 7, 6, 11)),
        ("C", "$A", (8, 7, 8, 9)),
    ]
    assert [(name, text.value) for name, text in old.pairs if text] == [("OLD", "some value here")]


def test_heredocs_and_continued_commands() -> None:
    runs = [item for item in dockerfile(TEXT).stages[0].instructions if item.keyword == "RUN"]
    assert [word.value for word in runs[1].words] == ["pip", "install", "-r", "x.txt"]
    assert runs[1].words[3].location[1:] == (14, 6, 14, 11)
    assert len(dockerfile(TEXT).stages) == 3, "the FROM inside the heredoc is no stage"


def test_exec_form_words_have_places() -> None:
    (cmd,) = [item for item in dockerfile(TEXT).stages[2].instructions if item.keyword == "CMD"]
    assert cmd.exec_form
    assert [(word.value, word.location.column) for word in cmd.words][2] == ("--reload", 29)


def test_the_escape_directive() -> None:
    file = dockerfile("# escape=`\nFROM a\nRUN dir `\n  c:\\x\n")
    assert file.stages[0].instructions[0].words[0].value == "dir"
    assert len(file.stages[0].instructions) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A/${B}", "1/2"),
        ("${N:-d}${N-e}${E:-f}${E-g}", "def"),
        ("${A:+x}${N:+y}${E:+z}", "x"),
        (r"\$A", "$A"),
        ("$N", ""),
    ],
)
def test_substitution(text: str, expected: str) -> None:
    assert substituted(text, {"A": "1", "B": "2", "E": ""}) == expected


@pytest.mark.parametrize("text", ["FROM a\nnonsense here\n", "FROM a\n==\n"])
def test_a_line_that_is_no_instruction_is_located(text: str) -> None:
    with pytest.raises(AuditError) as caught:
        dockerfile(text)
    assert caught.value.line == 2


def test_templates_are_told_apart() -> None:
    with pytest.raises(TemplateError):
        dockerfile("FROM a\n{% if x %}\nRUN b\n{% endif %}\n")


@pytest.mark.parametrize(
    ("name", "patterns", "expected"),
    [
        (".env", [".env"], True),
        (".env", ["*.md"], False),
        ("app/.env", ["**/.env"], True),
        ("app/.env", [".env"], False),
        ("app/.env", ["app"], True),
        (".env", [".env*", "!.env"], False),
        (".env", ["# .env"], False),
    ],
)
def test_dockerignore(name: str, patterns: list[str], *, expected: bool) -> None:
    assert ignored(name, patterns) is expected

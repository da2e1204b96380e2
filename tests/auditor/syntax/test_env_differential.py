"""Generated env files mean what the real loaders make of them.

The loaders themselves run here: python-dotenv, django-environ, python-decouple, Starlette's Config
and bash. A disagreement is a bug of the highest order, because every rule rests on these values.
"""

import io
import os
import subprocess
import warnings
from pathlib import Path
from unittest import mock

import decouple  # type: ignore[import-untyped]  # it ships no types
import environ  # type: ignore[import-untyped]  # it ships no types
import pytest
from dotenv.main import DotEnv
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from starlette.config import Config

from secaudit.facts import Unknown
from secaudit.syntax import dotenv

ENVIRONMENT = {"OSVAR": "fromos", "B": "os b"}
KEYS = ["A", "B", "C", "key", "K_1", "1A", "a-b", "x.y", "'Q'", "É"]
PIECES = [
    *("x", "yes", "0", " ", "  ", "\t", "#", " #", "# c", "=", ":", "'", '"', "\\", "\\n", "\\'"),
    *('\\"', "\\\\", "\\$", "$", "$$", "$B", "${B}", "${U}", "${U:-d}", "${U-d}", "${OSVAR}"),
    *("${}", "${B", "}", "é", "\u00a0", "\u2028", "\x0c", "{", "[", "]", ",", "http://a", "%", "!"),
]
values = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
quoted = st.one_of(
    values,
    values.map(lambda text: f"'{text}'"),
    values.map(lambda text: f'"{text}"'),
    st.tuples(values, values).map(lambda pair: f'"{pair[0]}\n{pair[1]}"'),
)
prefixes = st.sampled_from(["", "", "", " ", "export ", "export  ", "\t", "# ", "export"])
separators = st.sampled_from(["=", "=", "=", " = ", "= ", " =", ":", ": ", "", " "])
assignments = st.tuples(prefixes, st.sampled_from(KEYS), separators, quoted).map("".join)
lines = st.one_of(assignments, assignments, values, st.just(""))
ends = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", " # c\n", " \n", ""])
files = st.builds(
    lambda mark, rows: mark + "".join(map("".join, rows)),
    st.sampled_from(["", "", "", "\ufeff"]),
    st.lists(st.tuples(lines, ends), max_size=5),
)
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking thirty files takes minutes
CASES = int(os.environ.get("SECAUDIT_DIFFERENTIAL_CASES") or 400)  # of each loader
many = settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))


def ours(text: str, dialect: str, *, override: bool = True) -> dict[str, str | Unknown | None]:
    """Return the effective values by the auditor."""
    file = dotenv.parse(text.encode(), "/p/.env", dialect)
    found = dotenv.effective(dotenv.resolve(file, ENVIRONMENT.get, override=override))
    return {key: item.value for key, item in found.items()}


def text_mode(text: str) -> str:
    """Return the text as ``open(path)`` yields it."""
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8").read()


@pytest.mark.parametrize("override", [True, False])
@many
@given(text=files)
@example(text="A='\\\r\n'")
@example(text="A= # c\nB=#c\nC=1 # '")
def test_python_dotenv(override: bool, text: str) -> None:  # noqa: FBT001 - a parameter of pytest
    with mock.patch.dict(os.environ, ENVIRONMENT, clear=True):
        stream = io.StringIO(text_mode(text))
        real = DotEnv(None, stream=stream, override=override).dict()
    assert ours(text, "python-dotenv", override=override) == dict(real)


@pytest.mark.parametrize("comments", [True, False])
@many
@given(text=files)
def test_django_environ(comments: bool, text: str) -> None:  # noqa: FBT001 - a parameter of pytest
    stream = io.StringIO(text_mode(text))
    with mock.patch.object(environ.Env, "ENVIRON", {}):
        environ.Env.read_env(stream, parse_comments=comments)
        real = dict(environ.Env.ENVIRON)
    dialect = "django-environ-comments" if comments else "django-environ"
    assert ours(text, dialect) == real


@many
@given(text=files)
def test_decouple_and_starlette(text: str) -> None:
    path = Path("generated.env")
    path.write_bytes(text.encode())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ours(text, "starlette") == Config(str(path)).file_values
    assert ours(text, "decouple") == decouple.RepositoryEnv(str(path)).data


shell_pieces = st.sampled_from(
    [
        *("x", "y z", "'", '"', "\\", "\\\n", "\\$", "$B", "${B}", "${U:-d}", "${U-d}", "${B:+d}"),
        *("${B+d}", "${OSVAR}", "$", "#", " #c", "=", "~", ":", ";", "&", "&&", "|", "é", "%", ","),
        *("\t", "\r", "(", ")", "$'a\\tb'", "[", "]", "*", "{", "}", "!", "?"),
    ]
)
shell_values = st.lists(shell_pieces, max_size=5).map("".join)
shell_quoted = st.one_of(
    shell_values,
    shell_values.map(lambda text: f"'{text}'"),
    shell_values.map(lambda text: f'"{text}"'),
)
shell_lines = st.tuples(
    st.sampled_from(["", "", " ", "export ", "# ", "nocommand "]),
    st.sampled_from(["A", "B", "C", "K_1", "1A", "a-b"]),
    st.sampled_from(["=", "=", "=", "+=", " = ", "= ", ":"]),
    shell_quoted,
).map("".join)
shell_files = st.lists(shell_lines, max_size=4).map("\n".join)
_PROBED = {"A", "B", "C", "K_1"}
_PROBE = r"""
for file in "$@"; do (
  printf '\1%s\0' "$file"
  set -a; . "./$file" 2>/dev/null; set +a
  for key in A B C K_1; do
    if [ "${!key+x}" ]; then printf '%s=%s\0' "$key" "${!key}"; fi
  done; printf '\2'
) done
"""


@settings(
    max_examples=max(CASES // 30, 12),
    deadline=None,
    phases=QUICK,
    suppress_health_check=list(HealthCheck),
)
@given(texts=st.lists(shell_files, min_size=30, max_size=30))
@example(texts=['K_1+==\n# a-b=""\na-b:\t*\nK_1=()\r[', "A=1\nA+=(2)3\nB=1"])
@example(texts=["A=(')' \\) [)] # )\n)\nB=1", "A=([)\nB=1", "A=()()\nB=1", "A=(a\n[) ]\n)\nB=1"])
@example(texts=["B=1; A=(a;b)\nC=1", "A=(\na ; '\nC=1\n)\nB=1", "nocommand A=(a;b)\nB=1"])
@example(texts=["export A=(a=(1))\nB=1", "A=1 export B=(x)\nC=1", "A=1 nocommand B=(x)\nC=1"])
@example(texts=["export x[\nC=1", "A=1 x[\nC=1", "A=1 export A", "local A=1"])
@example(
    texts=["A=$(: ')' \\) \")\" '(')\nB=1", "A=${U:-'}'}\nB=1", "A=${U:-{}}\nB=1", "A=$(')\nB=1"]
)
@example(texts=['A="$\\\n[!?"\nB=1', "A=$\\\n\\\n(: ')')\nB=1", 'A="$\\\nx"\nB=1'])
@example(texts=['A="${U:-"\'}"}"\nB=1', "A=$[ [1 ]\nB=1", "A=$((1+(2)))\nB=1", "A=`: \\`\\``\nB=1"])
def test_bash(texts: list[str]) -> None:
    names = [f"{number}.sh" for number in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        Path(name).write_bytes(text.encode())
    command = ["/bin/bash", "--norc", "-c", _PROBE, "probe", *names]
    environment = {**ENVIRONMENT, "PATH": "/nonexistent", "LC_ALL": "C.UTF-8", "HOME": "/h"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)
    answers = dict(part.split("\0", 1) for part in done.stdout.decode().split("\x01")[1:])
    for name, text in zip(names, texts, strict=True):
        if not answers[name].endswith("\x02"):
            continue  # bash itself gave up: an array never closed, or its last-command shortcut
        items = [item.split("=", 1) for item in answers[name][:-1].split("\0") if item]
        real = {"B": ENVIRONMENT["B"]} | dict(items)
        found = {"B": ENVIRONMENT["B"]} | ours(text, "bash")
        unknown = {key for key, value in found.items() if isinstance(value, Unknown)}
        assert {k: v for k, v in found.items() if k in _PROBED - unknown} == {
            k: v for k, v in real.items() if k in _PROBED - unknown
        }, text


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

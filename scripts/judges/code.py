"""Judges of the generated files: semgrep with our own rules, and secaudit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from scripts.judges.api import HERE
from scripts.judges.service import BIN
from scripts.judges.verdict import Answer, Verdict, run, tool

SEMGREP: Final = "semgrep==1.185.0"

# One violation of each rule.
_PLANTED: Final = """\
import pickle, random, ssl
import jwt
from sqlalchemy import text
from starlette.middleware.base import BaseHTTPMiddleware

def wrong(token, digest, other, key, name, context, logger, secret):
    jwt.decode(token, key)
    if digest == other:
        pickle.loads(other)
    text(f"SELECT {name}")
    random.choice(name)
    logger.info("key %s", secret.get_secret_value())
    context.verify_mode = ssl.CERT_NONE
"""


def judge_code(project: Path, scratch: Path) -> Iterator[Verdict]:
    """Look for what must not be in the code, see the rules awake, and audit the settings."""
    answer = _semgrep(project / "app", scratch)
    summary = "no finding" if answer.status == 0 else f"exit status {answer.status}"
    yield Verdict("semgrep, local rules", answer.status == 0, summary, answer.text)
    planted = scratch / "planted.py"
    planted.write_text(_PLANTED)
    rules = [
        line.split()[-1]
        for line in (HERE / "semgrep.yaml").read_text().splitlines()
        if line.startswith("  - id:")
    ]
    awake = _semgrep(planted, scratch)
    silent = [rule for rule in rules if rule not in awake.text]
    summary = f"{len(rules) - len(silent)} of {len(rules)} rules noticed their violation"
    yield Verdict("semgrep, planted violations", not silent, summary, awake.text)
    audited = run(str(BIN / "secaudit"), "config", ".", "--fail-on", "info", cwd=project)
    last = audited.text.strip().splitlines()[-1:] or [""]
    yield Verdict("secaudit config", audited.status == 0, last[0], audited.text)


def _semgrep(target: Path, scratch: Path) -> Answer:
    quiet = ("--metrics", "off", "--disable-version-check", "--quiet", "--error", "--no-git-ignore")
    command = ("semgrep", "scan", "--config", str(HERE / "semgrep.yaml"), *quiet, str(target))
    return tool(SEMGREP, *command, cwd=scratch)

"""Judges of the running service's behaviour and of its API document: schemathesis, Spectral."""

import json
import re
import shutil
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from scripts.judges.service import (
    Service,
    create_admin,
    plant_missing_owner_check,
    serving,
)
from scripts.judges.verdict import Answer, Verdict, run, tool

SCHEMATHESIS: Final = "schemathesis==4.32.5"
SPECTRAL: Final = ("@stoplight/spectral-cli@6.16.3", "@stoplight/spectral-owasp-ruleset@2.0.1")
HERE: Final = Path(__file__).parent

_SEED: Final = "1"
_OBJECT_LEVEL: Final = "object_level_authorization,ignored_auth,not_a_server_error"
_BYPASS: Final = "ST402"
# Quotas off: the judges send thousands of requests a minute. They are judged elsewhere.
DEVELOPMENT: Final = {
    "APP_ENVIRONMENT": "development",
    "APP_ACCOUNTS__REGISTRATION": "open",
    "APP_TOKENS__ACCESS_TTL_SECONDS": "3600",
    "APP_LIMITS__PUBLIC": "",
    "APP_LIMITS__AUTHENTICATED": "",
    "APP_LIMITS__ADMIN": "",
}


def judge_behaviour(project: Path, scratch: Path) -> Iterator[Verdict]:
    """Run schemathesis as a user, as two, as an administrator, and on what ends a session."""
    with serving(project, DEVELOPMENT) as service:
        yield _verdict(
            "schemathesis, every check, a user",
            _explore(service, scratch, {"alice": service.token("alice")}, seconds=60),
        )
        yield _verdict(
            "schemathesis, every check, an administrator",
            _explore(
                service,
                scratch,
                {"admin": create_admin(project, service)},
                *("--include-path-regex", "^/v1/(admin|users)"),
                seconds=30,
            ),
        )
        for name, path in {"carol": "/v1/auth/sessions", "dave": "/v1/users/me"}.items():
            yield _verdict(
                f"schemathesis, every check, {path} until it ends the session",
                _explore(
                    service,
                    scratch,
                    {name: service.token(name)},
                    *("--include-path-regex", f"^{path}"),
                    configuration="schemathesis-endings.toml",
                    seconds=20,
                ),
            )
        yield _verdict("schemathesis, object level, two users", _as_two_users(service, scratch))
        yield judge_document(service, scratch)


def judge_awake(project: Path, scratch: Path) -> Iterator[Verdict]:
    """Show schemathesis the same service without its owner check, which it has to notice."""
    mutant = plant_missing_owner_check(project, scratch)
    with serving(mutant, DEVELOPMENT) as service:
        answer = _as_two_users(service, scratch)
    noticed = answer.status == 1 and _BYPASS in answer.text
    summary = f"noticed ({_BYPASS})" if noticed else "not noticed"
    yield Verdict("schemathesis, planted missing owner check", noticed, summary, answer.text)


def judge_document(service: Service, scratch: Path) -> Verdict:
    """Lint the API document with Spectral's OWASP rules; errors count, warnings are told."""
    with urllib.request.urlopen(f"{service.url}/openapi.json") as answer:  # noqa: S310 - loopback
        (scratch / "openapi.json").write_bytes(answer.read())
    shutil.copy(HERE / "spectral.yaml", scratch / "spectral.yaml")
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--silent")
    installed = run("npm", "install", *quiet, *SPECTRAL, cwd=scratch)
    if installed.status:
        raise OSError(f"npm could not install Spectral: {installed.text}")
    lint = ("lint", "openapi.json", "--ruleset", "spectral.yaml", "--fail-severity", "error")
    judged = run("node_modules/.bin/spectral", *lint, cwd=scratch)
    count = re.search(r"\(\d+ errors?, \d+ warnings?", judged.text)
    summary = count[0].strip("(") if count else "no error, no warning"
    return Verdict("Spectral, OWASP rules", judged.status == 0, summary, judged.text)


def _as_two_users(service: Service, scratch: Path) -> Answer:
    tokens = {name: service.token(f"{name}-again") for name in ("alice", "bob")}
    return _explore(
        service,
        scratch,
        tokens,
        *("--checks", _OBJECT_LEVEL),
        configuration="schemathesis-two-users.toml",
        seconds=40,
    )


def _explore(
    service: Service,
    scratch: Path,
    tokens: Mapping[str, str],
    *options: str,
    configuration: str = "schemathesis.toml",
    seconds: int,
) -> Answer:
    """Run schemathesis; without ``--checks`` it makes every check it has."""
    entries = [
        {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}
        for name, token in tokens.items()
    ]
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        folder = Path(name)
        (folder / "auth.json").write_text(json.dumps({"auth": entries}))
        shutil.copy(HERE / configuration, folder / "schemathesis.toml")
        phases = ("--phases", "coverage,fuzzing,stateful", "--continue-on-failure", "--no-color")
        bounds = ("--max-time", str(seconds), "--seed", _SEED)
        target = (f"{service.url}/openapi.json", *phases, *bounds, *options)
        return tool(SCHEMATHESIS, "schemathesis", "run", *target, cwd=folder)


def _verdict(judge: str, answer: Answer) -> Verdict:
    """Read schemathesis' report; a run that tested nothing has not passed."""
    cases = re.search(r"(\d+) generated", answer.text)
    tested = int(cases[1]) if cases else 0
    summary = f"{tested:,} cases, exit status {answer.status}"
    return Verdict(judge, answer.status == 0 and tested > 0, summary, answer.text)

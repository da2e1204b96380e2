"""Judges of what goes over the wire in production: drheaderplus and sslyze, over TLS."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from scripts.judges.service import Service, issue_certificate, plant_defect, serving
from scripts.judges.verdict import Verdict, tool

DRHEADER: Final = "drheaderplus==3.0.4"
SSLYZE: Final = "sslyze==6.3.1"

_PRODUCTION: Final = {
    "APP_ENVIRONMENT": "production",
    "APP_ACCOUNTS__REGISTRATION": "open",
    "APP_HTTP__ALLOWED_HOSTS": '["localhost"]',
    "APP_LIMITS__BODY_BYTES": "1024",
    "APP_CORS__ALLOW_ORIGINS": '["https://app.example.org"]',
}


class Sample(NamedTuple):
    """A request, and the status that it is answered with."""

    status: int
    method: str
    path: str
    headers: dict[str, str]
    body: str = ""


def judge_transport(project: Path, scratch: Path) -> Iterator[Verdict]:
    """Look at the fields of every kind of answer, then at TLS."""
    certificate = issue_certificate(scratch)
    planted = plant_defect(project, scratch)
    with serving(planted, _PRODUCTION, certificate=certificate) as service:
        for sample in _samples(service):
            yield _judge_fields(service, sample, scratch)
        yield _judge_tls("intermediate", service, scratch)
    quota = {**_PRODUCTION, "APP_LIMITS__PUBLIC": "1/hour"}
    with serving(planted, quota, certificate=certificate) as service:
        yield _judge_refusal(service, scratch)
    modern = ("--tls-minimum", "1.3")
    with serving(project, _PRODUCTION, certificate=certificate, options=modern) as service:
        yield _judge_tls("modern", service, scratch)


def _samples(service: Service) -> list[Sample]:
    bearer = {"Authorization": f"Bearer {service.token('alice')}"}
    json_body = {"Content-Type": "application/json"}
    return [
        Sample(200, "get", "/v1/users/me", bearer),
        Sample(401, "get", "/v1/users/me", {}),
        Sample(404, "get", "/v1/nothing", {}),
        Sample(413, "post", "/v1/auth/register", json_body, " " * 2048),
        Sample(422, "get", "/v2/items?limit=0", bearer),
        Sample(500, "get", "/v1/broken", {}),
    ]


def _judge_fields(service: Service, sample: Sample, scratch: Path) -> Verdict:
    """Let drheaderplus send the request; it asks again with a foreign Origin by itself."""
    reply = service.ask(sample.method.upper(), sample.path, sample.body, sample.headers)
    judge = f"drheaderplus on {sample.status}"
    if reply.status != sample.status:
        return Verdict(judge, passed=False, summary=f"answered {reply.status}")
    return _scan(judge, service, sample, scratch)


def _judge_refusal(service: Service, scratch: Path) -> Verdict:
    """Use up the quota of 127.0.0.1, from where drheaderplus asks."""
    sample = Sample(429, "get", "/v1/nothing", {})
    replies = [service.ask("GET", sample.path, source="127.0.0.1") for _ in range(2)]
    if replies[-1].status != sample.status:
        return Verdict(
            "drheaderplus on 429", passed=False, summary=f"answered {replies[-1].status}"
        )
    return _scan("drheaderplus on 429", service, sample, scratch)


def _scan(judge: str, service: Service, sample: Sample, scratch: Path) -> Verdict:
    arguments = ["--method", sample.method]
    if sample.headers:
        arguments += ["--headers", json.dumps(sample.headers)]
    if sample.body:
        arguments += ["--data", json.dumps(sample.body)]
    url = f"{service.url}{sample.path}"
    command = ("drheader", "scan", "single", "--output", "json", url, *arguments)
    env = {**os.environ, "REQUESTS_CA_BUNDLE": str(service.authority)}
    answer = tool(DRHEADER, *command, cwd=scratch, env=env)
    clean = answer.status == 0 and answer.text.strip().endswith("[]")
    return Verdict(
        judge, clean, "no finding" if clean else f"exit status {answer.status}", answer.text
    )


def _judge_tls(configuration: str, service: Service, scratch: Path) -> Verdict:
    """Compare the server with one of Mozilla's configurations."""
    options = (f"--mozilla_config={configuration}", f"--certinfo_ca_file={service.authority}")
    answer = tool(SSLYZE, "sslyze", *options, f"{service.host}:{service.port}", cwd=scratch)
    compliant = answer.status == 0 and "OK - Compliant" in answer.text
    summary = "compliant" if compliant else f"exit status {answer.status}"
    return Verdict(f"sslyze, Mozilla {configuration}", compliant, summary, answer.text)

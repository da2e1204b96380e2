"""The posture of every route is what a reviewer has accepted (OWASP API9)."""

import os
import warnings
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.security.access import public
from app.security.posture import describe, differences, overdue, posture
from app.security.versioning import Deprecation
from tests.security.locks import LOCKS, OWN, ROUTES, TEMPLATE, UPDATE, Lock
from tests.security.probe import old_router, probe_router


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_the_posture_is_the_accepted_one(lock: Lock) -> None:
    lock.update_if_asked()
    found = list(differences(lock.read(), lock.current()))
    assert not found, "\n".join(
        [
            f"the routes differ from {lock.file.name}:",
            *found,
            f"If this is what you mean, accept it with {UPDATE}=1 uv run pytest {__file__}",
            "and commit the file.",
        ]
    )


def test_no_route_is_in_both_locks() -> None:
    assert not TEMPLATE.current().keys() & OWN.current().keys()


def test_every_fact_of_a_route_shows_as_a_difference() -> None:
    """Planted changes: what would pass review unseen without the lock."""
    route = next(r.declared for r in probe_router().routes if r.declared.method == "PATCH")
    accepted = posture([route])
    opened = posture([replace(route, access=public)])
    lines = list(differences(accepted, opened))
    assert [line.split(":")[0] for line in lines] == [
        "~ PATCH /v1/probes/{probe_id} access",
        "~ PATCH /v1/probes/{probe_id} limit",
    ]
    assert 'owner:Probe" -> "public"' in lines[0]
    bare = posture([replace(route, request_model=None, response_model=None)])
    assert {line.split(": ")[0].split()[-1] for line in differences(accepted, bare)} == {
        "body",
        "response",
    }
    assert list(differences(accepted, {})) == ["- PATCH /v1/probes/{probe_id}"]
    assert next(differences({}, accepted)).startswith("+ PATCH /v1/probes/{probe_id}: {")


def test_a_page_and_a_deprecation_are_facts_of_the_posture() -> None:
    sunset = datetime(2030, 1, 1, tzinfo=UTC)
    since = datetime(2026, 1, 1, tzinfo=UTC)
    router = old_router(Deprecation(since=since, successor="/v1/probes", sunset=sunset))
    facts = describe(router.routes[0].declared)
    assert facts["version"] == "v0"
    assert facts["page_limit"] == 100
    assert facts["response"] == ["items[].id", "items[].name", "limit", "page"]
    assert facts["deprecation"] == {
        "since": "2026-01-01T00:00:00+00:00",
        "successor": "/v1/probes",
        "sunset": "2030-01-01T00:00:00+00:00",
        "enforced": False,
    }


def test_a_passed_sunset_is_overdue() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    now = [end.timestamp() - 1]
    deprecation = Deprecation(since=start, successor="/v1/probes", sunset=end, clock=lambda: now[0])
    route = old_router(deprecation).routes[0].declared
    assert list(overdue([route])) == []
    now[0] += 1
    assert len(list(overdue([route]))) == 1
    enforced = replace(route, deprecation=replace(deprecation, enforce_sunset=True))
    assert list(overdue([enforced])) == []


def test_overdue_routes_warn_and_fail_nothing() -> None:
    """A sunset is a promise to callers, not a defect of the commit that is tested that day."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        for message in overdue(ROUTES.values()):
            if os.environ.get("GITHUB_ACTIONS"):
                print(f"::warning::{message}")  # noqa: T201 - how a workflow is told
            warnings.warn(message, stacklevel=1)

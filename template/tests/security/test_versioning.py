"""How a version is retired: Deprecation (RFC 9745), Sunset (RFC 8594), 410 where it is enforced."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.security.versioning import Deprecation
from tests.security.probe import bearer, old_router, probe_client

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
ALICE = bearer("alice")
SUNSET = datetime(2027, 6, 30, 23, 59, 59, tzinfo=UTC)


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> float:
        """Return the time it shows, in seconds since the epoch."""
        return self.now.timestamp()


def get(client: TestClient, token: str = "alice") -> tuple[int, dict[str, str]]:
    answer = client.get("/v0/probes", headers=bearer(token))
    return answer.status_code, dict(answer.headers)


def test_a_deprecated_route_says_since_when_and_what_comes_instead(tmp_path: Path) -> None:
    deprecation = Deprecation(since=SINCE, successor="/v1/probes")
    with probe_client(tmp_path, old_router(deprecation)) as client:
        status, headers = get(client)
    assert status == 200
    assert headers["deprecation"] == "@1772323200"
    assert headers["link"] == '</v1/probes>; rel="successor-version"'
    assert "sunset" not in headers


def test_a_sunset_is_announced_as_an_http_date_in_gmt(tmp_path: Path) -> None:
    elsewhere = SUNSET.astimezone(timezone(timedelta(hours=9)))
    deprecation = Deprecation(since=SINCE, successor="/v1/probes", sunset=elsewhere)
    with probe_client(tmp_path, old_router(deprecation)) as client:
        assert get(client)[1]["sunset"] == "Wed, 30 Jun 2027 23:59:59 GMT"


def test_a_passed_sunset_changes_nothing_unless_it_is_enforced(tmp_path: Path) -> None:
    clock = Clock(SUNSET + timedelta(days=365))
    deprecation = Deprecation(since=SINCE, successor="/v1/probes", sunset=SUNSET, clock=clock)
    with probe_client(tmp_path, old_router(deprecation)) as client:
        assert get(client)[0] == 200


def test_an_enforced_sunset_is_410_from_its_second_on(tmp_path: Path) -> None:
    clock = Clock(SUNSET - timedelta(seconds=1))
    deprecation = Deprecation(
        since=SINCE, successor="/v1/probes", sunset=SUNSET, enforce_sunset=True, clock=clock
    )
    with probe_client(tmp_path, old_router(deprecation)) as client:
        assert get(client)[0] == 200
        clock.now = SUNSET
        status, headers = get(client)
        assert (status, headers["content-type"]) == (410, "application/problem+json")
        assert get(client, "nobody")[0] == 410
        assert client.put("/v0/probes").status_code == 405


def test_refusals_of_a_deprecated_route_say_so_too(tmp_path: Path) -> None:
    """Who is refused, or comes too late, needs the successor as much as who is served."""
    clock = Clock(SUNSET - timedelta(seconds=1))
    deprecation = Deprecation(
        since=SINCE, successor="/v1/probes", sunset=SUNSET, enforce_sunset=True, clock=clock
    )
    with probe_client(tmp_path, old_router(deprecation)) as client:
        refusals = [client.get("/v0/probes"), client.get("/v0/probes?page=0", headers=ALICE)]
        clock.now = SUNSET
        refusals.append(client.get("/v0/probes", headers=ALICE))
    assert [answer.status_code for answer in refusals] == [401, 422, 410]
    assert refusals[0].headers["www-authenticate"] == "Bearer"
    for answer in refusals:
        assert answer.headers["deprecation"] == "@1772323200"
        assert answer.headers["link"] == '</v1/probes>; rel="successor-version"'
        assert answer.headers["sunset"] == "Wed, 30 Jun 2027 23:59:59 GMT"


def test_other_routes_are_not_deprecated(tmp_path: Path) -> None:
    with probe_client(tmp_path) as client:
        answer = client.get("/v1/probes", headers=bearer("alice"))
    assert "deprecation" not in answer.headers


def test_page_numbers_are_bounded(tmp_path: Path) -> None:
    deprecation = Deprecation(since=SINCE, successor="/v1/probes")
    with probe_client(tmp_path, old_router(deprecation)) as client:
        for page, status in (("1", 200), ("10000", 200), ("10001", 422), ("0", 422)):
            answer = client.get("/v0/probes", params={"page": page}, headers=bearer("alice"))
            assert answer.status_code == status


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"since": datetime(2026, 1, 1)}, "time zone"),  # noqa: DTZ001 - the mistake under test
        ({"since": SUNSET, "sunset": SINCE}, "before it is deprecated"),
        ({"since": SINCE, "enforce_sunset": True}, "needs a sunset"),
    ],
)
def test_dates_that_make_no_sense_are_refused(arguments: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Deprecation(successor="/v1/probes", **arguments)  # type: ignore[arg-type]  # the mistake under test

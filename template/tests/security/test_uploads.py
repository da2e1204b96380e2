"""Files of users: capped while they arrive, within a quota, whole or not at all (OWASP API4)."""

import asyncio
import hashlib
from collections.abc import Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, delete, func, select, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

import app.service
from app.storage.base import utc_now
from app.storage.uploads import CHUNK_BYTES, Upload, UploadChunk
from tests.security.accounts import Account
from tests.security.conftest import MakeClient
from tests.security.probe import Probe, ProbeBase, files_router, probe_router

UPLOAD_BYTES, STORAGE_BYTES = 600_000, 1_000_000
PDF = {"Content-Type": "application/pdf"}


@pytest.fixture
def client(
    make_client: MakeClient, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> TestClient:
    """The service with the probe's routes instead of the owner's."""
    monkeypatch.setattr(app.service, "ROUTERS", (probe_router(), files_router()))
    engine = create_engine(sync(database_url))
    ProbeBase.metadata.create_all(engine)
    engine.dispose()
    return make_client(limits={"upload_bytes": UPLOAD_BYTES, "storage_bytes": STORAGE_BYTES})


def sync(url: str) -> str:
    return url.replace("sqlite+aiosqlite", "sqlite")


@pytest.fixture
def rows(database_url: str) -> Iterator[Session]:
    engine = create_engine(sync(database_url))
    with Session(engine) as session:
        yield session
    engine.dispose()


def subject(client: TestClient, account: Account) -> str:
    answer = client.post("/v1/probes", json={"name": "probe"}, headers=account.bearer)
    assert answer.status_code == 201, answer.text
    return f"/v1/probes/{answer.json()['id']}/file"


def pieces(total: int, size: int = 65_536) -> Iterator[bytes]:
    """Yield a body whose length is not declared."""
    for start in range(0, total, size):
        yield b"x" * min(size, total - start)


def test_a_file_of_many_chunks_comes_back_as_it_was(
    client: TestClient, alice: Account, rows: Session
) -> None:
    path, content = subject(client, alice), bytes(range(250)) * 2300
    answer = client.post(path, content=content, headers=alice.bearer | PDF)
    assert answer.status_code == 201, answer.text
    assert answer.json()["sha256"] == hashlib.sha256(content).hexdigest()
    assert rows.scalar(select(func.max(func.length(UploadChunk.data)))) == CHUNK_BYTES
    got = client.get(path, headers=alice.bearer)
    assert got.content == content
    assert got.headers["content-length"] == str(len(content))
    assert got.headers["content-disposition"] == "attachment"
    assert got.headers["x-content-type-options"] == "nosniff"


def test_head_describes_a_file_without_reading_it(
    client: TestClient, alice: Account, rows: Session, caplog: pytest.LogCaptureFixture
) -> None:
    """The chunks are gone: who looked for them would fail."""
    path = subject(client, alice)
    client.post(path, content=b"x" * 1000, headers=alice.bearer | PDF)
    rows.execute(delete(UploadChunk))
    rows.commit()
    head = client.head(path, headers=alice.bearer)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == "1000"
    assert "The application failed" not in caplog.messages


@pytest.mark.parametrize("declared", [True, False])
def test_a_file_beyond_the_cap_is_413_and_leaves_nothing(
    client: TestClient, alice: Account, rows: Session, *, declared: bool
) -> None:
    path = subject(client, alice)
    content = b"x" * (UPLOAD_BYTES + 1) if declared else pieces(UPLOAD_BYTES + 1)
    answer = client.post(path, content=content, headers=alice.bearer | PDF)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert rows.scalar(select(func.count()).select_from(Upload)) == 0
    assert rows.scalar(select(func.count()).select_from(UploadChunk)) == 0


def test_the_upload_cap_holds_where_it_was_declared_and_nowhere_else(
    make_client: MakeClient, client: TestClient, alice: Account
) -> None:
    del client
    small = make_client(limits={"body_bytes": 1000, "upload_bytes": 5000, "storage_bytes": 5000})
    path = subject(small, alice)
    assert small.post(path, content=b"x" * 4000, headers=alice.bearer | PDF).status_code == 201
    long = {"name": "x" * 2000}
    assert small.post("/v1/probes", json=long, headers=alice.bearer).status_code == 413


def test_files_of_one_user_share_a_quota_and_others_have_their_own(
    client: TestClient, alice: Account, bob: Account
) -> None:
    big = b"x" * UPLOAD_BYTES
    assert (
        client.post(subject(client, alice), content=big, headers=alice.bearer | PDF).status_code
        == 201
    )
    full = client.post(subject(client, alice), content=big, headers=alice.bearer | PDF)
    assert full.status_code == 413
    rest = b"x" * (STORAGE_BYTES - UPLOAD_BYTES)
    assert (
        client.post(subject(client, alice), content=rest, headers=alice.bearer | PDF).status_code
        == 201
    )
    assert (
        client.post(subject(client, bob), content=big, headers=bob.bearer | PDF).status_code == 201
    )


def test_uploads_at_once_cannot_pass_the_quota_together(
    client: TestClient, alice: Account, rows: Session
) -> None:
    paths = [subject(client, alice) for _ in range(4)]
    content = b"x" * (STORAGE_BYTES // 2 - 1)
    with ThreadPoolExecutor(4) as pool:
        statuses = list(
            pool.map(
                lambda path: (
                    client.post(path, content=content, headers=alice.bearer | PDF).status_code
                ),
                paths,
            )
        )
    assert set(statuses) <= {201, 413}
    assert (rows.scalar(select(func.sum(Upload.size))) or 0) <= STORAGE_BYTES
    assert rows.scalar(select(func.count()).where(Upload.sha256.is_(None))) == 0


def test_a_deleted_file_gives_its_room_back(client: TestClient, alice: Account) -> None:
    big = b"x" * UPLOAD_BYTES
    for _ in range(3):
        path = subject(client, alice)
        assert client.post(path, content=big, headers=alice.bearer | PDF).status_code == 201
        assert client.delete(path, headers=alice.bearer).status_code == 204


@pytest.mark.parametrize(
    "media_type", ["text/html", "image/svg+xml", "application/json", "", "application/pdf2"]
)
def test_only_listed_media_types_are_stored(
    client: TestClient, alice: Account, media_type: str
) -> None:
    headers = alice.bearer | ({"Content-Type": media_type} if media_type else {})
    assert client.post(subject(client, alice), content=b"x", headers=headers).status_code == 415


def test_a_strangers_file_is_404(client: TestClient, alice: Account, bob: Account) -> None:
    path = subject(client, alice)
    assert client.post(path, content=b"mine", headers=alice.bearer | PDF).status_code == 201
    assert client.get(path, headers=bob.bearer).status_code == 404
    assert client.post(path, content=b"x" * 10, headers=bob.bearer | PDF).status_code == 404
    assert client.get(path).status_code == 401


def test_a_pending_file_counts_and_cannot_be_read_until_it_stands_still(
    client: TestClient, alice: Account, rows: Session
) -> None:
    """What a killed process leaves behind blocks nothing for long."""
    path = subject(client, alice)
    assert client.post(path, content=b"x" * 10, headers=alice.bearer | PDF).status_code == 201
    rows.execute(update(Upload).values(sha256=None))
    rows.commit()
    assert client.get(path, headers=alice.bearer).status_code == 404
    assert client.post(path, content=b"new", headers=alice.bearer | PDF).status_code == 409
    rows.execute(update(Upload).values(touched_at=utc_now() - timedelta(minutes=3)))
    rows.commit()
    assert client.post(path, content=b"new", headers=alice.bearer | PDF).status_code == 201
    assert client.get(path, headers=alice.bearer).content == b"new"


def test_a_file_whose_subject_vanishes_meanwhile_is_not_kept(
    client: TestClient, alice: Account, rows: Session
) -> None:
    path = subject(client, alice)

    def body() -> Iterator[bytes]:
        yield b"x" * CHUNK_BYTES
        rows.execute(delete(Probe))
        rows.commit()
        yield b"y"

    answer = client.post(path, content=body(), headers=alice.bearer | PDF)
    assert answer.status_code == 404
    assert rows.scalar(select(func.count()).select_from(Upload)) == 0


def test_of_two_uploads_at_once_to_one_subject_one_is_kept(
    client: TestClient, alice: Account, rows: Session
) -> None:
    path = subject(client, alice)

    def store(letter: bytes) -> int:
        headers = alice.bearer | PDF
        return int(client.post(path, content=letter * 300_000, headers=headers).status_code)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(store, (b"a", b"b"))) == [201, 409]
    assert rows.scalar(select(func.count()).select_from(Upload)) == 1
    assert len(set(client.get(path, headers=alice.bearer).content)) == 1


@pytest.mark.parametrize("end", ["disconnect", "cancel"])
def test_an_upload_that_breaks_off_leaves_nothing(
    client: TestClient, alice: Account, rows: Session, end: str
) -> None:
    """Drive the application by hand: no client breaks off at a chosen byte."""
    path = subject(client, alice)
    pending: list[int] = []
    sent: list[MutableMapping[str, Any]] = []
    headers = [(b"host", b"localhost"), (b"content-type", b"application/pdf")]
    headers += [(b"transfer-encoding", b"chunked")]
    headers += [(b"authorization", alice.bearer["Authorization"].encode())]
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode()}
    scope |= {"headers": headers, "query_string": b"", "scheme": "http", "client": ("::1", 1)}

    async def receive() -> dict[str, Any]:
        if not pending:
            pending.append(0)
            return {"type": "http.request", "body": b"x" * CHUNK_BYTES, "more_body": True}
        pending.append(rows.scalar(select(func.count()).select_from(UploadChunk)) or 0)
        rows.rollback()
        if end == "cancel":
            raise asyncio.CancelledError
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def serve() -> None:
        with suppress(asyncio.CancelledError):
            await client.app(scope, receive, send)

    assert client.portal is not None
    client.portal.call(serve)
    assert pending[-1] == 1
    assert sent[0]["status"] == {"disconnect": 400, "cancel": 503}[end]
    assert rows.scalar(select(func.count()).select_from(Upload)) == 0
    assert rows.scalar(select(func.count()).select_from(UploadChunk)) == 0


def test_deleting_an_account_deletes_its_files(
    client: TestClient, alice: Account, rows: Session
) -> None:
    path = subject(client, alice)
    assert client.post(path, content=b"x", headers=alice.bearer | PDF).status_code == 201
    assert client.delete("/v1/users/me", headers=alice.bearer).status_code == 204
    assert rows.scalar(select(func.count()).select_from(UploadChunk)) == 0


def test_an_unknown_subject_has_no_file(client: TestClient, alice: Account) -> None:
    assert client.get(f"/v1/probes/{uuid4()}/file", headers=alice.bearer).status_code == 404

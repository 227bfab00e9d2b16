"""The application behind a test server, with a session that has ended and its sealed recording."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from config.models import RecordingSettings, ServerSettings, Settings
from config.storage import S3Settings, StorageSettings
from reception.lifecycle import Action
from reception.records import SessionRecord
from reception.store import Store
from recorder.custody import read_log
from recorder.service import Recorder
from recorder.storage.process import Works
from recorder.storage.queue import Queue
from sfu.server import MediaServer
from signalling.app import make_app
from signalling.services import Services
from signalling.tokens import Tokens
from tests.recorder.made import make_sealed

PLAN = {
    "host_organisation": "UBND xã Đô Lương",
    "competent_level": "xa",
    "chair_name": "Nguyễn Văn An",
    "chair_office": "Chủ tịch UBND xã",
    "secretary": "Lê Thị Bình",
    "matter_class": 3,
    "reason_online": "nhieu_cap_xa_dia_ly",
    "no_state_secrets": True,
}
WAY = (Action.SUBMIT, Action.APPROVE, Action.CHECK, Action.READY, Action.START, Action.END)


class World:
    """Calls by role, and the store behind."""

    def __init__(self, client: TestClient[Any, Any], services: Services) -> None:
        self.client, self.services = client, services
        self.data = services.data

    def token(self, role: str, name: str = "", **claims: Any) -> str:
        return self.services.tokens.issue(role=role, hours=1, name=name or role, **claims)

    async def call(self, role: str, method: str, path: str, body: Any = None, **claims: Any) -> tuple[int, Any]:
        """Status and answer. A body of bytes is sent as it is."""
        headers = {"Authorization": f"Bearer {self.token(role, **claims)}"}
        sent: dict[str, Any] = {"data": body} if isinstance(body, bytes) else {"json": body}
        async with self.client.request(method, f"/api/v1{path}", headers=headers, **sent) as answer:
            raw = await answer.read()
            return answer.status, json.loads(raw) if answer.content_type.endswith("json") else raw

    async def well(self, role: str, method: str, path: str, body: Any = None, **claims: Any) -> Any:
        status, answer = await self.call(role, method, path, body, **claims)
        assert status < 300, (method, path, status, answer)
        return answer

    async def refused(self, role: str, method: str, path: str, body: Any = None, **claims: Any) -> tuple[int, str]:
        status, answer = await self.call(role, method, path, body, **claims)
        assert status >= 400, (method, path, answer)
        return status, answer["code"]

    async def exports(self, session_id: str) -> list[Any]:
        """What was noted of each time the package was taken, the last to its end: that may be after its last byte."""
        async with asyncio.timeout(10):
            while True:
                found = [line for line in read_log(self.data, session_id) if line["what"] == "export"]
                if found and found[-1]["result"] != "begun":
                    return found
                await asyncio.sleep(0.05)

    async def session(self, *, kind: str = "dinh_ky", title: str = "Tiếp công dân về đất đai", **plan: Any) -> Any:
        """A draft with a centre and two delegates, one of them with a named person."""
        people = [{"name": "Phạm Thị Dung", "office": "Chánh Thanh tra"}]
        body = {
            "title": title,
            "kind": kind,
            "central": {"name": "Xã Đô Lương"},
            "delegates": [{"name": "Trụ sở tỉnh", "people": people}, {"name": "Xã Anh Sơn"}],
            **PLAN,
            **plan,
        }
        return await self.well("operator", "POST", "/sessions", body)

    async def ended(self, *, recorded: bool = True, encrypted: bool = False, **facts: Any) -> SessionRecord:
        """A session that took place; recorded: its sealed recording lies there."""
        session = await self.session(**facts)
        for action in WAY:
            await self.services.store.act(session["id"], action)
        if recorded:
            made = make_sealed(self.data, encrypted=encrypted)
            made.rename(made.with_name(session["id"]))
        return await self.services.store.session(session["id"])

    async def sign_all(self, session_id: str) -> None:
        minutes = await self.well("secretary", "GET", f"/sessions/{session_id}/minutes")
        for each in minutes["signatures"]:
            who = {name: each[name] for name in ("endpoint_id", "person", "capacity")}
            body = {**who, "state": "da_ky"}
            await self.well("secretary", "PUT", f"/sessions/{session_id}/minutes/signatures", body)

    def work(self) -> None:
        """What waits in storage's queue is done, as its process does it."""
        Works(self.data, self.services.settings, Queue(self.data)).run()


@asynccontextmanager
async def world(
    data: Path,
    *,
    mount_roots: tuple[str, ...] = (),
    public: bool = True,
    s3: S3Settings | None = None,
    encrypt: bool = False,
) -> AsyncIterator[World]:
    settings = Settings(
        server=ServerSettings(data=data),
        recording=RecordingSettings(min_free_mib=16, encrypt=encrypt),
        storage=StorageSettings(mount_roots=mount_roots, s3=s3 or S3Settings()),
    )
    settings = settings.model_copy(
        update={"reception": settings.reception.model_copy(update={"public_schedule": public})}
    )
    store = await Store.open(data / "store.sqlite")
    services = Services(
        settings,
        store=store,
        media=MediaServer(settings.media, host="127.0.0.1", port=1),
        recorder=Recorder(settings.recording, data=data),
        tokens=Tokens(b"s" * 32),
    )
    async with TestClient(TestServer(make_app(services, version="0"))) as client:
        yield World(client, services)
    await services.background.drain(timeout_s=5.0)
    await store.close()

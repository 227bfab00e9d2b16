"""Each minute every endpoint hears the newest hash of the recording's chain."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from config.models import RecordingSettings, ServerSettings, Settings
from reception.guards import Order
from reception.lifecycle import Action
from reception.store import Store
from recorder.catalogue import read_entry, seal_of, short_hash
from recorder.service import Recorder
from recorder.verify import verify
from sfu.server import MediaServer
from signalling import messages as m
from signalling.conference import ANCHOR_INTERVAL_S
from signalling.services import Services
from signalling.session_views import session_view
from signalling.tokens import Tokens


class Page:
    """A page's connection that keeps what it is sent."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def send(self, message: object) -> None:
        self.heard.append(message)

    def close(self) -> None: ...


async def head_of(conference: Any) -> str:
    """When the recorder's process has told one."""
    for _ in range(200):
        if conference.recording.status.head:
            return str(conference.recording.status.head)
        await asyncio.sleep(0.05)
    raise AssertionError("no head came")


async def test_pages_witness_the_chain_each_minute_and_the_seal_is_short_for_the_minutes(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.sqlite")
    settings = Settings(
        server=ServerSettings(data=tmp_path), recording=RecordingSettings(min_free_mib=16, reserve_mib=1)
    )
    services = Services(
        settings,
        store=store,
        media=MediaServer(settings.media, host="127.0.0.1", port=1),
        recorder=Recorder(settings.recording, data=tmp_path),
        tokens=Tokens(b"s" * 32),
    )
    endpoints = [("Trung tâm", "central"), ("Xã", "delegate")]
    record = await store.create_session(title="t", kind="rehearsal", profile="30-5", endpoints=endpoints)
    await services.act(record.id, Action.START)
    conference: Any = services.conferences[record.id]
    page = Page()
    next(iter(conference.seats.values())).connection = page
    head = await head_of(conference)
    assert session_view(services, conference.record).recording.head == head
    begun = conference._anchored_s
    for passed in (1.0, ANCHOR_INTERVAL_S - 1, ANCHOR_INTERVAL_S, ANCHOR_INTERVAL_S + 1):
        conference.tick(now=begun + passed)
    (evidence,) = [message for message in page.heard if isinstance(message, m.Evidence)]
    await services.act(record.id, Order(action=Action.END, waive="Buổi thử"))
    await services.background.drain(timeout_s=30.0)
    directory = tmp_path / "recordings" / record.id
    assert verify(directory, head=evidence.head).verdict == "whole"
    (anchored,) = [event for event in read_entry(directory).events if event["kind"] == "anchored"]
    assert (anchored["head"], anchored["witnesses"]) == (evidence.head, "1")
    ended = await store.session(record.id)
    short = session_view(services, ended).recording.seal_short
    assert short == short_hash(seal_of(directory))
    assert verify(directory, head=short.replace(" ", "")).verdict == "whole"
    await store.close()

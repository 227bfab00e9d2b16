"""Seconds of a live session become sums of each endpoint, kept with the room and gone on with after a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bandwidth.attribution_facts import Contact, EndpointFacts
from reception.lifecycle import SessionState
from reception.records import EndpointRecord
from reception.room_store import RoomStore
from reception.store import Store
from signalling.line_record import SAVE_EACH_S, LineRecorder


@dataclass
class Peer:
    connected: bool = True


@dataclass
class Seat:
    record: EndpointRecord
    was_here: bool = True
    waiting: bool = False
    private: bool = False
    peer: Peer | None = field(default_factory=Peer)


@dataclass
class Record:
    state: SessionState = SessionState.LIVE


@dataclass
class Conference:
    seats: dict[str, Seat]
    record: Record = field(default_factory=Record)


@dataclass
class Watch:
    facts: dict[str, EndpointFacts]

    def history(self, session_id: str) -> Watch:
        return self


HERE = EndpointFacts(connected_s=9, up_bps=1_000_000, down_bps=2_000_000, loss_up=0.02, rtt_s=0.05)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "store.sqlite")
    yield opened
    await opened.close()


async def test_what_is_live_and_expected_is_summed_up_and_kept(store: Store) -> None:
    record = await store.create_session(
        title="t", kind="dinh_ky", profile="30-5", endpoints=[("A", "central"), ("B", "delegate")]
    )
    first, second = (Seat(each) for each in record.endpoints)
    second.was_here = False  # it has not come yet
    conference: Any = Conference({first.record.id: first, second.record.id: second})
    watch: Any = Watch({first.record.id: HERE, second.record.id: EndpointFacts(contact=Contact.GONE)})
    rooms = RoomStore(store)
    lines = LineRecorder(rooms)
    for _ in range(SAVE_EACH_S):
        await lines.update({record.id: conference}, watch)
    kept = (await rooms.load(record.id))["lines"]
    assert kept["live_s"] == SAVE_EACH_S
    assert list(kept["endpoints"]) == [first.record.id]
    conference.record.state = SessionState.PAUSED
    await lines.update({record.id: conference}, watch)
    conference.record.state = SessionState.LIVE
    first.peer, second.was_here, second.waiting = None, True, True
    await lines.update({record.id: conference}, watch)
    again = LineRecorder(rooms)  # of the server's next life: what was kept last is gone on with
    await lines.update({}, watch)
    await again.update({record.id: conference}, watch)
    found = again.current(record.id)
    assert found is not None
    line = found.endpoints[first.record.id]
    assert (found.live_s, line.expected_s, line.here_s) == (SAVE_EACH_S + 2, SAVE_EACH_S + 2, SAVE_EACH_S)
    assert (line.mean(line.up_bits), line.mean(line.loss_up), line.rtt_ms) == (
        1_000_000,
        pytest.approx(0.02),
        pytest.approx(50),
    )
    assert second.record.id not in found.endpoints  # who waits outside is not missed

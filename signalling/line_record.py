"""Sums up how each endpoint's line does while a session is live, second by second, and keeps it with the room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from bandwidth.attribution_facts import Contact, EndpointFacts
from reception.lifecycle import SessionState
from reception.line_record import LineRecord
from reception.room_store import RoomStore

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.watch import Watch

PART = "lines"  # of what is kept of a room
SAVE_EACH_S = 30  # what a killed server may lose of the sums

log = structlog.get_logger("signalling")


class LineRecorder:
    """One for the process."""

    def __init__(self, store: RoomStore) -> None:
        self._store = store
        self._records: dict[str, LineRecord] = {}
        self._seconds: dict[str, int] = {}

    async def update(self, conferences: Mapping[str, Conference], watch: Watch) -> None:
        """Once a second, after the watch has looked. conferences: all that run, by session."""
        now = datetime.now(UTC)
        for session_id in self._records.keys() - conferences.keys():
            await self.finish(session_id)
        for session_id, conference in list(conferences.items()):
            if conference.record.state is SessionState.LIVE:
                await self._second(session_id, conference, watch.history(session_id).facts, now)
            elif session_id in self._records:
                _settle(self._records[session_id], now)

    def current(self, session_id: str) -> LineRecord | None:
        """What is summed up of a session that goes on here, newer than what is kept."""
        found = self._records.get(session_id)
        return found.model_copy(deep=True) if found is not None else None

    async def finish(self, session_id: str) -> None:
        """The session is over, or goes on elsewhere: keep what there is."""
        record = self._records.pop(session_id, None)
        self._seconds.pop(session_id, None)
        if record is not None:
            _settle(record, datetime.now(UTC))
            await self._save(session_id, record)

    async def _second(
        self, session_id: str, conference: Conference, facts: Mapping[str, EndpointFacts], now: datetime
    ) -> None:
        record = self._records.get(session_id)
        if record is None:
            kept = (await self._store.load(session_id)).get(PART, {})
            record = self._records[session_id] = LineRecord.model_validate(kept)
        record.live_s += 1
        for endpoint_id, seat in list(conference.seats.items()):
            found = facts.get(endpoint_id)
            came = seat.was_here or endpoint_id in record.endpoints
            if seat.record.removed or seat.waiting or seat.private or not came:
                if endpoint_id in record.endpoints:
                    record.endpoints[endpoint_id].settle(now)
                continue
            here = found is not None and found.contact is Contact.HERE and seat.peer is not None and seat.peer.connected
            line = record.of(endpoint_id)
            line.second(here=here, now=now)
            if here and found is not None and found.connected_s > 0:
                line.measured(
                    up_bps=found.up_bps,
                    down_bps=found.down_bps,
                    loss_up=found.loss_up,
                    loss_down=found.loss_down,
                    rtt_s=found.rtt_s,
                )
        self._seconds[session_id] = self._seconds.get(session_id, 0) + 1
        if self._seconds[session_id] % SAVE_EACH_S == 0:
            await self._save(session_id, record)

    async def save_all(self) -> None:
        """At a clean stop."""
        for session_id, record in self._records.items():
            await self._save(session_id, record)

    async def _save(self, session_id: str, record: LineRecord) -> None:
        try:
            await self._store.save(session_id, PART, record.model_dump(mode="json"))
        except Exception:
            log.exception("the sums of a session's lines could not be kept", session=session_id)


def _settle(record: LineRecord, now: datetime) -> None:
    for each in record.endpoints.values():
        each.settle(now)

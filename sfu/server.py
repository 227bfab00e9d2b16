"""The media server: ports, sessions, and the one timer that drives them."""

from __future__ import annotations

import asyncio
import time

import structlog

from config.models import MediaSettings
from config.profile import Profile
from sfu.allocation import SiteAllocator
from sfu.native.forwarding import open_fast_path
from sfu.peer import Peer
from sfu.session import MediaSession, SessionEvents
from sfu.transport.ports import Ports
from sfu.types import SessionId

TICK_S = 0.010
PACE_S = 0.002  # while somebody's packets wait for their pace
REPAIR_S = 0.010
FEEDBACK_S = 0.050
ALLOCATION_S = 0.200
REPORTS_S = 1.0

log = structlog.get_logger("sfu")


class MediaServer:
    """Owns the sockets and the clock. Everything else is told the time."""

    def __init__(self, settings: MediaSettings, *, host: str, port: int, keyframe_interval_s: float = 10.0) -> None:
        self.fast_path = open_fast_path(settings.fan_out, lambda: self.now())
        self.ports = Ports(settings, host=host, port=port, after_batch=self._after_batch, fast_path=self.fast_path)
        self.sessions: dict[SessionId, MediaSession] = {}
        self.allocator = SiteAllocator()
        self.wall_offset_s = time.time() - time.monotonic()
        self.ready: list[Peer] = []  # those with packets in their deques
        self._settings = settings
        self._keyframe_interval_s = keyframe_interval_s
        self._due = dict.fromkeys(("repair", "feedback", "allocation", "reports"), 0.0)
        self._allocate_now = False
        self._timer: asyncio.TimerHandle | None = None
        self._pace_timer: asyncio.TimerHandle | None = None
        self.worst_tick_s = 0.0
        self._last_tick_s = 0.0

    @staticmethod
    def now() -> float:
        """The media clock."""
        return time.monotonic()

    async def start(self) -> None:
        """Bind and run. Raises PortError."""
        await self.ports.start()
        self._last_tick_s = self.now()
        self._timer = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    async def close(self) -> None:
        """End every session and close the sockets."""
        for timer in (self._timer, self._pace_timer):
            if timer is not None:
                timer.cancel()
        for session in list(self.sessions.values()):
            self.close_session(session.id)
        await self.ports.close()

    def open_session(
        self, identifier: SessionId, *, profile: Profile, events: SessionEvents | None = None
    ) -> MediaSession:
        """A new session; an open one of that name is returned as it is."""
        session = self.sessions.get(identifier)
        if session is None:
            session = self.sessions[identifier] = MediaSession(
                identifier,
                profile=profile,
                server=self,
                settings=self._settings,
                events=events,
                keyframe_interval_s=self._keyframe_interval_s,
            )
        return session

    def close_session(self, identifier: SessionId) -> None:
        """Every peer leaves; the session is forgotten."""
        session = self.sessions.pop(identifier, None)
        if session is not None:
            session.close()

    def reallocate(self) -> None:
        """Allocate at the next tick."""
        self._allocate_now = True

    def _after_batch(self) -> None:
        if self.ready:
            self._flush(self.now())
            self._pace_soon()
        if self.fast_path is not None:
            self.fast_path.flush()

    def _flush(self, now: float) -> None:
        """Room 5 of everybody who has something to send; who must wait for its pace comes again with the next tick."""
        ready = self.ready
        ready[:] = [peer for peer in ready if not peer.flush(now=now)]

    def _pace(self) -> None:
        self._pace_timer = None
        self._flush(self.now())
        self._pace_soon()

    def _pace_soon(self) -> None:
        if self.ready and self._pace_timer is None:
            self._pace_timer = asyncio.get_running_loop().call_later(PACE_S, self._pace)

    def _tick(self) -> None:
        now = self.now()
        self.worst_tick_s = max(self.worst_tick_s * 0.999, now - self._last_tick_s - TICK_S)
        self._last_tick_s = now
        self._timer = asyncio.get_running_loop().call_later(TICK_S, self._tick)
        try:
            self._run(now)
            self._pace_soon()
        except Exception:
            log.exception("the media timer failed; it goes on")

    def _is_due(self, name: str, interval_s: float, now: float) -> bool:
        if now < self._due[name]:
            return False
        self._due[name] = now + interval_s
        return True

    def _run(self, now: float) -> None:
        peers = [peer for session in self.sessions.values() for peer in session.peers.values()]
        if self._is_due("repair", REPAIR_S, now):
            for peer in peers:
                peer.repair(now=now)
        if self._is_due("feedback", FEEDBACK_S, now):
            for peer in peers:
                peer.send_feedback(now=now)
            self.ports.on_timer(now=now)
        if self._is_due("allocation", ALLOCATION_S, now) or self._allocate_now:
            self._allocate(now)
        if self._is_due("reports", REPORTS_S, now):
            for peer in peers:
                plan = peer.session.plan(peer.role)
                peer.send_reports(now=now, site_cap_bps=int(plan.line_up_bps * plan.media_share))
                peer.update_rates(now=now)
        self._flush(now)

    def _allocate(self, now: float) -> None:
        self._allocate_now = False
        for session in self.sessions.values():
            session.tick(now=now)
        self.allocator.run(self.sessions.values(), now=now)
        wanted = self.allocator.wanted_bps
        spare = max(0, self.allocator.limit_bps - self.allocator.used_bps)
        for session in self.sessions.values():
            for peer in session.peers.values():
                peer.probe(wanted_bps=wanted.get(peer.id, 0.0), room_bps=peer.estimator.target_bps + spare, now=now)

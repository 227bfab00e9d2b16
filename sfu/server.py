"""The media server: ports, sessions, and the one timer that drives them."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

import structlog

from config.models import MediaSettings
from config.profile import Profile
from sfu.allocation import SiteAllocator
from sfu.native.forwarding import open_fast_path
from sfu.peer import Peer
from sfu.publishing import Publishing
from sfu.session import MediaSession, SessionEvents
from sfu.transport.ports import Ports
from sfu.types import SessionId

TICK_S = FEEDBACK_S = 0.050
QUIET_S = 0.100  # feedback that tells nothing new waits so long at most
SOON_S = 0.010  # while something is missing, or is to be shared out anew
PACE_S = 0.002  # while somebody's packets wait for their pace
EARLY_S = 0.005  # timers may fire a little before their time; that is no reason to wait for their next
ALLOCATION_S = 0.400  # and soon after whatever makes it worth while; see reallocate
ALLOCATION_REST = 6.0  # times the CPU time of one until the next: many who join at once are served together
REPORTS_S = 1.0
TOLD_AT_ONCE = 2  # sessions that hear what came of sharing out in one turn of the loop; others wait for theirs

log = structlog.get_logger("sfu")


class MediaServer:
    """Owns the sockets and the clock. Everything else is told the time."""

    def __init__(self, settings: MediaSettings, *, host: str, port: int, keyframe_interval_s: float = 10.0) -> None:
        self.fast_path = open_fast_path(settings.fan_out, lambda: self.now())
        self.ports = Ports(settings, host=host, port=port, after_batch=self._after_batch, fast_path=self.fast_path)
        self.sessions: dict[SessionId, MediaSession] = {}
        self.tests: dict[SessionId, MediaSession] = {}  # beside them: lines that are measured, a recorder that is tried
        self.allocator = SiteAllocator()
        self.publishing = Publishing()
        self.wall_offset_s = time.time() - time.monotonic()
        self.ready: list[Peer] = []  # those with packets in their deques
        self.attention: set[Peer] = set()  # those who miss something, or owe somebody a key frame
        self._settings = settings
        self._keyframe_interval_s = keyframe_interval_s
        self._due = dict.fromkeys(("feedback", "quiet", "allocation"), 0.0)
        self._reported = 0.0  # of a round of reports: which share of the peers has sent them
        self._untold: deque[MediaSession] = deque()
        self._allocate_now = False
        self._allocate_after_s = 0.0
        self._probe_turn = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._soon_timer: asyncio.TimerHandle | None = None
        self._pace_timer: asyncio.TimerHandle | None = None
        self.worst_tick_s = 0.0
        self._late_s = 0.0
        self._last_tick_s = 0.0

    @staticmethod
    def now() -> float:
        """The media clock."""
        return time.monotonic()

    @property
    def received_bps(self) -> int:
        """What all peers send to this process, measured."""
        return sum(peer.up_bps for session in self.sessions.values() for peer in session.peers.values())

    async def start(self) -> None:
        """Bind and run. Raises PortError."""
        await self.ports.start()
        self._last_tick_s = self.now()
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(TICK_S, self._tick)

    async def close(self) -> None:
        """End every session and close the sockets."""
        self._loop = None
        for timer in (self._timer, self._soon_timer, self._pace_timer):
            if timer is not None:
                timer.cancel()
        for session in list(self.sessions.values()):
            self.close_session(session.id)
        for session in list(self.tests.values()):
            self.close_test(session.id)
        await self.ports.close()

    def open_session(
        self, identifier: SessionId, *, profile: Profile, events: SessionEvents | None = None
    ) -> MediaSession:
        """A new session; an open one of that name is returned as it is."""
        session = self.sessions.get(identifier)
        if session is None:
            session = self.sessions[identifier] = self._new_session(identifier, profile, events)
        return session

    def open_test(self, identifier: SessionId, *, profile: Profile) -> MediaSession:
        """A session of one endpoint that is tried out; nothing of the sessions' lines is divided for it."""
        session = self.tests[identifier] = self._new_session(identifier, profile, None)
        return session

    def _new_session(self, identifier: SessionId, profile: Profile, events: SessionEvents | None) -> MediaSession:
        return MediaSession(
            identifier,
            profile=profile,
            server=self,
            settings=self._settings,
            events=events,
            keyframe_interval_s=self._keyframe_interval_s,
        )

    def close_test(self, identifier: SessionId) -> None:
        """Its peer leaves."""
        session = self.tests.pop(identifier, None)
        if session is not None:
            session.close()

    def close_session(self, identifier: SessionId) -> None:
        """Every peer leaves; the session is forgotten."""
        session = self.sessions.pop(identifier, None)
        if session is not None:
            session.close()
            self._untold = deque(each for each in self._untold if each is not session)

    def reallocate(self) -> None:
        """Share the lines out anew, soon."""
        self._allocate_now = True
        self._schedule()

    def take_delay_s(self) -> float:
        """How late the timer ran at worst since the last call; for one caller."""
        delay, self._late_s = self._late_s, 0.0
        return delay

    def _after_batch(self) -> None:
        fast_path = self.fast_path
        if fast_path is not None:
            fast_path.take_drops()
        if self.ready:
            self._flush(self.now())
        if fast_path is not None:
            fast_path.flush()
        if self.attention or self._waits_for_pace:
            self._schedule()

    @property
    def _waits_for_pace(self) -> bool:
        """Whether somebody's packets wait, in Python's deques or in C."""
        return bool(self.ready) or (self.fast_path is not None and self.fast_path.holding)

    def _flush(self, now: float) -> None:
        """Room 5 of everybody who has something to send; who must wait for its pace stays ready."""
        ready = self.ready
        ready[:] = [peer for peer in ready if not peer.flush(now=now)]

    def _send(self, now: float) -> None:
        """What may leave by now: of Python's deques, and of the video that waits in C."""
        self._flush(now)
        if self.fast_path is not None:
            self.fast_path.send_held(now=now)
            self.fast_path.flush()

    def _schedule(self) -> None:
        """The timers that run only while there is something for them to do."""
        loop = self._loop
        if loop is None:
            return
        if self._waits_for_pace and self._pace_timer is None:
            self._pace_timer = loop.call_later(PACE_S, self._pace)
        if (self.attention or self._allocate_now or self._untold) and self._soon_timer is None:
            self._soon_timer = loop.call_later(SOON_S, self._soon)

    def _pace(self) -> None:
        self._pace_timer = None
        self._guard(self._send)

    def _soon(self) -> None:
        self._soon_timer = None
        self._guard(self._attend)

    def _tick(self) -> None:
        now = self.now()
        late_s = now - self._last_tick_s - TICK_S
        self._late_s = max(self._late_s, late_s)
        self.worst_tick_s = max(self.worst_tick_s * 0.999, late_s)
        self._last_tick_s = now
        if self._loop is not None:
            self._timer = self._loop.call_later(TICK_S, self._tick)
        self._guard(self._run)

    def _guard(self, work: Callable[[float], None]) -> None:
        try:
            work(self.now())
        except Exception:
            log.exception("a media timer failed; it goes on")
        self._schedule()

    def _attend(self, now: float) -> None:
        """Ask for what is missing; share out anew if somebody asked for it; tell what came of it."""
        self.attention = {peer for peer in self.attention if peer.repair(now=now)}
        if self._allocate_now and now >= self._allocate_after_s:
            self._allocate(now)
        elif self._untold:
            self._tell(now)

    def _report(self, peers: list[Peer], now: float) -> None:
        """Everybody once in REPORTS_S, not all in one turn: with many peers nobody's packets would leave meanwhile."""
        begin = int(self._reported * len(peers))
        self._reported += TICK_S / REPORTS_S
        for peer in peers[begin : int(self._reported * len(peers) + 1e-9)]:
            peer.send_reports(now=now)
            peer.update_rates(now=now)
        if self._reported >= 1 - 1e-9:
            self._reported = 0.0

    def _tell(self, now: float) -> None:
        for _ in range(min(TOLD_AT_ONCE, len(self._untold))):
            self._untold.popleft().tell(now=now)

    def _is_due(self, name: str, interval_s: float, now: float) -> bool:
        if now < self._due[name] - EARLY_S:
            return False
        self._due[name] = now + interval_s
        return True

    def _run(self, now: float) -> None:
        sessions = [*self.sessions.values(), *self.tests.values()]
        peers = [peer for session in sessions for peer in session.peers.values()]
        self._attend(now)
        quiet = self._is_due("quiet", QUIET_S, now)
        if self._is_due("feedback", FEEDBACK_S, now):
            for peer in peers:
                if peer.publications:
                    peer.send_feedback(now=now)
                if quiet:
                    peer.collect_feedback()
            self.ports.on_timer(now=now)
        if self._is_due("allocation", ALLOCATION_S, now):
            self._allocate(now)
        self._report(peers, now)
        self._send(now)

    def _allocate(self, now: float) -> None:
        self._allocate_now = False
        begun_s = time.thread_time()
        for session in [*self.sessions.values(), *self.tests.values()]:
            session.tick(now=now)
        self.publishing.run(self.sessions.values(), now=now)
        self.allocator.run(self.sessions.values(), now=now)
        self._untold.extend(session for session in self.sessions.values() if session not in self._untold)
        self._tell(now)
        self._probe(now)
        self._allocate_after_s = now + ALLOCATION_REST * (time.thread_time() - begun_s)

    def _probe(self, now: float) -> None:
        """Look for room where pictures could use it: within what the site's line has to spare, and for one peer at a
        time also within the part of the line that media never take."""
        allocator = self.allocator
        peers = [peer for session in self.sessions.values() for peer in session.peers.values()]
        spare, free = max(0, allocator.limit_bps - allocator.used_bps), allocator.free_bps
        self._probe_turn += 1
        for index in range(len(peers)):
            peer = peers[(index + self._probe_turn) % len(peers)]
            wanted = allocator.wanted_bps.get(peer.id, 0.0)
            if peer.probe(wanted_bps=wanted, room_bps=peer.estimator.target_bps + spare + free, now=now):
                free = 0

"""Looks at every endpoint once a second: keeps the last minutes, and asks whose line it is."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from bandwidth.attribution import Attributor
from bandwidth.attribution_facts import Contact, EndpointFacts, ServerFacts, Verdict
from sfu.observation import PeerObserver, PictureFacts
from sfu.server import MediaServer
from sfu.types import EndpointId
from signalling.browser_facts import browser_facts
from signalling.history import Series
from signalling.seat import Seat

if TYPE_CHECKING:
    from signalling.conference import Conference

ENDPOINT_COLUMNS = (
    "estimate_bps",
    "down_bps",
    "up_bps",
    "loss_down",
    "loss_up",
    "rtt_ms",
    "queue_ms",
    "layer_sent",
    "layer_shown",
)
SITE_COLUMNS = ("used_bps", "reserved_bps", "limit_bps", "sent_bps", "delay_ms")
LARGE = ("stage", "screen")


class SessionHistory:
    """The last minutes of one session, who looks at its peers, and what they saw last."""

    def __init__(self) -> None:
        self.site = Series(SITE_COLUMNS)
        self.endpoints: dict[str, Series] = {}
        self.observers: dict[str, PeerObserver] = {}
        self.facts: dict[str, EndpointFacts] = {}
        self.pictures: dict[str, list[PictureFacts]] = {}


class Watch:
    """One for the process: all its sessions share the site's line, and are judged together."""

    def __init__(self, media: MediaServer) -> None:
        self._media = media
        self._attributor = Attributor()
        self._histories: dict[str, SessionHistory] = {}
        self.server = ServerFacts()
        self.sent_bps = 0

    def history(self, session_id: str) -> SessionHistory:
        """What is kept of a session; nothing of one that does not run."""
        return self._histories.get(session_id) or SessionHistory()

    def verdicts(self, session_id: str) -> list[tuple[str, Verdict]]:
        """(endpoint's id, verdict) of a session, the oldest of each endpoint first; "": of the server itself."""
        found = [(each.endpoint.partition("/"), each) for each in self._attributor.verdicts]
        return [(name, each) for (session, _, name), each in found if session in ("", session_id)]

    async def update(self, conferences: Mapping[str, Conference], *, now: float) -> None:
        """Once a second, giving way to packets between sessions. conferences: all that run, by session."""
        for gone in self._histories.keys() - conferences.keys():
            del self._histories[gone]
        allocator = self._media.allocator
        self.server = ServerFacts(
            delay_s=self._media.take_delay_s(),
            used_bps=allocator.used_bps,
            reserved_bps=allocator.audio_bps,
            limit_bps=allocator.limit_bps,
        )
        facts: dict[str, EndpointFacts] = {}
        for session_id, conference in list(conferences.items()):
            history = self._histories.setdefault(session_id, SessionHistory())
            seen = {}
            for endpoint_id, seat in conference.seats.items():
                found = self._look(conference, history, seat, now)
                if found is not None:
                    seen[f"{session_id}/{endpoint_id}"] = found
            self._attributor.add(seen, now=now)
            facts |= seen
            await asyncio.sleep(0)
        self.sent_bps = sum(each.down_bps for each in facts.values())
        self._attributor.conclude(facts, self.server, now=now)
        self._keep_site(now)

    def _keep_site(self, now: float) -> None:
        row = {
            "used_bps": self.server.used_bps,
            "reserved_bps": self.server.reserved_bps,
            "limit_bps": self.server.limit_bps,
            "sent_bps": self.sent_bps,
            "delay_ms": 1000 * self.server.delay_s,
        }
        for history in self._histories.values():
            history.site.add(now, row)

    def _look(self, conference: Conference, history: SessionHistory, seat: Seat, now: float) -> EndpointFacts | None:
        """The facts of one seat; None where nobody is expected."""
        name = seat.record.id
        series = history.endpoints.get(name)
        contact = contact_of(seat)
        facts, pictures = None, list[PictureFacts]()
        if contact is Contact.HERE and seat.peer is not None:
            observer = history.observers.get(name)
            if observer is None or observer.peer is not seat.peer:
                observer = history.observers[name] = PeerObserver(conference.media, seat.peer, now=now)
            facts = self._measure(conference, observer, seat, now)
            pictures = observer.pictures(now=now)
        else:
            history.observers.pop(name, None)
            facts = EndpointFacts(contact=contact) if contact is not None else None
        history.pictures[name] = pictures
        history.facts[name] = facts or EndpointFacts()
        if facts is not None:
            series = series or history.endpoints.setdefault(name, Series(ENDPOINT_COLUMNS))
        if series is not None:
            series.add(now, _row(facts, seat, pictures, now))
        return facts

    def _measure(self, conference: Conference, observer: PeerObserver, seat: Seat, now: float) -> EndpointFacts | None:
        stats = conference.media.endpoint_stats(EndpointId(seat.record.id))
        if stats is None:
            return None
        said = browser_facts(seat.client, age_s=now - seat.client_at_s, planned_fps=observer.planned_fps())
        wanted = self._media.allocator.wanted_bps.get(observer.peer.id, 0.0)
        return observer.look(stats, wanted_bps=wanted, browser=said, now=now)


def contact_of(seat: Seat) -> Contact | None:
    """Whether a seat's endpoint is there; None: it is not expected to be (never came, waits, left, removed …)."""
    if seat.record.removed or seat.waiting or seat.private:
        return None
    if seat.peer is not None and seat.peer.connected:
        return Contact.HERE
    if seat.connection is not None:
        return Contact.WITHOUT_MEDIA
    return Contact.GONE if seat.was_here and not seat.left else None


def _row(
    facts: EndpointFacts | None, seat: Seat, pictures: Iterable[PictureFacts], now: float
) -> dict[str, float | None]:
    if facts is None or facts.contact is not Contact.HERE or seat.peer is None:
        return {}
    large = [each.layer for each in pictures if each.place in LARGE]
    return {
        "estimate_bps": facts.estimate_bps,
        "down_bps": facts.down_bps,
        "up_bps": facts.up_bps,
        "loss_down": facts.loss_down,
        "loss_up": facts.loss_up,
        "rtt_ms": None if facts.rtt_s is None else 1000 * facts.rtt_s,
        "queue_ms": 1000 * facts.queue_s,
        "layer_sent": highest_sent(seat, now),
        "layer_shown": max(large) if large else math.nan,
    }


def highest_sent(seat: Seat, now: float) -> int:
    """The highest layer that comes of the endpoint's pictures, −1 for none."""
    publications = seat.peer.publications if seat.peer is not None else []
    return max((each.highest_alive(now=now) for each in publications if each.video), default=-1)

"""A session as endpoints and operators meet it: seats, who hears of what, the operator's actions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from config.profile import Profile, WatchingPlan
from reception.lifecycle import Action, SessionState
from reception.records import EndpointRecord, SessionRecord
from sfu.peer import Peer
from sfu.plans import EndpointRule
from sfu.sending_limits import SendingLimits
from sfu.session import MediaSession
from sfu.transport.transport import TransportState
from sfu.types import EndpointId, Role, SessionId, Source, owner_of
from signalling import messages as m
from signalling.live_room import LiveRoom
from signalling.message_base import ByeReason
from signalling.private_room import open_media
from signalling.seat import Seat, quality_of
from signalling.sending import sending_plan
from signalling.slot_messages import slots_of

if TYPE_CHECKING:
    from recorder.service import SessionRecording
    from signalling.services import Services

log = structlog.get_logger("signalling")

COALESCE_S = 0.05
ANCHOR_INTERVAL_S = 60.0


class Conference:
    """Lives from the first need of a session that has not ended until its end. Implements PeerEvents, SessionEvents."""

    def __init__(self, record: SessionRecord, services: Services, room: Mapping[str, Any]) -> None:
        """`room`: what the store keeps of the room (LiveRoom)."""
        self.record = record
        self.services = services
        profile = services.profiles.get(record.profile)
        self.media: MediaSession = services.media.open_session(SessionId(record.id), profile=profile, events=self)
        self.seats: dict[str, Seat] = {}
        self.recording: SessionRecording | None = None
        self.recording_fault = ""
        self.room = LiveRoom(self, services.rooms, room)
        self.private: MediaSession | None = None
        self.looked_at_s = -1000.0  # by a console, at the endpoints' small pictures
        self.live_since_s: float | None = None
        self._anchored_s = time.monotonic()
        self._roster_due = False
        self._log = log.bind(session=record.id)
        for endpoint in record.endpoints:
            self.apply_rule(self.seat_for(endpoint))
        self.media.set_paused(record.state is not SessionState.LIVE)

    @property
    def profile(self) -> Profile:
        """The bandwidth profile in force."""
        return self.media.profile

    def seat_for(self, endpoint: EndpointRecord) -> Seat:
        """The endpoint's seat, made at need; the operator's blocks are put in force."""
        seat = self.seats.get(endpoint.id)
        if seat is None:
            seat = self.seats[endpoint.id] = Seat(endpoint)
        seat.record = endpoint
        self._place(seat)
        identifier = EndpointId(endpoint.id)
        self.media.set_blocked(identifier, Source.MICROPHONE, endpoint.muted)
        voice_alone = endpoint.id in self.room.parts.modes.audio_only
        self.media.set_blocked(identifier, Source.CAMERA, endpoint.camera_off or voice_alone)
        self.media.show_wide(identifier, endpoint.id in self.room.parts.modes.wide)
        self.media.set_enabled(identifier, Source.MICROPHONE, endpoint.microphone)
        self.media.set_enabled(identifier, Source.CAMERA, endpoint.camera)
        return seat

    def _place(self, seat: Seat) -> None:
        place = self.room.place_of(seat)
        seat.waiting, seat.private = place == "waiting", place == "private"

    def media_of(self, seat: Seat) -> MediaSession:
        """Where the seat's media go: the room's, or the consultation room's."""
        if self.room.place_of(seat) != "private":
            return self.media
        if self.private is None:
            self.private = open_media(self)
        return self.private

    # --- profiles ---

    def refresh_profiles(self) -> None:
        """Put into force what the profiles are now, of the session and of endpoints that have their own."""
        profile = self.services.profiles.get(self.record.profile)
        if profile is not self.media.profile:
            self._log.info("profile", profile=profile.name)
            self.media.change_profile(profile)
            self._tell_sending()
        for seat in self.seats.values():
            if seat.record.profile is not None:
                self.apply_rule(seat)

    def apply_rule(self, seat: Seat) -> None:
        """Put into force what the operator decided for one endpoint."""
        record = seat.record
        rule = EndpointRule(
            profile=self.services.profiles.get(record.profile) if record.profile is not None else None,
            cap_up_bps=record.cap_up_bps,
            cap_down_bps=record.cap_down_bps,
        )
        if self.media.set_rule(EndpointId(record.id), rule):
            self._tell_sending(seat)

    def _tell_sending(self, only: Seat | None = None) -> None:
        """Those who have no media connection yet; the others are told when their limits have been worked out."""
        for seat in [only] if only is not None else self.seats.values():
            if seat.peer is None:
                seat.send(m.Sending(sending=self.sending_plan(seat)))

    def plan(self, seat: Seat) -> WatchingPlan:
        """The seat's plan in force."""
        return self.media.plans.of(EndpointId(seat.record.id), Role(seat.record.role))

    def sending_plan(self, seat: Seat, limits: SendingLimits | None = None) -> m.SendingPlan:
        """What the seat's page shall send. `limits`: of the connection that it goes on with, None if it makes one."""
        return sending_plan(self.plan(seat), self.profile, limits)

    # --- what pages are told ---

    def session_info(self) -> m.SessionInfo:
        """The session as an endpoint sees it."""
        started = self.record.started_at
        return m.SessionInfo(
            id=self.record.id,
            title=self.record.title,
            state=self.record.state.value,
            rehearsal=self.record.kind == "rehearsal",
            recording=self.recording_state(),
            started_at=started.isoformat() if started else None,
        )

    def recording_state(self) -> str:
        """off, recording or fault."""
        if self.recording is None:
            return "fault" if self.recording_fault else "off"
        return "fault" if self.recording.status.fault else "recording"

    def roster(self, reader: Seat | None = None) -> list[m.RosterEntry]:
        """Every endpoint that is in the room; of who waits outside only he himself hears, and of nobody else."""
        if reader is not None and reader.waiting:
            return [self.roster_entry(reader)]
        if reader is not None and reader.private:  # to each other they are simply here
            members = [seat for seat in self.seats.values() if seat.private]
            return [self.roster_entry(seat).model_copy(update={"state": seat.media_state}) for seat in members]
        return [self.roster_entry(seat) for seat in self.seats.values() if not seat.record.removed and not seat.waiting]

    def roster_entry(self, seat: Seat) -> m.RosterEntry:
        """One endpoint as the others see it."""
        identifier = EndpointId(seat.record.id)
        return m.RosterEntry(
            id=seat.record.id,
            name=seat.record.name,
            role=seat.record.role,
            state=seat.state,
            microphone=seat.microphone,
            camera=seat.camera,
            screen=seat.screen,
            locked=seat.record.locked,
            wide=seat.wide,
            speaking=seat.microphone and not seat.private and self.media.speaking(identifier),
            quality=quality_of(self.media_of(seat).endpoint_stats(identifier)),
        )

    def broadcast(self, message: object) -> None:
        """To every page."""
        for seat in self.seats.values():
            seat.send(message)

    def roster_changed(self) -> None:
        """Tell everybody soon; changes that come together go together."""
        if not self._roster_due:
            self._roster_due = True
            asyncio.get_running_loop().call_later(COALESCE_S, self._send_roster)

    def _send_roster(self) -> None:
        self._roster_due = False
        for seat in self.seats.values():
            self._place(seat)
        message = m.Roster(roster=self.roster())
        for seat in self.seats.values():
            seat.send(m.Roster(roster=self.roster(seat)) if seat.waiting or seat.private else message)

    def session_changed(self) -> None:
        """The session's state or its recording's changed."""
        self.broadcast(m.SessionChanged(session=self.session_info()))

    def speaker_message(self) -> m.Speaker:
        """Who has the floor and who the stage."""
        return m.Speaker(endpoint_id=self.media.speakers.dominant, spotlight=self.record.spotlight)

    def slots_message(self, seat: Seat) -> m.Slots | None:
        """The slot map of a seat's peer."""
        slot_map = self.media_of(seat).slot_map(EndpointId(seat.record.id))
        if slot_map is None:
            return None
        return slots_of(slot_map)

    # --- PeerEvents, SessionEvents ---

    def on_state(self, peer: Peer, state: TransportState) -> None:
        """See PeerEvents. A transport that closed takes its peer with it: no ghost stays."""
        seat = self.seats.get(owner_of(peer.endpoint_id))
        if seat is None:
            return
        if state is TransportState.CONNECTED and seat.peer is peer:
            if not seat.was_here:
                self.note("join", seat, endpoint_name=seat.record.name)
            seat.was_here, seat.left = True, False
        if state is TransportState.CLOSED:
            seat.extra.pop(peer.endpoint_id, None)
            if seat.peer is peer:
                seat.peer = None
                seat.absent_since = seat.absent_since or time.monotonic()
                asyncio.get_running_loop().call_soon(peer.session.remove_peer, peer)
        self.roster_changed()

    def on_slots(self, peer: Peer) -> None:
        """See PeerEvents."""
        seat = self.seats.get(peer.endpoint_id)
        if seat is None or seat.peer is not peer:
            return
        message = self.slots_message(seat)
        if message is not None:
            seat.send(message)
        if peer.session.needs_reoffer(peer.endpoint_id) and seat.reoffered < self.slot_count():
            seat.reoffered = self.slot_count()
            seat.send(m.ReOffer(slots=seat.reoffered))

    def slot_count(self) -> int:
        """Receive slots that a page should offer: one for each other endpoint, and one to spare."""
        others = sum(1 for seat in self.seats.values() if not seat.record.removed)
        return max(others, 3)

    def on_layers(self, peer: Peer, source: Source, rids: list[str]) -> None:
        """See PeerEvents."""
        seat = self.seats.get(peer.endpoint_id)
        if seat is not None and seat.peer is peer:
            seat.send(m.Layers(source=source.value, active=rids))

    def on_sending(self, peer: Peer, limits: SendingLimits) -> None:
        """See PeerEvents."""
        seat = self.seats.get(peer.endpoint_id)
        if seat is not None and seat.peer is peer:
            seat.send(m.Sending(sending=self.sending_plan(seat, limits)))

    def on_flowing(self, peer: Peer, flowing: bool) -> None:
        """See PeerEvents."""
        self.roster_changed()

    def on_speaker(self, session: MediaSession, endpoint_id: EndpointId | None) -> None:
        """See SessionEvents. Who speaks in the consultation room is nobody's business outside."""
        if session is not self.media:
            return
        self.broadcast(self.speaker_message())
        if self.recording is not None and endpoint_id is not None:
            self.recording.event("speak", endpoint_id=endpoint_id)

    # --- lifecycle ---

    def moved(self, record: SessionRecord, action: Action) -> None:
        """The session was moved on: everybody is told."""
        self.record = record
        self.media.set_paused(record.state is not SessionState.LIVE)
        if self.recording is not None:
            self.recording.event(str(action))
        self._log.info("session", action=str(action), state=str(record.state))
        self.session_changed()

    async def start_recording(self) -> None:
        """Begin (or go on) to record. Raises RecorderUnavailable; the session is then not live."""
        names = {seat.record.id: seat.record.name for seat in self.seats.values()}
        self.recording = await self.services.start_recording(self, names)
        self.recording_fault = ""
        self.media.attach_tap(self.recording)
        for seat in self.seats.values():
            if seat.was_here and not seat.left:  # the chain knows who was there from the first moment on
                self.recording.event("join", endpoint_id=seat.record.id, already=True)
        if self.media.speakers.dominant is not None:
            self.recording.event("speak", endpoint_id=self.media.speakers.dominant)

    def on_recording_fault(self, reason: str) -> None:
        """The recorder's process reports trouble, or the end of it ("")."""
        self._log.error("recording", fault=reason) if reason else self._log.info("recording recovered")
        self.session_changed()

    async def end(self, reason: ByeReason = "ended") -> None:
        """Bye to everybody; the media stop."""
        self.broadcast(m.Bye(reason=reason))
        for seat in self.seats.values():
            if seat.connection is not None:
                seat.connection.close()
        self.media.detach_tap()
        self.services.media.close_session(SessionId(self.record.id))
        if self.private is not None:
            self.services.media.close_session(self.private.id)

    def note(self, kind: str, seat: Seat, *, actor: str = "", **facts: object) -> None:
        """Write into the recording's events and the log what happened at a seat. actor: the person who did it."""
        self._log.info(kind, endpoint=seat.record.id, name=seat.record.name, **facts)
        if self.recording is not None:
            self.recording.event(kind, endpoint_id=seat.record.id, **facts)
        work = self.services.store.log(self.record.id, kind, endpoint_id=seat.record.id, actor=actor, **facts)
        self.services.background.start(work, name="log")

    def remark(self, kind: str, *, by: str = "", **facts: object) -> None:
        """The same for what happened to the session as a whole. by: the person who did it."""
        self._log.info(kind, by=by, **facts)
        if self.recording is not None:
            self.recording.event(kind, by=by, **facts)
        self.services.background.start(
            self.services.store.log(self.record.id, kind, endpoint_id=None, actor=by, **facts), name="log"
        )

    # --- the second hand ---

    def tick(self, *, now: float) -> None:
        """Once a second: seats that stay empty, and each page's connection numbers."""
        timeout = self.services.settings.media.seat_timeout_s
        if self.record.state is SessionState.LIVE:
            self.live_since_s = self.live_since_s or now
        for seat in self.seats.values():
            peer = seat.peer
            if peer is not None and peer.disconnected_since is not None and now - peer.disconnected_since > timeout:
                self.drop_peer(seat)
            if seat.absent_since is not None and seat.connection is None and now - seat.absent_since > timeout:
                self.leave(seat)
            self._send_connection(seat)
        if now - self._anchored_s >= ANCHOR_INTERVAL_S:
            self._anchored_s = now
            self._anchor()

    def _anchor(self) -> None:
        """Every page becomes a witness of the recording's chain: who holds the key cannot write it anew unnoticed."""
        if self.recording is None or not self.recording.status.head:
            return
        head = self.recording.status.head
        self.broadcast(m.Evidence(head=head, at=utc_now()))
        witnesses = sum(1 for seat in self.seats.values() if seat.connection is not None)
        self.recording.event("anchored", head=head, witnesses=witnesses)

    def drop_peer(self, seat: Seat) -> None:
        """End the seat's media connection."""
        peer, seat.peer = seat.peer, None
        if peer is not None:
            peer.session.remove_peer(peer)
            self.roster_changed()

    def leave(self, seat: Seat) -> None:
        """The endpoint is gone; its seat stays and it may return."""
        if not seat.left and seat.was_here:
            self.note("leave", seat)
        seat.absent_since = None
        seat.left = seat.was_here
        seat.screen = False
        self.media.set_enabled(EndpointId(seat.record.id), Source.SCREEN, False)
        self.drop_peer(seat)
        self.roster_changed()

    def _send_connection(self, seat: Seat) -> None:
        stats = self.media_of(seat).endpoint_stats(EndpointId(seat.record.id))
        if seat.connection is None or stats is None:
            return
        seat.send(
            m.Connection(
                quality=quality_of(stats),
                flowing=stats.flowing,
                down_estimate_bps=stats.estimate_bps,
                up_bps=stats.up_bps,
                down_bps=stats.down_bps,
                rtt_ms=round(stats.rtt_s * 1000, 1) if stats.rtt_s is not None else None,
                loss_up=round(stats.loss_up, 4),
                loss_down=round(stats.loss_down, 4),
            )
        )


def utc_now() -> str:
    """RFC 3339, UTC."""
    return datetime.now(UTC).isoformat()

"""What handlers need: the store, the media server, the recorder, the tokens, and the conferences made of them."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from config.library import ProfileLibrary
from config.models import Settings
from config.problems import ConfigError
from config.profile import Profile
from reception.audit import AuditLog
from reception.case_store import CaseStore
from reception.export_store import ExportStore
from reception.guards import Order
from reception.lifecycle import CLOSED_STATES, OPEN_STATES, Action, SessionState
from reception.permissions import Role
from reception.records import EndpointRecord, SessionRecord
from reception.room_store import RoomStore
from reception.rules_store import RulesStore
from reception.store import NotFound, Store
from recorder.derivatives.service import Derivatives
from recorder.index import RecordingIndex
from recorder.service import Recorder, RecorderUnavailable, RecordingFacts, SessionRecording
from sfu.server import MediaServer
from signalling.alarms import look_for_alarms
from signalling.audit import Audit
from signalling.background import Background
from signalling.conference import Conference
from signalling.course import SYSTEM, SessionCourse
from signalling.destroyed_cases import sweep_destroyed
from signalling.document_pace import DocumentPaces
from signalling.feed import Feed
from signalling.line_record import LineRecorder
from signalling.line_tests import LineTests
from signalling.own_link import usable
from signalling.papers import PaperMaker
from signalling.papers_gather import Sources
from signalling.people import People
from signalling.presenting import restore_shown
from signalling.problems import Problem, invalid_profile, not_found
from signalling.profiles import RunningProfiles
from signalling.rehearsals import SWEEP_EVERY_S, sweep_rehearsals
from signalling.rules import ShownRules
from signalling.tokens import InvalidToken, Tokens
from signalling.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signalling.views import SiteLine

log = structlog.get_logger("signalling")

CALENDAR_S = 20  # how often it is looked whether a scheduled session is due


class Services:
    """One for the process. `worker`: its number where several share the sessions, else None."""

    def __init__(
        self,
        settings: Settings,
        *,
        store: Store,
        media: MediaServer,
        recorder: Recorder,
        tokens: Tokens,
        worker: int | None = None,
    ) -> None:
        self.settings = settings
        self.store = store
        self.rooms = RoomStore(store)
        self.case = CaseStore(store, keys=settings.server.data / "keys")
        self.exports = ExportStore(store)
        self.rules_store = RulesStore(store)
        self.rules = ShownRules(self)
        self.media = media
        self.recorder = recorder
        self.tokens = tokens
        self.worker = worker
        self.people = People(store, settings)
        self.audit = Audit(AuditLog(store.engine, keys=settings.server.data / "keys"))
        self.profiles = RunningProfiles(ProfileLibrary(settings.profiles_path), default=settings.default_profile)
        self.site: SiteLine | None = None  # over all workers, as the front tells it
        self.watch = Watch(media)
        self.lines = LineRecorder(self.rooms)
        self.catalogue = RecordingIndex(settings.server.data)
        self.papers = PaperMaker(settings.papers, data=settings.server.data)
        self.sources = Sources(
            settings=settings, store=store, case=self.case, profile=self.profiles.get, live=self.lines.current
        )
        self.background = Background()
        self.derivatives = Derivatives(settings.server.data, master_key=settings.recording.master_key)
        self.conferences: dict[str, Conference] = {}
        self.line_tests = LineTests()
        self.confidence = asyncio.Lock()  # one playback from disk at a time
        self.simulating = asyncio.Lock()  # one what-if question at a time
        self.feed = Feed()
        self.course = SessionCourse(self)
        self.document_paces = DocumentPaces(settings.documents)
        self.measuring_disk = asyncio.Lock()  # two at once would measure each other
        self._opening = asyncio.Lock()
        self._ticks = 0
        store.follow(self.feed.ring)

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.settings.server.data

    @property
    def public_url(self) -> str:
        """Base of the links handed out."""
        return self.settings.server.base_url

    # --- who ---

    def link_expiry(self, endpoint: EndpointRecord) -> datetime:
        """When an endpoint's link ends."""
        auth = self.settings.auth
        begun = endpoint.link_from or datetime.now(UTC)
        return begun + timedelta(hours=auth.guest_hours if endpoint.guest else auth.endpoint_hours)

    def endpoint_token(self, endpoint: EndpointRecord) -> str:
        """The token of one endpoint of one session; "" while its link is revoked."""
        if endpoint.link_revoked:
            return ""
        return self.tokens.issue_link(
            name=endpoint.name,
            session_id=endpoint.session_id,
            endpoint_id=endpoint.id,
            link=endpoint.link_serial,
            expires_at=self.link_expiry(endpoint),
        )

    async def authenticate_endpoint(self, token: str) -> tuple[SessionRecord, EndpointRecord]:
        """Session and endpoint of a token. Raises Problem: expired, revoked, not an endpoint's, removed, ended."""
        try:
            bearer = self.tokens.check(token)
        except InvalidToken as error:
            code = "token_expired" if "expired" in str(error) else "invalid_token"
            raise Problem(401, code, "The link is not valid", str(error)) from None
        if bearer.role is not Role.ENDPOINT:
            raise Problem(403, "endpoint_token_needed", "This needs an endpoint's link")
        record = await self.session(bearer.session_id)
        endpoint = record.endpoint(bearer.endpoint_id)
        if endpoint is None:
            raise not_found("endpoint")
        usable(endpoint, bearer.link)
        if record.state in CLOSED_STATES:
            raise Problem(409, "session_ended", "The session has ended")
        return record, endpoint

    # --- sessions ---

    async def session(self, session_id: str) -> SessionRecord:
        """The record. Raises Problem 404."""
        try:
            return await self.store.session(session_id)
        except NotFound:
            raise not_found("session") from None

    async def conference(self, session_id: str) -> Conference:
        """The running conference of a session that has not ended, opened at need."""
        async with self._opening:
            found = self.conferences.get(session_id)
            if found is None:
                record = await self.session(session_id)
                if record.state in CLOSED_STATES:
                    raise Problem(409, "session_ended", "The session has ended")
                if not self.owns(record):
                    raise Problem(421, "other_worker", "The session lives on another worker")
                room = await self.rooms.load(session_id)
                found = self.conferences[session_id] = Conference(record, self, room)
                found.room.script = await self.store.course.script(session_id)
                await restore_shown(found)
            return found

    def owns(self, record: SessionRecord) -> bool:
        """Whether the session may run in this process: in one alone every session, else those that are placed on it."""
        return self.worker is None or record.worker == self.worker

    def profile(self, name: str) -> Profile:
        """A profile that somebody chooses. Raises Problem 422 if there is none of this name, or it is wrong."""
        library = self.profiles.library
        if name not in library.names():
            raise Problem(
                422, "unknown_profile", "There is no such profile", f"There are: {', '.join(library.names())}."
            )
        try:
            return library.load(name)
        except ConfigError as error:
            raise invalid_profile(error) from None

    async def act(self, session_id: str, order: Order | Action, *, expected: int | None = None) -> SessionRecord:
        """Carry an order out. See SessionCourse.act."""
        order = order if isinstance(order, Order) else Order(action=order)
        return await self.course.act(session_id, order, expected=expected)

    def is_recorded(self, record: SessionRecord) -> bool:
        """Every session, but for rehearsals where the settings say so."""
        return record.kind != "rehearsal" or self.settings.recording.rehearsals

    async def start_recording(self, conference: Conference, names: Mapping[str, str]) -> SessionRecording:
        """The recorder's side of going live."""
        record = conference.record
        facts = RecordingFacts(
            session_id=record.id,
            title=record.title,
            kind=record.kind,
            endpoints=dict(names),
            wall_offset_s=self.media.wall_offset_s,
            place=next((each.name for each in record.endpoints if each.role == "central"), ""),
        )
        return await self.recorder.start(facts, on_fault=conference.on_recording_fault)

    async def restart_recording(self, conference: Conference) -> None:
        """A recorder's process anew; the session goes on as the recording's next part. Raises Problem 409, 503."""
        if conference.record.state not in OPEN_STATES:
            raise Problem(409, "not_open", "The session is not open", reason_vi="Buổi tiếp chưa mở hoặc đã kết thúc.")
        async with self.course.alone(conference.record.id):
            recording, conference.recording = conference.recording, None
            conference.media.detach_tap()
            if recording is not None:
                await recording.suspend()
            try:
                await conference.start_recording()
            except RecorderUnavailable as error:
                conference.recording_fault = error.reason_vi
                raise Problem(503, error.code, error.reason_en, error.reason_en, reason_vi=error.reason_vi) from None
            finally:
                conference.session_changed()

    async def recover(self) -> None:
        """After a kill: what was live is interrupted until somebody resumes it, its recording goes on as the next part;
        what was over is completed.
        """
        await self.rules.refresh()
        records = [record for record in await self.store.open_sessions() if self.owns(record)]
        for record in records:
            conference = await self.conference(record.id)
            if record.state is SessionState.LIVE:
                moved = await self.store.act(record.id, Action.INTERRUPT, actor=SYSTEM, cause="server_restarted")
                conference.moved(moved, Action.INTERRUPT)
            else:
                await self.store.log(record.id, "server_restarted", actor=SYSTEM)
            if not self.is_recorded(record):
                continue
            try:
                await conference.start_recording()
            except RecorderUnavailable as error:
                conference.recording_fault = error.reason_vi
                log.error("a session cannot be recorded on", session=record.id, reason=error.reason_en)
                continue
            log.warning("a session was left open", session=record.id, state=str(conference.record.state))
        ours = await self.recordings_to_complete({record.id for record in records})
        self.background.start(self.recorder.complete_unfinished(ours=ours), name="complete recordings")
        self.derivatives.wake()

    async def recordings_to_complete(self, going_on: set[str]) -> Callable[[str], bool]:
        """Which recordings this process completes, by session: of several workers the session's own, or the first where
        that is not known. `going_on`: sessions whose recordings are continued.
        """
        workers = await self.store.placing.workers() if self.worker is not None else {}
        count = self.settings.server.workers

        def ours(session_id: str) -> bool:
            placed = workers.get(session_id)
            completing = placed if placed is not None and placed < count else 0
            return session_id not in going_on and self.worker in (None, completing)

        return ours

    async def tick(self) -> None:
        """Once a second, for as long as the server runs."""
        while True:
            await asyncio.sleep(1.0)
            now = time.monotonic()
            try:
                for conference in list(self.conferences.values()):
                    conference.refresh_profiles()
                    conference.tick(now=now)
                    await asyncio.sleep(0)  # packets do not wait for all sessions' turn
                await self.watch.update(self.conferences, now=now)
                await self.lines.update(self.conferences, self.watch)
                if self._ticks % CALENDAR_S == 0:
                    await self.course.check_what_is_due()
                    await self.rules.refresh()  # another process may have written some
                if self._ticks % SWEEP_EVERY_S == SWEEP_EVERY_S - 1 and self.worker in (None, 0):
                    await sweep_rehearsals(self, now=datetime.now(UTC))
                    await sweep_destroyed(self)
                self._ticks += 1
                for conference in list(self.conferences.values()):
                    look_for_alarms(conference, now=now)
                    await asyncio.sleep(0)
            except Exception:
                log.exception("the second hand failed; it goes on")

    async def shut_down(self) -> None:
        """A clean stop: recordings are completed; sessions stay live in the store and go on at the next start."""
        await self.derivatives.stop()
        await self.lines.save_all()
        for conference in list(self.conferences.values()):
            recording = conference.recording
            conference.room.call_off()
            conference.media.detach_tap()
            if recording is not None and conference.record.state in OPEN_STATES:
                await recording.suspend()
        await self.background.drain(timeout_s=30.0)

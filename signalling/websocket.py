"""The endpoint's protocol: from a WebSocket to a seat. A table from message to handler."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from reception.audit_chain import Result
from reception.lifecycle import CLOSED_STATES
from sfu.errors import NegotiationError
from sfu.receiving import ViewWant
from sfu.transport.transport import TransportState
from sfu.types import EndpointId, Source
from signalling import messages as m
from signalling.conference import Conference, utc_now
from signalling.connection import MAX_MESSAGE_BYTES, EndpointConnection
from signalling.guard import address_of
from signalling.joining import join, restart
from signalling.negotiation.offer import OfferMetadata
from signalling.problems import Problem
from signalling.room_protocol import ROOM_HANDLERS
from signalling.seat import Seat

if TYPE_CHECKING:
    from signalling.services import Services

log = structlog.get_logger("signalling")

WRITE_TIMEOUT_S = 2.0  # for the last words to a page that is told to go


class EndpointProtocol:
    """One page's conversation, after its hello."""

    def __init__(self, conference: Conference, seat: Seat, connection: EndpointConnection) -> None:
        self._conference = conference
        self._seat = seat
        self._connection = connection
        self.left = False
        self._handlers: dict[type, Callable[[Any], Awaitable[None]]] = {
            m.Offer: self._on_offer,
            m.View: self._on_view,
            m.Media: self._on_media,
            m.ClientStats: self._on_stats,
            m.Leave: self._on_leave,
            m.Ping: self._on_ping,
            m.Hello: self._on_hello,
            **dict.fromkeys(ROOM_HANDLERS, self._on_room),
        }

    def welcome(self, hello: m.Hello) -> None:
        """Take the seat; an older page in it is told that it was replaced."""
        seat, conference = self._seat, self._conference
        older, seat.connection = seat.connection, self._connection
        seat.drawer_open = False
        if older is not None:
            older.send(m.Bye(reason="replaced"))
            older.close()
        seat.absent_since, seat.language, seat.device = None, hello.language, hello.device
        peer = seat.peer
        resumed = peer is not None and hello.resume == peer.id and peer.transport.state is not TransportState.CLOSED
        self._connection.send(
            m.Welcome(
                endpoint_id=seat.record.id,
                resumed=resumed,
                slots=conference.slot_count(),
                session=conference.session_info(),
                roster=conference.roster(seat),
                sending=conference.sending_plan(seat, peer.told if resumed and peer is not None else None),
                room=conference.room.state_for(seat),
                server_time=utc_now(),
            )
        )
        self._connection.send(conference.speaker_message())
        if resumed and peer is not None:
            message = conference.slots_message(seat)
            if message is not None:
                self._connection.send(message)
            for source, rids in peer.session.layers_told(peer):
                self._connection.send(m.Layers(source=source.value, active=rids))
        conference.roster_changed()

    async def on_message(self, message: m.ClientMessage) -> None:
        """Dispatch."""
        await self._handlers[type(message)](message)

    async def _on_hello(self, message: m.Hello) -> None:
        self._connection.problem("unexpected", "hello was said already")

    async def _on_room(self, message: Any) -> None:
        try:
            await ROOM_HANDLERS[type(message)](self._conference, self._seat, message)
        except Problem as problem:
            self._connection.problem(problem.code, problem.title, problem.detail, reason_vi=problem.reason_vi)

    async def _on_offer(self, message: m.Offer) -> None:
        if self._conference.room.place_of(self._seat) == "waiting":
            self._connection.problem("not_admitted", "The endpoint waits to be admitted")
            return
        metadata = OfferMetadata(
            sources={track.mid: Source(track.source) for track in message.tracks},
            slots=[(slot.audio, slot.video) for slot in message.slots],
            screen=message.screen,
        )
        seat = self._seat
        try:
            if message.restart and seat.peer is not None and seat.peer.transport.state is not TransportState.CLOSED:
                peer, answer = seat.peer, restart(self._conference, seat.peer, message.sdp, metadata)
            else:
                peer, answer = join(self._conference, seat.record, message.sdp, metadata)
                seat.peer = peer
        except NegotiationError as error:
            self._connection.problem("invalid_offer", "The offer cannot be answered", str(error))
            return
        self._connection.send(m.Answer(id=message.id, peer_id=peer.id, sdp=answer))
        slots = self._conference.slots_message(seat)
        if slots is not None:
            self._connection.send(slots)
        self._conference.roster_changed()

    async def _on_view(self, message: m.View) -> None:
        wants = [
            ViewWant(
                endpoint_id=EndpointId(want.endpoint_id),
                source=Source(want.source),
                width=want.width,
                height=want.height,
                place=want.place,
            )
            for want in message.wants
            if self._seat.record.id not in self._conference.room.parts.modes.audio_only
        ]
        self._conference.media_of(self._seat).set_view(EndpointId(self._seat.record.id), wants)

    async def _on_media(self, message: m.Media) -> None:
        conference, seat = self._conference, self._seat
        if message.source == "microphone" and message.enabled and seat.record.locked:
            self._connection.send(m.ForceMedia(source="microphone", enabled=False, locked=True))
            return
        source = Source(message.source)
        changes: dict[str, bool] = {}
        if source in (Source.MICROPHONE, Source.CAMERA):
            changes[source.value] = message.enabled
            if message.enabled:
                changes["muted" if source is Source.MICROPHONE else "camera_off"] = False
        else:
            seat.screen = message.enabled if source is Source.SCREEN else seat.screen
        if message.enabled:
            seat.asked.discard(message.source)
        if changes:
            seat.record = await conference.services.store.change_endpoint(seat.record.id, **changes)
            conference.seat_for(seat.record)
        conference.media_of(seat).set_enabled(EndpointId(seat.record.id), source, message.enabled)
        conference.note("unmute" if message.enabled else "mute", seat, source=message.source, by="endpoint")
        conference.roster_changed()

    async def _on_stats(self, message: m.ClientStats) -> None:
        self._seat.client, self._seat.client_at_s = message, time.monotonic()

    async def _on_leave(self, message: m.Leave) -> None:
        self.left = True
        self._connection.close()

    async def _on_ping(self, message: m.Ping) -> None:
        self._connection.send(m.Pong(id=message.id))

    def closed(self) -> None:
        """The WebSocket is gone: the seat is kept, unless the endpoint left or another page has it."""
        seat = self._seat
        if seat.connection is not self._connection:
            return
        seat.connection = None
        if self.left:
            self._conference.leave(seat)
        else:
            seat.absent_since = time.monotonic()
            self._conference.roster_changed()


async def serve_websocket(request: web.Request, services: Services) -> web.WebSocketResponse:
    """WS /api/v1/signal."""
    socket = web.WebSocketResponse(max_msg_size=MAX_MESSAGE_BYTES, heartbeat=None)
    await socket.prepare(request)
    connection = EndpointConnection(socket)
    writer = asyncio.get_running_loop().create_task(connection.write(), name="websocket writer")
    protocol: EndpointProtocol | None = None
    try:
        hello = await connection.receive_hello()
        if hello is not None:
            protocol = await _enter(hello, connection, services, address=address_of(request))
        if protocol is not None:
            await connection.run(protocol.on_message)
    finally:
        connection.close()
        if protocol is not None:
            protocol.closed()
        await asyncio.wait([writer], timeout=WRITE_TIMEOUT_S)
        writer.cancel()
    return socket


_REASONS = {
    "token_expired": "expired",
    "endpoint_removed": "removed",
    "session_ended": "ended",
    "link_revoked": "revoked",
}


async def _enter(
    hello: m.Hello, connection: EndpointConnection, services: Services, *, address: str
) -> EndpointProtocol | None:
    try:
        record, endpoint = await services.authenticate_endpoint(hello.token)
    except Problem as problem:
        connection.problem(problem.code, problem.title, problem.detail, reason_vi=problem.reason_vi)
        if problem.code in _REASONS:
            connection.send(m.Bye(reason=_REASONS[problem.code]))
        return None
    assert record.state not in CLOSED_STATES
    conference = await services.conference(record.id)
    seat = conference.seat_for(endpoint)
    held = seat.held_by_another(device=hello.device, resume=hello.resume)
    if held and not hello.take_over:
        connection.problem("seat_taken", "Another device is in this seat", "Say hello with take_over to take it.")
        connection.send(m.Bye(reason="taken"))
        protocol = None
    else:  # with nothing awaited since the seat was looked at: of two that come at once one is first
        protocol = EndpointProtocol(conference, seat, connection)
        protocol.welcome(hello)
    await _note_entry(services, hello, seat, address=address, held=held)
    return protocol


async def _note_entry(services: Services, hello: m.Hello, seat: Seat, *, address: str, held: bool) -> None:
    """Who uses a link from where, once for each device; whether it was another's seat, each time."""
    if not held and seat.noted == (hello.device, address):
        return
    result = Result.REFUSED if held and not hello.take_over else Result.OK
    action = "enter_seat" if not held else "take_seat" if hello.take_over else "refuse_seat"
    before = seat.noted[1]
    if result is Result.OK:
        seat.noted = (hello.device, address)
    await services.audit.note(
        services.tokens.check(hello.token),
        action,
        object=f"sessions/{seat.record.session_id}/endpoints/{seat.record.id}",
        result=result,
        address=address,
        facts={"device": hello.device[:8]} | ({"from": before} if held and before else {}),
    )

"""WHIP (RFC 9725) in and WHEP out, with the answerer that browsers get."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from aiohttp import web

from reception.audit_chain import Result
from reception.permissions import Role
from reception.records import EndpointRecord, SessionRecord
from sfu.description import IceCredentials
from sfu.errors import NegotiationError
from sfu.peer import Peer
from sfu.transport.transport import TransportState
from sfu.types import Source
from signalling import messages as m
from signalling.conference import Conference
from signalling.guard import address_of, bearer_of
from signalling.joining import join
from signalling.negotiation.offer import picture_metadata
from signalling.problems import Problem, not_found
from signalling.seat import Seat

if TYPE_CHECKING:
    from signalling.services import Services

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"
MAX_SDP_BYTES = 200_000


class WhipResources:
    """The resources that POST made: peers by their secret name."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._resources: dict[str, tuple[Conference, Seat, Peer]] = {}

    def routes(self) -> list[web.RouteDef]:
        """For the application."""
        return [
            web.post("/whip/{session}", self.publish),
            web.post("/whep/{session}/{endpoint}", self.watch),
            web.patch("/{kind:whip|whep}/{session}/resource/{resource}", self.change),
            web.delete("/{kind:whip|whep}/{session}/resource/{resource}", self.delete),
            web.options("/whip/{session}", self.options),
            web.options("/whep/{session}/{endpoint}", self.options),
        ]

    async def options(self, request: web.Request) -> web.StreamResponse:
        """RFC 9725 §4.2: what may be posted."""
        return web.Response(status=204, headers={"Accept-Post": SDP, "Allow": "POST, OPTIONS"})

    async def publish(self, request: web.Request) -> web.StreamResponse:
        """POST /whip/{session}: the bearer's endpoint sends; with ?source=camera2 its second camera as well."""
        record, endpoint = await self._who(request)
        conference, seat = await self._admitted(record, endpoint)
        source = request.query.get("source", Source.CAMERA)
        if source == Source.CAMERA2:
            return await self._publish_second(request, conference, seat, endpoint)
        if source != Source.CAMERA:
            raise Problem(422, "invalid_source", "WHIP takes source=camera or source=camera2")
        await self._seat_free(request, seat)
        peer, answer = self._join(conference, endpoint, await self._offer(request))
        seat.peer, seat.absent_since = peer, None
        return self._created("whip", conference, seat, peer, answer)

    async def _publish_second(
        self, request: web.Request, conference: Conference, seat: Seat, endpoint: EndpointRecord
    ) -> web.StreamResponse:
        """The endpoint's second camera: a connection of its own, recorded as a track of its own."""
        key = f"{endpoint.id}#{Source.CAMERA2}"
        sdp = await self._offer(request)
        peer, answer = self._join(conference, endpoint, sdp, key=key, picture=Source.CAMERA2)
        if [each.source for each in peer.publications] != [Source.CAMERA2]:
            conference.media.remove_peer(peer)
            raise Problem(
                422, "invalid_offer", "A second camera sends one picture", "Offer one sendonly video section."
            )
        seat.extra[key] = peer
        return self._created("whip", conference, seat, peer, answer)

    async def watch(self, request: web.Request) -> web.StreamResponse:
        """POST /whep/{session}/{endpoint}: the bearer watches one endpoint."""
        record, endpoint = await self._who(request)
        watched = record.endpoint(request.match_info["endpoint"])
        if watched is None or watched.removed:
            raise not_found("endpoint")
        conference, seat = await self._admitted(record, endpoint)
        key = f"{endpoint.id}#{secrets.token_hex(4)}"
        peer, answer = self._join(conference, endpoint, await self._offer(request), only=watched.id, key=key)
        if peer.publications:
            conference.media.remove_peer(peer)
            raise Problem(422, "invalid_offer", "A WHEP offer only receives", "Offer recvonly media sections.")
        seat.extra[key] = peer
        return self._created("whep", conference, seat, peer, answer)

    async def _admitted(self, record: SessionRecord, endpoint: EndpointRecord) -> tuple[Conference, Seat]:
        """The endpoint's seat. Raises Problem: it waits to be admitted."""
        conference = await self._services.conference(record.id)
        seat = conference.seat_for(endpoint)
        if seat.waiting:
            raise Problem(403, "not_admitted", "The endpoint waits to be admitted", "An operator lets it in.")
        return conference, seat

    async def change(self, request: web.Request) -> web.StreamResponse:
        """PATCH: trickled candidates need no answer (the server is ICE-lite); new credentials are an ICE restart."""
        _, _, peer = await self._resource(request)
        if request.content_type != FRAGMENT:
            raise Problem(415, "unsupported_media_type", "PATCH takes an SDP fragment", f"Content-Type: {FRAGMENT}.")
        text = await request.text()
        values = dict(line[2:].split(":", 1) for line in text.splitlines() if line.startswith("a=ice-") and ":" in line)
        ufrag, password = values.get("ice-ufrag", "").strip(), values.get("ice-pwd", "").strip()
        if not ufrag or not password:
            raise Problem(422, "invalid_fragment", "The fragment has no a=ice-ufrag and a=ice-pwd")
        if peer.transport.ice.remote_ufrag == ufrag:
            return web.Response(status=204)
        local = peer.restart_ice(IceCredentials(ufrag=ufrag, password=password))
        body = f"a=ice-lite\r\na=ice-ufrag:{local.ufrag}\r\na=ice-pwd:{local.password}\r\n"
        return web.Response(text=body, content_type=FRAGMENT, headers={"ETag": f'"{local.ufrag}"'})

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """DELETE: leave."""
        conference, seat, peer = await self._resource(request)
        del self._resources[request.match_info["resource"]]
        if seat.peer is peer:
            conference.leave(seat)
        else:
            seat.extra.pop(peer.endpoint_id, None)
            conference.media.remove_peer(peer)
        return web.Response(status=200)

    async def _who(self, request: web.Request) -> tuple[SessionRecord, EndpointRecord]:
        """The bearer's session and endpoint; a token of another session does nothing here."""
        bearer = await bearer_of(request, self._services)
        if bearer.role is not Role.ENDPOINT or bearer.session_id != request.match_info["session"]:
            raise Problem(403, "forbidden", "This token is for another session")
        token = request.headers["Authorization"].partition(" ")[2].strip()
        return await self._services.authenticate_endpoint(token)

    async def _seat_free(self, request: web.Request, seat: Seat) -> None:
        """A link is for one seat; `?take_over=1` takes it from who is there. Raises Problem 409."""
        held, take = seat.held_by_another(device="", resume=None), request.query.get("take_over") == "1"
        if held:
            await self._services.audit.note(
                await bearer_of(request, self._services),
                "take_seat" if take else "refuse_seat",
                object=f"sessions/{seat.record.session_id}/endpoints/{seat.record.id}",
                result=Result.OK if take else Result.REFUSED,
                address=address_of(request),
            )
        if held and not take:
            raise Problem(
                409, "seat_taken", "Another device is in this seat", "End it first, or add ?take_over=1 to take it."
            )
        if held and seat.connection is not None:
            seat.send(m.Bye(reason="replaced"))
            seat.connection.close()

    async def _offer(self, request: web.Request) -> str:
        if request.content_type != SDP:
            raise Problem(415, "unsupported_media_type", "The body must be an SDP offer", f"Content-Type: {SDP}.")
        text = await request.text()
        if len(text) > MAX_SDP_BYTES:
            raise Problem(413, "too_large", "The offer is too large")
        return text

    def _join(
        self,
        conference: Conference,
        endpoint: EndpointRecord,
        sdp: str,
        *,
        only: str | None = None,
        key: str | None = None,
        picture: Source | None = None,
    ) -> tuple[Peer, str]:
        """`picture`: what the offer's pictures are, where order does not say it."""
        try:
            metadata = picture_metadata(sdp, picture) if picture is not None else None
            return join(conference, endpoint, sdp, metadata, only=only, key=key)
        except NegotiationError as error:
            raise Problem(422, "invalid_offer", "The offer cannot be answered", str(error)) from None

    def _created(self, kind: str, conference: Conference, seat: Seat, peer: Peer, answer: str) -> web.StreamResponse:
        for name in [each for each, (_, _, old) in self._resources.items() if _closed(old)]:
            del self._resources[name]
        resource = secrets.token_urlsafe(16)
        self._resources[resource] = (conference, seat, peer)
        conference.roster_changed()
        headers = {
            "Location": f"/{kind}/{conference.record.id}/resource/{resource}",
            "ETag": f'"{peer.transport.local_ice.ufrag}"',
        }
        return web.Response(status=201, text=answer, content_type=SDP, headers=headers)

    async def _resource(self, request: web.Request) -> tuple[Conference, Seat, Peer]:
        _, endpoint = await self._who(request)
        found = self._resources.get(request.match_info["resource"])
        if found is None or _closed(found[2]):
            raise not_found("resource")
        if found[1].record.id != endpoint.id:
            raise Problem(403, "forbidden", "This resource is another endpoint's")
        return found


def _closed(peer: Peer) -> bool:
    return peer.transport.state is TransportState.CLOSED

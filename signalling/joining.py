"""From an offer to a peer and an answer; the same for browsers, WHIP and WHEP."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from config.profile import RolePlan
from reception.records import EndpointRecord
from sfu.errors import NegotiationError
from sfu.peer import Peer
from sfu.types import EndpointId, Role
from signalling.negotiation.answer import VoiceWishes, write_answer
from signalling.negotiation.offer import Offer, OfferMetadata, SsrcSource, read_offer_untrusted

if TYPE_CHECKING:
    from signalling.conference import Conference


def join(
    conference: Conference,
    endpoint: EndpointRecord,
    sdp: str,
    metadata: OfferMetadata | None,
    *,
    only: str | None = None,
    key: str | None = None,
) -> tuple[Peer, str]:
    """A new peer in the endpoint's seat, and the answer. Raises NegotiationError; nothing has changed then."""
    offer = _read(conference, endpoint.id, sdp, metadata)
    media = conference.media if key else conference.media_of(conference.seat_for(endpoint))
    if len(media.peers) >= conference.services.settings.media.max_endpoints:
        raise NegotiationError("the session is full; media.max_endpoints in the configuration says how many it takes")
    peer = media.add_peer(
        endpoint_id=EndpointId(endpoint.id),
        role=Role(endpoint.role),
        remote=offer.remote,
        events=conference,
        only=EndpointId(only) if only else None,
        key=EndpointId(key) if key else None,
    )
    return peer, _answer(conference, offer, peer)


def restart(conference: Conference, peer: Peer, sdp: str, metadata: OfferMetadata | None) -> str:
    """An ICE restart of a running peer: new credentials, everything else as answered before."""
    offer = _read(conference, peer.endpoint_id, sdp, metadata)
    before = {fingerprint.value for fingerprint in peer.remote.fingerprints}
    if not before & {fingerprint.value for fingerprint in offer.remote.fingerprints}:
        raise NegotiationError("an ICE restart must keep the certificate; offer without restart for a new connection")
    if [each.mid for each in offer.remote.receiving] != [each.mid for each in peer.remote.receiving]:
        raise NegotiationError("an ICE restart must keep its media sections; offer without restart for other ones")
    peer.restart_ice(offer.remote.ice)
    kept = Offer(
        description=offer.description,
        remote=peer.remote,
        sending=offer.sending,
        receiving={str(section.mid): section for section in peer.remote.receiving},
    )
    return _answer(conference, kept, peer)


def _read(conference: Conference, endpoint_id: str, sdp: str, metadata: OfferMetadata | None) -> Offer:
    return read_offer_untrusted(
        sdp,
        metadata,
        codecs=conference.profile.codecs,
        ssrcs=SsrcSource(1 + secrets.randbelow(1 << 31)),
        cname=f"{endpoint_id[:8]}",
    )


def _answer(conference: Conference, offer: Offer, peer: Peer) -> str:
    ports = conference.services.media.ports
    plan = peer.plan
    voice = VoiceWishes(audio_bps=plan.audio_bitrate_bps, fec=plan.audio_fec) if isinstance(plan, RolePlan) else None
    return write_answer(
        offer,
        ice=peer.transport.local_ice,
        fingerprints=ports.fingerprints,
        candidates=ports.candidates,
        session_number=1 + secrets.randbelow(1 << 31),
        voice=voice,
    )

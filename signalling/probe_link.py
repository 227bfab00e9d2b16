"""A media connection beside any session: one endpoint alone, to measure its line or to try the recorder."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from config.profile import Profile
from sfu.errors import NegotiationError
from sfu.peer import Peer
from sfu.sending_limits import SendingLimits
from sfu.transport.transport import TransportState
from sfu.types import EndpointId, Role, SessionId, Source
from signalling.negotiation.answer import write_answer
from signalling.negotiation.offer import OfferMetadata, SsrcSource, read_offer_untrusted
from signalling.problems import Problem

if TYPE_CHECKING:
    from signalling.services import Services


class ProbeLink:
    """Implements PeerEvents. `answer`: the SDP for the page; `connected`, `closed`: set when the transport is."""

    def __init__(
        self, services: Services, *, profile: Profile, role: str, endpoint_id: str, sdp: str, tracks: Mapping[str, str]
    ) -> None:
        """`tracks`: mid → source of what the offer sends. Raises Problem 422 if the offer cannot be answered."""
        self._media = services.media
        self._id = SessionId(f"test-{secrets.token_hex(6)}")
        self.connected, self.closed = asyncio.Event(), asyncio.Event()
        try:
            sources = {mid: Source(source) for mid, source in tracks.items()}
            offer = read_offer_untrusted(
                sdp,
                OfferMetadata(sources=sources, slots=[]),
                codecs=profile.codecs,
                ssrcs=SsrcSource(1 + secrets.randbelow(1 << 31)),
                cname="test",
            )
        except (NegotiationError, ValueError) as error:
            raise Problem(422, "invalid_offer", "The offer cannot be answered", str(error)) from None
        self.session = self._media.open_test(self._id, profile=profile)
        self.peer: Peer = self.session.add_peer(
            endpoint_id=EndpointId(endpoint_id), role=Role(role), remote=offer.remote, events=self
        )
        ports = self._media.ports
        self.answer = write_answer(
            offer,
            ice=self.peer.transport.local_ice,
            fingerprints=ports.fingerprints,
            candidates=ports.candidates,
            session_number=1 + secrets.randbelow(1 << 31),
        )

    async def wait_connected(self, timeout_s: float) -> None:
        """Raises Problem 504."""
        try:
            async with asyncio.timeout(timeout_s):
                await self.connected.wait()
        except TimeoutError:
            raise Problem(
                504, "no_media", "No media connection came about", "UDP and TCP seem to be blocked."
            ) from None

    def close(self) -> None:
        """Leave."""
        self._media.close_test(self._id)

    # --- PeerEvents ---

    def on_state(self, peer: Peer, state: TransportState) -> None:
        """See PeerEvents."""
        if state is TransportState.CONNECTED:
            self.connected.set()
        if state is TransportState.CLOSED:
            self.closed.set()

    def on_slots(self, peer: Peer) -> None:
        """See PeerEvents: nobody else is there."""

    def on_layers(self, peer: Peer, source: Source, rids: list[str]) -> None:
        """See PeerEvents: the page sends one encoding."""

    def on_sending(self, peer: Peer, limits: SendingLimits) -> None:
        """See PeerEvents: the page is told what to send otherwise."""

    def on_flowing(self, peer: Peer, flowing: bool) -> None:
        """See PeerEvents."""

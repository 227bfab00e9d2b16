"""What a recorder implements to hear a session: plain calls that never wait."""

from dataclasses import dataclass
from typing import Protocol

from sfu.description import CodecParameters
from sfu.rtp.packet import Packet
from sfu.types import EndpointId, Kind, PublicationId, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationFacts:
    """What there is to know of a publication before its first packet."""

    publication_id: PublicationId
    endpoint_id: EndpointId
    source: Source
    kind: Kind
    codecs: tuple[CodecParameters, ...]


class Tap(Protocol):
    """Packets come as they were received (own SSRC, sequence number and timestamp; SRTP and RTX undone; no duplicates;
    perhaps out of order): every audio packet, and of video the highest layer there is, changed only at key frames."""

    def on_publication(self, facts: PublicationFacts, *, now: float) -> None:
        """An endpoint begins to publish."""

    def on_publication_ended(self, publication_id: PublicationId, *, now: float) -> None:
        """It ended; nothing more of it comes."""

    def on_packet(self, publication_id: PublicationId, packet: Packet) -> None:
        """A packet; `packet.arrival_s` is the monotonic clock."""

    def on_sender_report(
        self, publication_id: PublicationId, *, ssrc: int, ntp: int, rtp_timestamp: int, arrival_s: float
    ) -> None:
        """A sender report of any SSRC of the publication."""

    def on_gap(self, publication_id: PublicationId, *, ssrc: int, sequences: list[int], now: float) -> None:
        """Packets (extended numbers) that will not come any more."""

    def on_awaited(self, publication_id: PublicationId, *, since_s: float, now: float) -> None:
        """A picture that was there since then begins only now, with its first key frame."""

"""From decrypted packets to publications: which stream a packet is of, RTX undone, arrival times kept for feedback."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sfu.description import (
    ABS_CAPTURE_TIME_URI,
    AUDIO_LEVEL_URI,
    MID_URI,
    REPAIRED_RID_URI,
    RID_URI,
    TRANSPORT_CC_URI,
    RemoteDescription,
)
from sfu.drops import DropReason, Drops
from sfu.errors import MalformedPacket
from sfu.incoming import IncomingStream
from sfu.publication import Publication
from sfu.rtp.extensions import CAPTURE_TIME_SIZE, ONE_BYTE_PROFILE, decode_text, iterate_extensions_untrusted
from sfu.rtp.packet import Packet, parse_rtp_untrusted
from sfu.rtp.rtx import restore_original_untrusted
from sfu.rtp.transport_feedback import ArrivalRecorder

if TYPE_CHECKING:
    from sfu.native.incoming import NativeInbound

MAX_STREAMS = 64  # learnt SSRCs of one peer; more is not a browser


class Route:
    """Where packets of one SSRC go. `repairs`: it is an RTX stream for `stream`."""

    __slots__ = ("publication", "repairs", "stream")

    def __init__(self, publication: Publication, stream: IncomingStream, *, repairs: bool) -> None:
        self.publication = publication
        self.stream = stream
        self.repairs = repairs


class Ingress:
    """The receiving half of a peer."""

    def __init__(
        self,
        remote: RemoteDescription,
        publications: list[Publication],
        drops: Drops,
        *,
        on_level: Callable[[Publication, int, float], None],
        on_stream: Callable[[Publication, IncomingStream], None],
        inbound: NativeInbound | None = None,
    ) -> None:
        """`inbound`: serve in C what needs no decision."""
        self.arrivals = ArrivalRecorder()
        self._inbound = inbound
        self._last_rtp_s = -1000.0
        self.routes: dict[int, Route] = {}
        self._drops = drops
        self._on_level = on_level
        self._on_stream = on_stream
        self._by_mid = {str(each.section.mid): each for each in publications}
        extensions = {uri: ident for section in remote.sending for uri, ident in section.extensions.items()}
        self._transport_cc = extensions.get(TRANSPORT_CC_URI, -1)
        self._level = extensions.get(AUDIO_LEVEL_URI, -1)
        self._capture_time = extensions.get(ABS_CAPTURE_TIME_URI, -1)
        self._names = {extensions.get(uri, -1): uri for uri in (MID_URI, RID_URI, REPAIRED_RID_URI)}
        if inbound is not None:
            inbound.set_extensions(
                transport_cc=self._transport_cc, audio_level=self._level, capture_time=self._capture_time
            )
        self._rtx_types: dict[int, int] = {}
        self._by_type: dict[int, list[Publication]] = {}
        for publication in publications:
            self._register(publication)

    @property
    def transport_cc(self) -> bool:
        """Whether the remote side numbers its packets for transport-wide feedback."""
        return self._transport_cc > 0

    @property
    def last_rtp_s(self) -> float:
        """When the last packet came, −1000 before the first."""
        return max(self._last_rtp_s, self._inbound.last_rtp_s) if self._inbound is not None else self._last_rtp_s

    def collect(self) -> None:
        """Take over what C noted since the last call; some times a second."""
        if self._inbound is None:
            return
        self.arrivals.on_packets(self._inbound.take_arrivals())
        for route in self.routes.values():
            native = route.stream.native
            if native is not None and not route.publication.video:
                for level, at in native.take_levels():
                    self._on_level(route.publication, level & 0x7F, at)

    def _register(self, publication: Publication) -> None:
        for codec in publication.section.codecs:
            self._by_type.setdefault(int(codec.payload_type), []).append(publication)
            if codec.rtx_payload_type is not None:
                self._rtx_types[int(codec.rtx_payload_type)] = int(codec.payload_type)
        if publication.section.rids:
            return
        for media, rtx in publication.section.ssrcs[:1]:
            route = self._add(int(media), publication, "")
            if rtx is not None:
                self.routes[int(rtx)] = Route(publication, route.stream, repairs=True)

    def on_rtp(self, data: bytes, *, arrival_s: float) -> None:
        """A decrypted packet."""
        try:
            packet = parse_rtp_untrusted(data, arrival_s=arrival_s)
            if packet.extension_profile == ONE_BYTE_PROFILE:
                self._read_extensions(packet)
            elif packet.extension_profile:
                for identifier, element in iterate_extensions_untrusted(packet):
                    self._take(packet, identifier, bytes(element))
        except MalformedPacket:
            self._drops[DropReason.RTP_MALFORMED] += 1
            return
        route = self.routes.get(packet.ssrc) or self._learn(packet)
        if route is None:
            return
        if route.repairs or packet.payload_type in self._rtx_types:
            self._repair(packet, route)
            return
        self._last_rtp_s = arrival_s
        if packet.audio_level is not None and not route.publication.video:
            self._on_level(route.publication, packet.audio_level & 0x7F, arrival_s)
        route.publication.on_packet(packet, route.stream)

    def _read_extensions(self, packet: Packet) -> None:
        """The elements that every packet carries, in one pass over the one-byte form and without a call for each."""
        data = packet.data
        position = packet.extension_offset
        end = min(position + packet.extension_size, len(data) - 2)
        transport_cc, level, capture_time = self._transport_cc, self._level, self._capture_time
        while position < end:
            head = data[position]
            identifier = head >> 4
            if identifier == transport_cc:
                self.arrivals.on_packet(data[position + 1] << 8 | data[position + 2], arrival_s=packet.arrival_s)
            elif identifier == level:
                packet.audio_level = data[position + 1]
            elif identifier == capture_time:
                packet.capture_time = data[position + 1 : position + 1 + CAPTURE_TIME_SIZE]
            elif not head:
                position += 1
                continue
            position += 2 + (head & 0x0F)

    def _take(self, packet: Packet, identifier: int, element: bytes) -> None:
        """One element of the two-byte form, which may be empty."""
        if identifier == self._transport_cc and len(element) >= 2:
            self.arrivals.on_packet(element[0] << 8 | element[1], arrival_s=packet.arrival_s)
        elif identifier == self._level and element:
            packet.audio_level = element[0]
        elif identifier == self._capture_time and len(element) >= CAPTURE_TIME_SIZE:
            packet.capture_time = element[:CAPTURE_TIME_SIZE]

    def _repair(self, packet: Packet, route: Route) -> None:
        original_type = self._rtx_types.get(packet.payload_type)
        if original_type is None:
            self._drops[DropReason.RTP_UNKNOWN_PAYLOAD_TYPE] += 1
            return
        if packet.payload_size <= 2:
            self._drops[DropReason.RTX_PROBE] += 1
            return
        try:
            data = restore_original_untrusted(packet, ssrc=route.stream.ssrc, payload_type=original_type)
            restored = parse_rtp_untrusted(data, arrival_s=packet.arrival_s)
        except MalformedPacket:
            self._drops[DropReason.RTX_MALFORMED] += 1
            return
        restored.audio_level, restored.capture_time = packet.audio_level, packet.capture_time
        route.publication.on_packet(restored, route.stream)

    def _learn(self, packet: Packet) -> Route | None:
        """An SSRC not seen before: by MID and RID (RFC 8843 §9.2, RFC 8852), else by a payload type used only once."""
        if len(self.routes) >= MAX_STREAMS:
            self._drops[DropReason.RTP_UNKNOWN_STREAM] += 1
            return None
        names = {}
        for identifier, element in iterate_extensions_untrusted(packet):
            uri = self._names.get(identifier)
            if uri is not None:
                names[uri] = decode_text(element)
        publication = self._publication_of(packet, names.get(MID_URI, ""))
        if publication is None:
            self._drops[DropReason.RTP_UNKNOWN_STREAM] += 1
            return None
        if packet.payload_type in self._rtx_types:
            return self._learn_repair(packet, publication, names.get(REPAIRED_RID_URI) or names.get(RID_URI, ""))
        rid = names.get(RID_URI, "")
        if publication.section.rids and rid not in publication.section.rids:
            self._drops[DropReason.RTP_UNKNOWN_STREAM] += 1
            return None
        return self._add(packet.ssrc, publication, rid)

    def _publication_of(self, packet: Packet, mid: str) -> Publication | None:
        if mid:
            return self._by_mid.get(mid)
        payload_type = self._rtx_types.get(packet.payload_type, packet.payload_type)
        users = self._by_type.get(payload_type, [])
        return users[0] if len(users) == 1 else None

    def _learn_repair(self, packet: Packet, publication: Publication, rid: str) -> Route | None:
        stream = next((each for each in publication.streams if each.rid == rid), None)
        if stream is None:  # RTX of a layer before its media: a probe
            self._drops[DropReason.RTX_PROBE] += 1
            return None
        route = self.routes[packet.ssrc] = Route(publication, stream, repairs=True)
        return route

    def _add(self, ssrc: int, publication: Publication, rid: str) -> Route:
        replaced = publication.stream_at(publication.layer_index(rid))
        if replaced is not None:
            self.routes = {key: route for key, route in self.routes.items() if route.stream is not replaced}
            if self._inbound is not None and replaced.native is not None:
                self._inbound.remove(replaced.native)
        stream = publication.add_stream(ssrc=ssrc, rid=rid)
        if self._inbound is not None and stream.native is not None:
            self._inbound.add(stream.native)
        route = self.routes[ssrc] = Route(publication, stream, repairs=False)
        self._on_stream(publication, stream)
        return route

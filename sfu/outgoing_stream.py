"""One SSRC as it goes out: half of a receive slot of a subscriber. It stays while the publication behind it changes."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from sfu.description import (
    ABS_CAPTURE_TIME_URI,
    ABS_SEND_TIME_URI,
    AUDIO_LEVEL_URI,
    TRANSPORT_CC_URI,
    CodecParameters,
    ReceivingSection,
)
from sfu.outgoing import OutgoingPacket, Priority
from sfu.outgoing_numbers import OutgoingNumbers, PictureNumbers
from sfu.rtp.extensions import CAPTURE_TIME_SIZE, build_extensions
from sfu.rtp.packet import HEADER_SIZE, Packet
from sfu.rtp.rtcp import ReportBlock
from sfu.types import Kind

if TYPE_CHECKING:
    from sfu.native.forwarding import FastPath
    from sfu.native.sending import NativeLine

_HEADER = Struct("!BBHLL")
_AFTER_FIRST = Struct("!BHLL")
RTX_HISTORY = 1024
MAX_PADDING = 255


class ExtensionTemplate:
    """A header with its extension block, in the subscriber's ids, to be copied and patched. Offsets: from its start."""

    __slots__ = ("abs_send_time", "audio_level", "bytes", "capture_time", "transport_cc")

    def __init__(self, section: ReceivingSection, *, capture_time: bool = False) -> None:
        elements: list[tuple[int, bytes]] = []
        names = [(ABS_SEND_TIME_URI, 3), (TRANSPORT_CC_URI, 2)]
        if capture_time:
            names.append((ABS_CAPTURE_TIME_URI, CAPTURE_TIME_SIZE))
        if section.kind is Kind.AUDIO:
            names.append((AUDIO_LEVEL_URI, 1))
        uris = []
        for uri, size in names:
            if uri in section.extensions:
                elements.append((section.extensions[uri], bytes(size)))
                uris.append(uri)
        block, offsets = build_extensions(elements)
        at = {uri: HEADER_SIZE + offset for uri, offset in zip(uris, offsets, strict=True)}
        self.bytes = bytes((0x90 if block else 0x80,)) + bytes(HEADER_SIZE - 1) + block
        self.transport_cc = at.get(TRANSPORT_CC_URI, 0)
        self.abs_send_time = at.get(ABS_SEND_TIME_URI, 0)
        self.audio_level = at.get(AUDIO_LEVEL_URI, 0)
        self.capture_time = at.get(ABS_CAPTURE_TIME_URI, 0)


class OutgoingStream:
    """SSRC and numbers of an outgoing stream, and the packets made for it. `native`: its half in C, if any."""

    def __init__(
        self,
        section: ReceivingSection,
        *,
        cname: str,
        first_sequence: int,
        first_rtx_sequence: int,
        fast_path: FastPath | None = None,
        line: NativeLine | None = None,
    ) -> None:
        """`fast_path` and `line`: send in C what needs no decision."""
        self.section = section
        self.cname = cname
        self.ssrc = int(section.ssrc)
        self.rtx_ssrc = int(section.rtx_ssrc) if section.rtx_ssrc is not None else None
        self.last_report: ReportBlock | None = None
        self.template = ExtensionTemplate(section)
        self.template_with_clock = ExtensionTemplate(section, capture_time=True)
        self.native = fast_path.forward(self, line, first_sequence) if fast_path and line else None
        self.numbers = self.native.numbers if self.native else OutgoingNumbers(first_sequence)
        self.pictures = self.native.pictures if self.native else PictureNumbers()
        self._rtx_sequence = first_rtx_sequence

    def codec_for(self, codec: CodecParameters) -> CodecParameters | None:
        """The subscriber's codec that plays the publisher's, None if it accepted none."""
        same = [each for each in self.section.codecs if each.name.lower() == codec.name.lower()]
        if codec.name == "H264" and len(same) > 1:
            mode = "packetization-mode=1" in codec.fmtp
            fitting = [each for each in same if ("packetization-mode=1" in each.fmtp) == mode]
            profile = _profile(codec.fmtp)
            exact = [each for each in fitting if _profile(each.fmtp) == profile]
            return (exact or fitting or same)[0]
        return same[0] if same else None

    def make(
        self, packet: Packet, sequence: int, timestamp: int, marker: bool, payload_type: int, priority: Priority
    ) -> OutgoingPacket:
        """The outgoing packet with our header; its payload is still the packet's own."""
        clock = packet.capture_time
        template = self.template if clock is None else self.template_with_clock
        prefix = bytearray(template.bytes)
        second = payload_type | 0x80 if marker else payload_type
        _AFTER_FIRST.pack_into(prefix, 1, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, self.ssrc)
        if template.audio_level and packet.audio_level is not None:
            prefix[template.audio_level] = packet.audio_level
        if clock is not None and template.capture_time:
            prefix[template.capture_time : template.capture_time + CAPTURE_TIME_SIZE] = clock
        return OutgoingPacket(prefix, packet.view, priority, template.transport_cc, template.abs_send_time)

    def make_rtx(self, original: OutgoingPacket, *, payload_type: int) -> OutgoingPacket:
        """RFC 4588: the same packet on the repair stream, with its number before its payload."""
        head = original.head_size
        prefix = bytearray(original.prefix)
        number = bytes(prefix[2:4])
        second = prefix[1] & 0x80 | payload_type
        timestamp = int.from_bytes(prefix[4:8], "big")
        _HEADER.pack_into(prefix, 0, prefix[0], second, self._next_rtx(), timestamp, self.rtx_ssrc)
        prefix[head:head] = number
        return OutgoingPacket(
            prefix,
            original.payload,
            Priority.RETRANSMISSION,
            original.transport_cc_offset,
            original.abs_send_time_offset,
        )

    def make_padding(self, size_bytes: int, *, payload_type: int) -> OutgoingPacket:
        """A packet of nothing but padding on the repair stream, for probes."""
        size = min(max(size_bytes, 1), MAX_PADDING)
        template = self.template
        prefix = bytearray(template.bytes)
        timestamp = (self.numbers.last_timestamp or 0) & 0xFFFFFFFF
        _HEADER.pack_into(prefix, 0, prefix[0] | 0x20, payload_type, self._next_rtx(), timestamp, self.rtx_ssrc)
        payload = bytes(size - 1) + bytes((size,))
        return OutgoingPacket(prefix, payload, Priority.PADDING, template.transport_cc, template.abs_send_time)

    def make_load(self, size_bytes: int, *, payload_type: int) -> OutgoingPacket:
        """A packet of this size on the repair stream that repairs nothing, to find out what a line carries."""
        template = self.template
        prefix = bytearray(template.bytes)
        _HEADER.pack_into(prefix, 0, prefix[0], payload_type, self._next_rtx(), 0, self.rtx_ssrc)
        payload = bytes(max(2, size_bytes - len(prefix)))  # the number that it repairs, 0, before it (RFC 4588 §4)
        return OutgoingPacket(prefix, payload, Priority.VIDEO, template.transport_cc, template.abs_send_time)

    @property
    def padding_overhead(self) -> int:
        """Bytes of a padding packet that are not padding."""
        return len(self.template.bytes)

    def make_filler(self, sequence: int, *, payload_type: int) -> OutgoingPacket:
        """An empty packet that takes a number whose packet came too late to be left out quietly."""
        template = self.template
        prefix = bytearray(template.bytes)
        timestamp = (self.numbers.last_timestamp or 0) & 0xFFFFFFFF
        _HEADER.pack_into(prefix, 0, prefix[0] | 0x20, payload_type, sequence & 0xFFFF, timestamp, self.ssrc)
        return OutgoingPacket(prefix, b"\x01", Priority.VIDEO, template.transport_cc, template.abs_send_time)

    def _next_rtx(self) -> int:
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        return self._rtx_sequence


def _profile(fmtp: str) -> str:
    for part in fmtp.split(";"):
        name, _, value = part.strip().partition("=")
        if name == "profile-level-id":
            return value.lower()[:4]
    return ""

"""One outgoing RTP stream of a synthetic endpoint: its numbers, its header templates and what it remembers for RTX."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from struct import Struct

from sfu.rtp.extensions import build_extensions

REMEMBERED = 1024  # packets that can be retransmitted: three seconds of 3 Mb/s
IDENTIFIED = 100  # packets that carry MID and RID; by then the server knows the SSRC
HEADER = Struct("!BBHLL")
NUMBER = Struct("!H")
CAPTURE = Struct("!Q")
HEADER_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderTemplate:
    """Header and extensions as bytes; where number and capture time go, 0: nowhere."""

    data: bytes
    number_at: int
    capture_at: int


def make_template(elements: list[tuple[int, bytes]], *, transport_cc: int, abs_capture_time: int) -> HeaderTemplate:
    """Of an RTP packet that has these elements and, where the ids are not 0, the two clocks before them."""
    clocks = [(transport_cc, bytes(2)), (abs_capture_time, bytes(8))]
    wanted = [each for each in (*clocks, *elements) if each[0]]
    block, offsets = build_extensions(wanted)
    places = dict(zip([identifier for identifier, _ in wanted], offsets, strict=True))
    first = 0x90 if wanted else 0x80
    return HeaderTemplate(
        data=bytes((first,)) + bytes(HEADER_BYTES - 1) + block,
        number_at=HEADER_BYTES + places[transport_cc] if transport_cc else 0,
        capture_at=HEADER_BYTES + places[abs_capture_time] if abs_capture_time else 0,
    )


class OutgoingLayer:
    """Sequence numbers, picture ids and history of one SSRC."""

    def __init__(
        self,
        *,
        ssrc: int,
        payload_type: int,
        identified: HeaderTemplate,
        bare: HeaderTemplate,
        rtx_ssrc: int = 0,
        rtx_payload_type: int = 0,
        repair: HeaderTemplate | None = None,
        rid: str = "",
        layer: int = 0,
    ) -> None:
        self.ssrc, self.payload_type, self.rid, self.layer = ssrc, payload_type, rid, layer
        self.rtx_ssrc, self.rtx_payload_type = rtx_ssrc, rtx_payload_type
        self.sequence, self.rtx_sequence = secrets.randbelow(1 << 15), secrets.randbelow(1 << 15)
        self.offset = secrets.randbelow(1 << 31)
        self.picture, self.tl0 = secrets.randbelow(1 << 15), secrets.randbelow(1 << 8)
        self.index = 0
        self.packets = self.octets = 0
        self._identified, self._bare, self._repair = identified, bare, repair
        self._history: list[tuple[HeaderTemplate, bytearray] | None] = [None] * REMEMBERED

    @property
    def repair_template(self) -> HeaderTemplate | None:
        """Of the repair stream's packets."""
        return self._repair

    @property
    def repair_number_at(self) -> int:
        """Where a repair has its transport-wide number, 0: nowhere."""
        return self._repair.number_at if self._repair is not None else 0

    @property
    def template(self) -> HeaderTemplate:
        """For the next packet."""
        return self._identified if self.packets < IDENTIFIED else self._bare

    def next_packet(self, template: HeaderTemplate, payload: bytes, *, marker: bool, timestamp: int) -> bytearray:
        """The next packet in order, without clocks; remembered for repairs."""
        packet = bytearray(template.data)
        self.sequence = sequence = (self.sequence + 1) & 0xFFFF
        HEADER.pack_into(
            packet, 0, packet[0], self.payload_type | (0x80 if marker else 0), sequence, timestamp, self.ssrc
        )
        packet += payload
        self.packets += 1
        self.octets += len(payload)
        if self._repair is not None:
            self._history[sequence % REMEMBERED] = (template, packet)
        return packet

    def padding(self, size_bytes: int) -> bytearray:
        """A packet of the repair stream that is nothing but padding, up to 255 bytes, to look for room on the line."""
        assert self._repair is not None
        packet = bytearray(self._repair.data)
        self.rtx_sequence = (self.rtx_sequence + 1) & 0xFFFF
        HEADER.pack_into(packet, 0, packet[0] | 0x20, self.rtx_payload_type, self.rtx_sequence, 0, self.rtx_ssrc)
        return packet + bytes(size_bytes - 1) + bytes((size_bytes,))

    def repair(self, number: int) -> bytearray | None:
        """The RTX packet (RFC 4588) for a sequence number, without its own transport-wide number; None if forgotten.

        It keeps the capture time: a packet that had to be repaired is as old as it is.
        """
        template, entry = self._repair, self._history[number % REMEMBERED]
        if template is None or entry is None or NUMBER.unpack_from(entry[1], 2)[0] != number:
            return None
        original_template, original = entry
        packet = bytearray(template.data)
        self.rtx_sequence = (self.rtx_sequence + 1) & 0xFFFF
        second = self.rtx_payload_type | original[1] & 0x80
        timestamp = int.from_bytes(original[4:8], "big")
        HEADER.pack_into(packet, 0, packet[0], second, self.rtx_sequence, timestamp, self.rtx_ssrc)
        if template.capture_at:
            at = original_template.capture_at
            packet[template.capture_at : template.capture_at + 8] = original[at : at + 8]
        packet += NUMBER.pack(number) + original[len(original_template.data) :]
        return packet

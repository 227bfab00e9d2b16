"""H264 (RFC 6184) to the byte-stream form of ITU-T H.264 annex B."""

from sfu.codecs.facts import FrameFacts
from sfu.codecs.h264 import FU_A, STAP_A, nal_units_of_stap
from sfu.errors import MalformedPacket
from sfu.rtp.packet import Packet

START = b"\x00\x00\x00\x01"


def assemble_h264(packets: list[tuple[Packet, FrameFacts]]) -> bytes:
    """The access unit of these packets, which are whole and in order. Raises MalformedPacket."""
    out = bytearray()
    for packet, _ in packets:
        payload = packet.payload
        kind = payload[0] & 0x1F
        if kind == STAP_A:
            for unit in nal_units_of_stap(payload):
                out += START + bytes(unit)
        elif kind == FU_A:
            if len(payload) < 3:
                raise MalformedPacket("H264 FU-A cut short")
            if payload[1] & 0x80:
                out += START + bytes((payload[0] & 0xE0 | payload[1] & 0x1F,))
            out += payload[2:]
        else:
            out += START + bytes(payload)
    return bytes(out)

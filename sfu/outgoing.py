"""A packet on its way out, before encryption: room 4 makes it, room 5 sends it."""

from enum import IntEnum


class Priority(IntEnum):
    """Order in the pacing deque: voices first, repairs next, pictures last."""

    AUDIO = 0
    RETRANSMISSION = 1
    VIDEO = 2
    PADDING = 3


class OutgoingPacket:
    """RTP for one peer. `prefix` is private to it, `payload` is shared with every other subscriber and never written.

    prefix: RTP header, extension block, and whatever of the payload had to be rewritten (a VP8 descriptor).
    payload: the rest. On the wire the packet is prefix + payload + SRTP tag.
    transport_cc_offset: where in `prefix` the two bytes of the transport-wide sequence number go at the moment of
        sending; 0 if the extension is not negotiated.
    abs_send_time_offset: where in `prefix` the three bytes of abs-send-time go; 0 if not negotiated.
    """

    __slots__ = ("abs_send_time_offset", "payload", "prefix", "priority", "transport_cc_offset")

    def __init__(
        self,
        prefix: bytearray,
        payload: bytes | memoryview,
        priority: Priority,
        transport_cc_offset: int = 0,
        abs_send_time_offset: int = 0,
    ) -> None:
        self.prefix = prefix
        self.payload = payload
        self.priority = priority
        self.transport_cc_offset = transport_cc_offset
        self.abs_send_time_offset = abs_send_time_offset

    @property
    def head_size(self) -> int:
        """Bytes of RTP header and extension block at the head of `prefix`."""
        prefix = self.prefix
        return 16 + 4 * (prefix[14] << 8 | prefix[15]) if prefix[0] & 0x10 else 12

    @property
    def size_bytes(self) -> int:
        """Bytes of RTP before the SRTP tag."""
        return len(self.prefix) + len(self.payload)

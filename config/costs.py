"""What voices and pictures take of a line, beyond what their encoders make; bits/s."""

PICTURE_OVERHEAD = 1.06  # headers, SRTP tag, a share for repairs
VOICE_PACKETS_PER_S = 50
VOICE_HEADER_BITS = 8 * 72  # IPv4, UDP, RTP with extensions, SRTP tag


def picture_bps(encoded_bps: int) -> int:
    """A picture, or several together, on the line."""
    return int(encoded_bps * PICTURE_OVERHEAD)


def voice_bps(encoded_bps: int, *, red: bool) -> int:
    """A voice while it speaks; with RED (RFC 2198) every packet carries the one before."""
    return encoded_bps * (2 if red else 1) + VOICE_PACKETS_PER_S * VOICE_HEADER_BITS

"""NTP timestamps as RTCP carries them (RFC 3550 §4): 64 bit, 32.32 fixed point, seconds since 1900."""

UNIX_EPOCH_IN_NTP_S = 2_208_988_800


def ntp_from_unix(unix_s: float) -> int:
    """64-bit NTP timestamp of a Unix time in seconds."""
    return int((unix_s + UNIX_EPOCH_IN_NTP_S) * (1 << 32)) & 0xFFFFFFFFFFFFFFFF


def unix_from_ntp(ntp: int) -> float:
    """Unix time in seconds of a 64-bit NTP timestamp."""
    return ntp / (1 << 32) - UNIX_EPOCH_IN_NTP_S


def middle_32_bits(ntp: int) -> int:
    """The middle 32 bits, as in LSR fields: units of 1/65536 s."""
    return (ntp >> 16) & 0xFFFFFFFF


def short_difference_s(a: int, b: int) -> float:
    """Seconds from middle-32-bit timestamp `b` to `a`, wrap-safe."""
    return (((a - b + 0x80000000) & 0xFFFFFFFF) - 0x80000000) / 65536

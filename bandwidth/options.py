"""What a picture and the voices cost on a line: the allocator's inputs, for the server and for the simulator."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from bandwidth.allocator import LayerOption
from config.costs import PICTURE_OVERHEAD, VOICE_HEADER_BITS, VOICE_PACKETS_PER_S

AUDIO_OVERHEAD = 1.3  # IPv4, UDP and SRTP tag on small packets
MIN_RATE_BPS = 20_000


def layer_option(spatial: int, temporal: int | None, rate_bps: float, value: float) -> LayerOption:
    """A way to send a picture whose RTP packets take `rate_bps`."""
    bitrate_bps = int(max(rate_bps, MIN_RATE_BPS) * PICTURE_OVERHEAD)
    return LayerOption(spatial=spatial, temporal=temporal, bitrate_bps=bitrate_bps, value=value)


def rising(found: Iterable[LayerOption]) -> tuple[LayerOption, ...]:
    """Those that are better than every cheaper one, the cheapest first."""
    kept: list[LayerOption] = []
    for option in sorted(found, key=attrgetter("bitrate_bps")):
        if not kept or option.value > kept[-1].value + 1e-9:
            kept.append(option)
    return tuple(kept)


def full_voice_bps(audio_bps: int) -> int:
    """A voice while it speaks, headers included; `audio_bps`: what its encoder makes."""
    return audio_bps + VOICE_PACKETS_PER_S * VOICE_HEADER_BITS


def heard_voice_bps(measured_bps: float, full_bps: int) -> int:
    """A voice as it is heard, by the measured rate of its RTP packets."""
    return min(int(measured_bps * AUDIO_OVERHEAD), full_bps)

"""The figures of one measured scenario: names, units, and which way is worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Worse = Literal["higher", "lower", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureKind:
    """`worse`: which way a change is a regression, "" if neither. `tolerance`: the ratio that is still no change.

    `floor`: values below it are equal; where the tolerance is a ratio of next to nothing, noise would count.
    """

    name: str
    unit: str
    meaning: str
    worse: Worse = ""
    tolerance: float = 1.1
    floor: float = 0.0


KINDS = (
    FigureKind(name="packets_out_per_s", unit="1/s", meaning="RTP packets that left the server, repairs included"),
    FigureKind(name="packets_in_per_s", unit="1/s", meaning="RTP packets sent to the server, repairs included"),
    FigureKind(name="megabits_out", unit="Mbit/s", meaning="of those that left, SRTP and RTP headers included"),
    FigureKind(name="cpu_us", unit="µs", meaning="server's CPU a forwarded packet", worse="higher"),
    FigureKind(name="user_us", unit="µs", meaning="of it in user space", worse="higher", tolerance=1.12),
    FigureKind(name="system_us", unit="µs", meaning="of it in the kernel", worse="higher", tolerance=1.15),
    FigureKind(name="softirq_us", unit="µs", meaning="packet work of the kernel on the server's core, not in cpu_us"),
    FigureKind(name="core_percent", unit="%", meaning="of its core that the server took"),
    FigureKind(name="recorder_percent", unit="%", meaning="of a core that the recorder's process took"),
    FigureKind(
        name="latency_p50_ms",
        unit="ms",
        meaning="publisher's send call to subscriber's kernel",
        worse="higher",
        tolerance=1.25,
        floor=1.0,
    ),
    FigureKind(
        name="latency_p99_ms",
        unit="ms",
        meaning="the same, of the slowest hundredth",
        worse="higher",
        tolerance=1.5,
        floor=3.0,
    ),
    FigureKind(name="latency_max_ms", unit="ms", meaning="the slowest packet"),
    FigureKind(
        name="join_p50_ms",
        unit="ms",
        meaning="WebSocket's first byte to SRTP keys",
        worse="higher",
        tolerance=1.4,
        floor=50.0,
    ),
    FigureKind(name="join_p99_ms", unit="ms", meaning="the same, slowest", worse="higher", tolerance=1.6, floor=100.0),
    FigureKind(
        name="media_p50_ms",
        unit="ms",
        meaning="WebSocket's first byte to the first media packet",
        worse="higher",
        tolerance=1.5,
        floor=100.0,
    ),
    FigureKind(name="failed_joins", unit="1", meaning="endpoints that could not join", worse="higher", tolerance=1.0),
    FigureKind(
        name="memory_kib_per_endpoint",
        unit="KiB",
        meaning="resident memory that each endpoint added",
        worse="higher",
        tolerance=1.15,
        floor=200.0,
    ),
    FigureKind(name="memory_mib", unit="MiB", meaning="resident memory of the server", worse="higher", tolerance=1.15),
    FigureKind(
        name="lost_percent",
        unit="%",
        meaning="packets that never came, repaired ones not counted",
        worse="higher",
        tolerance=1.5,
        floor=0.05,
    ),
    FigureKind(
        name="lost_video_percent",
        unit="%",
        meaning="the same of pictures alone: voices are not repaired",
        worse="higher",
        tolerance=1.5,
        floor=0.05,
    ),
    FigureKind(name="repaired_percent", unit="%", meaning="packets that came by retransmission only"),
    FigureKind(name="duplicates", unit="1", meaning="packets that came twice", worse="higher", floor=5),
    FigureKind(name="disordered", unit="1", meaning="packets that came late", worse="higher", tolerance=1.5, floor=20),
    FigureKind(
        name="backward_timestamps", unit="1", meaning="timestamps that went back", worse="higher", tolerance=1.0
    ),
    FigureKind(name="jitter_ms", unit="ms", meaning="mean interarrival jitter of voices (RFC 3550), sender's included"),
    FigureKind(
        name="freezes_per_minute",
        unit="1/min",
        meaning="of each picture, as libwebrtc counts",
        worse="higher",
        tolerance=1.5,
        floor=0.5,
    ),
    FigureKind(
        name="audio_gaps_per_minute",
        unit="1/min",
        meaning="of each voice: nothing for 100 ms",
        worse="higher",
        tolerance=1.5,
        floor=0.5,
    ),
    FigureKind(
        name="silent_streams",
        unit="1",
        meaning="streams without a packet in the last second",
        worse="higher",
        tolerance=1.0,
    ),
    FigureKind(name="layer_switches", unit="1", meaning="changes of layer that were seen inside payloads"),
    FigureKind(
        name="switches_without_key", unit="1", meaning="of them not on a key frame", worse="higher", tolerance=1.0
    ),
    FigureKind(
        name="numbering_jumps",
        unit="1",
        meaning="PictureID or TL0PICIDX not continuous",
        worse="higher",
        tolerance=1.0,
        floor=2,
    ),
    FigureKind(
        name="sustained_packets_per_s",
        unit="1/s",
        meaning="most that one core forwarded with 0.1 % loss",
        worse="lower",
    ),
    FigureKind(name="sustained_sessions", unit="1", meaning="sessions of 11 in that step", worse="lower"),
    FigureKind(name="client_percent", unit="%", meaning="of its core that the endpoints took"),
    FigureKind(name="client_late_ms", unit="ms", meaning="that the latest tick of a publisher was behind its time"),
    FigureKind(name="client_drops", unit="1", meaning="datagrams that the endpoints did not read in time"),
    FigureKind(name="server_drops", unit="1", meaning="datagrams that the server did not read in time"),
    FigureKind(name="foreign_percent", unit="%", meaning="of the server's core that other programs took"),
)
BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioFigures:
    """What came out of a run. `faults`: why it must not be believed; `remarks`: what a reader should know.

    latency_source: "extension" (each packet's capture time) or "trailer" (the last packet of some frames).
    """

    name: str
    seconds: float
    endpoints: int
    values: Mapping[str, float]
    faults: Sequence[str] = ()
    remarks: Sequence[str] = ()
    steps: Sequence[Mapping[str, float]] = field(default_factory=tuple)
    latency_source: str = "extension"

    @property
    def valid(self) -> bool:
        """Whether the run measured the server and not the endpoints."""
        return not self.faults


def quantile(ordered: Sequence[float], share: float) -> float:
    """Of an ascending sequence; NaN of an empty one."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")

"""A window of time over a rig: the difference of two snapshots, as figures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.accounting import Core, Cpu, core_of, udp_drops
from benchmarks.figures import quantile
from benchmarks.judge import StreamCounts, StreamJudge
from benchmarks.rig import SERVER_CORE, Rig, Seat

SETTLE_S = 1.0  # repairs of what was lost at the end of the window may still come
SILENT_S = 1.0
CLIENT_LIMIT_PERCENT = 90.0
CLIENT_LATE_MS = 60.0  # more, and the publishers' own lateness makes audio gaps and freezes
DISTURBED_PERCENT = 10.0
NO_CPU = Cpu(total_s=0.0, user_s=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that counts up, at a moment."""

    at_s: float
    server: Cpu
    recorder: Cpu
    core: Core
    client_s: float
    received: int
    received_bytes: int
    sent: int
    client_drops: int
    server_drops: int
    refused: int
    skipped: int
    streams: dict[tuple[int, int], StreamCounts]
    latencies: dict[int, int]


def take_snapshot(rig: Rig) -> Snapshot:
    """Now."""
    seats = rig.joined
    links = [seat.endpoint.result.link for seat in seats if seat.endpoint.result.link is not None]
    sources = [seat.endpoint.result.source for seat in seats if seat.endpoint.result.source is not None]
    server, recorder = rig.server.cpu()
    return Snapshot(
        at_s=time.monotonic(),
        server=server,
        recorder=recorder,
        core=core_of(SERVER_CORE),
        client_s=time.process_time(),
        received=sum(link.received_packets for link in links),
        received_bytes=sum(link.received_bytes for link in links),
        sent=sum(link.sent_packets for link in links),
        client_drops=sum(link.kernel_drops for link in links),
        server_drops=sum(udp_drops(port) for port in rig.server.udp_ports),
        refused=sum(link.refused_sends for link in links),
        skipped=sum(source.skipped_ticks for source in sources),
        streams={key: judge.counts() for key, judge in judges_of(seats).items()},
        latencies={
            number: len(seat.endpoint.result.receiver.latencies_s)
            for number, seat in enumerate(seats)
            if seat.endpoint.result.receiver is not None
        },
    )


def judges_of(seats: Sequence[Seat]) -> dict[tuple[int, int], StreamJudge]:
    """(seat, SSRC) → judge of every media stream."""
    return {
        (number, ssrc): judge
        for number, seat in enumerate(seats)
        for ssrc, judge in seat.endpoint.result.streams.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """`values` by the names of `figures.KINDS`."""

    seconds: float
    values: dict[str, float]
    faults: list[str]
    remarks: list[str]
    latency_source: str


async def measure(rig: Rig, seconds: float) -> Measurement:
    """A window from now on; takes SETTLE_S longer."""
    sources = [source for seat in rig.joined if (source := seat.endpoint.result.source) is not None]
    for source in sources:
        source.latest_s = 0.0
    before = take_snapshot(rig)
    await asyncio.sleep(seconds)
    after = take_snapshot(rig)
    latest_s = max((source.latest_s for source in sources), default=0.0)
    now = time.time()
    silent = count_silent(rig.joined, now)
    await asyncio.sleep(SETTLE_S)
    values = cost_values(before, after) | stream_values(rig, before, after) | latency_values(rig, before, after)
    values |= {"silent_streams": float(silent), "client_late_ms": 1000 * latest_s}
    return Measurement(
        seconds=after.at_s - before.at_s,
        values=values,
        faults=faults_of(before, after, values),
        remarks=[],
        latency_source=latency_source(rig.joined),
    )


def count_silent(seats: Sequence[Seat], now: float) -> int:
    """Streams that should be there and had no packet within SILENT_S."""
    silent = 0
    for seat in seats:
        streams = seat.endpoint.result.streams.values()
        alive = sum(now - judge.last_arrival_s < SILENT_S for judge in streams)
        silent += max(0, seat.expected_streams - alive)
    return silent


def cost_values(before: Snapshot, after: Snapshot) -> dict[str, float]:
    """CPU, packets and the memory of buffers that overflowed."""
    elapsed = after.at_s - before.at_s
    packets = max(1, after.received - before.received)
    server, core = after.server.since(before.server), after.core.since(before.core)
    foreign_s = core.busy_s - core.softirq_s - server.total_s
    return {
        "packets_out_per_s": packets / elapsed,
        "packets_in_per_s": (after.sent - before.sent) / elapsed,
        "megabits_out": 8e-6 * (after.received_bytes - before.received_bytes) / elapsed,
        "cpu_us": 1e6 * server.total_s / packets,
        "user_us": 1e6 * server.user_s / packets,
        "system_us": 1e6 * server.system_s / packets,
        "softirq_us": 1e6 * core.softirq_s / packets,
        "core_percent": 100 * server.total_s / elapsed,
        "recorder_percent": 100 * after.recorder.since(before.recorder).total_s / elapsed,
        "client_percent": 100 * (after.client_s - before.client_s) / elapsed,
        "client_drops": float(after.client_drops - before.client_drops),
        "server_drops": float(after.server_drops - before.server_drops),
        "foreign_percent": max(0.0, 100 * foreign_s / elapsed),
    }


def stream_values(rig: Rig, before: Snapshot, after: Snapshot) -> dict[str, float]:
    """What the judges say of the window."""
    judges = judges_of(rig.joined)
    total = dict.fromkeys(("packets", "duplicates", "disordered", "repaired", "backward_timestamps"), 0)
    lost = {True: 0, False: 0}
    packets = {True: 0, False: 0}
    freezes = gaps = 0
    for key, last in after.streams.items():
        first, judge = before.streams.get(key), judges[key]
        for name in total:
            total[name] += getattr(last, name) - (getattr(first, name) if first else 0)
        lost[judge.audio] += judge.lost_between(first.highest if first else -1, last.highest)
        packets[judge.audio] += last.packets + last.repaired - (first.packets + first.repaired if first else 0)
        freezes += last.freezes - (first.freezes if first else 0)
        gaps += last.audio_gaps - (first.audio_gaps if first else 0)
    minutes = (after.at_s - before.at_s) / 60
    pictures = sum(not judge.audio for judge in judges.values())
    voices = [judge for judge in judges.values() if judge.audio]
    return {
        "lost_percent": _percent(sum(lost.values()), sum(packets.values()) + sum(lost.values())),
        "lost_video_percent": _percent(lost[False], packets[False] + lost[False]),
        "repaired_percent": _percent(total["repaired"], sum(packets.values()) + sum(lost.values())),
        "duplicates": float(total["duplicates"]),
        "disordered": float(total["disordered"]),
        "backward_timestamps": float(total["backward_timestamps"]),
        "freezes_per_minute": freezes / max(1, pictures) / minutes,
        "audio_gaps_per_minute": gaps / max(1, len(voices)) / minutes,
        "jitter_ms": sum(judge.jitter for judge in voices) / 48 / max(1, len(voices)),
    }


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


def latency_values(rig: Rig, before: Snapshot, after: Snapshot) -> dict[str, float]:
    """Of every packet that carried a clock in the window."""
    parts = []
    for number, seat in enumerate(rig.joined):
        receiver = seat.endpoint.result.receiver
        if receiver is not None and number in after.latencies:
            start, end = before.latencies.get(number, 0), after.latencies[number]
            parts.append(np.array(receiver.latencies_s[start:end], dtype=np.float64))
    ordered: list[float] = np.sort(np.concatenate(parts)).tolist() if parts else []
    if not ordered:
        return {}
    return {
        "latency_p50_ms": 1000 * quantile(ordered, 0.50),
        "latency_p99_ms": 1000 * quantile(ordered, 0.99),
        "latency_max_ms": 1000 * ordered[-1],
    }


def latency_source(seats: Sequence[Seat]) -> str:
    """Which clock the latencies come from: the header extension of each packet, or the trailer of some frames."""
    receivers = [seat.endpoint.result.receiver for seat in seats]
    streams = [each for receiver in receivers if receiver for each in receiver.streams.values()]
    return "extension" if any(each.capture_at for each in streams) else "trailer"


def faults_of(before: Snapshot, after: Snapshot, values: dict[str, float]) -> list[str]:
    """Why the window must not be believed: the endpoints were the bottleneck."""
    faults = []
    if values["client_drops"]:
        faults.append(f"the endpoints did not read {values['client_drops']:.0f} datagrams in time")
    if values["client_percent"] > CLIENT_LIMIT_PERCENT:
        faults.append(f"the endpoints took {values['client_percent']:.0f} % of their core")
    if values["client_late_ms"] > CLIENT_LATE_MS:
        faults.append(f"a publisher was {values['client_late_ms']:.0f} ms late")
    if after.skipped > before.skipped:
        faults.append(f"the publishers left out {after.skipped - before.skipped} ticks of 20 ms")
    if after.refused > before.refused:
        faults.append(f"the endpoints' sockets refused {after.refused - before.refused} datagrams")
    return faults

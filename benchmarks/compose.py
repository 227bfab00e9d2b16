"""`make bench-compose`: how fast one MP4 is composed of so many endpoints, and what it costs.

The recording is synthetic: the benchmarks' clip as each endpoint's camera, a tone as its microphone, the floor passed
on every few seconds. Speed in times real time (wall clock), CPU in seconds per second of the recording: on two cores no
other work may be under way for the speed to mean something, the CPU means something always.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.recorded import make_recording
from recorder.compose import compose
from recorder.multitrack import multitrack

TARGET_SPEED = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeFigures:
    """Of one run. `cpu_s_per_s`: user and system time per second of the recording."""

    endpoints: int
    camera: str
    output: str
    seconds: float
    speed: float
    cpu_s_per_s: float
    cores: int
    output_kbps: float
    peak_memory_mb: float
    multitrack_speed: float


def cpu_s() -> float:
    """User and system time of this process, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def run(endpoints: int, seconds: float, layer: str, data: Path) -> ComposeFigures:
    """Make a recording, compose it, measure."""
    directory, camera = make_recording(data, endpoints=endpoints, seconds=seconds, layer=layer)
    before = cpu_s()
    result = compose(directory, data / "composed.mp4")
    cpu = cpu_s() - before
    began = os.times().elapsed
    copied = multitrack(directory, data / "all.mkv")
    took = max(1e-3, os.times().elapsed - began)
    return ComposeFigures(
        endpoints=endpoints,
        camera=camera,
        output=f"{result.width}x{result.height}",
        seconds=round(result.duration_s, 1),
        speed=result.speed,
        cpu_s_per_s=round(cpu / result.duration_s, 3),
        cores=len(os.sched_getaffinity(0)),
        output_kbps=round(result.bytes * 8 / result.duration_s / 1000),
        peak_memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        multitrack_speed=round(copied.duration_s / took),
    )


def show(figures: Sequence[ComposeFigures]) -> str:
    """As a Markdown table."""
    lines = [
        "| endpoints | camera | output | recording, s | speed, times real time | CPU s per s | output, kb/s |"
        " memory, MB | one MKV, times real time |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {each.endpoints} | {each.camera} | {each.output} | {each.seconds:.0f} | {each.speed:.2f} |"
        f" {each.cpu_s_per_s:.2f} | {each.output_kbps:.0f} | {each.peak_memory_mb:.0f} | {each.multitrack_speed:.0f} |"
        for each in figures
    ]
    return "\n".join(lines)


def main() -> int:
    """Run, print the table, write compose.json; exit 1 if 6 endpoints are slower than twice real time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compose", description=__doc__)
    parser.add_argument("--endpoints", type=int, action="append", default=[], help="repeat; 6 and 11 if not given")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--layer", action="append", default=[], choices=["h", "f"], help="360 or 720 lines; both")
    parser.add_argument("--output", type=Path, default=Path("bench-out"))
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    figures = []
    for endpoints in arguments.endpoints or [6, 11]:
        for layer in arguments.layer or ["h", "f"]:
            with tempfile.TemporaryDirectory(dir=arguments.output) as directory:
                figures.append(run(endpoints, arguments.seconds, layer, Path(directory)))
            print(show(figures[-1:]) if len(figures) == 1 else show(figures[-1:]).splitlines()[-1], flush=True)
    (arguments.output / "compose.json").write_text(json.dumps([asdict(each) for each in figures], indent=2) + "\n")
    slow = [each for each in figures if each.endpoints <= 6 and each.speed < TARGET_SPEED]
    for each in slow:
        print(f"slower than {TARGET_SPEED} times real time: {each.endpoints} endpoints of {each.camera}")
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())

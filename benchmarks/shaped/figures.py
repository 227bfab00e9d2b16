"""From what seats and server printed to the figures that are stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from bandwidth.simulation.measured import MeasuredFigures
from benchmarks.shaped.measure import Measured

LATE_S = 0.06  # a publisher that was later than this is no publisher on time


def faults_of(measured: Measured) -> list[str]:
    """Why a run says nothing of the lines: its own endpoints had no time."""
    found = []
    for name, lines in measured.seats.items():
        window = [line for line in lines if line["at_s"] >= measured.begun_s]
        latest_s = max(line["latest_s"] for line in window)
        if latest_s > LATE_S:
            found.append(f"{name} was up to {1000 * latest_s:.0f} ms late")
        for key, what in (("skipped_ticks", "left out {} ticks of 20 ms"), ("kernel_drops", "did not read {} packets")):
            count = _grown(window, key)
            if count:
                found.append(f"{name} {what.format(count)}")
    return found


def figures_of(
    measured: Measured, *, from_s: float, to_s: float, line_down_bps: dict[str, int]
) -> dict[str, MeasuredFigures]:
    """By endpoint, between two moments of the run. `line_down_bps`: the lines in that time."""
    begin, end = measured.begun_s + from_s, measured.begun_s + to_s
    watched = [line for line in measured.watched if begin <= line["at_s"] <= end]
    found = {}
    for name, lines in measured.seats.items():
        window = [line for line in lines if begin <= line["at_s"] <= end]
        waiting = [size for at, size in measured.waiting[name] if from_s <= at <= to_s]
        lost = _grown(window, "voice_lost")
        found[name] = MeasuredFigures(
            gets_bps=_rate(window, "got_bytes"),
            sends_bps=_rate(window, "sent_bytes"),
            estimate_bps=int(fmean(line["estimate_bps"][measured.ids[name]] for line in watched)),
            stage_height=_usual(window, "stage_height"),
            pictures=_usual(window, "pictures"),
            voice_loss=round(lost / max(1, lost + _grown(window, "voice_packets")), 4),
            queue_ms=round(8000 * fmean(waiting) / line_down_bps[name], 2),
        )
    return found


def _grown(window: Sequence[dict[str, Any]], key: str) -> int:
    return int(window[-1][key] - window[0][key])


def _rate(window: Sequence[dict[str, Any]], key: str) -> int:
    return int(8 * _grown(window, key) / (window[-1]["at_s"] - window[0]["at_s"]))


def _usual(window: Sequence[dict[str, Any]], key: str) -> int:
    return int(Counter(line[key] for line in window).most_common(1)[0][0])

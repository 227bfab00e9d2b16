"""Figures of one run from what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from benchmarks.links.meter import ArrivalMeter
from benchmarks.links.network import LineCounts
from benchmarks.links.running_case import Observation, PictureLook, Sample

SHORT_QUEUE_S = 0.050
QUEUE_STEP_S = 0.1
USED_ENOUGH = 0.9
USED_WINDOW_S = 1.0


def percentile(values: Iterable[float], share: float) -> float:
    """0 without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def jain(shares: Sequence[float]) -> float:
    """Jain's fairness: 1 is the same for all."""
    squares = sum(each * each for each in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else 0.0


class Reader:
    """Reads an Observation. Times in seconds since the case began."""

    def __init__(self, seen: Observation) -> None:
        self.seen, self.case = seen, seen.case
        self.bases_s = [min(meter.delays_s, default=0.0) for meter in seen.meters]

    # --- series, for figures and plots ---

    def line_use(self, line: int = 0) -> list[tuple[float, float]]:
        """(second, bits/s) through the line, over USED_WINDOW_S before it."""
        return _rates(self.seen.samples, lambda sample: sample.lines[line])

    def site_use(self) -> list[tuple[float, float]]:
        """The same of the site's line; empty without one."""
        if not self.case.site_bps:
            return []
        return _rates(self.seen.samples, lambda sample: sample.site or sample.lines[0])

    def estimates(self, viewer: int = 0) -> list[tuple[float, float]]:
        """(second, bits/s) that the server supposes."""
        return [(each.at_s, float(each.estimates_bps[viewer])) for each in self.seen.samples]

    def queue(self, viewer: int = 0) -> list[tuple[float, float]]:
        """(second, the longest wait of a packet in QUEUE_STEP_S)."""
        meter, base, begun = self.seen.meters[viewer], self.bases_s[viewer], self.seen.begun_s
        worst: dict[int, float] = {}
        for at, delay in zip(meter.arrivals_s, meter.delays_s, strict=True):
            step = int((at - begun) / QUEUE_STEP_S)
            worst[step] = max(worst.get(step, 0.0), delay - base)
        return [(step * QUEUE_STEP_S, worst[step]) for step in sorted(worst)]

    # --- figures ---

    def use_between(self, begin_s: float, end_s: float) -> float:
        """Share of the rate of the line that went through it, padding not counted."""
        inside = [each for each in self.seen.samples if begin_s <= each.at_s <= end_s]
        if len(inside) < 2:
            return 0.0
        shares = []
        for line in range(len(inside[0].lines)):
            sent = inside[-1].lines[line].bytes - inside[0].lines[line].bytes
            possible = sum((b.at_s - a.at_s) * self.case.rate_at(a.at_s) for a, b in pairwise(inside))
            shares.append(8 * sent / possible)
        return sum(shares) / len(shares)

    def estimate_between(self, begin_s: float, end_s: float) -> float:
        """Mean of the estimate over the rate of the line."""
        shares = [
            bps / self.case.rate_at(each.at_s)
            for each in self.seen.samples
            if begin_s <= each.at_s <= end_s
            for bps in each.estimates_bps
        ]
        return sum(shares) / len(shares) if shares else 0.0

    def waits_between(self, begin_s: float, end_s: float) -> list[float]:
        """The wait of every packet."""
        begun = self.seen.begun_s
        return [
            delay - base
            for meter, base in zip(self.seen.meters, self.bases_s, strict=True)
            for at, delay in zip(meter.arrivals_s, meter.delays_s, strict=True)
            if begin_s <= at - begun < end_s
        ]

    def voices(self, begin_s: float, end_s: float) -> float:
        """Share of voice that had to be concealed."""
        due = concealed = 0
        begun = self.seen.begun_s
        for meter, base in zip(self.seen.meters, self.bases_s, strict=True):
            for log in meter.voices.values():
                more, hidden = log.heard(begun + begin_s, begun + end_s, base_s=base)
                due, concealed = due + more, concealed + hidden
        return concealed / due if due else 0.0

    def pictures(self, begin_s: float, end_s: float) -> dict[str, float]:
        """Switches, pauses and freezes per picture and minute, the longest of them, over all viewers."""
        looks = [(at, each) for at, each in self.seen.looks if begin_s <= at <= end_s]
        if len(looks) < 2:
            return {}
        first, last = looks[0][1], looks[-1][1]
        minutes = (looks[-1][0] - looks[0][0]) / 60
        pairs = [
            (before.get(ssrc, NOTHING), after)
            for before, viewer in zip(first, last, strict=True)
            for ssrc, after in viewer.items()
        ]
        count = max(1, len(pairs))
        later = [look for _, viewers in looks[1:] for viewer in viewers for look in viewer.values()]
        return {
            "switches_per_minute": sum(b.switches - a.switches for a, b in pairs) / count / minutes,
            "pauses_per_minute": sum(b.pauses - a.pauses for a, b in pairs) / count / minutes,
            "freezes_per_minute": sum(b.freezes - a.freezes for a, b in pairs) / count / minutes,
            "longest_freeze_s": max((look.longest_s for look in later), default=0.0),
            "longest_pause_s": max((look.longest_pause_s for look in later), default=0.0),
        }

    def lost_on_line(self, line: LineCounts, before: LineCounts) -> float:
        """Share of packets that a shaper dropped."""
        offered = line.packets - before.packets + line.dropped - before.dropped
        return (line.dropped - before.dropped) / offered if offered else 0.0

    def time_to_short_queue(self, change_s: float) -> float:
        """After a change of the line: until the queue stays under SHORT_QUEUE_S for half a second."""
        after = [(at - change_s, wait) for at, wait in self.queue() if change_s <= at < change_s + 10]
        for place, (at, _) in enumerate(after):
            following = [wait for later, wait in after[place:] if later < at + 0.5]
            if all(wait < SHORT_QUEUE_S for wait in following):
                return at
        return 10.0

    def time_to_use(self, change_s: float, *, of_estimate: bool) -> float | None:
        """After a change of the line: until USED_ENOUGH of it is used, or supposed; None if never."""
        series = self.estimates() if of_estimate else self.line_use()
        return next(
            (at - change_s for at, bps in series if at > change_s + 0.2 and bps >= USED_ENOUGH * self.case.rate_at(at)),
            None,
        )


NOTHING = PictureLook(frames=0, freezes=0, frozen_s=0.0, longest_s=0.0, switches=0, pauses=0)


def _rates(samples: Sequence[Sample], of: Any) -> list[tuple[float, float]]:
    found = []
    start = 0
    for place, sample in enumerate(samples):
        while sample.at_s - samples[start].at_s > USED_WINDOW_S:
            start += 1
        if place > start:
            sent = of(sample).bytes - of(samples[start]).bytes
            found.append((sample.at_s, 8 * sent / (sample.at_s - samples[start].at_s)))
    return found


def figures_of(seen: Observation) -> dict[str, Any]:
    """All figures of a run, plain values. Shares are 0 to 1, times in seconds."""
    case, reader = seen.case, Reader(seen)
    begin, end = case.settle_s, case.seconds
    first = next(each for each in seen.samples if each.at_s >= begin)
    last = seen.samples[-1]
    figures: dict[str, Any] = {
        "used": reader.use_between(begin, end),
        **({} if seen.pinned else {"estimate": reader.estimate_between(begin, end)}),
        "queue_p95_s": percentile(reader.waits_between(begin, end), 0.95),
        "queue_p95_whole_s": percentile(reader.waits_between(0, end), 0.95),
        "concealed": reader.voices(begin, end),
        "concealed_whole": reader.voices(0, end),
        "line_loss": max(reader.lost_on_line(b, a) for a, b in zip(first.lines, last.lines, strict=True)),
        "kernel_drops": seen.kernel_drops,
        "unsent_ticks": seen.unsent_ticks,
        **reader.pictures(begin, end),
    }
    figures["steps"] = [_step(reader, at, bps) for at, bps in case.down[1:]]
    if case.viewers > 1:
        figures |= _shares(seen, begin, end)
    if seen.samples[0].site is not None and first.site is not None and last.site is not None:
        figures["site_used"] = 8 * (last.site.bytes - first.site.bytes) / (last.at_s - first.at_s) / case.site_bps
        figures["site_loss"] = reader.lost_on_line(last.site, first.site)
    if seen.skipped:
        figures["skipped"] = seen.skipped
    return figures


def _step(reader: Reader, at_s: float, bps: int) -> dict[str, Any]:
    before = reader.case.rate_at(at_s - 0.1)
    following = [each for each, _ in reader.case.down if each > at_s]
    end = min([*following, reader.case.seconds, at_s + 10])
    step: dict[str, Any] = {"at_s": at_s, "from_bps": before, "to_bps": bps}
    if bps < before:
        step["short_queue_after_s"] = reader.time_to_short_queue(at_s)
        seen = reader.pictures(at_s - 0.3, end)
        step |= {name: seen.get(name, 0.0) for name in ("longest_freeze_s", "longest_pause_s")}
    else:
        step["estimate_after_s"] = reader.time_to_use(at_s, of_estimate=True)
        step["used_after_s"] = reader.time_to_use(at_s, of_estimate=False)
    return step


def _shares(seen: Observation, begin_s: float, end_s: float) -> dict[str, Any]:
    rates = [_received_bps(meter, seen.begun_s + begin_s, seen.begun_s + end_s) for meter in seen.meters]
    return {"received_bps": rates, "jain": jain(rates), "worst_of_mean": min(rates) / (sum(rates) / len(rates))}


def _received_bps(meter: ArrivalMeter, begin_s: float, end_s: float) -> float:
    total = sum(size for at, size in zip(meter.arrivals_s, meter.sizes, strict=True) if begin_s <= at < end_s)
    return 8 * total / (end_s - begin_s)

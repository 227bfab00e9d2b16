"""Is it worse than before? Ratios of figures, round by round, with their spread."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.figures import KINDS, FigureKind

Verdict = Literal["worse", "better", "same"]
Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure of one scenario. Ratios are head ÷ base of each round: their median, lowest and highest."""

    scenario: str
    kind: FigureKind
    base: float
    head: float
    ratio: float
    lowest: float
    highest: float
    verdict: Verdict


def compare_rounds(scenario: str, rounds: Sequence[tuple[Figures, Figures]]) -> list[Change]:
    """(base, head) of each round → the figures that both have and that can be worse.

    Worse: the median ratio is beyond the figure's tolerance, and no round says the contrary. Values under the figure's
    floor count as the floor, so that noise around nothing is no change.
    """
    changes = []
    for kind in KINDS:
        pairs = [(base[kind.name], head[kind.name]) for base, head in rounds if kind.name in base and kind.name in head]
        if kind.worse and pairs:
            changes.append(_change(scenario, kind, pairs))
    return changes


def _change(scenario: str, kind: FigureKind, pairs: Sequence[tuple[float, float]]) -> Change:
    ratios = [_ratio(base, head, kind.floor) for base, head in pairs]
    return Change(
        scenario=scenario,
        kind=kind,
        base=statistics.median(base for base, _ in pairs),
        head=statistics.median(head for _, head in pairs),
        ratio=statistics.median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
        verdict=_verdict(kind, ratios),
    )


def _ratio(base: float, head: float, floor: float) -> float:
    base, head = max(base, floor), max(head, floor)
    if base == head:
        return 1.0
    return head / base if base else float("inf")


def _verdict(kind: FigureKind, ratios: Sequence[float]) -> Verdict:
    # Turned round where less is worse, so that more than 1 is worse in both cases.
    costs = ratios if kind.worse == "higher" else [1 / ratio if ratio else float("inf") for ratio in ratios]
    if statistics.median(costs) > kind.tolerance and min(costs) > 1:
        return "worse"
    if statistics.median(costs) < 1 / kind.tolerance and max(costs) < 1:
        return "better"
    return "same"


def compare_documents(base: Mapping[str, Any], head: Mapping[str, Any]) -> tuple[list[Change], list[str]]:
    """Two documents of `report`: (changes, why scenarios were left out)."""
    changes: list[Change] = []
    left_out = []
    for name, before in base["scenarios"].items():
        after = head["scenarios"].get(name)
        if after is None:
            left_out.append(f"{name}: not measured again")
        elif not before["valid"] or not after["valid"]:
            left_out.append(f"{name}: {'; '.join([*before['faults'], *after['faults']])}")
        else:
            changes += compare_rounds(name, [comparable(before, after)])
    return changes, left_out


def comparable(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Figures, Figures]:
    """Both sides' figures; without latencies where the two were told by different clocks."""
    if before["latency_source"] == after["latency_source"]:
        return before["figures"], after["figures"]

    def without(scenario: Mapping[str, Any]) -> Figures:
        return {key: value for key, value in scenario["figures"].items() if not key.startswith("latency")}

    return without(before), without(after)

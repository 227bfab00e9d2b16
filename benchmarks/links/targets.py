"""What was promised for tight lines, and whether the runs kept it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Figures = Mapping[str, Any]
STEADY = ("steady-30", "steady-5", "steady-2.5", "steady-1", "steady-0.6")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One promise about one case. `met` None: the case was not run."""

    case: str
    promise: str
    measured: str
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """`value` reads the figures of a case: the measured number, None if it never happened."""

    case: str
    text: str
    value: Callable[[Figures], float | None]
    limit: float
    at_least: bool = False
    unit: str = "%"

    def judge(self, figures: Figures | None) -> Verdict:
        """Against the figures of its case, None if that was not run."""
        if figures is None:
            return Verdict(case=self.case, promise=self.text, measured="not run", met=None)
        value = self.value(figures)
        if value is None:
            return Verdict(case=self.case, promise=self.text, measured="never", met=False)
        met = value >= self.limit if self.at_least else value <= self.limit
        return Verdict(case=self.case, promise=self.text, measured=self._show(value), met=met)

    def _show(self, value: float) -> str:
        if self.unit == "%":
            return f"{100 * value:.1f} %"
        return f"{1000 * value:.0f} ms" if self.unit == "ms" else f"{value:.1f} {self.unit}".strip()


def _of(name: str) -> Callable[[Figures], float | None]:
    return lambda figures: figures[name]


def _step(place: int, name: str) -> Callable[[Figures], float | None]:
    return lambda figures: figures["steps"][place][name]


def _steady(case: str) -> list[Promise]:
    return [
        Promise(case=case, text="traffic at least 92 % of the line", value=_of("used"), limit=0.92, at_least=True),
        Promise(case=case, text="estimate at least 92 % of it", value=_of("estimate"), limit=0.92, at_least=True),
        Promise(case=case, text="no voice lost", value=_of("concealed"), limit=0.0),
        Promise(case=case, text=SHORT_QUEUE, value=_of("queue_p95_s"), limit=0.05, unit="ms"),
        Promise(
            case=case,
            text="at most 2 layer switches a minute and picture",
            value=_of("switches_per_minute"),
            limit=2.0,
            unit="",
        ),
    ]


def _changing(text: str, step: int, figure: str, limit_s: float) -> Promise:
    return Promise(case="step", text=text, value=_step(step, figure), limit=limit_s, unit="s")


SHORT_QUEUE = "95 % of packets wait at most 50 ms"
PROMISES = (
    *(promise for case in STEADY for promise in _steady(case)),
    _changing("5 → 1 Mb/s: queue under 50 ms within 1.5 s", 0, "short_queue_after_s", 1.5),
    _changing("5 → 1 Mb/s: no picture freezes longer than 0.5 s", 0, "longest_freeze_s", 0.5),
    _changing("1 → 5 Mb/s: traffic at 90 % within 5 s", 1, "used_after_s", 5.0),
    _changing("1 → 5 Mb/s: estimate at 90 % within 5 s", 1, "estimate_after_s", 5.0),
    Promise(case="loss-5", text="5 % random loss: at least 85 % used", value=_of("used"), limit=0.85, at_least=True),
    Promise(case="loss-10", text="10 % random loss: at least 70 % used", value=_of("used"), limit=0.7, at_least=True),
    Promise(case="steady-0.6", text="voice concealed at most 0.5 %", value=_of("concealed"), limit=0.005),
    Promise(case="loss-10", text="voice concealed at most 2 %", value=_of("concealed"), limit=0.02),
    Promise(case="loss-10-0.6", text="voice concealed at most 2 %", value=_of("concealed"), limit=0.02),
    Promise(case="site-30", text="nothing lost on the site's line", value=_of("site_loss"), limit=0.0),
    Promise(
        case="site-30",
        text="every delegate gets at least 95 % of the mean",
        value=_of("worst_of_mean"),
        limit=0.95,
        at_least=True,
    ),
    Promise(case="site-30", text=SHORT_QUEUE, value=_of("queue_p95_s"), limit=0.05, unit="ms"),
)


def verdicts(figures: Mapping[str, Figures]) -> list[Verdict]:
    """By case name, of the runs with the estimator at work."""
    return [each.judge(figures.get(each.case)) for each in PROMISES]

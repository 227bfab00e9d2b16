"""The cases that are measured. Synthetic endpoints speak all at once, send Opus without RED and VP8 without temporal
layers; the namespaces have no delay of their own. The simulator is asked about just that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bandwidth.simulation.case import SimulationCase

PROFILE = "30-5"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredCase:
    """A case under its name."""

    name: str
    title_vi: str
    title_en: str
    case: SimulationCase


def _case(delegates: int, seconds: float = 60.0, **values: Any) -> SimulationCase:
    endpoints = {"voices": delegates + 1, "red": False, "temporal_layers": 1, "delay_ms": 0.0}
    return SimulationCase.model_validate({"delegates": delegates, "seconds": seconds, **endpoints, **values})


CASES = (
    MeasuredCase(
        name="plan",
        title_vi="trung tâm 30 Mb/s, 3 đại biểu 5 Mb/s",
        title_en="centre 30 Mb/s, 3 delegates 5 Mb/s",
        case=_case(3),
    ),
    MeasuredCase(
        name="weak",
        title_vi="3 đại biểu, một điểm cầu 1 Mb/s",
        title_en="3 delegates, one of them 1 Mb/s",
        case=_case(3, changes=[{"at_s": 0, "who": "delegate-3", "up_mbps": 1, "down_mbps": 1}]),
    ),
    MeasuredCase(
        name="falls",
        title_vi="3 đại biểu, một đường truyền giảm từ 5 xuống 1 Mb/s ở giây 30",
        title_en="3 delegates, one line falls from 5 to 1 Mb/s after 30 s",
        case=_case(3, changes=[{"at_s": 30, "who": "delegate-3", "down_mbps": 1}]),
    ),
    MeasuredCase(
        name="loss",
        title_vi="3 đại biểu, mất gói ngẫu nhiên 5 %",
        title_en="3 delegates, 5 % of packets lost at random",
        case=_case(3, loss_percent=5.0),
    ),
    MeasuredCase(
        name="ten",
        title_vi="trung tâm 30 Mb/s, 10 đại biểu 5 Mb/s",
        title_en="centre 30 Mb/s, 10 delegates 5 Mb/s",
        case=_case(10),
    ),
)

"""One picture a case: the line, what went through it, the estimate, and how long packets waited."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.links.figures import Reader
from benchmarks.links.running_case import Observation

mpl.use("agg")
LINE, USED, ESTIMATE, QUEUE = "#888888", "#4878a8", "#d9a441", "#a83232"


def draw(runs: list[Observation], path: Path) -> None:
    """The runs of one case above one another: with the estimator, and with fixed layers."""
    figure = Figure(figsize=(9, 3.2 * len(runs)), layout="constrained")
    axes = figure.subplots(len(runs), 1, squeeze=False)
    for axis, seen in zip(axes[:, 0], runs, strict=True):
        _draw_run(axis, seen)
    figure.savefig(path, dpi=90)


def _draw_run(axis: Any, seen: Observation) -> None:
    case, reader = seen.case, Reader(seen)
    seconds = [each.at_s for each in seen.samples]
    axis.set_title(f"{case.title}: {'fixed layers' if seen.pinned else 'adaptive'}", loc="left", fontsize=10)
    if case.site_bps:
        axis.plot(seconds, [case.site_bps / 1e6] * len(seconds), color=LINE, lw=1, label="site's line")
        _plot(axis, reader.site_use(), 1e6, color=USED, label="through it")
    else:
        axis.step(seconds, [case.rate_at(at) / 1e6 for at in seconds], color=LINE, lw=1, where="post", label="line")
        _plot(axis, reader.line_use(), 1e6, color=USED, label="through it")
    if not seen.pinned:
        for viewer in range(len(seen.meters)):
            _plot(axis, reader.estimates(viewer), 1e6, color=ESTIMATE, lw=0.8, label="" if viewer else "estimate")
    axis.set_ylabel("Mb/s")
    axis.set_ylim(bottom=0, top=1.5 * max(case.site_bps, *(bps for _, bps in case.down)) / 1e6)
    waits = axis.twinx()
    _plot(waits, reader.queue(), 0.001, color=QUEUE, lw=0.6, label="queue")
    waits.set_ylabel("ms", color=QUEUE)
    waits.set_ylim(0, 400)
    axis.set_xlabel("s")
    axis.legend(loc="upper left", fontsize=8, ncols=3)


def _plot(axis: Any, series: list[tuple[float, float]], unit: float, **style: Any) -> None:
    axis.plot([at for at, _ in series], [value / unit for _, value in series], **style)

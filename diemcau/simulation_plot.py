"""A simulation's curves as a picture, by matplotlib (the benchmarks draw with it too)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bandwidth.simulation.result import Curves, Simulation

MARKED = 5  # curves with a colour and a name; the others are grey
COLOURS = ("#1f4e79", "#b8860b", "#a52a1c", "#2f7d4f", "#6a4c93")
GREY = "#b9c2cc"


def write_plot(result: Simulation, path: Path) -> None:
    """Site line, what each endpoint gets and sends, estimates, the large picture: over time. The suffix says how."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(4, 1, figsize=(11, 11), layout="constrained", sharex=True)
    lines = f"site {result.phases[0].site_up_bps / 1e6:g} Mb/s"
    figure.suptitle(f"{result.profile}: 1 + {result.case.delegates}, {lines}")
    times, marked = result.times_s, marked_curves(result)
    axes[0].plot(times, [bps / 1e6 for bps in result.site_used_bps], color=COLOURS[0], label="used")
    axes[0].axhline(result.site_media_bps / 1e6, color=GREY, ls="--", label="for media")
    axes[0].set_ylabel("site's line, Mb/s")
    _draw(axes[1], result, marked, "gets_bps", 1e6)
    axes[1].set_ylabel("gets, Mb/s")
    _draw(axes[2], result, marked, "sends_bps", 1e6)
    axes[2].set_ylabel("sends, Mb/s")
    for each, colour in zip(marked, COLOURS, strict=False):
        axes[1].plot(times, [bps / 1e6 for bps in each.estimate_bps], color=colour, ls=":", lw=1)
    _draw(axes[3], result, marked, "stage_height", 1, drawstyle="steps-mid")
    axes[3].set_ylabel("large picture, lines")
    axes[1].set_title("dotted: the server's estimate of the line", fontsize=9, loc="right")
    axes[3].set_xlabel("s")
    for axis in axes:
        axis.set_ylim(bottom=0)
        for phase in result.phases[1:]:
            axis.axvline(phase.from_s, color=GREY, lw=0.8)
        axis.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def marked_curves(result: Simulation) -> list[Curves]:
    """Whose curves are named: those whose line changes, the centre, the one on the stage, then the others."""
    changed = {change.who for change in result.case.changes}
    order = sorted(result.curves, key=lambda each: each.name not in changed)
    return order[:MARKED]


def _draw(axis: Any, result: Simulation, marked: list[Curves], field: str, scale: float, **style: Any) -> None:
    def draw(each: Curves, **more: Any) -> None:
        axis.plot(result.times_s, [value / scale for value in getattr(each, field)], **style, **more)

    for each in result.curves:
        if each not in marked:
            draw(each, color=GREY, lw=0.8)
    for each, colour in zip(marked, COLOURS, strict=False):
        draw(each, color=colour, label=each.name)

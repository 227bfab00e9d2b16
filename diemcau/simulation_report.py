"""A simulation for people: tables and sentences on standard output."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from bandwidth.simulation.result import Cut, CutList, EndpointFigures, Fits, Level, MeasuredRun, Phase, Simulation

WIDTH = 120
_COLUMNS = (
    "endpoint",
    "line ↑/↓",
    "sends",
    "gets",
    "estimate",
    "stage",
    "others",
    "pictures",
    "voice lost",
    "queue p95",
)
_PICTURES = {"stage": "the large picture", "others": "small pictures"}
_LINES = {"site": "the site's line", "delegate": "one delegate's line"}
_LIMITS = {
    "site_up": "the site's line towards the endpoints",
    "site_down": "the site's line from the endpoints",
    "delegate_up": "the delegates' lines from them",
    "delegate_down": "the delegates' lines towards them",
    "several": "several lines together",
}
_FIGURES = {
    "gets_bps": ("received", "Mb/s", 1e6),
    "sends_bps": ("sent", "Mb/s", 1e6),
    "estimate_bps": ("estimate", "Mb/s", 1e6),
    "stage_height": ("stage", "lines", 1),
    "pictures": ("pictures", "", 1),
    "voice_loss": ("voice lost", "%", 0.01),
    "queue_ms": ("queue", "ms", 1),
}


def print_report(result: Simulation) -> None:
    """Everything but the curves."""
    console = Console(width=WIDTH, highlight=False)
    for phase in result.phases:
        console.print(_table(result, phase))
    for line in sentences(result):
        console.print(line)
    console.print(result.granularity, style="dim")


def sentences(result: Simulation) -> Iterable[str]:
    """What is cut first, how many fit, how far a measured run differed."""
    for cuts in result.cuts:
        yield from _cut_sentences(cuts)
    yield _fit_sentence(result)
    yield from _measured_sentences(result.measured)


def _table(result: Simulation, phase: Phase) -> Table:
    used = f"{phase.site_used_bps / 1e6:.1f} of {phase.site_up_bps / 1e6:g} Mb/s of the site's line used"
    table = Table(
        title=f"{result.profile}, 1 + {result.case.delegates}, {phase.from_s:g} to {phase.to_s:g} s: {used}",
        caption=f"rates in Mb/s, means from {phase.settled_s:g} s on; queue: 95th percentile",
    )
    for name in _COLUMNS:
        table.add_column(name, justify="left" if name == "endpoint" else "right")
    for each in phase.endpoints:
        table.add_row(*_row(each))
    return table


def _row(each: EndpointFigures) -> tuple[str, ...]:
    return (
        each.name,
        f"{each.line_up_bps / 1e6:g}/{each.line_down_bps / 1e6:g}",
        f"{each.sends_bps / 1e6:.2f}",
        f"{each.gets_bps / 1e6:.2f}",
        f"{each.estimate_bps / 1e6:.2f}",
        level_text(Level(height=each.stage_height, motion=each.stage_motion)),
        f"{each.others_height}p" if each.others_height else "none",
        f"{each.pictures}" + (f" ({each.paused} paused)" if each.paused else ""),
        f"{100 * each.voice_loss:.1f} %",
        f"{each.queue_p95_ms:.0f} ms",
    )


def level_text(level: Level) -> str:
    """A picture in a word."""
    if not level.height:
        return "none"
    motion = {1.0: "", 0.5: " at 1/2 rate", 0.25: " at 1/4 rate"}[level.motion]
    return f"{level.height}p{motion}"


def _cut_sentences(cuts: CutList) -> Iterable[str]:
    whole = f"the large picture at least {level_text(cuts.stage)}, small ones {level_text(cuts.others)}"
    yield f"As {_LINES[cuts.line]} shrinks from {cuts.from_bps / 1e6:g} Mb/s ({whole}), what goes first:"
    for number, cut in enumerate(cuts.cuts, start=1):
        yield f"  {number}. below {cut.at_bps / 1e6:.2g} Mb/s {_cut_text(cut)}"


def _cut_text(cut: Cut) -> str:
    if cut.what == "voices":
        return "not all voices have room any more"
    rooms = f"in {cut.rooms} room{'s' if cut.rooms > 1 else ''}"
    if not cut.after.height:
        return (
            f"{_PICTURES[cut.what]} are left out {rooms}"
            if cut.what == "others"
            else f"the large picture stops {rooms}"
        )
    return f"{_PICTURES[cut.what]}: {level_text(cut.before)} → {level_text(cut.after)} {rooms}"


def _fit_sentence(result: Simulation) -> str:
    fits = result.fits
    parts = [
        f"How many fit: every voice and every picture for up to {_count(fits, fits.every_picture)}, "
        f"every voice and the large picture for up to {_count(fits, fits.stage)} (by the allocator, estimates settled)."
    ]
    if fits.limit != "none":
        parts.append(f"One more is refused by {_LIMITS[fits.limit]}.")
    share = f"{100 * fits.complete:.0f} % of the time"
    parts.append(f"With the {result.case.delegates} asked about everybody had every picture {share}.")
    if fits.over_time is not None:
        parts.append(f"In virtual time {fits.over_time} delegates have everything at least 95 % of the time.")
    return " ".join(parts)


def _count(fits: Fits, count: int) -> str:
    return f"{count} delegates" + (" or more" if count == fits.most else "")


def _measured_sentences(run: MeasuredRun | None) -> Iterable[str]:
    if run is None:
        yield "No measured run is stored with this version."
        return
    yield (
        f"Measured on shaped lines ({run.measured_on}, {run.machine}, commit {run.commit}): {run.title_en}. "
        "The simulator on the same case, mean over endpoints, measured → simulated:"
    )
    parts = []
    for each in run.differences:
        name, unit, scale = _FIGURES[each.name]
        text = f"{name} {each.measured / scale:.3g} → {each.simulated / scale:.3g}{' ' if unit else ''}{unit}"
        share = f" ({100 * (each.simulated / each.measured - 1):+.0f} %)" if each.measured and unit == "Mb/s" else ""
        parts.append(text + share)
    yield f"  {', '.join(parts)}; received rate furthest off at {run.worst_endpoint}: {100 * run.worst_gets:+.0f} %."

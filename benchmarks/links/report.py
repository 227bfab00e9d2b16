"""The tables, for a terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.links.cases import Case
from benchmarks.links.targets import Verdict

COLUMNS = (
    ("used", "used", "{:.0%}"),
    ("estimate", "estimate", "{:.0%}"),
    ("queue_p95_s", "queue p95", "{:.3f} s"),
    ("line_loss", "lost on line", "{:.2%}"),
    ("concealed", "voice concealed", "{:.2%}"),
    ("switches_per_minute", "switches/min", "{:.1f}"),
    ("pauses_per_minute", "pauses/min", "{:.1f}"),
    ("freezes_per_minute", "freezes/min", "{:.1f}"),
    ("longest_freeze_s", "longest freeze", "{:.1f} s"),
    ("longest_pause_s", "longest pause", "{:.1f} s"),
    ("jain", "fairness", "{:.3f}"),
    ("site_used", "site used", "{:.0%}"),
    ("site_loss", "site lost", "{:.2%}"),
)


def table(cases: Sequence[Case], runs: Mapping[str, Mapping[str, Any]]) -> str:
    """A Markdown table; with each case "adaptive" and "fixed layers". Keys of `runs`: NAME and NAME/fixed."""
    lines = [
        "| line | | " + " | ".join(title for _, title, _ in COLUMNS) + " |",
        "|---|---|" + "---:|" * len(COLUMNS),
    ]
    for case in cases:
        for key, title in ((case.name, "adaptive"), (f"{case.name}/fixed", "fixed layers")):
            figures = runs.get(key)
            if figures is None:
                continue
            cells = [form.format(figures[name]) if name in figures else "" for name, _, form in COLUMNS]
            if figures.get("kernel_drops", 0) or figures.get("unsent_ticks", 0) > case.seconds:
                title += ", invalid: the endpoints had too little CPU"
            lines.append(f"| {case.title} | {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def target_table(verdicts: Sequence[Verdict]) -> str:
    """Each promise with what was measured."""
    words = {True: "met", False: "not met", None: "not run"}
    lines = ["| line | promise | measured | |", "|---|---|---:|---|"]
    lines += [f"| {each.case} | {each.promise} | {each.measured} | {words[each.met]} |" for each in verdicts]
    return "\n".join(lines)

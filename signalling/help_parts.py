"""What the help shows of the program itself, so that both always say the same: playbooks' steps, alarms' sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from config.words import Words
from reception.alarm_texts import TEXTS, AlarmText, alarm_anchor, filled
from reception.playbooks import PLAYBOOKS, IncidentKind

_PART = re.compile(r"^<!--\s*(steps|alarms):\s*([a-z]+)\s*-->\s*$", re.MULTILINE)
_DO: Words = Words("một lần bấm", "one click")
_HEAD = {
    "vi": ("Cảnh báo trên màn hình điều hành", "Nguyên nhân", "Việc cần làm"),
    "en": ("Alarm on the console", "Cause", "What to do"),
}
EXAMPLES = {  # what stands in the sentences' places here
    "name": "…",
    "reason": "…",
    "note": "…",
    "kind": "…",
    "left": "2 giờ 10 phút",
    "battery": "60 %",
    "loss_down": "8 %",
    "loss_up": "8 %",
    "carried_bps": "1,2 Mb/s",
    "up_bps": "0,8 Mb/s",
    "limit_bps": "24 Mb/s",
    "pictures": "2",
    "rtt_ms": "600",
    "capture_fps": "8",
}


def insert_parts(text: str, language: str) -> str:
    """The Markdown with each `<!-- steps: KIND -->` and `<!-- alarms: KIND -->` replaced. Raises ValueError."""

    def part(found: re.Match[str]) -> str:
        name, kind = found[1], found[2]
        if kind not in PLAYBOOKS:
            raise ValueError(f"no playbook is called {kind}")
        return _PARTS[name](kind, language)

    return _PART.sub(part, text)


def _said(words: Words, language: str) -> str:
    return words.vi if language == "vi" else words.en


def _steps(kind: IncidentKind, language: str) -> str:
    lines = [
        f"1. {_said(step.text, language)}" + (f" *({_said(_DO, language)})*" if step.action else "")
        for step in PLAYBOOKS[kind].steps
    ]
    return "\n".join(lines) + "\n"


def _alarms(kind: IncidentKind, language: str) -> str:
    rows = [_row(name, text, language) for name, text in TEXTS.items() if text.playbook == kind]
    state, cause, action = _HEAD[language]
    return f"| {state} | {cause} | {action} |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _row(name: str, text: AlarmText, language: str) -> str:
    state, cause, action = (_said(filled(each, EXAMPLES), language) for each in (text.state, text.cause, text.action))
    return f'| <span id="{alarm_anchor(name)}"></span>**{state}** | {cause} | {action} |'


_PARTS: Mapping[str, Callable[[IncidentKind, str], str]] = {"steps": _steps, "alarms": _alarms}

"""One answer out of several workers' (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

OPEN_STATES = ("live", "paused", "interrupted")
_ALONE = "Tiến trình phục vụ buổi tiếp đang khởi động lại. / The process that serves this session is starting again."
_COMMENT = re.compile(r"# (?:HELP|TYPE) (\S+)")
_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{?)")

Sessions = list[dict[str, Any]]


def merge_sessions(whole: Sessions, running: Sequence[Sessions], *, whole_list: bool = True) -> Sessions:
    """Every session, newest first, as the worker shows it that runs it. whole_list: no page of it, nothing filtered.

    running: from each worker that answered, what runs there. whole: the newest sessions as one worker sees them,
    asked for after that. A session that should run and runs nowhere says so as a fault of its recording.
    """
    live = {session["id"]: session for part in running for session in part}
    known = [live.pop(each["id"]) if each["id"] in live else _not_running(each) for each in whole]
    return [*known, *live.values()] if whole_list else known  # what runs and is not among the newest is older than they


def _not_running(session: dict[str, Any]) -> dict[str, Any]:
    if session["state"] not in OPEN_STATES:
        return session
    return {**session, "recording": {**session["recording"], "state": "fault", "fault": _ALONE}}


def merge_metrics(texts: Mapping[str, str]) -> str:
    """Prometheus' text format of several workers as one: every sample labelled with its worker, families together.

    texts: by the value of the label; "" adds none.
    """
    heads: dict[str, list[str]] = {}
    samples: dict[str, list[str]] = {}
    for worker, text in texts.items():
        family = ""
        for line in text.splitlines():
            comment = _COMMENT.match(line)
            if comment:
                family = comment[1]
                head = heads.setdefault(family, [])
                if line not in head:
                    head.append(line)
            elif line and not line.startswith("#"):
                samples.setdefault(family, []).append(_labelled(line, worker))
    families = list(dict.fromkeys([*heads, *samples]))
    lines = [line for family in families for line in (*heads.get(family, []), *samples.get(family, []))]
    return "".join(f"{line}\n" for line in lines)


def _labelled(line: str, worker: str) -> str:
    match = _SAMPLE.match(line)
    if not worker or match is None:
        return line
    name, rest = match[1], line[match.end() :]
    if not match[2]:
        return f'{name}{{worker="{worker}"}}{rest}'
    return f'{name}{{worker="{worker}"{"" if rest.startswith("}") else ","}{rest}'

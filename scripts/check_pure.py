"""Fail when a pure module imports a clock, a socket, a thread, a random source or a log."""

import ast
import sys
from pathlib import Path

IMPURE = {"asyncio", "socket", "time", "random", "threading", "logging", "structlog", "uvloop"}
PURE = [
    "bandwidth/*.py",
    "bandwidth/simulation/*.py",
    "config/profile*.py",
    "diemcau/places.py",
    "sfu/rtp/*.py",
    "sfu/codecs/*.py",
    "sfu/transport/ice.py",
    "sfu/plans.py",
    "sfu/selector.py",
    "sfu/sending_limits.py",
    "sfu/vp8_rewriter.py",
    "sfu/continuous_map.py",
    "sfu/timing.py",
    "sfu/speakers.py",
    "sfu/slots.py",
    "sfu/layer_demand.py",
    "sfu/nack.py",
    "sfu/history.py",
    "recorder/batch.py",
    "recorder/composition/grid.py",
    "recorder/composition/scenes.py",
    "recorder/depacketize/*.py",
    "recorder/framing.py",
    "recorder/happenings.py",
    "recorder/search.py",
    "recorder/moments.py",
    "recorder/space.py",
    "recorder/storage/estimate.py",
    "recorder/storage/retention.py",
    "recorder/summary.py",
    "recorder/timeline.py",
    "config/plain_text.py",
    "config/preflight.py",
    "reception/lifecycle.py",
    "reception/preflight.py",
    "reception/preflight_checks.py",
    "reception/alarm_texts.py",
    "reception/alarms.py",
    "reception/announcements.py",
    "reception/attendance.py",
    "signalling/problem_words.py",
    "reception/audit_chain.py",
    "reception/back_channel.py",
    "reception/case_records.py",
    "reception/case_rules.py",
    "reception/consultation.py",
    "reception/event_words.py",
    "reception/export_requests.py",
    "reception/guards.py",
    "reception/incidents.py",
    "reception/layout.py",
    "reception/lifecycle*.py",
    "reception/lobby.py",
    "reception/marks.py",
    "reception/notices.py",
    "reception/line_record.py",
    "reception/papers/annex.py",
    "reception/papers/compose.py",
    "reception/papers/facts.py",
    "reception/papers/faults.py",
    "reception/papers/filling.py",
    "reception/papers/heading.py",
    "reception/papers/kinds.py",
    "reception/papers/minutes.py",
    "reception/papers/notices.py",
    "reception/papers/register.py",
    "reception/papers/sample.py",
    "reception/papers/statistics.py",
    "reception/papers/tables.py",
    "reception/papers/technical.py",
    "reception/papers/words.py",
    "reception/passwords.py",
    "reception/procedure.py",
    "reception/rules.py",
    "reception/people.py",
    "reception/permissions.py",
    "reception/playbooks.py",
    "reception/presentation.py",
    "reception/records.py",
    "reception/registry_csv.py",
    "reception/script_run.py",
    "reception/search_text.py",
    "reception/second_factor.py",
    "reception/session_plan.py",
    "reception/speaking_queue.py",
    "reception/supervision.py",
    "reception/warnings.py",
    "signalling/browser_facts.py",
    "signalling/help_parts.py",
    "signalling/history.py",
    "signalling/front/merging.py",
    "signalling/front/placement.py",
    "signalling/front/reports.py",
    "signalling/front/routes.py",
    "signalling/line_meter.py",
    "signalling/messages.py",
    "signalling/message_base.py",
    "signalling/pin_tries.py",
    "signalling/room_messages.py",
    "signalling/negotiation/*.py",
    "signalling/planner.py",
    "signalling/session_list.py",
]


def impure_imports(path: Path) -> list[str]:
    """Offending imports of one file, as lines to print."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        found += [
            f"{path}:{node.lineno}: a pure module imports {name}" for name in names if name.split(".")[0] in IMPURE
        ]
    return found


def main() -> int:
    """Print every offence; a pattern without files is one too, since it would check nothing."""
    offences = []
    count = 0
    for pattern in PURE:
        paths = sorted(Path().glob(pattern))
        count += len(paths)
        if not paths:
            offences.append(f"scripts/check_pure.py: no file matches {pattern}")
        for path in paths:
            offences += impure_imports(path)
    print("\n".join(offences) or f"pure: {count} modules")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())

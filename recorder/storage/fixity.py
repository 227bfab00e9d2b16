"""Are all recordings still what they were? Every file is read and compared with its seal; the result is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from recorder.catalogue import recording_directories
from recorder.session_package import package_hash
from recorder.storage.ledger import ENTRIES, changing, read_entry, read_json, storage_folder, write_json
from recorder.verify import verify

SUMMARY = "fixity.json"
SHOWN_FAULTS = 10
MISSING = "missing"
NIGHT = timedelta(hours=4)
LONGEST_S = 48 * 3600.0


def check_one(data: Path, directory: Path) -> dict[str, Any]:
    """Verify one recording and remember what came of it: at (Unix s), verdict, faults, seal, package (the hash
    of its session file's list, "" where there is none).

    A sealed recording must have the same seal ever after: whoever holds the key cannot write it anew unseen.
    """
    known = str(read_entry(data, directory.name).get("fixity", {}).get("seal", ""))
    package = package_hash(directory)
    try:
        report = verify(directory, head=known)
    except OSError as error:
        faults = [{"kind": "unreadable", "file": str(error.filename or ""), "detail": str(error)}]
        verdict, seal = "faulty", ""
    else:
        verdict, seal = report.verdict, report.seal
        faults = report.to_json()["faults"]
    found = {"at": time.time(), "verdict": verdict, "faults": faults[:SHOWN_FAULTS], "seal": known or seal}
    found["package"] = package if package_hash(directory) == package else ""
    with changing(data, directory.name) as entry:
        entry["fixity"] = found
    return found


def check_all(data: Path, *, on_progress: Callable[[int, int], None] = lambda done, total: None) -> dict[str, Any]:
    """Every recording of the data directory, and those that should be there: the summary, which is remembered too."""
    directories = recording_directories(data / "recordings")
    begun = time.time()
    results: dict[str, str] = {}
    for number, directory in enumerate(directories):
        on_progress(number, len(directories))
        results[directory.name] = check_one(data, directory)["verdict"]
    for name in lost(data):
        results[name] = MISSING
        with changing(data, name) as entry:
            entry["fixity"] = {**entry["fixity"], "at": time.time(), "verdict": MISSING, "faults": []}
    on_progress(len(directories), len(directories))
    summary = {
        "begun": begun,
        "ended": time.time(),
        "checked": len(results),
        "whole": _with(results, "whole"),
        "not_sealed": _with(results, "not_sealed"),
        "faulty": _with(results, "faulty"),
        "missing": _with(results, MISSING),
    }
    write_json(storage_folder(data) / SUMMARY, summary)
    return summary


def _with(results: dict[str, str], verdict: str) -> list[str]:
    return [name for name, each in results.items() if each == verdict]


def lost(data: Path) -> list[str]:
    """Recordings that were checked once, are not there any more, and that nobody destroyed in order."""
    found = []
    for path in sorted((storage_folder(data) / ENTRIES).glob("*.json")):
        entry = read_json(path)
        gone = not (data / "recordings" / path.stem / "manifest.jsonl").exists()
        if "fixity" in entry and gone and entry.get("deletion", {}).get("state") not in ("approved", "done"):
            found.append(path.stem)
    return found


def last_summary(data: Path) -> dict[str, Any]:
    """What the last check found; empty if there was none."""
    return read_json(data / "storage" / SUMMARY)


def fixity_due(last_begun: float, *, hour: int, now: datetime) -> bool:
    """Whether the nightly check is to begin: it is `hour` o'clock or a little later and this night's has not begun;
    where the machine is off at night, as soon as two days are over.

    last_begun: Unix time of the last one; of the oldest recording if there was none.
    """
    scheduled = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    if scheduled > now:
        scheduled -= timedelta(days=1)
    if last_begun >= scheduled.timestamp():
        return False
    return now - scheduled < NIGHT or now.timestamp() - last_begun > LONGEST_S

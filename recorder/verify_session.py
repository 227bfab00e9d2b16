"""The session's file beside a recording (session/): every paper is the one that the signed list names.

A part of the verifier that travels with recordings: standard library and `cryptography` only.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from recorder.chain import canonical, file_sha256, hands_over, signed_by
from recorder.findings import Fault, VerifyReport

SESSION_FOLDER = "session"
PACKAGE_FILE = "package.json"
PACKAGE_DOMAIN = b"diemcau session package 1\0"


def package_digest(facts: dict[str, Any]) -> bytes:
    """What the list's signature is over."""
    body = {name: value for name, value in facts.items() if name != "sig"}
    return hashlib.sha256(PACKAGE_DOMAIN + canonical(body)).digest()


def read_package(directory: Path) -> dict[str, Any] | None:
    """The list of a recording's session file, None if there is none. Raises ValueError, OSError."""
    path = directory / SESSION_FOLDER / PACKAGE_FILE
    if not path.is_file():
        return None
    facts = json.loads(path.read_bytes())
    if not isinstance(facts, dict) or not isinstance(facts.get("files"), list):
        raise ValueError(f"{path} is no list of a session's papers")
    return facts


def check_session(directory: Path, report: VerifyReport) -> None:
    """Adds what is wrong with session/ to the report; where there is none nothing is said."""
    folder = directory / SESSION_FOLDER
    if not folder.exists():
        return
    listed = f"{SESSION_FOLDER}/{PACKAGE_FILE}"
    try:
        facts = read_package(directory)
        if facts is None:
            _session_fault(report, "missing", listed, "the list of the session's papers is missing")
            return
        _check_session_list(facts, listed, report)
        known = {str(each["path"]): each for each in facts["files"]}
    except (ValueError, KeyError, TypeError):
        _session_fault(report, "altered", listed, "is no list of a session's papers")
        return
    for name, each in known.items():
        _check_session_file(folder / name, f"{SESSION_FOLDER}/{name}", each, report)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known and name != PACKAGE_FILE:
            _session_fault(report, "added", f"{SESSION_FOLDER}/{name}", "not in the list of the session's papers")


def _check_session_list(facts: dict[str, Any], listed: str, report: VerifyReport) -> None:
    trusted = {each.strip() for each in report.key.split(",") if each.strip()}
    for statement in facts.get("keys", []):
        if statement["previous"] in trusted and hands_over(statement):
            trusted.add(statement["key"])
    if not signed_by(str(facts["key"]), str(facts["sig"]), package_digest(facts)):
        _session_fault(report, "altered", listed, "its content does not fit its signature")
    elif facts["key"] not in trusted:
        _session_fault(report, "key", listed, f"signed by a key that is not the recorder's: {facts['key']}")
    elif facts["seal"] != report.seal:
        _session_fault(report, "altered", listed, "speaks of another recording")


def _check_session_file(path: Path, name: str, each: dict[str, Any], report: VerifyReport) -> None:
    if not path.is_file():
        _session_fault(report, "missing", name, "the file is missing")
    elif path.stat().st_size != each["bytes"] or file_sha256(path) != each["sha256"]:
        _session_fault(report, "altered", name, "other bytes than when the session's file was made")


def _session_fault(report: VerifyReport, kind: str, name: str, detail: str) -> None:
    report.faults.append(Fault(kind=kind, file=name, detail=detail))

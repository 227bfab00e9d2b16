"""The custody log: who played, copied, exported, derived or deleted what, when, what for, and how it ended.

One append-only file DATA/custody.jsonl for all recordings, outside their directories: it outlives them. Each line
holds the hash of the line before, so that a line that is changed, taken out or moved shows.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recorder.chain import GENESIS, canonical, torn_facts

FILE = "custody.jsonl"
DOMAIN = b"diemcau custody line 1\0"
TAIL_BYTES = 64 << 10  # longer than any line: what a purpose may hold is bounded where it comes in
DONE = "ok"
BEGUN = "begun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who did it. `identity` tells persons apart (two persons may have one name); `role` is what they acted as."""

    identity: str
    name: str
    role: str = ""


class CustodyUnwritable(Exception):
    """The log takes no line, so what would have to be logged is not done. The message names file and remedy."""


def log_use(
    data: Path, recording_id: str, *, what: str, who: Person, purpose: str, result: str = DONE, **facts: object
) -> dict[str, Any]:
    """Append one line, on disk when this returns.

    what: play, download, export, compose, copy, delete …; result: "ok", "begun", "refused: …" or "failed: …";
    facts: more about it, kept as text. Returns the line. Raises CustodyUnwritable, ValueError if there is no purpose.
    """
    return _log(data, recording_id, what, who, purpose, result, facts)


def _log(
    data: Path, recording_id: str, what: str, who: Person, purpose: str, result: str, facts: Mapping[str, object]
) -> dict[str, Any]:
    if not purpose.strip():
        raise ValueError("a purpose is needed")
    body = {
        "at_ms": int(time.time() * 1000),
        "recording": recording_id,
        "what": what,
        "who": {"identity": who.identity, "name": who.name, "role": who.role},
        "purpose": purpose.strip()[:1000],
        "result": result[:1000],
        "facts": {name: str(value)[:1000] for name, value in sorted(facts.items())},
    }
    path = data / FILE
    try:
        return _append(path, body)
    except OSError as error:
        raise CustodyUnwritable(
            f"Không ghi được nhật ký sử dụng {path} ({error.strerror}), nên không thực hiện. / The log of uses {path} "
            f"cannot be written ({error.strerror}), so nothing was done: make room or permit writing."
        ) from None


@contextmanager
def logged_use(
    data: Path, recording_id: str, *, what: str, who: Person, purpose: str, **facts: object
) -> Iterator[dict[str, object]]:
    """Something that takes time: a line when it begins, so that nobody does it unseen, and one when it ended.

    What is put into the dictionary handed out stands in the second line too. Raises as log_use, and as the body does.
    """
    _log(data, recording_id, what, who, purpose, BEGUN, facts)
    found: dict[str, object] = {}
    try:
        yield found
    except BaseException as error:
        result = f"failed: {error or type(error).__name__}"
        _log(data, recording_id, what, who, purpose, result, {**facts, **found})
        raise
    _log(data, recording_id, what, who, purpose, DONE, {**facts, **found})


def _append(path: Path, body: dict[str, Any]) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        tail = os.pread(descriptor, TAIL_BYTES, max(0, size - TAIL_BYTES))
        whole, _, torn = tail.rpartition(b"\n")
        line = {"n": 1, "prev": GENESIS, **body}
        last = _last_line(whole)
        if last is not None:
            line |= {"n": last["n"] + 1, "prev": last["hash"]}
        if torn:  # a power cut left half a line: it stays, and the next one says so
            line["torn"] = torn_facts(torn)
        line["hash"] = line_hash(line)
        data = (b"\n" if torn else b"") + canonical(line) + b"\n"
        if os.write(descriptor, data) != len(data):
            raise OSError(28, "No space left on device")
        os.fsync(descriptor)
        return line
    finally:
        os.close(descriptor)


def _last_line(whole: bytes) -> dict[str, Any] | None:
    for raw in reversed(whole.split(b"\n")):
        line = _parse(raw)
        if line is not None:
            return line
    return None


def _parse(raw: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) and isinstance(line.get("n"), int) and "hash" in line else None


def line_hash(line: dict[str, Any]) -> str:
    """The hash of a line, without its "hash"."""
    body = {name: value for name, value in line.items() if name != "hash"}
    return hashlib.sha256(DOMAIN + canonical(body)).hexdigest()


def read_log(data: Path, recording_id: str = "") -> list[dict[str, Any]]:
    """The lines in order; of one recording if it is named. Nothing is checked here."""
    path = data / FILE
    if not path.exists():
        return []
    lines = [line for raw in path.read_bytes().split(b"\n") if (line := _parse(raw)) is not None]
    return [line for line in lines if not recording_id or line["recording"] == recording_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCheck:
    """`fault`: "" if every line follows from the one before, else what is wrong in `line` (from 1).

    lines: how many are good; head: the hash of the last of them.
    """

    lines: int
    head: str
    fault: str = ""
    line: int = 0


def check_log(data: Path) -> LogCheck:
    """Whether the log is as it was written. Raises OSError."""
    path = data / FILE
    raws = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    head, count, torn = GENESIS, 0, b""
    for number, raw in enumerate(raws, start=1):
        line = _parse(raw)
        if line is None and not torn and number < len(raws):
            torn = raw
            continue
        fault = _fault(line, head, count + 1, torn)
        if fault:
            return LogCheck(lines=count, head=head, fault=fault, line=number)
        assert line is not None
        head, count, torn = line["hash"], count + 1, b""
    return LogCheck(lines=count, head=head)


def _fault(line: dict[str, Any] | None, head: str, number: int, torn: bytes) -> str:
    if line is None:
        return "is not a line that was written here"
    if line_hash(line) != line["hash"]:
        return "its content does not fit its hash"
    if line["prev"] != head or line["n"] != number:
        return "does not follow from the line before: lines were taken out or moved"
    if bool(torn) != ("torn" in line) or (torn and line["torn"] != torn_facts(torn)):
        return "the half line before it is not the one that was left"
    return ""

"""What a part that did not end in order left: its bytes are hashed late, its end is named, and so is why it ended."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recorder.framing import HEAD, MAGIC, arrivals, good_until, record_end
from recorder.journal import segment_numbers, segment_path
from recorder.manifest import ManifestWriter

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_CAUSES = {"server lost": "server killed", "suspend": "server stopped", "end": "server stopped"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """Between the last record of what was and what comes now. `from_ms`: Unix ms."""

    cause: str
    from_ms: int

    def gap(self, to_ms: int) -> dict[str, Any]:
        """The facts of its gap."""
        return {"cause": self.cause, "from_ms": self.from_ms, "to_ms": max(to_ms, self.from_ms)}


def boot_id() -> str:
    """Changes each time the machine starts; "" where the system does not tell."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""


def interruption(directory: Path, lines: list[dict[str, Any]], *, boot: str) -> Interruption | None:
    """How the recording was broken off before now, from the manifest's lines and the journal; None at the beginning."""
    part = next((line for line in reversed(lines) if line["type"] == "part"), None)
    if part is None:
        return None
    end = next((line for line in reversed(lines) if line["type"] == "part_end" and line["n"] > part["n"]), None)
    if end is not None:
        cause = _CAUSES.get(end["reason"], "server stopped")
    else:
        cause = "recorder process died" if part["boot"] == boot else "power loss"
    return Interruption(cause=cause, from_ms=_last_ms(directory) or int(part["wall_ms"]))


def _last_ms(directory: Path) -> int:
    """When the last whole record came, Unix ms; 0 if there is none."""
    for number in reversed(segment_numbers(directory)):
        path = segment_path(directory, number)
        data = path.read_bytes() if path.exists() else b""  # its disk may be away
        end = record_end(data, len(MAGIC))
        times = arrivals(data, end) if end is not None else None
        if times is not None:
            return round(times[1] * 1000 + _wall_offset_us(data) / 1000)
    return 0


def _wall_offset_us(data: bytes) -> int:
    """As the segment's first record says; 0 if that is cut."""
    end = record_end(data, len(MAGIC)) if data.startswith(MAGIC) else None
    return int(json.loads(data[len(MAGIC) + HEAD.size : end])["wall_offset_us"]) if end is not None else 0


def adopt(directory: Path, manifest: ManifestWriter) -> None:
    """Lines for every byte of the journal that none speaks of yet."""
    hashed: dict[int, int] = {}
    for line in manifest.lines:
        if line["type"] in ("second", "torn_tail"):
            hashed[line["segment"]] = line["offset"] + line["length"]
    for number in segment_numbers(directory):
        path = segment_path(directory, number)
        if not path.exists():
            continue
        begin = hashed.get(number, 0)
        if path.stat().st_size > begin:
            _adopt(path.read_bytes(), number, begin, manifest)
        path.chmod(0o444)


def _adopt(data: bytes, number: int, begin: int, manifest: ManifestWriter) -> None:
    start = begin
    if begin == 0:
        start = len(MAGIC) if data.startswith(MAGIC) else 0
    end = good_until(data, start) if start or begin else 0
    if end > begin:
        times = arrivals(data, start) or (0.0, 0.0)
        offset_ms = _wall_offset_us(data) / 1000
        manifest.append(
            "second",
            late=1,
            segment=number,
            offset=begin,
            length=end - begin,
            sha256=hashlib.sha256(data[begin:end]).hexdigest(),
            from_ms=round(times[0] * 1000 + offset_ms),
            to_ms=round(times[1] * 1000 + offset_ms),
        )
    if len(data) > end:
        torn = data[end:]
        manifest.append(
            "torn_tail", segment=number, offset=end, length=len(torn), sha256=hashlib.sha256(torn).hexdigest()
        )

"""What a verification finds.

A part of the verifier that travels with recordings: standard library only.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong. `kind`: altered, truncated, reordered, missing, added, chain or key. The first bad bytes (both
    inclusive) and the time range (RFC 3339), where known."""

    kind: str
    file: str
    first_byte: int | None = None
    last_byte: int | None = None
    at: str = ""
    until: str = ""
    detail: str = ""

    def __str__(self) -> str:
        place = f" bytes {self.first_byte}-{self.last_byte}" if self.first_byte is not None else ""
        times = f" {self.at} .. {self.until}" if self.at else ""
        return f"{self.kind}: {self.file}{place}{times} {self.detail}"


@dataclass(slots=True, kw_only=True)
class VerifyReport:
    """`whole`: sealed and without fault. `key`: the public keys (hex) that signed, to be compared with those known.
    `timestamps`: times that an authority put on the seal; its signature is for `openssl ts -verify` to check.
    `copies`: decrypted copies that are what the sealed
    tracks hold. `extract`: of an extract the recording that it is of, its seal, and the range."""

    directory: str
    sealed: bool = False
    seal: str = ""
    key: str = ""
    seconds: int = 0
    files: int = 0
    copies: int = 0
    timestamps: list[str] = field(default_factory=list)
    extract: dict[str, Any] | None = None
    faults: list[Fault] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Nothing altered, missing or added, and sealed."""
        return self.sealed and not self.faults

    @property
    def verdict(self) -> str:
        """whole, not_sealed (but without fault) or faulty."""
        if self.faults:
            return "faulty"
        return "whole" if self.sealed else "not_sealed"

    def to_json(self) -> dict[str, Any]:
        """For --json and the API."""
        return {**asdict(self), "whole": self.whole, "verdict": self.verdict}


def iso(ms: int) -> str:
    """RFC 3339."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")

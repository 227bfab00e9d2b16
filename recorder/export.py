"""A recording as one file to hand over."""

from __future__ import annotations

import io
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path

from recorder.bundle import verifier_source
from recorder.chain import file_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    """The file written."""

    path: str
    bytes: int
    sha256: str


def export(directory: Path, output: Path) -> ExportResult:
    """A tar of the whole directory, uncompressed (the media are compressed already), with the verifier beside them."""
    partial = output.with_name(output.name + ".partial")
    with tarfile.open(partial, "w", dereference=True) as archive:
        archive.add(directory, arcname=directory.name)
        verifier = verifier_source().encode()
        facts = tarfile.TarInfo(f"{directory.name}/verify.py")
        facts.size, facts.mtime = len(verifier), int(time.time())
        archive.addfile(facts, io.BytesIO(verifier))
    partial.replace(output)
    return ExportResult(path=str(output), bytes=output.stat().st_size, sha256=file_sha256(output))

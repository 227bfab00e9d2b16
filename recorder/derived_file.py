"""A file for use while it is written: there when it is whole, else not at all; encrypted where the recording is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from recorder.cipher import DataKey
from recorder.encrypted_file import SUFFIX, EncryptingFile


def stored_path(output: Path, key: DataKey | None) -> Path:
    """Where it lies: an encrypted one with SUFFIX behind its name."""
    return output.with_name(output.name + SUFFIX) if key is not None else output


@contextmanager
def derived_file(output: Path, key: DataKey | None) -> Iterator[Any]:
    """What PyAV and tarfile write to: a path, or a file object that encrypts. Raises OSError."""
    stored = stored_path(output, key)
    partial = stored.with_name(stored.name + ".partial")
    try:
        if key is None:
            yield str(partial)
        else:
            with EncryptingFile(partial, key) as file:
                yield file
        partial.replace(stored)
    finally:
        partial.unlink(missing_ok=True)

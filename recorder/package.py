"""A package as it was handed out: a directory, or a tar file of one."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def unpacked(package: Path) -> Iterator[Path]:
    """The directory; of a tar file one that is there for as long as this lasts. Raises OSError, ValueError."""
    if package.is_dir():
        yield package
        return
    with tempfile.TemporaryDirectory(prefix="diemcau-") as work:
        try:
            with tarfile.open(package) as archive:
                archive.extractall(work, filter="data")
        except tarfile.TarError as error:
            raise ValueError(f"is neither a directory nor a tar file of one: {error}") from None
        found = list(Path(work).iterdir())
        if len(found) != 1 or not found[0].is_dir():
            raise ValueError("is no package: a tar file of one directory is expected")
        yield found[0]

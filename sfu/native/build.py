"""`python -m sfu.native.build`: compile fanout.c with the system's C compiler, beside itself.

Without a compiler nothing is built, and the server sends with the Python twins: slower, with the same results.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from sfu.native.library import LIBRARY, SOURCES

FLAGS = ("-O2", "-g", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC")


def compiler() -> list[str] | None:
    """The C compiler's command: $CC, else cc, gcc or clang; None if there is none."""
    named = shlex.split(os.environ.get("CC", ""))
    if named:
        return named
    return next(([name] for name in ("cc", "gcc", "clang") if shutil.which(name)), None)


def build(target: Path = LIBRARY, extra: tuple[str, ...] = ()) -> Path:
    """Compile to `target`, in one step so that a server that is starting finds the old one or the new.

    Raises FileNotFoundError without a compiler, CalledProcessError if it fails.
    """
    command = compiler()
    if command is None:
        raise FileNotFoundError("no C compiler (Debian: apt-get install gcc libc6-dev)")
    fresh = target.with_suffix(f".{os.getpid()}.tmp")
    subprocess.run([*command, *FLAGS, *extra, "-o", str(fresh), *map(str, SOURCES)], check=True)
    fresh.replace(target)
    return target


def main() -> int:
    """Build, or say why not; the caller goes on either way."""
    if sys.platform != "linux":
        print("fan-out in C: for Linux only; the server sends with Python here")
        return 0
    try:
        print(f"fan-out in C: {build()}")
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        print(f"fan-out in C could not be built: {error}. The server sends with Python: slower, with the same results.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

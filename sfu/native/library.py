"""Loads what `sfu.native.build` made. cffi reads the same header as the compiler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cffi
import pylibsrtp._binding

HERE = Path(__file__).parent
HEADER = HERE / "fanout.h"
PRIVATE_HEADER = HERE / "pacing.h"
SOURCES = tuple(HERE / name for name in ("fanout.c", "feedback.c", "inbound.c", "pacing.c", "port.c"))
LIBRARY = HERE / "libfanout.so"


class Library:
    """`lib` calls, `ffi` makes and reads the structures. `protect` and the others are libsrtp's, for C to call."""

    def __init__(self, path: Path = LIBRARY) -> None:
        """Raises OSError if there is no such library or it is not for this machine."""
        self.ffi = cffi.FFI()
        declarations = HEADER.read_text().splitlines()
        constants = [line.split() for line in declarations if line.startswith("#define ") and len(line.split()) == 3]
        text = "\n".join(line for line in declarations if not line.startswith("#"))
        for _, name, value in constants:
            text = text.replace(f"[{name}]", f"[{value}]")
        self.ffi.cdef(text)
        self.lib: Any = self.ffi.dlopen(str(path))
        self.protect = self._libsrtp("protect_function", "srtp_protect")
        self.unprotect = self._libsrtp("unprotect_function", "srtp_unprotect")
        self.unprotect_rtcp = self._libsrtp("unprotect_function", "srtp_unprotect_rtcp")

    def _libsrtp(self, kind: str, name: str) -> Any:
        """A function of the libsrtp that pylibsrtp carries."""
        binding = pylibsrtp._binding
        address = int(binding.ffi.cast("uintptr_t", binding.ffi.addressof(binding.lib, name)))
        return self.ffi.cast(kind, address)


def is_built() -> bool:
    """Whether there is a library, of the sources as they are."""
    try:
        built = LIBRARY.stat().st_mtime
    except OSError:
        return False
    return all(source.stat().st_mtime <= built for source in (HEADER, PRIVATE_HEADER, *SOURCES))

"""The C library, built for these tests; without a compiler there is nothing to compare."""

import pytest

from sfu.native.build import build, compiler
from sfu.native.forwarding import FastPath
from sfu.native.library import Library


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    if compiler() is None:
        pytest.skip("no C compiler on this machine")
    checked = ("-fsanitize=undefined", "-fno-sanitize-recover=undefined")
    return Library(build(tmp_path_factory.mktemp("native") / "libfanout.so", extra=checked))


class Clock:
    """Stands still until it is told."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fast_path(library: Library, clock: Clock) -> FastPath:
    return FastPath(library, clock)

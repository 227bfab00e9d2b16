"""`make bench-links` end to end: a short run over a line of 0.6 Mb/s shaped for real."""

import asyncio
import os
import shutil
from dataclasses import replace

import pytest

from benchmarks.links.cases import chosen
from benchmarks.links.figures import figures_of
from benchmarks.links.running_case import CaseRun

pytestmark = [
    pytest.mark.links,
    pytest.mark.slow,
    pytest.mark.timeout(120),
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("tc"), reason="needs root and iproute2"),
]


def test_a_line_of_600_kb_carries_voices_and_pictures_and_no_more_than_it_can() -> None:
    case = replace(chosen(["steady-0.6"])[0], seconds=20.0, settle_s=8.0)
    figures = figures_of(asyncio.run(CaseRun(case, pinned=False).run()))
    assert 0.3 < figures["used"] <= 1.01
    assert figures["estimate"] < 1.2
    assert figures["concealed"] < 0.02
    assert figures["line_loss"] < 0.02

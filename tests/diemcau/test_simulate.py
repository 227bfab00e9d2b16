"""`diemcau simulate` as it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bandwidth.simulation.result import Simulation
from diemcau.cli import app

SHORT = ("--delegates", "2", "--seconds", "10")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["simulate", *arguments])


def test_json_has_the_documented_schema() -> None:
    done = call(*SHORT, "--json", "--event", "5s delegate-2 down 1Mb/s", "--loss", "2", "--delay-ms", "40")
    assert done.exit_code == 0
    result = Simulation.model_validate(json.loads(done.stdout))
    assert [phase.from_s for phase in result.phases] == [0, 5]
    assert (result.case.loss_percent, result.case.delay_ms) == (2, 40)


def test_a_person_reads_tables_and_sentences() -> None:
    done = call(*SHORT, "--event", "5s delegate-2 down 1Mb/s")
    assert done.exit_code == 0
    for text in ("delegate-2", "5 to 10 s", "what goes first", "How many fit", "easured", "Every packet is followed"):
        assert text in done.stdout


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_curves_are_drawn(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"curves.{suffix}"
    assert call(*SHORT, "--plot", str(path)).exit_code == 0
    assert path.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml")
    assert path.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--delegates", "0"), "--delegates 0: must be from 1 to 30"),
        (("--delegates", "31"), "--delegates 31: must be from 1 to 30"),
        (("--seconds", "5"), "--seconds 5.0: must be from 10 to 120"),
        (("--site-mbps", "0.01"), "--site-mbps 0.01: must be from 0.064 to 10000"),
        (("--delegate-mbps", "99999"), "--delegate-mbps 99999.0: must be from 0.064 to 10000"),
        (("--loss", "31"), "--loss 31.0: must be from 0 to 30"),
        (("--delay-ms", "-1"), "--delay-ms -1.0: must be from 0 to 1000"),
        (("--queue-ms", "1"), "--queue-ms 1.0: must be from 20 to 2000"),
        (("--voices", "99"), "--voices 99: must be from 0 to 31"),
        (("--event", "x"), '--event "x": must be TIME WHO WHAT VALUE'),
        (("--event", "20s delegate-9 down 1Mb/s"), "--event: delegate-9 does not take part: there are 5 delegates"),
        (("--plot", "curves.txt"), "--plot curves.txt: must end in .png, .svg, .pdf"),
        (("--profile", "nothing"), "no such profile; there are: 30-5"),
    ],
)
def test_a_wrong_option_is_named_with_what_is_allowed(arguments: tuple[str, ...], says: str) -> None:
    done = call(*arguments)
    assert done.exit_code == 2
    assert says in done.stderr


def test_several_wrong_options_are_all_named() -> None:
    done = call("--delegates", "0", "--loss", "99")
    assert done.stderr.splitlines() == ["--delegates 0: must be from 1 to 30", "--loss 99.0: must be from 0 to 30"]

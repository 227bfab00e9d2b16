from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import read_arguments, settings_of
from benchmarks.figures import KINDS, ScenarioFigures, quantile
from benchmarks.plot import draw
from benchmarks.report import document, print_table, read_document
from benchmarks.rig import open_profile
from benchmarks.running import settings_text
from benchmarks.scenarios import SCENARIOS, chosen
from config.loader import load_settings
from config.profile import load_profile
from config.profile_text import parse_profile


def by_name(name: str) -> int:
    return next(index for index, each in enumerate(SCENARIOS) if each.name == name)


def test_a_page_of_the_session_shows_one_picture_large_and_the_others_small() -> None:
    session = SCENARIOS[by_name("session")]
    ids = [f"e{number}" for number in range(11)]
    wants = session.wants(3, ids)
    assert [(each.endpoint_id, each.width, each.place) for each in wants[:2]] == [
        ("e0", 1280, "stage"),
        ("e1", 320, "thumbnail"),
    ]
    assert len(wants) == 10
    assert session.wants(0, ids)[0].endpoint_id == "e1"
    assert session.expected_streams(0) == 20


def test_a_viewer_of_one_sender_shows_it_and_the_sender_nobody() -> None:
    fan_out = SCENARIOS[by_name("1-to-10")]
    assert [each.endpoint_id for each in fan_out.wants(4, ["e0", "e1"] + ["e"] * 9)] == ["e0"]
    assert fan_out.wants(0, ["e0"] + ["e"] * 10) == []
    assert [fan_out.expected_streams(index) for index in (0, 1)] == [0, 2]


def test_names_choose_exactly_and_beginnings_choose_all() -> None:
    assert [each.name for each in chosen(["1-to-10"])] == ["1-to-10"]
    assert [each.name for each in chosen(["session-loss"])] == ["session-loss-5", "session-loss-10"]
    assert len(chosen([])) == len(SCENARIOS)
    with pytest.raises(ValueError, match="no scenario nobody"):
        chosen(["nobody"])


def test_the_open_profile_is_the_private_network_with_a_wide_site_line() -> None:
    profile, private = parse_profile(open_profile(), source="open", name="open"), load_profile("mang-rieng")
    assert profile.site.up_bps == profile.site.down_bps == 10_000_000_000
    assert profile.roles == private.roles


def test_settings_become_a_configuration_that_the_server_reads(tmp_path: Path) -> None:
    values = {"profiles_dir": "{directory}/own", "media.max_endpoints": 128, "recording.rehearsals": False}
    (tmp_path / "c.toml").write_text(settings_text(values, tmp_path))
    settings = load_settings(tmp_path / "c.toml", environment={})
    assert settings.profiles_path == tmp_path / "own"
    assert (settings.media.max_endpoints, settings.recording.rehearsals) == (128, False)


def test_quick_is_shorter_and_seconds_overrule_it() -> None:
    quick, own = settings_of(read_arguments(["--quick"])), settings_of(read_arguments(["--quick", "--seconds", "7"]))
    assert quick.seconds < settings_of(read_arguments([])).seconds
    assert (own.seconds, own.warm_up_s) == (7.0, quick.warm_up_s)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1.0), (0.5, 3.0), (0.99, 4.0), (1.0, 4.0)])
def test_quantiles(share: float, expected: float) -> None:
    assert quantile([1.0, 2.0, 3.0, 4.0], share) == expected


def figures() -> list[ScenarioFigures]:
    values = {kind.name: 1.5 for kind in KINDS}
    step = {**values, "sessions": 1.0}
    return [
        ScenarioFigures(name="1-to-10", seconds=8.0, endpoints=11, values=values),
        ScenarioFigures(name="session", seconds=8.0, endpoints=11, values={"cpu_us": float("nan")}, faults=["slow"]),
        ScenarioFigures(name="ramp", seconds=3.0, endpoints=11, values=values, steps=[step, step]),
    ]


def test_a_document_is_written_read_and_drawn(tmp_path: Path) -> None:
    facts = document(figures(), directory=Path.cwd(), parameters={"seconds": 8.0})
    file = tmp_path / "bench.json"
    file.write_text(json.dumps(facts))
    found = read_document(file)
    assert found == facts
    assert found["scenarios"]["1-to-10"]["figures"]["cpu_us"] == 1.5
    assert found["scenarios"]["session"]["figures"] == {}
    assert (found["scenarios"]["session"]["valid"], found["scenarios"]["ramp"]["valid"]) == (False, True)
    assert len(found["commit"]["hash"]) == 40
    assert found["units"].keys() == {kind.name for kind in KINDS}
    draw(facts, tmp_path / "bench.png")
    assert (tmp_path / "bench.png").read_bytes().startswith(b"\x89PNG")


def test_the_table_names_what_must_not_be_believed(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(figures())
    printed = capsys.readouterr().out
    assert "11 all-to-all (invalid)" in printed
    assert "INVALID: 11 all-to-all: slow" in printed
    assert "1.5" in printed

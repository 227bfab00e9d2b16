"""The technical check's rules, by table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.preflight import PreflightSettings
from config.profile import load_profile
from reception.preflight import (
    SITE,
    Measurement,
    Results,
    Signature,
    StateJudge,
    Waiver,
    assess,
    state_of,
)
from reception.preflight_checks import BY_KEY, CHECKS, Item, Value, Verdict, checks_for, fault_of, judge, standard_for

NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
SETTINGS = PreflightSettings()
STANDARD = standard_for(SETTINGS, load_profile("30-5"), "delegate")
CENTRAL = standard_for(SETTINGS, load_profile("30-5"), "central")
GOOD: dict[str, Value] = {
    "lighting.luma": 120,
    "lighting.contrast": 45,
    "network.down_mbps": 4.9,
    "network.up_mbps": 4.8,
    "network.loss_down_percent": 0.0,
    "network.loss_up_percent": 0.2,
    "network.rtt_ms": 20,
    "network.jitter_ms": 3,
    "network.protocol": "udp",
    "audio.peak_dbfs": -12,
    "audio.clipping_percent": 0,
    "audio.noise_dbfs": -60,
    "display.width": 1920,
    "display.height": 1080,
    "software.version": "current",
    "software.decode_fps": 25,
    "camera.height": 720,
    "camera.fps": 25,
    "camera.black_percent": 0,
    "camera.frozen_percent": 0,
    "security.tls": "https",
    "security.clock_offset_s": 0.1,
    "security.app_version": "same",
}
STORAGE: dict[str, Value] = {
    "storage.free_ratio": 5,
    "storage.write_mb_s": 200,
    "storage.clip_seconds": 10,
    "storage.clip_fps": 25,
    "storage.clip_sound": True,
    "storage.clip_played": True,
}
SIGNED = [check.key for check in CHECKS if check.manual and check.required] + [SITE]


def results(
    values: dict[str, Value] | None = None, *, role: str = "delegate", at: datetime = NOW, unsigned: str = ""
) -> Results:
    standard = {"delegate": STANDARD, "central": CENTRAL}[role]
    measured = GOOD | (STORAGE if role == "central" else {}) | (values or {})
    if role == "central":
        measured |= {"network.down_mbps": 29.5, "network.up_mbps": 29.0}
    return Results(
        standard=standard,
        measurements=[Measurement(key=key, value=value, at=at) for key, value in measured.items()],
        signatures=[Signature(check=key, name="Nguyễn Văn A", at=at) for key in SIGNED if key != unsigned],
    )


@pytest.mark.parametrize(
    ("key", "value", "verdict"),
    [
        ("lighting.luma", 70, "pass"),
        ("lighting.luma", 190, "pass"),
        ("lighting.luma", 69.9, "warn"),
        ("lighting.luma", 45, "warn"),
        ("lighting.luma", 44.9, "fail"),
        ("lighting.luma", 190.1, "warn"),
        ("lighting.luma", 220.1, "fail"),
        ("network.down_mbps", 4.75, "pass"),
        ("network.down_mbps", 4.7, "warn"),
        ("network.down_mbps", 1.0, "warn"),
        ("network.down_mbps", 0.9, "fail"),
        ("network.loss_down_percent", 1.0, "pass"),
        ("network.loss_down_percent", 2.0, "warn"),
        ("network.loss_down_percent", 5.1, "fail"),
        ("network.rtt_ms", 150, "pass"),
        ("network.rtt_ms", 300, "warn"),
        ("network.rtt_ms", 501, "fail"),
        ("network.protocol", "udp", "pass"),
        ("network.protocol", "tcp", "warn"),
        ("network.protocol", "none", "fail"),
        ("audio.peak_dbfs", -12, "pass"),
        ("audio.peak_dbfs", -30, "warn"),
        ("audio.peak_dbfs", -90, "fail"),
        ("audio.peak_dbfs", -1, "warn"),
        ("audio.clipping_percent", 2, "fail"),
        ("audio.loop", "echo", "warn"),
        ("display.fullscreen", False, "warn"),
        ("camera.fps", 25, "pass"),
        ("camera.fps", 20, "warn"),
        ("camera.fps", 5, "fail"),
        ("camera.height", 720, "pass"),
        ("camera.height", 480, "warn"),
        ("camera.height", 240, "fail"),
        ("camera.black_percent", 100, "fail"),
        ("storage.free_ratio", 2, "pass"),
        ("storage.free_ratio", 1.5, "warn"),
        ("storage.free_ratio", 0.5, "fail"),
        ("security.tls", "none", "fail"),
        ("security.clock_offset_s", 0.9, "pass"),
        ("security.clock_offset_s", 3, "warn"),
        ("security.clock_offset_s", 90, "fail"),
        ("software.browser", "Chromium 156", "pass"),
        ("lighting.luma", "bright", "fail"),
        ("power.ups", "yes", "pass"),
        ("power.ups", "na", "warn"),
        ("power.ups", "no", "fail"),
        ("network.backup", "na", "pass"),
        ("network.backup", "no", "warn"),
    ],
)
def test_a_value_passes_warns_or_fails(key: str, value: Value, verdict: str) -> None:
    assert judge(BY_KEY[key], value, STANDARD) == verdict


def test_the_limits_are_the_profiles() -> None:
    mountain = standard_for(SETTINGS, load_profile("mien-nui"), "delegate")
    assert judge(BY_KEY["network.down_mbps"], mountain.down_mbps, mountain) is Verdict.PASS
    assert judge(BY_KEY["network.down_mbps"], mountain.down_mbps, STANDARD) is not Verdict.PASS
    assert judge(BY_KEY["camera.height"], mountain.camera_height, mountain) is Verdict.PASS


def test_the_plans_eight_items_and_security_are_all_there() -> None:
    assert {check.item for check in checks_for(CENTRAL)} == set(Item)
    assert {check.item for check in checks_for(STANDARD)} == set(Item) - {Item.STORAGE}
    watcher = standard_for(SETTINGS, load_profile("30-5"), "observer")
    assert not {Item.CAMERA, Item.LIGHTING, Item.STORAGE} & {check.item for check in checks_for(watcher)}


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (results(), "pass"),
        (results(role="central"), "pass"),
        (results({"lighting.luma": 60}), "warn"),
        (results({"lighting.luma": 10}), "fail"),
        (results({"power.battery_percent": 10}), "warn"),
        (results(unsigned=SITE), "missing"),
        (results(unsigned="audio.heard"), "missing"),
        (results(unsigned="lighting.reference"), "pass"),
        (results(at=NOW - timedelta(hours=25)), "missing"),
        (results(at=NOW - timedelta(hours=23)), "pass"),
        (Results(standard=STANDARD), "missing"),
        (results({"network.up_mbps": 0.3}), "fail"),
        (results({"network.up_mbps": 0.3, "network.load": "free"}), "fail"),
        (results({"network.up_mbps": 0.3, "network.load": "server"}), "warn"),
        (results({"network.rtt_ms": 900, "network.load": "computer"}), "warn"),
        (results({"camera.fps": 1, "network.load": "server"}), "fail"),
    ],
)
def test_the_whole_is_as_good_as_its_worst_part(found: Results, state: str) -> None:
    assert state_of(found, [], NOW) == state


def waiver(item: str, name: str = "Trần Thị B") -> Waiver:
    return Waiver(item=item, name=name, reason="Chủ trì đồng ý", at=NOW)


@pytest.mark.parametrize(
    ("found", "waivers", "state"),
    [
        (results({"lighting.luma": 10}), ["lighting"], "waived"),
        (results({"lighting.luma": 10}), ["camera"], "fail"),
        (results({"lighting.luma": 10, "camera.fps": 1}), ["camera"], "fail"),
        (results({"lighting.luma": 10, "camera.fps": 1}), ["camera", "lighting"], "waived"),
        (results({"lighting.luma": 60}), ["lighting"], "warn"),  # nothing to waive
        (results(unsigned="power.ups"), ["power"], "waived"),
        (results(unsigned=SITE), ["power"], "missing"),
        (Results(standard=STANDARD), ["*"], "waived"),
        (results(unsigned=SITE), ["*"], "waived"),
        (results(), ["*"], "pass"),
    ],
)
def test_a_waiver_lifts_its_item_and_no_other(found: Results, waivers: list[str], state: str) -> None:
    assert state_of(found, [waiver(item) for item in waivers], NOW) == state


def test_the_newest_value_counts_and_says_who_when_and_against_what() -> None:
    found = results()
    later = NOW + timedelta(minutes=5)
    again = [Measurement(key="lighting.luma", value=20, at=later, by="Xã 1"), *found.measurements]
    assessed = assess(
        Results(standard=STANDARD, measurements=again, signatures=found.signatures), [], now=NOW + timedelta(minutes=6)
    )
    lighting = next(each for each in assessed.items if each.item is Item.LIGHTING)
    luma = lighting.checks[0]
    assert (luma.value, luma.by, luma.at, luma.verdict) == (20, "Xã 1", later, Verdict.FAIL)
    assert luma.limits is not None
    assert luma.limits.pass_from == 70
    assert assessed.expires_at == NOW + timedelta(hours=24)


def test_a_busy_server_excuses_only_what_was_measured_meanwhile() -> None:
    found = results({"network.up_mbps": 0.3})
    later = Measurement(key="network.load", value="server", at=NOW + timedelta(minutes=10))
    again = Results(standard=STANDARD, measurements=[*found.measurements, later], signatures=found.signatures)
    assert state_of(again, [], NOW + timedelta(minutes=11)) == "fail"


def test_an_expired_value_says_so() -> None:
    assessed = assess(results(at=NOW - timedelta(days=2)), [], now=NOW)
    assert all(check.expired for item in assessed.items for check in item.checks if check.value is not None)
    assert assessed.site is None


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("lighting.luma", 100, ""),
        ("lighting.luma", True, "must be a number"),
        ("lighting.luma", float("nan"), "must be a number"),
        ("lighting.luma", "dark", "must be a number"),
        ("lighting.lumen", 100, "there are: lighting.luma"),
        ("power.ups", "yes", "nothing of this name is measured"),
        ("network.protocol", "udp", ""),
        ("network.protocol", "x" * 300, "at most 200 characters"),
        ("display.fullscreen", [], "true or false"),
    ],
)
def test_what_cannot_be_a_measurement_is_refused(key: str, value: object, says: str) -> None:
    fault = fault_of(key, value)
    assert says in fault
    assert bool(fault) == bool(says)


@given(st.data())
@settings(max_examples=60)
def test_the_judge_of_many_says_what_the_assessment_of_one_says(data: st.DataObject) -> None:
    standard = data.draw(st.sampled_from([STANDARD, CENTRAL]))
    ages = st.sampled_from([timedelta(0), timedelta(minutes=1), timedelta(hours=SETTINGS.valid_hours, seconds=1)])
    bad: dict[str, Value] = {key: value if isinstance(value, str) else -1 for key, value in GOOD.items()}
    chosen = data.draw(st.sampled_from([GOOD | STORAGE, GOOD | STORAGE | {"network.rtt_ms": 900}, bad]))
    keys = data.draw(st.one_of(st.just(sorted(chosen)), st.lists(st.sampled_from([*sorted(chosen), "network.load"]))))
    values = chosen | {"network.load": "busy"}
    measured = [Measurement(key=key, value=values[key], at=NOW - data.draw(ages), by="x") for key in keys]
    answer = data.draw(st.sampled_from(["yes", "no", "na"]))
    names = data.draw(st.one_of(st.just(SIGNED), st.lists(st.sampled_from(SIGNED))))
    signed = [Signature(check=each, name="A", at=NOW - data.draw(ages), answer=answer, note="") for each in names]
    items = data.draw(st.lists(st.sampled_from(["*", *sorted({str(check.item) for check in CHECKS})]), max_size=2))
    waivers = [Waiver(item=each, name="B", reason="r", at=NOW) for each in items]
    results = Results(standard=standard, measurements=measured, signatures=signed)
    found = StateJudge(standard).state(measured, signed, waivers, now=NOW)
    assert found is state_of(results, waivers, NOW)

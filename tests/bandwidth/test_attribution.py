"""Whose line is it: one test for each cause, for mixtures, and against false blame."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bandwidth.attribution import HOLD_S, Attributor
from bandwidth.attribution_facts import (
    BrowserFacts,
    Cause,
    Contact,
    EndpointFacts,
    Remedy,
    ServerFacts,
    Symptom,
    Verdict,
)

FINE_BROWSER = BrowserFacts(available_up_bps=4e6, capture_fps=25, planned_fps=25)
FINE = EndpointFacts(
    connected_s=100,
    queue_s=0.004,
    rtt_s=0.03,
    estimate_bps=4_000_000,
    line_bps=4_000_000,
    wanted_bps=2_400_000,
    up_bps=1_900_000,
    down_bps=2_400_000,
    asked_up_bps=2_100_000,
    layers_asked=3,
    layers_sent=3,
    browser=FINE_BROWSER,
)
LOSSY = replace(FINE, loss_down=0.06)
NARROW = replace(FINE, estimate_bps=500_000, down_bps=480_000, queue_s=0.05, paused_for_line=3)
GONE = EndpointFacts(contact=Contact.GONE)
WITHOUT_MEDIA = EndpointFacts(contact=Contact.WITHOUT_MEDIA)
CALM = ServerFacts(used_bps=10_000_000, reserved_bps=1_000_000, limit_bps=24_000_000)
STALLED = replace(CALM, delay_s=0.6)


def browser(**facts: Any) -> EndpointFacts:
    return replace(FINE, browser=replace(FINE_BROWSER, **facts))


@dataclass
class Room:
    """Endpoints a, b, c, … that are all fine until told otherwise; one second after the other."""

    count: int = 6
    now: float = 1000.0
    attributor: Attributor = field(default_factory=Attributor)

    def __post_init__(self) -> None:
        self.facts = {"abcdefghijk"[index]: FINE for index in range(self.count)}
        self.run(12)

    def run(self, seconds: int, server: ServerFacts = CALM, **changed: EndpointFacts) -> list[Verdict]:
        self.facts |= changed
        verdicts: list[Verdict] = []
        for _ in range(seconds):
            self.now += 1
            verdicts = self.attributor.update(self.facts, server, now=self.now)
        return verdicts


def told(verdicts: list[Verdict]) -> dict[str, tuple[Cause, Symptom]]:
    return {each.endpoint: (each.cause, each.symptom) for each in verdicts}


def test_nobody_is_blamed_while_all_is_well() -> None:
    room = Room()
    assert room.run(120) == []


@pytest.mark.parametrize(
    ("facts", "cause", "symptom", "remedy"),
    [
        (LOSSY, Cause.ENDPOINT_LINE, Symptom.LOSS_DOWN, Remedy.USE_CABLE),
        (replace(FINE, loss_up=0.06), Cause.ENDPOINT_LINE, Symptom.LOSS_UP, Remedy.USE_CABLE),
        (NARROW, Cause.ENDPOINT_LINE, Symptom.SLOW_DOWN, Remedy.LOWER_ENDPOINT),
        (replace(FINE, queue_s=0.3), Cause.ENDPOINT_LINE, Symptom.DELAY, Remedy.USE_CABLE),
        (replace(FINE, rtt_s=0.65), Cause.ENDPOINT_LINE, Symptom.DELAY, Remedy.USE_CABLE),
        (browser(voice_gaps=0.08, jitter_s=0.12), Cause.ENDPOINT_LINE, Symptom.JITTER, Remedy.USE_CABLE),
        (
            browser(limited_bandwidth=1.0, available_up_bps=400_000),
            Cause.ENDPOINT_LINE,
            Symptom.SLOW_UP,
            Remedy.LOWER_ENDPOINT,
        ),
        (
            replace(FINE, browser=None, layers_sent=1),
            Cause.ENDPOINT_LINE,
            Symptom.SLOW_UP,
            Remedy.LOWER_ENDPOINT,
        ),
        (GONE, Cause.ENDPOINT_LINE, Symptom.NO_CONTACT, Remedy.CALL_ENDPOINT),
        (WITHOUT_MEDIA, Cause.ENDPOINT_LINE, Symptom.NO_MEDIA, Remedy.OPEN_FIREWALL),
        (browser(limited_cpu=0.9), Cause.DEVICE, Symptom.ENCODER, Remedy.CLOSE_PROGRAMS),
        (browser(decode_dropped=0.4), Cause.DEVICE, Symptom.DECODER, Remedy.CLOSE_PROGRAMS),
        (browser(voice_gaps=0.08, jitter_s=0.01), Cause.DEVICE, Symptom.VOICE_GAPS, Remedy.CLOSE_PROGRAMS),
        (browser(capture_fps=6), Cause.DEVICE, Symptom.CAMERA_SLOW, Remedy.MORE_LIGHT),
        (browser(capture_fps=0), Cause.DEVICE, Symptom.CAMERA_SILENT, Remedy.CHECK_CAMERA),
        (replace(FINE, paused_for_site=2), Cause.SITE_LINE, Symptom.FULL, Remedy.LOWER_SESSION),
    ],
)
def test_one_endpoint_in_trouble_is_told_and_nobody_else(
    facts: EndpointFacts, cause: Cause, symptom: Symptom, remedy: Remedy
) -> None:
    room = Room()
    verdicts = room.run(20, b=facts)
    assert told(verdicts) == {"b": (cause, symptom)}
    assert verdicts[0].remedy is remedy
    assert verdicts[0].confidence >= 0.85
    assert told(room.run(20, b=FINE)) == {}


def test_a_verdict_carries_the_numbers_that_it_rests_on() -> None:
    room = Room()
    (verdict,) = room.run(20, b=LOSSY)
    assert verdict.numbers["loss_down"] == pytest.approx(0.06)
    assert verdict.numbers["estimate_bps"] == pytest.approx(4_000_000)
    assert (verdict.numbers["troubled"], verdict.numbers["measured"]) == (1, 6)
    (verdict,) = Room().run(20, b=browser(limited_cpu=0.9))
    assert verdict.numbers["limited_cpu"] == pytest.approx(0.9)


@pytest.mark.parametrize("facts", [LOSSY, NARROW, replace(FINE, queue_s=0.3)])
def test_all_bad_at_once_is_the_sites_line(facts: EndpointFacts) -> None:
    room = Room()
    verdicts = room.run(20, **dict.fromkeys("abcdef", facts))
    assert {each.endpoint for each in verdicts} == set("abcdef")
    assert {each.cause for each in verdicts} == {Cause.SITE_LINE}
    assert {each.remedy for each in verdicts} == {Remedy.FREE_SITE_LINE}
    assert min(each.confidence for each in verdicts) >= 0.9
    assert verdicts[0].numbers["limit_bps"] == 24_000_000


@pytest.mark.parametrize(
    "facts", [replace(FINE, loss_up=0.05), browser(limited_bandwidth=1.0, available_up_bps=400_000)]
)
def test_all_bad_on_the_way_in_is_the_sites_line_too(facts: EndpointFacts) -> None:
    verdicts = Room().run(20, **dict.fromkeys("abcdef", facts))
    assert {each.cause for each in verdicts} == {Cause.SITE_LINE}


def test_the_centre_in_the_servers_own_building_is_fine_while_the_sites_line_is_not() -> None:
    room = Room(6)
    verdicts = room.run(20, **dict.fromkeys("bcdef", NARROW))
    assert {each.endpoint for each in verdicts} == set("bcdef")
    assert {each.cause for each in verdicts} == {Cause.SITE_LINE}


def test_the_first_to_feel_the_sites_line_is_not_blamed_for_it() -> None:
    room = Room()
    heard = []
    for second in range(25):
        felt = "abcdef"[: 1 + second // 2]
        heard += room.run(1, **dict.fromkeys(felt, replace(LOSSY, queue_s=0.2)))
    first = [each for each in heard if each.endpoint == "a"]
    blamed = [each for each in first if each.cause is Cause.ENDPOINT_LINE]
    assert first[-1].cause is Cause.SITE_LINE
    assert len(blamed) <= 4, "seconds in which the first was blamed, before the others felt it"


def test_the_last_to_recover_from_the_sites_trouble_is_not_blamed_for_it() -> None:
    room = Room()
    room.run(30, **dict.fromkeys("abcdef", NARROW))
    heard = room.run(1, **dict.fromkeys("abcde", FINE), f=replace(NARROW, queue_s=0.003))
    for _ in range(12):
        heard += room.run(1)
    for _ in range(12):
        heard += room.run(1, f=FINE)
    assert {each.cause for each in heard if each.endpoint == "f"} == {Cause.SITE_LINE}


def test_an_estimate_that_shoots_up_again_and_again_does_not_hide_a_narrow_line() -> None:
    room = Room()
    room.run(20, b=NARROW)
    for second in range(60):
        estimate = (500_000, 1_100_000, 4_000_000)[second % 3]
        verdicts = room.run(1, b=replace(NARROW, estimate_bps=estimate, queue_s=0.03))
        assert told(verdicts) == {"b": (Cause.ENDPOINT_LINE, Symptom.SLOW_DOWN)}


def test_two_bad_lines_of_six_are_their_own() -> None:
    verdicts = Room().run(30, b=LOSSY, e=NARROW)
    assert told(verdicts) == {
        "b": (Cause.ENDPOINT_LINE, Symptom.LOSS_DOWN),
        "e": (Cause.ENDPOINT_LINE, Symptom.SLOW_DOWN),
    }


def test_most_lines_slow_at_different_moments_are_their_own() -> None:
    room = Room(5)
    verdicts: list[Verdict] = []
    for second in range(40):
        strained = "bcde"[second % 4]
        quiet = replace(NARROW, queue_s=0.005)
        verdicts = room.run(1, **{name: NARROW if name == strained else quiet for name in "bcde"})
    assert {each.endpoint for each in verdicts} == set("bcde")
    assert {each.cause for each in verdicts} == {Cause.ENDPOINT_LINE}


def test_who_is_far_worse_than_the_others_has_trouble_of_its_own_beside_the_sites() -> None:
    verdicts = Room().run(20, **dict.fromkeys("abcde", replace(FINE, loss_down=0.03)), f=replace(FINE, loss_down=0.25))
    causes = {each.endpoint: each.cause for each in verdicts}
    assert causes.pop("f") is Cause.ENDPOINT_LINE
    assert set(causes.values()) == {Cause.SITE_LINE}


def test_a_device_and_a_line_are_told_both() -> None:
    verdicts = Room().run(20, b=replace(LOSSY, browser=replace(FINE_BROWSER, limited_cpu=0.9)))
    assert {(each.endpoint, each.cause) for each in verdicts} == {("b", Cause.DEVICE), ("b", Cause.ENDPOINT_LINE)}


def test_a_talkers_lossy_line_makes_gaps_for_all_and_is_alone_to_blame() -> None:
    room = Room()
    deaf = browser(voice_gaps=0.1, jitter_s=0.01)
    verdicts = room.run(30, a=replace(FINE, loss_up=0.1), **dict.fromkeys("bcdef", deaf))
    assert told(verdicts) == {"a": (Cause.ENDPOINT_LINE, Symptom.LOSS_UP)}
    assert room.run(30, **dict.fromkeys("abcdef", deaf)) == []  # somebody's microphone, and nothing that is measured


def test_a_slow_encoder_is_not_taken_for_a_slow_line() -> None:
    facts = browser(limited_cpu=0.8, limited_bandwidth=0.2, available_up_bps=400_000)
    assert told(Room().run(20, b=replace(facts, layers_sent=1))) == {"b": (Cause.DEVICE, Symptom.ENCODER)}


def test_a_lossy_line_does_not_blame_the_decoder_behind_it() -> None:
    facts = replace(LOSSY, browser=replace(FINE_BROWSER, decode_dropped=0.5, voice_gaps=0.1))
    assert told(Room().run(20, b=facts)) == {"b": (Cause.ENDPOINT_LINE, Symptom.LOSS_DOWN)}


def test_a_stalled_server_is_to_blame_and_no_line() -> None:
    room = Room()
    verdicts = room.run(20, STALLED, **dict.fromkeys("abcdef", replace(FINE, loss_up=0.08, loss_down=0.05)))
    assert {each.cause for each in verdicts} == {Cause.SERVER}
    assert {each.endpoint for each in verdicts} == {"", *"abcdef"}
    assert next(each for each in verdicts if not each.endpoint).numbers["delay_ms"] == pytest.approx(600)


def test_one_long_stall_is_enough_and_one_short_one_is_not() -> None:
    room = Room()
    room.run(1, replace(CALM, delay_s=0.6))
    assert room.run(6) == []
    room.run(1, replace(CALM, delay_s=3.0))
    assert told(room.run(5)) == {"": (Cause.SERVER, Symptom.STALLED)}
    assert room.run(30) == []


def test_a_stall_does_not_excuse_a_line_that_was_bad_before() -> None:
    room = Room()
    room.run(30, b=LOSSY)
    causes = {each.endpoint: each.cause for each in room.run(10, STALLED)}
    assert causes == {"": Cause.SERVER, "b": Cause.ENDPOINT_LINE}


def test_a_network_card_that_refuses_packets_is_the_servers() -> None:
    room = Room()
    verdicts = room.run(20, **dict.fromkeys("abcdef", replace(FINE, send_failures=40)))
    assert told(verdicts) == {"": (Cause.SERVER, Symptom.CANNOT_SEND)}
    assert Room().run(20, b=replace(FINE, send_failures=40)) == []


def test_contact_lost_with_all_at_once_is_the_sites_and_one_after_the_other_their_own() -> None:
    verdicts = Room().run(8, **dict.fromkeys("abcdef", GONE))
    assert {each.cause for each in verdicts} == {Cause.SITE_LINE}
    room = Room(3)
    room.run(40, a=GONE)
    verdicts = room.run(40, b=GONE)
    assert {each.cause for each in verdicts} == {Cause.ENDPOINT_LINE}


def test_alone_it_cannot_be_told_whose_line_it_is() -> None:
    (verdict,) = Room(1).run(20, a=LOSSY)
    assert verdict.confidence <= 0.5
    room = Room(2)
    assert room.run(20, a=LOSSY)[0].confidence < 0.8
    assert {each.cause for each in room.run(20, b=LOSSY)} == {Cause.SITE_LINE}
    assert room.run(1)[0].confidence < 0.6


@pytest.mark.parametrize(
    "facts",
    [
        replace(FINE, estimate_bps=600_000, connected_s=4),  # just come
        replace(FINE, estimate_bps=600_000),  # the estimate is low, the line never showed a limit
        replace(FINE, estimate_bps=300_000, wanted_bps=120_000, queue_s=0.05),  # it wants no more
        replace(FINE, loss_down=0.008),
        browser(limited_bandwidth=1.0),  # limited, but the way out has room for all that is asked
        browser(planned_fps=0.0, capture_fps=0.0),  # the camera is off
        browser(capture_fps=15),
    ],
)
def test_what_is_no_trouble_is_not_told(facts: EndpointFacts) -> None:
    room = Room()
    heard: list[Verdict] = []
    room.facts["b"] = facts
    for _ in range(40):
        heard += room.run(1)
    assert heard == []


def test_one_burst_of_loss_is_no_bad_line() -> None:
    room = Room()
    room.run(1, b=replace(FINE, loss_down=0.9))
    heard: list[Verdict] = []
    for _ in range(20):
        heard += room.run(1, b=FINE)
    assert heard == []


def test_a_window_that_is_opened_does_not_make_a_bad_device() -> None:
    room = Room()
    heard = room.run(4, b=browser(voice_gaps=0.5, limited_cpu=1.0, decode_dropped=0.9, jitter_s=0.01))
    for _ in range(20):
        heard += room.run(1, b=FINE)
    assert heard == []


def test_a_verdict_does_not_flicker_while_trouble_comes_and_goes() -> None:
    room = Room()
    room.run(20, b=LOSSY)
    for second in range(60):
        verdicts = room.run(1, b=LOSSY if second % 6 < 3 else FINE)
        assert told(verdicts) == {"b": (Cause.ENDPOINT_LINE, Symptom.LOSS_DOWN)}
    since = verdicts[0].since_s
    assert room.now - since > 60


def test_the_trouble_of_who_leaves_is_forgotten_and_others_keep_theirs_for_a_while() -> None:
    room = Room()
    room.run(20, b=LOSSY, c=GONE)
    del room.facts["b"]
    assert {each.endpoint for each in room.run(1)} == {"c"}
    assert told(room.run(2, c=FINE)) == {"c": (Cause.ENDPOINT_LINE, Symptom.NO_CONTACT)}
    assert room.run(int(HOLD_S) + 1) == []

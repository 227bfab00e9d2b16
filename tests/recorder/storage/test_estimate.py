"""How much room a session takes, and what is said when there is not so much."""

import pytest

from config.profile import load_profile
from recorder.storage.estimate import Room, estimate, refusal, remaining_bytes

GB = 10**9
PROFILE = load_profile("30-5")
ELEVEN = ["central", *["delegate"] * 10]


def test_eleven_endpoints_for_two_hours_are_what_was_measured() -> None:
    found = estimate(PROFILE, ELEVEN, hours=2.0)
    assert found.endpoints == 11
    assert 18e6 < found.bps < 22e6
    assert 16 * GB < found.journal_bytes < 21 * GB, "16 GB at 1.5 Mb/s each, without a screen"
    assert found.journal_bytes > found.tracks_bytes > 0.9 * found.journal_bytes
    assert found.bytes == pytest.approx(2 * found.bytes_per_hour, rel=1e-6)


def test_it_grows_with_endpoints_hours_and_layers_and_observers_send_nothing() -> None:
    one, two = (estimate(PROFILE, ELEVEN[:count], hours=1.0).bytes for count in (1, 2))
    assert one < two < estimate(PROFILE, ELEVEN, hours=1.0).bytes
    assert estimate(PROFILE, [*ELEVEN, "observer"], hours=1.0) == estimate(PROFILE, ELEVEN, hours=1.0)
    mountain = estimate(load_profile("mien-nui"), ELEVEN, hours=1.0)
    assert mountain.bytes < estimate(PROFILE, ELEVEN, hours=1.0).bytes
    assert estimate(PROFILE, [], hours=1.0).bytes == 0


def test_more_than_the_sites_line_lets_through_is_never_counted() -> None:
    assert estimate(PROFILE, ["delegate"] * 40, hours=1.0).bps == PROFILE.site.publish_limit_bps


def test_the_first_disk_must_hold_the_tracks_and_both_together_all() -> None:
    wanted = estimate(PROFILE, ELEVEN, hours=2.0)
    assert Room(first=wanted.bytes).fits(wanted)
    assert not Room(first=wanted.bytes - 1).fits(wanted)
    assert Room(first=wanted.tracks_bytes, second=wanted.journal_bytes).fits(wanted)
    assert not Room(first=wanted.tracks_bytes - 1, second=10 * wanted.bytes).fits(wanted)
    assert not Room(first=wanted.bytes, committed=1).fits(wanted)
    assert Room(first=wanted.bytes).hours(wanted.bytes_per_hour) == pytest.approx(2.0, rel=1e-6)


def test_what_goes_on_takes_less_the_longer_it_has_gone_on() -> None:
    wanted = estimate(PROFILE, ELEVEN, hours=2.0)
    assert remaining_bytes(wanted, elapsed_s=0) == wanted.bytes
    assert remaining_bytes(wanted, elapsed_s=3600) == pytest.approx(wanted.bytes / 2, rel=1e-6)
    assert remaining_bytes(wanted, elapsed_s=9000) == 0


def test_a_refusal_names_the_numbers_in_both_languages() -> None:
    wanted = estimate(PROFILE, ELEVEN, hours=2.0)
    for text in refusal(wanted, Room(first=5 * GB)):
        assert f"{wanted.bytes / GB + 0.05:.1f} GB" in text
        assert "5.0 GB" in text
        assert "11" in text

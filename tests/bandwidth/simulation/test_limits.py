"""What is cut first, and how many fit: the allocator asked about lines that shrink and rooms that grow."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from bandwidth.simulation.case import SimulationCase
from bandwidth.simulation.limits import cut_lists, how_many_fit
from bandwidth.simulation.result import Cut, Level, Limit
from bandwidth.simulation.steady import lines_at_start, steady
from config.profile import Profile, load_profile


def asked(profile: str = "30-5", **values: Any) -> tuple[SimulationCase, Profile]:
    case = SimulationCase.model_validate(values)
    return case, case.apply(load_profile(profile))


def value(level: Level) -> tuple[int, float]:
    return level.height, level.motion


@pytest.mark.parametrize(
    ("profile", "delegates"), [("30-5", 1), ("30-5", 3), ("30-5", 10), ("mien-nui", 5), ("mang-rieng", 4)]
)
def test_cuts_come_in_order_and_each_takes_something(profile: str, delegates: int) -> None:
    for cuts in cut_lists(*asked(profile, delegates=delegates)):
        rates = [cut.at_bps for cut in cuts.cuts]
        assert rates == sorted(rates, reverse=True)
        assert rates[0] <= cuts.from_bps
        for kind, first in (("stage", cuts.stage), ("others", cuts.others)):
            steps = [cut for cut in cuts.cuts if cut.what == kind]
            assert [value(cut.before) for cut in steps[:1]] in ([], [value(first)])
            assert all(value(before.after) == value(after.before) for before, after in pairwise(steps))
            assert all(value(cut.after) != value(cut.before) for cut in steps)
        assert [cut.what for cut in cuts.cuts].count("voices") == 1
        assert cuts.cuts[-1].what == "voices"


def test_small_pictures_lose_before_the_large_one_and_voices_last() -> None:
    site, delegate = cut_lists(*asked(delegates=4))
    for cuts in (site, delegate):
        assert cuts.cuts[0].what == "others"
        gone = {cut.what: cut.at_bps for cut in cuts.cuts if not cut.after.height}
        assert gone["others"] > gone["stage"] >= gone["voices"]


def test_a_heavier_weight_is_given_up_later() -> None:
    case, profile = asked(delegates=4)
    roles = profile.roles
    weights = roles.delegate.weights.model_copy(update={"stage": 1.0, "speaker": 1.0, "thumbnail": 20.0})
    plans = {name: getattr(roles, name).model_copy(update={"weights": weights}) for name in ("central", "delegate")}
    turned = profile.model_copy(update={"roles": roles.model_copy(update=plans)})

    def first_of_small_ones(which: Profile) -> Cut:
        return next(cut for cut in cut_lists(case, which)[1].cuts if cut.what == "others")

    assert first_of_small_ones(turned).at_bps < first_of_small_ones(profile).at_bps
    assert cut_lists(case, turned)[1].cuts[0].what == "stage"


def test_what_fits_is_served_whole_and_one_more_is_not() -> None:
    for values in ({}, {"site_mbps": 12}, {"delegate_mbps": 1.5}, {"voices": 8}):
        case, profile = asked(**values)
        every, stage, limit = how_many_fit(case, profile)
        assert 0 < every <= stage
        for count in (every, every + 1):
            again = case.model_copy(update={"delegates": count})
            assert steady(again, profile, lines_at_start(again, profile)).has_everything() == (count == every)
        assert limit != "none"


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ({"site_mbps": 10}, "site_up"),
        ({"delegate_mbps": 0.9}, "delegate_down"),
        ({"changes": [{"at_s": 0, "who": "site", "down_mbps": 1}]}, "site_down"),
        ({"changes": [{"at_s": 0, "who": "delegates", "up_mbps": 0.1}]}, "delegate_up"),
    ],
)
def test_it_says_which_line_refuses_the_next_one(values: dict[str, Any], limit: Limit) -> None:
    assert how_many_fit(*asked(**values))[2] == limit


def test_wide_lines_take_as_many_as_are_looked_at() -> None:
    profile = load_profile("mang-rieng")
    site = profile.site.model_copy(update={"up_bps": 10_000_000_000, "down_bps": 10_000_000_000})
    assert how_many_fit(SimulationCase(), profile.model_copy(update={"site": site})) == (30, 30, "none")


def test_the_plans_ten_delegates_fit_behind_30_mbps() -> None:
    assert how_many_fit(*asked())[0] >= 10

"""Why a picture is small: the limit that the next larger one would break."""

import pytest

from bandwidth.allocator import PAUSED, Demand, LayerOption
from bandwidth.limits import Limit, binding_limits

OPTIONS = tuple(
    LayerOption(spatial=index, temporal=None, bitrate_bps=rate, value=1.0 + index)
    for index, rate in enumerate((100_000, 500_000, 1_500_000))
)


def demand(subscriber: str, publication: str = "p") -> Demand:
    return Demand(subscriber=subscriber, publication=publication, weight=1.0, options=OPTIONS)


@pytest.mark.parametrize(
    ("chosen", "budget", "site", "capped", "limit"),
    [
        (2, 9_000_000, 9_000_000, False, Limit.NONE),
        (1, 1_000_000, 9_000_000, False, Limit.LINE),
        (1, 1_000_000, 9_000_000, True, Limit.PROFILE),
        (1, 9_000_000, 1_000_000, False, Limit.SITE),
        (1, 1_000_000, 1_000_000, False, Limit.LINE),
        (1, 9_000_000, 9_000_000, False, Limit.WAITING),
        (PAUSED, 50_000, 9_000_000, False, Limit.LINE),
        (PAUSED, 9_000_000, 50_000, False, Limit.SITE),
        (PAUSED, 9_000_000, 9_000_000, False, Limit.WAITING),
        (1, 1_550_000, 9_000_000, False, Limit.LINE),  # it would fit, but not with the margin that growing needs
        (1, 9_000_000, 1_550_000, False, Limit.SITE),
    ],
)
def test_the_limit_that_binds(chosen: int, budget: int, site: int, capped: bool, limit: Limit) -> None:
    one = demand("a")
    found = binding_limits([one], {one.key: chosen}, {"a": budget}, site, capped={"a"} if capped else set(), parts={})
    assert found == {one.key: limit}


def test_the_sites_line_is_what_all_others_leave_of_it() -> None:
    first, second = demand("a"), demand("b")
    chosen = {first.key: 2, second.key: 1}
    budgets = {"a": 9_000_000, "b": 9_000_000}
    found = binding_limits([first, second], chosen, budgets, 2_500_000, capped=(), parts={})
    assert found == {first.key: Limit.NONE, second.key: Limit.SITE}


def test_a_part_of_the_sites_line_binds_where_the_line_itself_would_not() -> None:
    one = demand("a")
    found = binding_limits([one], {one.key: 1}, {"a": 9_000_000}, 9_000_000, capped=(), parts={"a": 1_400_000})
    assert found == {one.key: Limit.SITE}


def test_a_demand_without_options_is_held_back_by_nothing() -> None:
    nothing = Demand(subscriber="a", publication="p", weight=1.0, options=())
    assert binding_limits([nothing], {nothing.key: PAUSED}, {"a": 1}, 1, capped=(), parts={}) == {
        nothing.key: Limit.NONE
    }

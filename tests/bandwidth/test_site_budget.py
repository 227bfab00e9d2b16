"""The site's line, learnt: what is decided, and whole sites in virtual time."""

from __future__ import annotations

from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandwidth.site_budget import FORGOTTEN_S, LEAST, SiteBudget
from tests.bandwidth.site_model import Moment, SiteModel

CAP = 24_000_000


def told(budget: SiteBudget, now: float, **facts: float) -> int:
    """A usual moment, but for `facts`."""
    usual = {"cap_bps": CAP, "used_bps": 20_000_000, "arriving_bps": 20_000_000, "full": 0, "subscribers": 10}
    usual.update({name: int(value) for name, value in facts.items()})
    return budget.update(usual.pop("cap_bps"), now=now, **usual)


def cut(budget: SiteBudget) -> int:
    """What is left when half of what is sent arrives and everybody's path is full."""
    told(budget, 0.0)
    return told(budget, 1.0, full=10, arriving_bps=10_000_000)


def test_a_line_that_carries_what_it_should_is_used_whole() -> None:
    budget = SiteBudget()
    assert [told(budget, 0.4 * step) for step in range(100)] == [CAP] * 100


def test_while_nothing_was_learnt_the_profiles_line_is_followed_at_once() -> None:
    budget = SiteBudget()
    assert told(budget, 0.0) == CAP
    assert told(budget, 0.4, cap_bps=12_000_000) == 12_000_000
    assert told(budget, 0.8, cap_bps=30_000_000) == 30_000_000


def test_many_full_paths_at_once_cut_it_below_what_arrives() -> None:
    assert cut(SiteBudget()) == 9_000_000


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"full": 2}, "only the lines of two of ten"),
        ({"full": 1, "subscribers": 1}, "its own line"),
        ({"full": 1, "subscribers": 3}, "one of three may have a weak line"),
        ({"full": 10, "used_bps": 5_000_000}, "the site's line is hardly used"),
    ],
)
def test_what_is_not_the_sites_line_does_not_cut_it(facts: dict[str, int], reason: str) -> None:
    budget = SiteBudget()
    told(budget, 0.0)
    assert told(budget, 1.0, **{"arriving_bps": 3_000_000, **facts}) == CAP, reason


def test_a_cut_is_given_time_to_show() -> None:
    budget = SiteBudget()
    first = cut(budget)
    assert told(budget, 1.4, full=10, arriving_bps=8_000_000) == first
    assert told(budget, 1.8, full=10, arriving_bps=8_000_000) == 7_200_000


def test_it_is_never_cut_to_nothing() -> None:
    budget = SiteBudget()
    told(budget, 0.0)
    assert told(budget, 1.0, full=10, arriving_bps=0) == LEAST * CAP


def test_it_does_not_grow_far_beyond_what_is_used() -> None:
    budget = SiteBudget()
    cut(budget)
    for step in range(100):
        assert told(budget, 2.0 + 0.4 * step, used_bps=7_000_000) <= 12_000_000


def test_what_was_learnt_long_ago_is_forgotten() -> None:
    budget = SiteBudget()
    cut(budget)
    assert told(budget, 1.0 + FORGOTTEN_S + 0.1, used_bps=3_000_000) == CAP


moments = st.lists(
    st.tuples(
        st.floats(0.0, 5.0),
        st.integers(1_000_000, 30_000_000),
        st.integers(0, 30_000_000),
        st.integers(0, 30_000_000),
        st.integers(0, 12),
    ),
    max_size=30,
)


@given(moments)
def test_it_is_never_above_the_profiles_line_nor_below_its_least(
    moments: list[tuple[float, int, int, int, int]],
) -> None:
    budget, now = SiteBudget(), 0.0
    lowest_cap = 10**9
    for later, cap, used, arriving, full in moments:
        now += later
        lowest_cap = min(lowest_cap, cap)
        found = told(budget, now, cap_bps=cap, used_bps=used, arriving_bps=arriving, full=full)
        assert LEAST * lowest_cap - 1 <= found <= cap


# --- sites in virtual time ---

LINE, HALF = 30e6, 15e6
PROFILE = 28_500_000
DROP_S = 20.0


def site(until: float, count: int) -> list[Moment]:
    """Moments of a site whose line carries half from DROP_S until then, and some time more."""
    model = SiteModel(
        lambda now: HALF if DROP_S <= now < until else LINE, cap_bps=PROFILE, count=count, wants_bps=int(40e6 / count)
    )
    model.run(until + 20)
    return model.moments


@pytest.mark.parametrize("count", [3, 10])
@pytest.mark.parametrize("until", [26.0, 50.0])
def test_a_line_that_is_really_half_is_followed_within_seconds_and_comes_back(until: float, count: int) -> None:
    moments = site(until, count)
    assert all(each.budget_bps == PROFILE for each in moments if each.at < DROP_S)
    followed = next(each.at for each in moments if each.at > DROP_S and each.budget_bps <= HALF)
    assert followed - DROP_S < 3.0
    halved = [each for each in moments if DROP_S + 3.0 <= each.at < until]
    assert fmean(each.arrived_bps for each in halved) > 0.85 * HALF
    queues = sorted(each.queue_s for each in halved)
    assert queues[int(0.95 * len(queues))] < 0.05
    back = next(each.at for each in moments if each.at > until and each.budget_bps > 0.9 * PROFILE)
    assert back - until < 17.0


def test_without_it_the_queue_on_the_sites_line_would_be_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Estimates alone find the shared line too: the measure can tell the difference."""
    queues_s = []
    for fixed in (False, True):
        if fixed:
            monkeypatch.setattr(SiteBudget, "update", lambda self, cap_bps, **facts: cap_bps)
        queues_s.append(fmean(each.queue_s for each in site(50.0, 10) if DROP_S + 3.0 <= each.at < 50.0))
    assert queues_s[1] > 1.3 * queues_s[0]

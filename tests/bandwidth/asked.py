"""What hypothesis asks of the allocator: any pictures, any options, any budgets."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import strategies as st

from bandwidth.allocator import PAUSED, Allocation, Demand, LayerOption, utility

SUBSCRIBERS = ("a", "b", "c")
PUBLICATIONS = ("p", "q", "r", "s")


@st.composite
def ladders(draw: st.DrawFn) -> tuple[LayerOption, ...]:
    """Options in rising order of bit rate and value."""
    steps = draw(st.lists(st.tuples(st.integers(1_000, 900_000), st.floats(0.01, 1.0)), max_size=5))
    rates = accumulate(rate for rate, _ in steps)
    values = accumulate(value for _, value in steps)
    return tuple(
        LayerOption(spatial=index, temporal=None, bitrate_bps=rate, value=value)
        for index, (rate, value) in enumerate(zip(rates, values, strict=True))
    )


@st.composite
def rooms(draw: st.DrawFn) -> list[Demand]:
    """Some of what some subscribers could see of some publications."""
    known = {publication: draw(ladders()) for publication in PUBLICATIONS}
    weights = st.sampled_from((0.0, 0.5, 1.0, 5.0, 20.0))
    return [
        Demand(subscriber=subscriber, publication=publication, weight=draw(weights), options=known[publication])
        for subscriber in SUBSCRIBERS
        for publication in draw(st.sets(st.sampled_from(PUBLICATIONS)))
    ]


budgets = st.fixed_dictionaries(dict.fromkeys(SUBSCRIBERS, st.integers(0, 2_000_000)))
site_lines = st.integers(0, 5_000_000)


def used_bps(demands: list[Demand], chosen: Allocation, subscriber: str | None = None) -> int:
    """What an allocation takes of a subscriber's line, or of the site's."""
    return sum(
        each.options[chosen[each.key]].bitrate_bps
        for each in demands
        if chosen[each.key] != PAUSED and subscriber in (None, each.subscriber)
    )


def assert_within(demands: list[Demand], chosen: Allocation, lines: dict[str, int], site_bps: int) -> None:
    """No budget is exceeded, and every choice is one that there is."""
    assert set(chosen) == {each.key for each in demands}
    assert all(PAUSED <= chosen[each.key] < len(each.options) for each in demands)
    assert used_bps(demands, chosen) <= site_bps
    for subscriber in SUBSCRIBERS:
        assert used_bps(demands, chosen, subscriber) <= lines.get(subscriber, 0)


def demands(count: int, *, stage: int = 0) -> list[Demand]:
    """Everybody sees everybody; one is on the stage."""
    found = []
    for subscriber in range(count):
        for publication in range(count):
            if subscriber == publication:
                continue
            wanted = 1280 * 720 if publication == stage else 320 * 180
            options: list[LayerOption] = []
            for index, (rate, pixels) in enumerate(((120_000, 57_600), (450_000, 230_400), (1_500_000, 921_600))):
                value = utility(pixels, wanted, 1.0)
                if not options or value > options[-1].value:
                    options.append(LayerOption(spatial=index, temporal=None, bitrate_bps=rate, value=value))
            weight = 20.0 if publication == stage else 1.0
            found.append(Demand(subscriber=subscriber, publication=publication, weight=weight, options=tuple(options)))
    return found

from hypothesis import given

from bandwidth.allocator import EASILY, PAUSED, STILL_EASILY, Demand, Held, LayerOption, allocate, sure_pictures
from tests.bandwidth.asked import SUBSCRIBERS, assert_within, budgets, demands, rooms, site_lines


@given(rooms(), budgets, site_lines)
def test_no_budget_is_ever_exceeded(demands: list[Demand], lines: dict[str, int], site_bps: int) -> None:
    assert_within(demands, allocate(demands, lines, site_bps), lines, site_bps)


@given(rooms(), site_lines)
def test_a_subscriber_without_a_budget_gets_nothing(demands: list[Demand], site_bps: int) -> None:
    lines = {"a": 1_000_000}
    assert_within(demands, allocate(demands, lines, site_bps), lines, site_bps)


@given(rooms())
def test_where_there_is_room_for_all_everybody_gets_the_best(demands: list[Demand]) -> None:
    chosen = allocate(demands, dict.fromkeys(SUBSCRIBERS, 10**9), 10**9)
    assert all(chosen[each.key] == len(each.options) - 1 for each in demands)


@given(rooms(), budgets, site_lines)
def test_it_is_as_good_as_the_best_single_picture(demands: list[Demand], lines: dict[str, int], site_bps: int) -> None:
    """However small the room is: it is not left empty, nor given to trifles. What is sure of others is theirs."""
    chosen = allocate(demands, lines, site_bps)
    sure = [each for each, is_sure in zip(demands, sure_pictures(demands, lines, site_bps), strict=True) if is_sure]

    def room(mine: Demand) -> int:
        others = [other for other in sure if other.key != mine.key]
        on_line = sum(other.options[0].bitrate_bps for other in others if other.subscriber == mine.subscriber)
        on_site = sum(other.options[0].bitrate_bps for other in others)
        return min(lines[str(mine.subscriber)] - on_line, site_bps - on_site)

    singles = [
        each.weight * option.value for each in demands for option in each.options if option.bitrate_bps <= room(each)
    ]
    got = sum(each.weight * each.options[chosen[each.key]].value for each in demands if chosen[each.key] != PAUSED)
    assert got >= 0.98 * max(singles, default=0.0)


def test_the_plans_stress_case_shows_everybody_to_everybody() -> None:
    asked = demands(11)
    chosen = allocate(asked, dict.fromkeys(range(11), 4_000_000), 24_000_000)
    assert PAUSED not in chosen.values()
    assert sum(1 for each in asked if each.publication == 0 and chosen[each.key] >= 1) == 10


# --- nobody vanishes for another's sharpness ---

SMALL = (LayerOption(spatial=0, temporal=None, bitrate_bps=50_000, value=1.2),)
STAGE = tuple(
    LayerOption(spatial=spatial, temporal=None, bitrate_bps=bitrate_bps, value=value)
    for spatial, (bitrate_bps, value) in enumerate(((50_000, 1.2), (1_000_000, 1.7), (1_600_000, 2.0)))
)
ROOM = [
    Demand(subscriber="a", publication="stage", weight=20.0, options=STAGE),
    *[Demand(subscriber="a", publication=number, weight=1.0, options=SMALL) for number in range(7)],
]


def test_no_small_picture_is_left_out_for_a_better_large_one_where_all_go_easily() -> None:
    """1.6 Mb/s of stage and three small pictures would be worth more."""
    chosen = allocate(ROOM, {"a": 1_750_000}, 10**9)
    assert PAUSED not in chosen.values()
    assert chosen["a", "stage"] == 1


def test_where_they_do_not_go_easily_the_large_one_comes_first() -> None:
    chosen = allocate(ROOM, {"a": 1_100_000}, 10**9)
    assert chosen["a", "stage"] == 1
    assert list(chosen.values()).count(PAUSED) == 5


def test_the_sites_line_must_carry_them_easily_too() -> None:
    assert all(sure_pictures(ROOM, {"a": 1_750_000}, 1_600_000))
    assert not any(sure_pictures(ROOM, {"a": 1_750_000}, 1_599_000))


def test_whoever_has_every_picture_keeps_them_on_a_line_that_is_a_little_shorter() -> None:
    shown = {each.key: Held(0, len(each.options) - 1) for each in ROOM}
    short = {"a": int(400_000 / (EASILY + STILL_EASILY) * 2)}
    assert not any(sure_pictures(ROOM, short, 10**9))
    assert all(sure_pictures(ROOM, short, 10**9, shown))


def test_a_picture_that_may_not_be_sent_now_is_not_sure() -> None:
    resting = {ROOM[1].key: Held(PAUSED, PAUSED)}
    assert sure_pictures(ROOM, {"a": 4_000_000}, 10**9, resting) == [True, False, *[True] * 6]
    assert allocate(ROOM, {"a": 4_000_000}, 10**9, resting)[ROOM[1].key] == PAUSED

"""The site's line among the processes: by tables, and under every order of messages."""

from __future__ import annotations

import random

import pytest

from bandwidth.site_division import RESERVE, SiteDemand, SiteLedger, divide, site_line_bps

LINE = 24_000_000
IDLE = SiteDemand()


def demand(demand_bps: int, *, audio_bps: int = 0, subscribers: int = 10, line_bps: int = LINE) -> SiteDemand:
    return SiteDemand(line_bps=line_bps, audio_bps=audio_bps, demand_bps=demand_bps, subscribers=subscribers)


HUNGRY = demand(90_000_000, audio_bps=600_000)


@pytest.mark.parametrize(
    ("demands", "parts"),
    [
        ([IDLE, IDLE], [12_000_000, 12_000_000]),
        ([HUNGRY], [LINE]),
        ([HUNGRY, IDLE], [23_400_000, 600_000]),
        ([HUNGRY, HUNGRY], [12_000_000, 12_000_000]),
        ([HUNGRY, HUNGRY, HUNGRY, HUNGRY], [6_000_000] * 4),
        # who needs little gets it, with room to rise; the rest goes to who lacks
        ([HUNGRY, demand(1_800_000)], [22_125_000, 1_875_000]),
        # nobody lacks: the spare is spread
        ([demand(9_000_000), demand(1_800_000)], [15_750_000, 8_250_000]),
        # by subscribers, not by processes: 3 MB/s of the voices and the reserve come first
        ([demand(90_000_000, subscribers=30), demand(90_000_000, subscribers=10)], [17_700_000, 6_300_000]),
        # voices are never traded for pictures
        ([HUNGRY, demand(9_000_000, audio_bps=9_000_000, subscribers=1)], [14_625_000, 9_375_000]),
        # voices of more than the line: all the same
        ([demand(40_000_000, audio_bps=40_000_000), demand(40_000_000, audio_bps=40_000_000)], [12_000_000] * 2),
    ],
)
def test_the_line_is_divided(demands: list[SiteDemand], parts: list[int]) -> None:
    assert divide(LINE, demands) == pytest.approx(parts, abs=2)


def test_without_a_line_there_is_nothing_to_divide() -> None:
    assert divide(0, [HUNGRY, IDLE]) == [0, 0]


def test_the_sum_is_never_above_the_line() -> None:
    dice = random.Random(1)
    for _ in range(500):
        demands = [
            demand(dice.randint(0, 60_000_000), audio_bps=dice.randint(0, 9_000_000), subscribers=dice.randint(0, 40))
            for _ in range(dice.randint(1, 12))
        ]
        line = dice.randint(1, 100_000_000)
        assert sum(divide(line, demands)) <= line


@pytest.mark.parametrize(
    ("lines", "line"), [([0, 0], 0), ([0, LINE], LINE), ([LINE, 15_000_000, 0], 15_000_000), ([], 0)]
)
def test_the_smallest_line_that_a_session_names_is_everybodys(lines: list[int], line: int) -> None:
    assert site_line_bps([SiteDemand(line_bps=each) for each in lines]) == line


def test_a_share_grows_only_when_the_others_have_let_go_of_it() -> None:
    ledger = SiteLedger(2)
    assert [ledger.share(0), ledger.share(1)] == [0.5, 0.5]
    assert ledger.report(0, HUNGRY, keeping=0.5) == 0.5  # the other has the rest still
    assert ledger.report(1, IDLE, keeping=0.5) == pytest.approx(RESERVE / 2)
    assert ledger.report(0, HUNGRY, keeping=0.5) == 0.5  # it was told, but has not said that it keeps to it
    assert ledger.report(1, IDLE, keeping=ledger.share(1)) == pytest.approx(RESERVE / 2)
    assert ledger.report(0, HUNGRY, keeping=0.5) == pytest.approx(1 - RESERVE / 2)
    assert ledger.line_bps == LINE


def test_a_process_that_begins_again_has_its_reserve_at_once() -> None:
    ledger = SiteLedger(2)
    ledger.report(0, HUNGRY, keeping=0.5)
    ledger.report(1, HUNGRY, keeping=0.5)
    ledger.gone(1)
    assert ledger.share(1) == RESERVE / 2
    assert ledger.report(0, HUNGRY, keeping=0.5) == pytest.approx(1 - RESERVE / 2)
    assert ledger.report(1, HUNGRY, keeping=ledger.share(1)) == pytest.approx(RESERVE / 2)
    assert ledger.report(0, HUNGRY, keeping=ledger.share(0)) == pytest.approx(0.5)
    ledger.report(0, HUNGRY, keeping=ledger.share(0))
    assert ledger.report(1, HUNGRY, keeping=ledger.share(1)) == pytest.approx(0.5)


@pytest.mark.parametrize("seed", range(30))
def test_what_all_keep_to_is_never_more_than_the_line_whatever_is_late_or_dies(seed: int) -> None:
    """Answers travel for a while: reports go out before the last answer has come."""
    dice = random.Random(seed)
    count = dice.randint(2, 6)
    ledger = SiteLedger(count)
    keeping = [ledger.share(index) for index in range(count)]
    travelling: list[list[float]] = [[] for _ in range(count)]
    for _ in range(400):
        index = dice.randrange(count)
        event = dice.random()
        if event < 0.03:
            ledger.gone(index)
            keeping[index], travelling[index] = ledger.share(index), []
        elif event < 0.5 and travelling[index]:
            keeping[index] = travelling[index].pop(0)
        elif len(travelling[index]) < 2:
            wish = dice.choice([IDLE, HUNGRY, demand(dice.randint(0, 30_000_000), subscribers=dice.randint(1, 30))])
            travelling[index].append(ledger.report(index, wish, keeping=keeping[index]))
        assert sum(keeping) <= 1.0 + 1e-9

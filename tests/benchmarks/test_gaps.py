import itertools

from benchmarks.gaps import GROWTH, MAX_TRIES, MIN_RETRY_S, TOLERANCE_S, Gaps


def test_a_gap_is_asked_for_after_the_tolerance_and_then_less_and_less_often() -> None:
    gaps = Gaps()
    gaps.open(10, 12, now=0.0)
    assert gaps.due(now=TOLERANCE_S / 2, rtt_s=0.001) == ([], [])
    asked_at = []
    now = 0.0
    while gaps.missing:
        now += 0.001
        if gaps.due(now=now, rtt_s=0.001)[0]:
            asked_at.append(now)
    assert len(asked_at) == MAX_TRIES
    waits = [after - before for before, after in itertools.pairwise(asked_at)]
    assert all(abs(wait - MIN_RETRY_S * GROWTH**place) < 0.003 for place, wait in enumerate(waits))
    assert gaps.given_up == {10, 11}


def test_a_long_round_trip_sets_the_pace() -> None:
    gaps = Gaps()
    gaps.open(10, 11, now=0.0)
    assert gaps.due(now=0.01, rtt_s=0.3)[0] == [10]
    assert gaps.due(now=0.30, rtt_s=0.3)[0] == []
    assert gaps.due(now=0.32, rtt_s=0.3)[0] == [10]


def test_what_comes_is_not_asked_for_and_does_not_count() -> None:
    gaps = Gaps()
    gaps.open(10, 13, now=0.0)
    assert gaps.close(11)
    assert not gaps.close(11)
    assert gaps.due(now=1.0, rtt_s=0.02)[0] == [10, 12]
    assert gaps.count(0, 12) == 1


def test_what_was_given_up_may_still_come() -> None:
    gaps = Gaps()
    gaps.open(10, 11, now=0.0)
    for second in range(1, MAX_TRIES + 2):
        gaps.due(now=float(second), rtt_s=0.02)
    assert gaps.given_up == {10}
    assert gaps.count(10, 11) == 1
    assert gaps.close(10)
    assert gaps.count(10, 11) == 0

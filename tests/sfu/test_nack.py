from sfu.nack import GIVE_UP_S, MAX_MISSING, NackGenerator


def fed(*sequences: int, now: float = 0.0) -> NackGenerator:
    generator = NackGenerator()
    for sequence in sequences:
        generator.on_packet(sequence, now=now)
    return generator


def test_a_gap_is_asked_for_after_the_reorder_tolerance() -> None:
    generator = fed(1, 2, 5)
    assert generator.due(now=0.005, rtt_s=0.05) == ([], [])
    assert generator.due(now=0.011, rtt_s=0.05) == ([3, 4], [])


def test_asking_is_repeated_but_not_within_a_round_trip() -> None:
    generator = fed(1, 3)
    assert generator.due(now=0.02, rtt_s=0.1)[0] == [2]
    assert generator.due(now=0.08, rtt_s=0.1)[0] == []
    assert generator.due(now=0.16, rtt_s=0.1)[0] == [2]


def test_what_came_is_not_asked_for() -> None:
    generator = fed(1, 3)
    generator.on_packet(2, now=0.005)
    assert generator.due(now=1, rtt_s=0.05) == ([], [])
    assert not generator.busy


def test_what_never_comes_is_given_up() -> None:
    generator = fed(1, 3)
    asked, given_up = generator.due(now=GIVE_UP_S + 0.1, rtt_s=0.05)
    assert (asked, given_up) == ([], [2])
    assert not generator.busy


def test_a_huge_gap_is_given_up_at_once() -> None:
    generator = fed(1, MAX_MISSING + 10)
    asked, given_up = generator.due(now=0.02, rtt_s=0.05)
    assert asked == []
    assert len(given_up) == MAX_MISSING

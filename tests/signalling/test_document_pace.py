"""Documents leave the lines to voices and pictures."""

from signalling.document_pace import Pace


def test_turns_are_handed_out_at_the_rate() -> None:
    pace = Pace(80_000)  # 10 kB/s
    waits = [pace.wait_s(10_000, now=5.0) for _ in range(3)]
    assert waits == [0.0, 1.0, 2.0]


def test_time_that_nobody_used_is_not_saved_up() -> None:
    pace = Pace(80_000)
    pace.wait_s(10_000, now=5.0)
    assert pace.wait_s(10_000, now=60.0) == 0.0
    assert pace.wait_s(10_000, now=60.0) == 1.0

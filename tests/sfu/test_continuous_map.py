import random

from sfu.continuous_map import ContinuousMap


def test_numbers_go_on_from_where_the_last_stream_ended() -> None:
    numbers = ContinuousMap(100)
    numbers.begin(7000)
    assert [numbers.forward(each) for each in (7000, 7001, 7002)] == [100, 101, 102]
    numbers.begin(30)
    assert numbers.forward(30) == 103


def test_what_is_left_out_leaves_no_gap_and_what_is_lost_does() -> None:
    numbers = ContinuousMap(1)
    numbers.begin(10)
    assert numbers.forward(10) == 1
    assert numbers.leave_out(11)
    assert numbers.leave_out(12)
    assert numbers.forward(13) == 2
    assert numbers.forward(15) == 4  # 14 is lost: its number stays free
    assert numbers.forward(14) == 3


def test_a_late_number_cannot_be_left_out_any_more() -> None:
    numbers = ContinuousMap(1)
    numbers.begin(10)
    numbers.forward(10)
    numbers.forward(12)
    assert not numbers.leave_out(11)
    assert numbers.forward(11) == 2


def test_numbers_before_the_beginning_are_refused() -> None:
    numbers = ContinuousMap(1)
    numbers.begin(10)
    assert numbers.forward(9) is None


def test_any_mix_of_loss_reordering_and_leaving_out_gives_each_number_once() -> None:
    for seed in range(50):
        source = random.Random(seed)
        numbers = ContinuousMap(1)
        numbers.begin(1000)
        order = list(range(1000, 1200))
        for _ in range(30):
            at = source.randrange(1, len(order) - 3)
            order[at], order[at + 2] = order[at + 2], order[at]
        given = []
        for each in order:
            if source.random() < 0.3 and numbers.leave_out(each):
                continue
            out = numbers.forward(each)
            if out is not None:
                given.append(out)
        assert len(given) == len(set(given)), seed

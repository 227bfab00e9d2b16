import pytest

from recorder.space import SpaceWatch

GB = 10**9


def watch() -> SpaceWatch:
    return SpaceWatch(warn_hours=4.0, critical_hours=0.5)


def test_hours_left_follow_the_rate_of_the_last_half_minute() -> None:
    space = watch()
    for second in range(60):
        space.update(written_bytes=second * 1_000_000, free_bytes=36 * GB, now=float(second))
    assert space.hours_left == pytest.approx(10.0)
    for second in range(60, 120):
        space.update(written_bytes=60_000_000 + (second - 60) * 2_000_000, free_bytes=36 * GB, now=float(second))
    assert space.hours_left == pytest.approx(5.0)


def test_levels_come_before_the_disk_is_full_and_do_not_flap() -> None:
    space = watch()
    free = [20, 14.5, 14.3, 14.5, 14.3, 1.9, 1.7, 1.9, 1.7, 2.1, 20]
    levels, changes = [], []
    for second, gigabytes in enumerate(free):
        written = 1_000_000 * second
        changes.append(space.update(written_bytes=written, free_bytes=int(gigabytes * GB), now=float(second)))
        levels.append(space.level)
    low, critical = "low", "critical"
    assert levels == ["", "", low, low, low, low, critical, critical, critical, low, ""]
    assert changes == [False, False, True, False, False, False, True, False, False, True, True]


def test_nothing_is_said_before_there_is_a_rate() -> None:
    space = watch()
    assert not space.update(written_bytes=0, free_bytes=1, now=0.0)
    assert not space.update(written_bytes=0, free_bytes=1, now=2.0)
    assert space.hours_left is None

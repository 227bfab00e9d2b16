import pytest

from recorder.timeline import Mark, SenderClock, StreamTimeline


def marks(rate: float, *, start: int = 0, count: int = 240, jitter: float = 0.0) -> list[Mark]:
    return [
        Mark(
            arrival_s=1000 + second + 0.03 + (jitter if second % 3 else 0.0),
            ntp_s=5000.0 + second,
            rtp_timestamp=(start + round(rate * second)) & 0xFFFFFFFF,
        )
        for second in range(0, 5 * count, 5)
    ]


def test_a_microphone_that_runs_120_ppm_fast_stays_in_sync_for_two_hours() -> None:
    rate = 48_000 * 1.00012
    series = marks(rate, start=4_294_000_000, count=1440)
    timeline = StreamTimeline(series, SenderClock(series), clock_rate_hz=48_000)
    for second in (0.0, 1800.5, 3601.25, 7190.0):
        timestamp = (4_294_000_000 + round(rate * second)) & 0xFFFFFFFF
        assert timeline.media_time_s(timestamp, arrival_s=1000 + second + 0.05) == pytest.approx(
            1000.03 + second, abs=0.002
        )


def test_jitter_of_reports_does_not_move_the_picture() -> None:
    series = marks(90_000, jitter=0.2)
    timeline = StreamTimeline(series, SenderClock(series), clock_rate_hz=90_000)
    assert timeline.media_time_s(90_000 * 7, arrival_s=1007.3) == pytest.approx(1007.03, abs=0.001)


def test_without_reports_the_first_arrival_counts() -> None:
    timeline = StreamTimeline([], SenderClock([]), clock_rate_hz=90_000)
    assert timeline.media_time_s(4_294_967_000, arrival_s=10.0) == 10.0
    assert timeline.media_time_s((4_294_967_000 + 90_000) & 0xFFFFFFFF, arrival_s=12.0) == pytest.approx(11.0)

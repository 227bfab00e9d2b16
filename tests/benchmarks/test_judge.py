"""The judge by tables. A voice packet comes each 20 ms, a frame each 40 ms; times begin at 1000 s."""

import pytest

from benchmarks.judge import StreamJudge

BEGUN_S = 1000.0
LAST = 65_535


def voice(*numbers: int, interval_s: float = 0.02) -> StreamJudge:
    """A voice of which these numbers came, one each `interval_s`; timestamps as the numbers say."""
    judge = StreamJudge(audio=True, clock_rate_hz=48_000)
    for place, number in enumerate(numbers):
        behind = (number - numbers[0] + 0x8000 & 0xFFFF) - 0x8000
        timestamp = 1_000_000 + 960 * behind
        judge.on_packet(number & 0xFFFF, timestamp, False, 100, BEGUN_S + interval_s * place)
    return judge


def picture(*frames: tuple[int, float, bool]) -> StreamJudge:
    """A picture of which these packets came: (number, seconds after the beginning, marker)."""
    judge = StreamJudge(audio=False, clock_rate_hz=90_000)
    for number, at_s, marker in frames:
        judge.on_packet(number & 0xFFFF, int(90_000 * at_s), marker, 1000, BEGUN_S + at_s)
    return judge


@pytest.mark.parametrize(
    ("numbers", "packets", "lost", "duplicates", "disordered"),
    [
        ((1, 2, 3, 4), 4, 0, 0, 0),
        ((1, 2, 4, 5), 4, 1, 0, 0),
        ((1, 2, 6), 3, 3, 0, 0),
        ((1, 2, 2, 3), 3, 0, 1, 0),
        ((1, 3, 2, 4), 4, 0, 0, 1),
        ((1, 3, 2, 2, 4), 4, 0, 1, 1),
        ((1, 4, 3, 5), 4, 1, 0, 1),
        ((7, 6, 8), 3, 0, 0, 1),  # the second is older than the first
        ((7, 4, 8), 3, 2, 0, 1),
        ((LAST - 1, LAST, 0, 1), 4, 0, 0, 0),
        ((LAST - 1, 0, 1), 3, 1, 0, 0),
        ((LAST - 1, 0, LAST, 1), 4, 0, 0, 1),
        ((LAST, 0, LAST, 1), 3, 0, 1, 0),
        ((0, LAST, 1), 3, 0, 0, 1),
    ],
)
def test_numbers_tell_loss_duplicates_and_disorder(
    numbers: tuple[int, ...], packets: int, lost: int, duplicates: int, disordered: int
) -> None:
    judge = voice(*numbers)
    assert (judge.packets, judge.lost, judge.duplicates, judge.disordered) == (packets, lost, duplicates, disordered)


def test_many_turns_of_the_sequence_number_lose_nothing() -> None:
    judge = StreamJudge(audio=True, clock_rate_hz=48_000)
    for number in range(200_000):
        judge.on_packet(number & 0xFFFF, 960 * number & 0xFFFFFFFF, False, 100, BEGUN_S + 0.02 * number)
    counts = judge.counts()
    assert (counts.packets, judge.lost, counts.backward_timestamps, counts.audio_gaps) == (200_000, 0, 0, 0)
    assert judge.jitter < 1


def test_a_jump_forward_of_thousands_is_another_stream_and_no_loss() -> None:
    judge = voice(1, 2, 20_000, 20_001)
    assert (judge.lost, judge.restarts, judge.packets) == (0, 1, 4)


def test_loss_is_counted_within_a_window() -> None:
    judge = voice(1, 3)
    before = judge.highest
    for number in (4, 7, 8):
        judge.on_packet(number, 1_000_000 + 960 * number, False, 100, BEGUN_S + 1)
    after = judge.highest
    judge.on_packet(10, 1_000_000 + 9600, False, 100, BEGUN_S + 1)
    assert judge.lost_between(before, after) == 2
    assert judge.lost_between(-1, before) == 1
    assert judge.lost == 4


def test_a_repair_is_no_loss_and_no_duplicate() -> None:
    judge = voice(LAST - 1, 1)
    assert judge.lost == 2
    assert judge.misses(LAST)
    assert judge.on_repaired(LAST, False, BEGUN_S + 1)
    assert judge.on_repaired(0, False, BEGUN_S + 1)
    assert (judge.lost, judge.repaired, judge.duplicates) == (0, 2, 0)


def test_a_repair_of_what_came_already_is_needless() -> None:
    judge = voice(1, 2, 3)
    assert not judge.on_repaired(2, False, BEGUN_S + 1)
    assert judge.repaired == 0


def test_a_timestamp_that_goes_back_in_order_is_counted() -> None:
    judge = StreamJudge(audio=True, clock_rate_hz=48_000)
    for number, timestamp in enumerate((0xFFFFFF00, 0x2C0, 0x200, 0x680)):
        judge.on_packet(number, timestamp, False, 100, BEGUN_S)
    assert judge.backward_timestamps == 1


def test_jitter_is_as_rfc_3550_says() -> None:
    judge = StreamJudge(audio=True, clock_rate_hz=48_000)
    expected, last = 0.0, 0.0
    delays = (0.0, 0.005, 0.001, 0.012, 0.003)
    for number, delay_s in enumerate(delays):
        judge.on_packet(number, 960 * number, False, 100, BEGUN_S + 0.02 * number + delay_s)
        expected += (abs(delay_s - last) * 48_000 - expected) / 16
        last = delay_s
    assert judge.jitter == pytest.approx(expected, abs=0.01)


def test_a_voice_that_pauses_for_more_than_a_jitter_buffer_has_a_gap() -> None:
    judge = StreamJudge(audio=True, clock_rate_hz=48_000)
    for number, at_s in enumerate((0.0, 0.02, 0.11, 0.13, 0.24)):
        judge.on_packet(number, 960 * number, False, 100, BEGUN_S + at_s)
    assert judge.audio_gaps == 1


def steady(count: int, *, packets: int = 1) -> list[tuple[int, float, bool]]:
    """Frames of this many packets each, 40 ms apart."""
    return [
        (frame * packets + place, 0.04 * frame, place == packets - 1)
        for frame in range(count)
        for place in range(packets)
    ]


@pytest.mark.parametrize(
    ("pause_s", "freezes"),
    [(0.12, 0), (0.18, 0), (0.20, 1), (1.0, 1)],  # the limit is 40 ms + 150 ms
)
def test_a_pause_is_a_freeze_beyond_the_usual_interval_and_150_ms(pause_s: float, freezes: int) -> None:
    frames = steady(20)
    number, at_s, _ = frames[-1]
    assert picture(*frames, (number + 1, at_s + pause_s, True)).counts().freezes == freezes


def test_slow_pictures_freeze_later_by_the_factor_of_three() -> None:
    slow = [(number, 0.2 * number, True) for number in range(10)]
    assert picture(*slow, (10, 1.8 + 0.55, True)).counts().freezes == 0
    assert picture(*slow, (10, 1.8 + 0.65, True)).counts().freezes == 1


def test_an_incomplete_frame_freezes_the_picture_until_it_is_repaired() -> None:
    frames = steady(20, packets=2)
    del frames[21]  # the end of the eleventh frame
    judge = picture(*frames)
    assert judge.frames.frames == 10
    assert judge.on_repaired(21, True, BEGUN_S + 0.8)
    counts = judge.counts()
    assert (counts.frames, counts.freezes) == (20, 1)
    assert counts.frozen_s == pytest.approx(0.8 - 0.36)


def test_a_packet_lost_for_good_breaks_the_picture_until_a_key_frame() -> None:
    frames = steady(10)
    del frames[5]
    judge = picture(*frames)
    now = BEGUN_S + 0.4
    for _ in range(20):
        now += 1
        _, lost = judge.ask(now=now, rtt_s=0.02)
        if lost:
            break
    assert judge.broken
    assert judge.lost == 1
    judge.on_packet(10, int(90_000 * 0.4), True, 1000, now)
    assert judge.frames.frames == 5
    judge.mend()
    judge.on_packet(11, int(90_000 * 0.44), True, 1000, now)
    assert judge.frames.frames == 6


def test_a_report_block_tells_loss_and_jitter_since_the_last() -> None:
    judge = voice(LAST, 0, 2, 3)
    first = judge.report(7, now=BEGUN_S)
    assert (first.ssrc, first.packets_lost, first.fraction_lost) == (7, 1, 256 // 5)
    assert first.highest_sequence & 0xFFFF == 3
    judge.on_packet(4, 1_000_000 + 960 * 5, False, 100, BEGUN_S + 0.1)
    judge.last_sr, judge.last_sr_s = 0xABCD, BEGUN_S
    second = judge.report(7, now=BEGUN_S + 0.5)
    assert (second.fraction_lost, second.packets_lost) == (0, 1)
    assert (second.lsr, second.dlsr) == (0xABCD, 32_768)


def test_a_picture_that_the_page_says_is_paused_stands_not_still() -> None:
    judge = picture(*[(number, 0.04 * number, True) for number in range(40)])
    clock, last_s = judge.frames, BEGUN_S + 0.04 * 39
    clock.pause(last_s + 0.3)
    assert (clock.pauses, clock.freezes, clock.longest_s) == (1, 1, pytest.approx(0.3)), "until it was said"
    clock.on_frame(last_s + 0.31)  # was on its way
    clock.resume(last_s + 30)
    clock.on_frame(last_s + 30.1)
    clock.on_frame(last_s + 31.1)
    assert (clock.pauses, clock.freezes, clock.longest_s) == (1, 2, pytest.approx(1.0))
    assert clock.longest_pause_s == pytest.approx(29.7)

from benchmarks.picture_judge import PictureJudge
from benchmarks.trailer import build_trailer, read_trailer

NOW_S = 1_795_000_000.0
KEY = b"\x10\x00\x00\x9d\x01\x2a\x40\x01\xb4\x00"  # frame tag, start code, 320 × 180
KEY_LARGE = b"\x10\x00\x00\x9d\x01\x2a\x80\x02\x68\x01"  # 640 × 360
DELTA = b"\x11\x02\x00" + bytes(20)


class Pictures:
    """Feeds frames of one packet each, numbered on from the last."""

    def __init__(self) -> None:
        self.judge = PictureJudge()
        self.picture, self.tl0 = 32_766, 254

    def frame(self, body: bytes, *, layer: int = 0, skip: int = 0, source: int = 1) -> tuple[bool, float]:
        self.picture = self.picture + 1 + skip & 0x7FFF
        self.tl0 = self.tl0 + 1 + skip & 0xFF
        descriptor = bytes((0x90, 0xE0, 0x80 | self.picture >> 8, self.picture & 0xFF, self.tl0, 0x20))
        payload = descriptor + body + build_trailer(layer=layer, source=source, sent_s=NOW_S)
        return self.judge.on_payload(memoryview(payload), marker=True, arrival_s=NOW_S + 0.01)


def test_a_stream_in_order_has_nothing_to_tell_over_the_wraps() -> None:
    pictures = Pictures()
    assert pictures.frame(KEY) == (True, NOW_S)
    for _ in range(300):
        assert pictures.frame(DELTA) == (False, NOW_S)
    judge = pictures.judge
    assert (judge.key_frames, judge.picture_jumps, judge.tl0_jumps, judge.layer_switches) == (1, 0, 0, 0)


def test_numbers_that_are_left_out_are_jumps() -> None:
    pictures = Pictures()
    pictures.frame(KEY)
    pictures.frame(DELTA, skip=1)
    assert (pictures.judge.picture_jumps, pictures.judge.tl0_jumps) == (1, 1)


def test_a_switch_on_a_key_frame_is_right() -> None:
    pictures = Pictures()
    pictures.frame(KEY, layer=0)
    pictures.frame(KEY_LARGE, layer=1)
    pictures.frame(DELTA, layer=1)
    judge = pictures.judge
    assert (judge.layer_switches, judge.switches_without_key, judge.size_changes) == (1, 0, 1)
    assert (judge.width, judge.height) == (640, 360)


def test_a_switch_without_a_key_frame_is_reported() -> None:
    pictures = Pictures()
    pictures.frame(KEY, layer=0)
    pictures.frame(DELTA, layer=1)
    assert (pictures.judge.layer_switches, pictures.judge.switches_without_key) == (1, 1)


def test_another_publisher_without_a_key_frame_is_reported() -> None:
    pictures = Pictures()
    pictures.frame(KEY, source=1)
    pictures.frame(DELTA, source=2)
    assert pictures.judge.switches_without_key == 1


def test_what_follows_a_loss_is_judged_by_itself() -> None:
    pictures = Pictures()
    pictures.frame(KEY, layer=0)
    pictures.judge.skip()
    pictures.frame(DELTA, layer=1, skip=5)
    judge = pictures.judge
    assert (judge.picture_jumps, judge.tl0_jumps, judge.switches_without_key) == (0, 0, 0)


def test_a_payload_cut_short_is_counted() -> None:
    judge = PictureJudge()
    assert judge.on_payload(memoryview(b"\x90\xe0"), marker=True, arrival_s=NOW_S) == (False, 0.0)
    assert judge.malformed == 1


def test_a_trailer_is_told_from_other_bytes() -> None:
    trailer = build_trailer(layer=2, source=300, sent_s=NOW_S)
    assert read_trailer(memoryview(b"frame" + trailer), now=NOW_S + 1) == (2, 44, NOW_S)
    assert read_trailer(memoryview(b"frame" + trailer), now=NOW_S + 3600) is None
    assert read_trailer(memoryview(bytes(40)), now=NOW_S) is None
    assert read_trailer(memoryview(trailer[1:]), now=NOW_S) is None

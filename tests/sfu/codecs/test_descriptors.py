import random

import pytest

from sfu.codecs.h264 import parse_h264_untrusted, sps_size
from sfu.codecs.opus import duration_samples, parse_red_untrusted
from sfu.codecs.vp8 import _parse, _parse_common, parse_vp8_untrusted
from sfu.codecs.vp9 import parse_vp9_untrusted

KEY = b"\x10\x02\x00\x9d\x01\x2a\x80\x02\x68\x01"  # 640×360


@pytest.mark.parametrize(
    ("descriptor", "size", "picture", "tl0", "temporal"),
    [
        (b"\x10", 1, None, None, None),
        (b"\x90\x80\x05", 3, 5, None, None),
        (b"\x90\x80\x92\x34", 4, 0x1234, None, None),
        (b"\x90\xe0\x92\x34\x07\x60", 6, 0x1234, 7, 1),
        (b"\x90\xf0\x92\x34\x07\xa0", 6, 0x1234, 7, 2),
    ],
)
def test_vp8_with_every_optional_field(
    descriptor: bytes, size: int, picture: int | None, tl0: int | None, temporal: int | None
) -> None:
    facts = parse_vp8_untrusted(memoryview(descriptor + KEY), marker=True)
    assert (facts.descriptor_size, facts.picture_id, facts.tl0_picture_index, facts.temporal_id) == (
        size,
        picture,
        tl0,
        temporal,
    )
    assert facts.keyframe
    assert facts.frame_start
    assert (facts.width, facts.height) == (640, 360)


def test_the_common_vp8_descriptor_is_read_as_the_general_one_is() -> None:
    source = random.Random(7)
    common = 0
    for _ in range(2000):
        payload = memoryview(bytes((source.getrandbits(8) | 0x80, source.choice((0xE0, 0xF0)))) + source.randbytes(14))
        fast, general = _parse_common(payload, True), _parse(payload, True)
        if fast is not None:
            common += 1
            assert [getattr(fast, name) for name in fast.__slots__] == [
                getattr(general, name) for name in general.__slots__
            ]
    assert common > 500


def test_the_middle_of_a_vp8_frame_starts_nothing() -> None:
    facts = parse_vp8_untrusted(memoryview(b"\x80\x80\x05" + KEY), marker=False)
    assert not facts.frame_start
    assert not facts.keyframe


def test_h264_parameter_sets_say_the_size_and_slices_where_a_frame_starts() -> None:
    sps = bytes.fromhex("6742c01fda014016e840000003004000000c83c60ca8")
    assert sps_size(memoryview(sps)) == (1280, 720)
    facts = parse_h264_untrusted(memoryview(sps), marker=False)
    assert facts.keyframe
    assert (facts.width, facts.height) == (1280, 720)
    assert parse_h264_untrusted(memoryview(b"\x61\x9a\x00"), marker=True).frame_start
    assert not parse_h264_untrusted(memoryview(b"\x61\x1a\x00"), marker=True).frame_start
    assert parse_h264_untrusted(memoryview(b"\x7c\x85\x88"), marker=False).keyframe


def test_vp9_layers_of_a_picture() -> None:
    facts = parse_vp9_untrusted(memoryview(b"\xac\x92\x34\x53\x09" + b"x"), marker=True)
    assert (facts.picture_id, facts.temporal_id, facts.spatial_id) == (0x1234, 2, 1)
    assert facts.tl0_picture_index == 9
    assert not facts.keyframe
    assert parse_vp9_untrusted(memoryview(b"\xac\x92\x34\x00\x09x"), marker=False).keyframe


def test_red_gives_the_redundant_block_and_the_primary() -> None:
    payload = memoryview(bytes((0x80 | 111,)) + (960 << 10 | 3).to_bytes(3, "big") + bytes((111,)) + b"oldnew!")
    old, new = parse_red_untrusted(payload)
    assert (old.data, old.timestamp_offset, new.data, new.timestamp_offset) == (b"old", 960, b"new!", 0)


@pytest.mark.parametrize(("first", "samples"), [(0x78, 960), (0x08, 960), (0x00, 480), (0xFC, 960), (0xFD, 1920)])
def test_opus_packets_say_how_long_they_last(first: int, samples: int) -> None:
    assert duration_samples(bytes((first, 0))) == samples

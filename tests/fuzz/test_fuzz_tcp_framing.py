"""RFC 4571 framing: any bytes in any pieces are frames or malformed, and what waits stays small."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from sfu.errors import MalformedPacket
from sfu.transport.framing import FrameReader, frame
from sfu.transport.route import MAX_DATAGRAM


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    ends = sorted({cut % (len(data) + 1) for cut in cuts} | {len(data)})
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=8), st.lists(st.integers(0, 5000), max_size=12))
def test_frames_come_back_however_the_stream_is_cut(frames: list[bytes], cuts: list[int]) -> None:
    reader = FrameReader()
    stream = b"".join(frame(each) for each in frames)
    found = [each for piece in pieces(stream, cuts) for each in reader.feed_untrusted(piece)]
    assert found == frames
    assert reader.feed_untrusted(b"") == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=2000), max_size=10))
def test_any_bytes_are_frames_or_malformed(chunks: list[bytes]) -> None:
    reader = FrameReader()
    with contextlib.suppress(MalformedPacket):
        for chunk in chunks:
            assert all(len(each) <= MAX_DATAGRAM for each in reader.feed_untrusted(chunk))
            assert len(reader._pending) < MAX_DATAGRAM + 2

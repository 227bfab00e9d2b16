"""Numbers counted in C and in Python are the same numbers."""

import random

import pytest

from sfu.codecs.facts import FrameFacts
from sfu.continuous_map import SEGMENTS, ContinuousMap
from sfu.native.library import Library
from sfu.native.numbers import NativeMap, NativePictures
from sfu.outgoing_numbers import PictureNumbers
from sfu.rtp.packet import Packet
from sfu.vp8_rewriter import Vp8Rewriter


def native_map(library: Library, first_out: int) -> NativeMap:
    return NativeMap(library, library.ffi.new("struct continuous_map *"), first_out)


@pytest.mark.parametrize("seed", range(8))
def test_maps_agree_on_every_answer(library: Library, seed: int) -> None:
    source = random.Random(seed)
    python = ContinuousMap(source.randrange(1 << 16))
    native = native_map(library, python.highest_out + 1)
    newest = 70_000
    for _ in range(6000):
        action = source.random()
        number = newest - source.randrange(400) if source.random() < 0.2 else newest + 1
        newest = max(newest, number)
        if action < 0.01:
            newest += source.randrange(5000)
            python.begin(newest)
            native.begin(newest)
        elif action < 0.25:
            assert python.leave_out(number) == native.leave_out(number)
        else:
            out = python.forward(number)
            assert out == native.forward(number)
            if out is not None:
                assert python.source(out) == native.source(out)
        assert (python.highest_in, python.highest_out) == (native.highest_in, native.highest_out)
        probe = python.highest_out - source.randrange(600)
        assert python.source(probe) == native.source(probe)


def test_what_went_out_leads_back_to_what_came_in(library: Library) -> None:
    for made in (ContinuousMap(10), native_map(library, 10)):
        made.begin(1000)
        given = {}
        for number in range(1000, 1000 + 3 * SEGMENTS):
            if number % 3 == 0:
                assert made.leave_out(number)
            else:
                given[made.forward(number)] = number
        newest = {out: number for out, number in given.items() if number > 1000 + 2 * SEGMENTS}
        assert {out: made.source(out) for out in newest} == newest
        assert made.source(made.highest_out + 1) is None
        made.begin(50_000)
        assert made.source(max(given)) is None, "another stream's numbers must not be taken for this one's"


@pytest.mark.parametrize("seed", range(6))
def test_rewritten_pictures_agree(library: Library, seed: int) -> None:
    source = random.Random(seed)
    python = Vp8Rewriter(PictureNumbers())
    native = Vp8Rewriter(NativePictures(library, library.ffi.new("struct forward *")))
    picture, tl0 = source.randrange(1 << 15), source.randrange(256)
    for step in range(3000):
        picture = (picture + 1) & 0x7FFF
        tl0 = (tl0 + (source.random() < 0.3)) & 0xFF
        facts = FrameFacts(frame_start=True)
        facts.picture_id, facts.picture_id_bits, facts.tl0_picture_index, facts.descriptor_size = picture, 15, tl0, 6
        if step == 0 or source.random() < 0.01:
            picture, tl0 = source.randrange(1 << 15), source.randrange(256)
            facts.picture_id, facts.tl0_picture_index = picture, tl0
            python.begin(facts)
            native.begin(facts)
        elif source.random() < 0.3:
            python.leave_out(facts)
            native.leave_out(facts)
            continue
        packet = Packet()
        packet.view = memoryview(bytes((0x90, 0xE0, 0x80 | picture >> 8, picture & 0xFF, tl0, 0x20)) + b"data")
        heads = bytearray(b"head"), bytearray(b"head")
        rests = [each.apply(head, packet, facts) for each, head in zip((python, native), heads, strict=True)]
        assert bytes(heads[0]) + bytes(rests[0]) == bytes(heads[1]) + bytes(rests[1])

"""Whatever the network sends, a parser raises MalformedPacket (an offer: NegotiationError) or returns."""

from __future__ import annotations

import contextlib
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.depacketize.frames import FrameGatherer
from recorder.depacketize.voice import VoiceGatherer
from sfu.codecs.av1 import DependencyDescriptorReader, parse_av1_untrusted
from sfu.codecs.h264 import parse_h264_untrusted, sps_size
from sfu.codecs.opus import duration_samples, parse_red_untrusted
from sfu.codecs.vp8 import parse_vp8_untrusted
from sfu.codecs.vp9 import parse_vp9_untrusted
from sfu.errors import MalformedPacket, NegotiationError
from sfu.rtp.extensions import iterate_extensions_untrusted
from sfu.rtp.packet import parse_rtp_untrusted
from sfu.rtp.rtcp import TransportFeedback
from sfu.rtp.rtcp_parse import parse_compound_untrusted
from sfu.rtp.rtx import restore_original_untrusted
from sfu.rtp.transport_feedback import arrivals
from signalling.negotiation.offer import SsrcSource, read_offer_untrusted

OFFER = (Path(__file__).parents[1] / "signalling" / "chromium-offer.sdp").read_bytes().decode()
DATA = st.binary(max_size=300)
RTP = st.tuples(st.sampled_from([0x80, 0x90, 0xB0, 0x8F, 0xA0]), DATA).map(lambda it: bytes((it[0],)) + it[1])
RTCP = st.tuples(st.integers(0, 31), st.integers(200, 207), st.binary(max_size=80)).map(
    lambda it: bytes((0x80 | it[0], it[1])) + (len(it[2]) // 4).to_bytes(2, "big") + it[2][: len(it[2]) // 4 * 4]
)


@given(RTP)
@settings(max_examples=400)
def test_rtp_and_its_extensions(data: bytes) -> None:
    with contextlib.suppress(MalformedPacket):
        packet = parse_rtp_untrusted(data, arrival_s=0.0)
        assert packet.payload_offset + packet.payload_size + packet.padding_size == len(data)
        for _, element in iterate_extensions_untrusted(packet):
            assert len(element) <= 255
        restore_original_untrusted(packet, ssrc=1, payload_type=96)


@given(st.lists(RTCP, max_size=4).map(b"".join) | DATA)
@settings(max_examples=400)
def test_rtcp(data: bytes) -> None:
    with contextlib.suppress(MalformedPacket):
        for packet in parse_compound_untrusted(data):
            if isinstance(packet, TransportFeedback):
                assert len(list(arrivals(packet))) == len(packet.deltas)


@given(DATA, st.booleans())
@settings(max_examples=400)
def test_payload_descriptors(data: bytes, marker: bool) -> None:
    view = memoryview(data)
    for parse in (parse_vp8_untrusted, parse_vp9_untrusted, parse_h264_untrusted, parse_av1_untrusted):
        with contextlib.suppress(MalformedPacket):
            facts = parse(view, marker=marker)
            assert facts.descriptor_size <= len(data)
    sps_size(view) if data else None
    duration_samples(data)
    with contextlib.suppress(MalformedPacket):
        assert parse_red_untrusted(view)


@given(st.lists(st.binary(min_size=3, max_size=60), max_size=5))
@settings(max_examples=300)
def test_the_dependency_descriptor(descriptors: list[bytes]) -> None:
    reader = DependencyDescriptorReader()
    for data in descriptors:
        with contextlib.suppress(MalformedPacket):
            reader.read_untrusted(memoryview(data), marker=False)


@given(
    st.lists(st.tuples(st.binary(max_size=60), st.booleans()), max_size=8),
    st.sampled_from(["VP8", "VP9", "H264", "AV1"]),
)
@settings(max_examples=300)
def test_the_recorders_depacketizers(payloads: list[tuple[bytes, bool]], codec: str) -> None:
    frames, voices = FrameGatherer(codec), VoiceGatherer({96})
    for number, (payload, marker) in enumerate(payloads):
        head = bytes((0x80, 96 | (0x80 if marker else 0))) + number.to_bytes(2, "big") + bytes(8)
        packet = parse_rtp_untrusted(head + payload, arrival_s=0.0)
        packet.sequence = number
        frames.push(packet)
        voices.push(packet)


@given(
    st.lists(st.tuples(st.integers(0, len(OFFER) - 1), st.characters(codec="utf-8")), max_size=12), st.integers(0, 60)
)
@settings(max_examples=150, deadline=None)
def test_an_offer_with_wrong_characters_and_missing_lines(changes: list[tuple[int, str]], drop: int) -> None:
    text = list(OFFER)
    for position, character in changes:
        text[position] = character
    lines = "".join(text).split("\r\n")
    del lines[drop % len(lines)]
    with contextlib.suppress(NegotiationError):
        read_offer_untrusted("\r\n".join(lines), None, codecs=("VP8", "H264"), ssrcs=SsrcSource(1), cname="x")


@given(st.text(max_size=400))
@settings(max_examples=200)
def test_an_offer_that_is_any_text(text: str) -> None:
    with contextlib.suppress(NegotiationError):
        read_offer_untrusted(text, None, codecs=("VP8",), ssrcs=SsrcSource(1), cname="x")

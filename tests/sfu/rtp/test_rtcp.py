import pytest

from sfu.errors import MalformedPacket
from sfu.rtp.rtcp import Bye, Fir, Nack, Pli, ReceiverReport, Remb, ReportBlock, SenderReport, SourceDescription
from sfu.rtp.rtcp_parse import parse_compound_untrusted
from sfu.rtp.transport_feedback import ArrivalRecorder, arrivals

BLOCK = ReportBlock(
    ssrc=7, fraction_lost=12, packets_lost=-3, highest_sequence=0x1FFFF, jitter=90, lsr=0xABCDEF01, dlsr=65536
)


@pytest.mark.parametrize(
    "packet",
    [
        SenderReport(ssrc=1, ntp=1 << 63, rtp_timestamp=5, packet_count=6, octet_count=7, reports=(BLOCK,)),
        ReceiverReport(ssrc=1, reports=(BLOCK, BLOCK)),
        SourceDescription(chunks=((1, "a"), (2, "slot-1"))),
        Bye(ssrcs=(1, 2)),
        Nack(sender_ssrc=1, media_ssrc=2, lost=(65534, 65535, 0, 3, 100)),
        Pli(sender_ssrc=1, media_ssrc=2),
        Fir(sender_ssrc=1, entries=((5, 9),)),
        Remb(sender_ssrc=1, bitrate_bps=5_000_192, ssrcs=(3,)),
    ],
)
def test_what_is_built_is_parsed_back(packet) -> None:  # type: ignore[no-untyped-def]
    assert parse_compound_untrusted(packet.build()) == [packet]
    assert parse_compound_untrusted(packet.build() * 2) == [packet, packet]


def test_a_padded_packet_keeps_the_rest_of_the_compound() -> None:
    pli = Pli(sender_ssrc=1, media_ssrc=2)
    body = pli.build()[4:] + b"\0\0\0\4"
    padded = bytes((0xA1, 206, 0, len(body) // 4)) + body
    assert parse_compound_untrusted(padded + pli.build()) == [pli, pli]


@pytest.mark.parametrize("data", [b"\x80", b"\x80\xc8\x00\xff", b"\x40\xc8\x00\x00", b"\xa1\xce\x00\x01\0\0\0\0"])
def test_a_malformed_compound_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedPacket):
        parse_compound_untrusted(data)


@pytest.mark.parametrize("first", [0, 100, 65_500])
def test_arrivals_come_back_with_their_losses_over_the_wrap(first: int) -> None:
    recorder = ArrivalRecorder()
    times = {(first + each) & 0xFFFF: 1000 + 0.003 * each for each in range(100) if each % 7 != 3}
    for number, at in times.items():
        recorder.on_packet(number, arrival_s=at)
    found = {}
    for data in recorder.build(sender_ssrc=1, media_ssrc=2):
        (feedback,) = parse_compound_untrusted(data)
        found.update(dict(arrivals(feedback)))  # type: ignore[arg-type]
    assert {number for number, at in found.items() if at is not None} == set(times)
    for number, at in times.items():
        assert found[number] == pytest.approx(at, abs=0.0003)
    assert recorder.build(sender_ssrc=1, media_ssrc=2) == []


def test_a_pause_longer_than_a_delta_can_say_begins_another_packet() -> None:
    recorder = ArrivalRecorder()
    recorder.on_packet(1, arrival_s=10.0)
    recorder.on_packet(2, arrival_s=30.0)
    packets = [parse_compound_untrusted(data)[0] for data in recorder.build(sender_ssrc=1, media_ssrc=2)]
    assert [list(arrivals(each)) for each in packets] == [  # type: ignore[arg-type]
        [(1, pytest.approx(10.0, abs=0.0003))],
        [(2, pytest.approx(30.0, abs=0.0003))],
    ]


def test_a_loss_between_two_feedbacks_is_reported() -> None:
    recorder = ArrivalRecorder()
    recorder.on_packet(1, arrival_s=1.0)
    recorder.build(sender_ssrc=1, media_ssrc=2)
    recorder.on_packet(3, arrival_s=1.01)
    (data,) = recorder.build(sender_ssrc=1, media_ssrc=2)
    assert [number for number, at in arrivals(parse_compound_untrusted(data)[0]) if at is None] == [2]  # type: ignore[arg-type]

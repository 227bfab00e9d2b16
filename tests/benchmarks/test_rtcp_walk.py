from benchmarks.rtcp_walk import nacked, sender_report, ssrc_at, walk
from sfu.rtp.rtcp import FMT_NACK, FMT_PLI, PSFB, RTPFB, SR, Nack, Pli, SenderReport

REPORT = SenderReport(ssrc=1, ntp=0x0123456789ABCDEF, rtp_timestamp=5, packet_count=6, octet_count=7)


def test_a_compound_is_walked_packet_by_packet() -> None:
    data = REPORT.build() + Pli(sender_ssrc=2, media_ssrc=3).build()
    found = [(packet_type, kind) for packet_type, kind, _, _ in walk(data)]
    assert found == [(SR, 0), (PSFB, FMT_PLI)]


def test_a_sender_report_gives_ssrc_and_the_middle_of_its_time() -> None:
    ((_, _, offset, _),) = walk(REPORT.build())
    assert sender_report(REPORT.build(), offset) == (1, 0x456789AB)


def test_nacked_numbers_come_back_over_the_wrap() -> None:
    lost = (65_530, 65_535, 0, 9, 400)
    data = Nack(sender_ssrc=2, media_ssrc=3, lost=lost).build()
    ((packet_type, kind, offset, end),) = walk(data)
    assert (packet_type, kind, ssrc_at(data, offset + 4)) == (RTPFB, FMT_NACK, 3)
    assert tuple(nacked(data, offset + 8, end)) == lost


def test_what_is_cut_is_not_walked() -> None:
    data = REPORT.build()
    assert list(walk(data[:-1])) == []
    assert list(walk(b"\x80")) == []

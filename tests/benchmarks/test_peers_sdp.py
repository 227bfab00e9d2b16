"""The SDP of the comparison: what is read of servers' descriptions, what publishers offer, what subscribers answer."""

import pytest

from benchmarks.peers import sdp
from benchmarks.peers.media import receive_plan
from benchmarks.peers.naive_sdp import forwarder_answer, forwarder_offer

CREDENTIALS = sdp.Credentials(ufrag="ufrg", password="p" * 22, fingerprint="AA:BB")

# As Janus offers a subscriber: payload types and ids of its own, RTX, an end-of-candidates.
JANUS_OFFER = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=VideoRoom 1
t=0 0
a=group:BUNDLE a0 v1
a=ice-lite
m=audio 9 UDP/TLS/RTP/SAVPF 100
c=IN IP4 127.0.0.1
a=sendonly
a=mid:a0
a=rtcp-mux
a=ice-ufrag:srv1
a=ice-pwd:secret
a=fingerprint:sha-256 01:02
a=setup:actpass
a=rtpmap:100 opus/48000/2
a=fmtp:100 useinbandfec=1
a=extmap:7 urn:ietf:params:rtp-hdrext:sdes:mid
a=candidate:1 1 udp 2015363327 127.0.0.1 40001 typ host
m=video 9 UDP/TLS/RTP/SAVPF 101 102
c=IN IP4 127.0.0.1
a=sendonly
a=mid:v1
a=rtpmap:101 VP8/90000
a=rtcp-fb:101 nack
a=rtcp-fb:101 nack pli
a=rtcp-fb:101 goog-remb
a=rtpmap:102 rtx/90000
a=fmtp:102 apt=101
a=extmap:7/recvonly urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:9 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:12 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
"""


def test_reads_transport_codecs_and_extensions() -> None:
    offer = sdp.read_description(JANUS_OFFER)
    assert (offer.ufrag, offer.password, offer.setup) == ("srv1", "secret", "actpass")
    assert offer.fingerprints == (("sha-256", "01:02"),)
    assert offer.address == ("127.0.0.1", 40001)
    video = offer.first("video")
    assert (video.mid, video.direction) == ("v1", "sendonly")
    assert sdp.payload_type(video, "vp8") == 101
    assert sdp.repair_type(video, 101) == 102
    assert video.extensions[sdp.MID] == 7


def test_a_description_without_credentials_is_refused() -> None:
    with pytest.raises(ValueError, match="ice-ufrag"):
        sdp.read_description("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("candidate:1 1 udp 2130706431 127.0.0.1 58051 typ host ufrag abc", ("127.0.0.1", 58051)),
        ("a=candidate:udp 1 UDP 1 10.0.0.1 9000 typ host generation 0", ("10.0.0.1", 9000)),
        ("candidate:3 1 tcp 1671430143 127.0.0.1 7881 typ host tcptype passive", None),
        ("candidate:1 2 udp 2130706431 127.0.0.1 58051 typ host", None),
        ("candidate:1 1 udp 2130706431 fe80::1 58051 typ host", None),
        ("", None),
    ],
)
def test_takes_udp_host_candidates_of_the_first_component(text: str, address: tuple[str, int] | None) -> None:
    assert sdp.read_candidate(text) == address


def test_missing_codecs_and_repairs_are_minus_one() -> None:
    audio = sdp.read_description(JANUS_OFFER).first("audio")
    assert sdp.payload_type(audio, "vp8") == -1
    assert sdp.repair_type(audio, 100) == -1


def test_a_simulcast_offer_names_its_layers_and_no_ssrc() -> None:
    offer = sdp.publisher_offer(CREDENTIALS, audio_ssrc=11, video_ssrc=22, rids=("q", "h", "f"))
    read = sdp.read_description(offer)
    assert read.first("video").rids == ["q", "h", "f"]
    assert "a=simulcast:send q;h;f" in offer
    assert "a=ssrc:22" not in offer
    assert "a=ssrc:11 cname:synthetic" in offer
    assert [each.mid for each in read.sections] == ["0", "1"]
    assert read.setup == "active"


def test_a_single_encoding_is_offered_by_its_ssrc() -> None:
    offer = sdp.publisher_offer(CREDENTIALS, audio_ssrc=11, video_ssrc=22, rids=("f",))
    assert "a=ssrc:22 cname:synthetic" in offer
    assert "a=rid" not in offer
    assert "simulcast" not in offer


def test_the_answer_keeps_the_servers_numbers_and_takes_only_what_it_understands() -> None:
    answer = sdp.read_description(sdp.subscriber_answer(sdp.read_description(JANUS_OFFER), CREDENTIALS))
    audio, video = answer.sections
    assert (audio.mid, video.mid) == ("a0", "v1")
    assert audio.formats == ("100",)
    assert video.formats == ("101", "102")
    assert (audio.direction, video.direction) == ("recvonly", "recvonly")
    assert video.repairs == {102: 101}
    assert video.extensions == {sdp.MID: 7, sdp.TRANSPORT_CC: 9}
    assert video.feedback == {101: ["nack", "nack pli"]}  # no REMB, and no transport-cc that was not offered


def test_a_data_channel_is_answered_too() -> None:
    offer = sdp.read_description(
        "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\na=setup:actpass\r\n"
        "a=ice-ufrag:u\r\na=ice-pwd:p\r\na=fingerprint:sha-256 00\r\n"
    )
    answer = sdp.subscriber_answer(offer, CREDENTIALS)
    assert "m=application 9 UDP/DTLS/SCTP webrtc-datachannel" in answer
    assert "a=sctp-port:5000" in answer
    assert "a=group:BUNDLE 0" in answer


def test_an_inactive_section_stays_inactive() -> None:
    offer = sdp.read_description(JANUS_OFFER.replace("a=sendonly\na=mid:v1", "a=inactive\na=mid:v1"))
    answer = sdp.read_description(sdp.subscriber_answer(offer, CREDENTIALS))
    assert [each.direction for each in answer.sections] == ["recvonly", "inactive"]


def test_receiving_by_a_servers_offer() -> None:
    plan = receive_plan(sdp.read_description(JANUS_OFFER))
    assert dict(plan.payload_types) == {100: "audio", 101: "video", 102: "rtx"}
    assert plan.transport_cc == 9
    assert plan.feedback


def test_no_feedback_where_the_server_negotiates_none() -> None:
    offer = sdp.read_description(forwarder_offer(CREDENTIALS, 5000, 2))
    plan = receive_plan(offer)
    assert plan.transport_cc == 0
    assert not plan.feedback
    assert dict(plan.payload_types) == {sdp.OPUS: "audio", sdp.VP8: "video"}
    assert [each.mid for each in offer.sections] == ["0", "1", "2", "3"]
    assert offer.address == ("127.0.0.1", 5000)


def test_the_naive_answer_takes_layers_but_no_repairs() -> None:
    offer = sdp.read_description(sdp.publisher_offer(CREDENTIALS, audio_ssrc=1, video_ssrc=2, rids=("q", "f")))
    answer = sdp.read_description(forwarder_answer(offer, CREDENTIALS, 5001))
    video = answer.first("video")
    assert video.rids == ["q", "f"]
    assert sdp.repair_type(video, sdp.VP8) == -1
    assert answer.address == ("127.0.0.1", 5001)
    assert answer.setup == "passive"

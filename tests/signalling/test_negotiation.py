import re
from pathlib import Path

import pytest

from config.profile import load_profile
from sfu.description import Candidate, Fingerprint, IceCredentials
from sfu.errors import NegotiationError
from sfu.types import Source
from signalling.negotiation.answer import VoiceWishes, write_answer
from signalling.negotiation.offer import Offer, OfferMetadata, SsrcSource, read_offer_untrusted

CHROMIUM = (Path(__file__).parent / "chromium-offer.sdp").read_bytes().decode()
CODECS = load_profile("30-5").codecs


def read(text: str = CHROMIUM, metadata: OfferMetadata | None = None) -> Offer:
    return read_offer_untrusted(text, metadata, codecs=CODECS, ssrcs=SsrcSource(1000), cname="e1")


def answer(offer: Offer, *, fec: bool = True) -> str:
    return write_answer(
        offer,
        ice=IceCredentials(ufrag="uuuu", password="p" * 24),
        fingerprints=[Fingerprint(algorithm="sha-256", value="AB:CD")],
        candidates=[
            Candidate(protocol="udp", address="192.0.2.1", port=8080, priority=1, foundation="a"),
            Candidate(protocol="tcp", address="192.0.2.1", port=8081, priority=1, foundation="b"),
        ],
        session_number=1,
        voice=VoiceWishes(audio_bps=40_000, fec=fec),
    )


def section(text: str, mid: str) -> str:
    return next(part for part in re.split(r"(?=^m=)", text, flags=re.MULTILINE) if f"a=mid:{mid}\r\n" in part)


def test_chromiums_offer_becomes_facts() -> None:
    offer = read()
    camera = offer.sending["1"]
    assert [str(rid) for rid in camera.rids] == ["q", "h", "f"]
    assert camera.codecs[0].name == "VP8"
    assert camera.codecs[0].rtx_payload_type is not None
    assert camera.codecs[0].transport_cc
    assert offer.sending["0"].source is Source.MICROPHONE
    assert camera.source is Source.CAMERA
    assert len(offer.remote.slots) == 2
    assert len({each.ssrc for each in offer.remote.receiving}) == len(offer.remote.receiving)


def test_the_answer_takes_the_simulcast_and_says_so() -> None:
    text = section(answer(read()), "1")
    assert "a=simulcast:recv q;h;f\r\n" in text
    assert text.count("a=rid:") == 3
    assert "a=recvonly\r\n" in text


def test_the_media_ssrc_stands_before_the_repair_ssrc() -> None:
    offer = read()
    video = next(each for each in offer.remote.receiving if each.kind == "video")
    text = section(answer(offer), str(video.mid))
    listed = re.findall(r"a=ssrc:(\d+)", text)
    assert listed[0] == str(video.ssrc)
    assert f"a=ssrc-group:FID {video.ssrc} {video.rtx_ssrc}" in text
    assert "a=sendonly" in text


def test_the_answer_is_ice_lite_passive_and_bundled() -> None:
    text = answer(read())
    assert "a=ice-lite\r\n" in text
    assert "a=setup:passive" in text
    assert "a=setup:actpass" not in text
    assert "tcptype passive" in text
    assert "a=end-of-candidates" in text
    assert re.search(r"a=group:BUNDLE 0 1 2 3 4 5\r\n", text)


def test_a_voice_is_asked_for_the_profiles_rate_and_for_silence_suppression() -> None:
    text = section(answer(read()), "0")
    assert "maxaveragebitrate=40000" in text
    assert "usedtx=1" in text


@pytest.mark.parametrize(("fec", "expected"), [(True, "useinbandfec=1"), (False, "useinbandfec=0")])
def test_a_voice_is_asked_for_the_profiles_protection_whatever_the_offer_says(fec: bool, expected: str) -> None:
    assert "useinbandfec=1" in section(CHROMIUM, "0")
    text = section(answer(read(), fec=fec), "0")
    assert re.findall(r"useinbandfec=\d", text) == [expected]


def test_the_dependency_descriptor_is_never_accepted_for_vp8() -> None:
    assert "dependency-descriptor" in CHROMIUM
    assert "dependency-descriptor" not in answer(read())


def test_a_data_channel_is_rejected_and_the_rest_goes_on() -> None:
    text = CHROMIUM.rstrip() + "\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:9\r\n"
    assert "m=application 0 " in answer(read(text))


def test_what_the_page_says_of_its_sections_counts() -> None:
    metadata = OfferMetadata(sources={"0": Source.MICROPHONE, "1": Source.SCREEN}, slots=[("2", "3")], screen="5")
    offer = read(metadata=metadata)
    assert offer.sending["1"].source is Source.SCREEN
    assert [(slot.audio, slot.video) for slot in offer.remote.slots] == [("2", "3")]
    assert offer.remote.screen_mid == "5"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: "", "v=0"),
        (lambda text: "hello", "v=0"),
        (lambda text: "v=0\r\n", "no media section"),
        (lambda text: re.sub(r"a=ice-ufrag:.*\r\n", "", text), "ice-ufrag"),
        (lambda text: re.sub(r"a=fingerprint:.*\r\n", "", text), "fingerprint"),
        (lambda text: re.sub(r"a=group:.*\r\n", "", text), "bundle"),
        (lambda text: re.sub(r"a=mid:1\r\n", "", text), "a=mid"),
        (lambda text: text.replace("a=setup:actpass", "a=setup:passive"), "passive"),
        (lambda text: re.sub(r"a=rtpmap:(\d+) VP8/90000", r"a=rtpmap:\1 VP8", text), "rtpmap"),
        (lambda text: text.replace("a=extmap:1 ", "a=extmap:x ", 1), "extmap"),
        (lambda text: text.replace("a=simulcast:send q;h;f", "a=simulcast:send q;h;f;a;b;c"), "simulcast"),
        (lambda text: re.sub(r"(VP8|VP9|H264|AV1|opus|red)/", "X-NONE/", text), "codec"),
        (lambda text: text.replace("m=audio 9", "m=audio nine", 1), "m="),
    ],
)
def test_a_malformed_offer_is_refused_with_the_place(change, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NegotiationError, match=re.escape(says)):
        read(change(CHROMIUM))

"""The one answer (RFC 8829 §5.3): ICE-lite, passive, everything bundled, in the offerer's numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sfu.description import (
    Candidate,
    CodecParameters,
    Fingerprint,
    IceCredentials,
    ReceivingSection,
    SendingSection,
)
from signalling.negotiation.offer import Offer
from signalling.negotiation.sdp import MediaSection


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceWishes:
    """Opus as the profile has it. `fec`: in-band forward error correction."""

    audio_bps: int
    fec: bool


def write_answer(
    offer: Offer,
    *,
    ice: IceCredentials,
    fingerprints: Sequence[Fingerprint],
    candidates: Sequence[Candidate],
    session_number: int,
    voice: VoiceWishes | None = None,
) -> str:
    """The answer's text. Sections that the offer has and we do not take are rejected with port 0.

    voice: what a voice that the offerer sends shall be; None says nothing of it.
    """
    bodies = [_section(offer, section, ice, fingerprints, candidates, voice) for section in offer.description.media]
    accepted = [mid for mid in (section.value("mid") for section in offer.description.media) if _taken(offer, mid)]
    head = [
        "v=0",
        f"o=diemcau {session_number} 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(mid or '' for mid in accepted)}",
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS *",
    ]
    return "\r\n".join(head + [line for body in bodies for line in body]) + "\r\n"


def _taken(offer: Offer, mid: str | None) -> bool:
    return mid is not None and (mid in offer.sending or mid in offer.receiving)


def _section(
    offer: Offer,
    section: MediaSection,
    ice: IceCredentials,
    fingerprints: Sequence[Fingerprint],
    candidates: Sequence[Candidate],
    voice: VoiceWishes | None,
) -> list[str]:
    mid = section.value("mid") or ""
    sending, receiving = offer.sending.get(mid), offer.receiving.get(mid)
    if sending is None and receiving is None:
        rejected = [f"m={section.kind} 0 {section.protocol} {' '.join(section.formats)}", "c=IN IP4 0.0.0.0"]
        return [*rejected, f"a=mid:{mid}", "a=inactive"] if mid else rejected
    either = sending or receiving
    assert either is not None
    lines = [
        f"m={section.kind} 9 {section.protocol} {' '.join(_formats(either.codecs))}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        f"a=ice-ufrag:{ice.ufrag}",
        f"a=ice-pwd:{ice.password}",
        *(f"a=fingerprint:{each.algorithm} {each.value}" for each in fingerprints),
        "a=setup:passive",
        f"a=mid:{mid}",
        f"a={_direction(sending, receiving)}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        *(f"a=extmap:{ident} {uri}" for uri, ident in either.extensions.items()),
    ]
    for codec in either.codecs:
        lines += _codec_lines(codec, voice if sending is not None else None)
    if sending is not None and sending.rids:
        lines += [f"a=rid:{rid} recv" for rid in sending.rids]
        lines.append(f"a=simulcast:recv {';'.join(sending.rids)}")
    if receiving is not None:
        lines += _stream_lines(offer, receiving)
    return lines + [_candidate_line(each) for each in candidates] + ["a=end-of-candidates"]


def _direction(sending: SendingSection | None, receiving: ReceivingSection | None) -> str:
    if sending is not None and receiving is not None:
        return "sendrecv"
    return "recvonly" if sending is not None else "sendonly"


def _formats(codecs: Sequence[CodecParameters]) -> list[str]:
    formats = []
    for codec in codecs:
        formats.append(str(codec.payload_type))
        if codec.rtx_payload_type is not None:
            formats.append(str(codec.rtx_payload_type))
    return formats


def _codec_lines(codec: CodecParameters, voice: VoiceWishes | None) -> list[str]:
    number = codec.payload_type
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    lines = [f"a=rtpmap:{number} {codec.name}/{codec.clock_rate_hz}{channels}"]
    fmtp = _opus_wishes(codec.fmtp, voice) if codec.name == "opus" and voice else codec.fmtp
    if fmtp:
        lines.append(f"a=fmtp:{number} {fmtp}")
    feedback = {
        "transport-cc": codec.transport_cc,
        "goog-remb": codec.remb,
        "nack": codec.nack,
        "nack pli": codec.pli,
        "ccm fir": codec.pli,
    }
    lines += [f"a=rtcp-fb:{number} {name}" for name, wanted in feedback.items() if wanted]
    if codec.rtx_payload_type is not None:
        lines.append(f"a=rtpmap:{codec.rtx_payload_type} rtx/{codec.clock_rate_hz}")
        lines.append(f"a=fmtp:{codec.rtx_payload_type} apt={number}")
    return lines


def _opus_wishes(fmtp: str, voice: VoiceWishes) -> str:
    """What the sender's encoder shall do (RFC 7587 §6.1): the profile's rate and protection, and next to nothing for
    silence. It takes the place of what the offer says of what the offerer would receive."""
    wishes = {"useinbandfec": str(int(voice.fec)), "usedtx": "1", "maxaveragebitrate": str(voice.audio_bps)}
    kept = [part.strip() for part in fmtp.split(";") if part.strip() and part.strip().partition("=")[0] not in wishes]
    return ";".join(kept + [f"{name}={value}" for name, value in wishes.items()])


def _stream_lines(offer: Offer, section: ReceivingSection) -> list[str]:
    """The media SSRC first: a browser takes the first a=ssrc for the stream's own."""
    index = next((i for i, slot in enumerate(offer.remote.slots) if section.mid in (slot.audio, slot.video)), None)
    stream = f"slot{index}" if index is not None else "screen"
    track = f"{stream}-{section.kind}"
    cname = f"{offer.remote.cname}-{stream}"
    lines = [f"a=msid:{stream} {track}"]
    if section.rtx_ssrc is not None:
        lines.append(f"a=ssrc-group:FID {section.ssrc} {section.rtx_ssrc}")
    for ssrc in (section.ssrc, section.rtx_ssrc):
        if ssrc is not None:
            lines += [f"a=ssrc:{ssrc} cname:{cname}", f"a=ssrc:{ssrc} msid:{stream} {track}"]
    return lines


def _candidate_line(candidate: Candidate) -> str:
    line = (
        f"a=candidate:{candidate.foundation} 1 {candidate.protocol} {candidate.priority} "
        f"{candidate.address} {candidate.port} typ host"
    )
    return f"{line} tcptype passive" if candidate.protocol == "tcp" else line

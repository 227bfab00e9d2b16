"""Just enough SDP for any of the servers: read a description, write a publisher's offer, answer a server's offer.

Nothing of the project's own negotiation is used, so that a mistake in it can not hide in the comparison.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_CAPTURE_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
OFFERED_AUDIO = {1: AUDIO_LEVEL, 3: TRANSPORT_CC, 4: MID, 6: ABS_CAPTURE_TIME}
OFFERED_VIDEO = {3: TRANSPORT_CC, 4: MID, 6: ABS_CAPTURE_TIME, 10: RID, 11: REPAIRED_RID}
ACCEPTED = {AUDIO_LEVEL, TRANSPORT_CC, MID, ABS_CAPTURE_TIME}

OPUS, VP8, RTX = 111, 96, 97
FEEDBACK = ("nack", "nack pli", "ccm fir", "transport-cc")
# An endpoint that only checks needs no candidate, but some servers refuse a description without one. The address is
# never used: the server learns the true one from the first check (peer reflexive, RFC 8445 §7.3.1.3).
DUMMY_CANDIDATE = "a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An endpoint's side of ICE and DTLS; `fingerprint`: sha-256 as colon-separated hexadecimal."""

    ufrag: str
    password: str
    fingerprint: str

    def lines(self, setup: str) -> list[str]:
        """The attributes of one m-section."""
        return [
            f"a=ice-ufrag:{self.ufrag}",
            f"a=ice-pwd:{self.password}",
            f"a=fingerprint:sha-256 {self.fingerprint}",
            f"a=setup:{setup}",
            "a=rtcp-mux",
        ]


@dataclass(slots=True)
class Section:
    """One m-section. `codecs`: payload type → lower-case name; `extensions`: URI → id; `repairs`: RTX type → media."""

    kind: str
    mid: str = ""
    port: int = 0
    protocol: str = ""
    formats: tuple[str, ...] = ()
    direction: str = "sendrecv"
    codecs: dict[int, str] = field(default_factory=dict)
    repairs: dict[int, int] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)
    parameters: dict[int, str] = field(default_factory=dict)
    feedback: dict[int, list[str]] = field(default_factory=dict)
    rids: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Description:
    """A server's offer or answer; the transport is the first one that it tells (everything is bundled)."""

    sections: list[Section]
    ufrag: str
    password: str
    setup: str
    fingerprints: tuple[tuple[str, str], ...]
    address: tuple[str, int] | None

    def first(self, kind: str) -> Section:
        """The first section of a kind; StopIteration if there is none."""
        return next(each for each in self.sections if each.kind == kind)


def read_description(text: str) -> Description:
    """Raises ValueError if there are no ICE credentials in it."""
    sections: list[Section] = []
    for line in text.splitlines():
        if line.startswith("m="):
            kind, port, protocol, *formats = line[2:].split()
            sections.append(Section(kind, port=int(port), protocol=protocol, formats=tuple(formats)))
        elif sections:
            _read_line(sections[-1], line)
    return Description(
        sections=sections,
        ufrag=_first(text, r"a=ice-ufrag:(\S+)"),
        password=_first(text, r"a=ice-pwd:(\S+)"),
        setup=_first(text, r"a=setup:(\S+)"),
        fingerprints=tuple(dict.fromkeys(re.findall(r"a=fingerprint:(\S+) (\S+)", text))),
        address=read_candidate(text),
    )


def read_candidate(text: str) -> tuple[str, int] | None:
    """Address of the first IPv4 UDP host candidate of the first component."""
    found = re.search(r"candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host", text, re.IGNORECASE)
    return (found[1], int(found[2])) if found else None


def _first(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"no {pattern} in the description")
    return found[1]


def _read_line(section: Section, line: str) -> None:
    name, _, value = line.partition(":")
    head, _, rest = value.partition(" ")
    if name in ("a=sendonly", "a=recvonly", "a=sendrecv", "a=inactive"):
        section.direction = name[2:]
    elif name == "a=mid":
        section.mid = value
    elif name == "a=rtpmap":
        section.codecs[int(head)] = rest.partition("/")[0].lower()
    elif name == "a=fmtp":
        section.parameters[int(head)] = rest
        if rest.startswith("apt="):
            section.repairs[int(head)] = int(rest[4:])
    elif name == "a=extmap":
        section.extensions[rest.split()[0]] = int(head.partition("/")[0])
    elif name == "a=rtcp-fb" and head.isdigit():
        section.feedback.setdefault(int(head), []).append(rest)
    elif name == "a=rid":
        section.rids.append(head)


def payload_type(section: Section, codec: str) -> int:
    """The first payload type of a codec in the order of the m-line; -1 without it."""
    types = (int(each) for each in section.formats if each.isdigit())
    return next((each for each in types if section.codecs.get(each) == codec), -1)


def repair_type(section: Section, media: int) -> int:
    """The RTX payload type that repairs `media`; -1 without one."""
    return next((each for each, repaired in section.repairs.items() if repaired == media), -1)


def publisher_offer(
    credentials: Credentials, *, audio_ssrc: int, video_ssrc: int, rids: tuple[str, ...], msid: str = "synthetic"
) -> str:
    """An offer of one microphone (mid 0) and one camera (mid 1) with these simulcast encodings, lowest first.

    A single encoding is offered plainly, with its SSRC and without rids.
    """
    audio = [
        f"m=audio 9 UDP/TLS/RTP/SAVPF {OPUS}",
        *_transport(credentials, "0", "sendonly"),
        f"a=rtpmap:{OPUS} opus/48000/2",
        f"a=fmtp:{OPUS} minptime=10;useinbandfec=1",
        f"a=rtcp-fb:{OPUS} transport-cc",
        *(f"a=extmap:{number} {uri}" for number, uri in OFFERED_AUDIO.items()),
        f"a=msid:{msid} {msid}-audio",
        f"a=ssrc:{audio_ssrc} cname:{msid}",
    ]
    video = [
        f"m=video 9 UDP/TLS/RTP/SAVPF {VP8} {RTX}",
        *_transport(credentials, "1", "sendonly"),
        f"a=rtpmap:{VP8} VP8/90000",
        *(f"a=rtcp-fb:{VP8} {name}" for name in FEEDBACK),
        f"a=rtpmap:{RTX} rtx/90000",
        f"a=fmtp:{RTX} apt={VP8}",
        *(f"a=extmap:{number} {uri}" for number, uri in OFFERED_VIDEO.items()),
        f"a=msid:{msid} {msid}-video",
    ]
    if len(rids) > 1:
        video += [f"a=rid:{rid} send" for rid in rids] + [f"a=simulcast:send {';'.join(rids)}"]
    else:
        video.append(f"a=ssrc:{video_ssrc} cname:{msid}")
    head = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
    return "\r\n".join(head + audio + video) + "\r\n"


def _transport(credentials: Credentials, mid: str, direction: str, setup: str = "active") -> list[str]:
    shared = ["c=IN IP4 127.0.0.1", *credentials.lines(setup), DUMMY_CANDIDATE, "a=end-of-candidates"]
    return [*shared, f"a=mid:{mid}", f"a={direction}"]


def subscriber_answer(offer: Description, credentials: Credentials) -> str:
    """Accept everything that the server sends: Opus, VP8 with RTX, and the extensions that the endpoint understands."""
    bundle = " ".join(each.mid for each in offer.sections)
    lines = ["v=0", "o=- 2 2 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {bundle}"]
    for section in offer.sections:
        lines += _answer_data(section, credentials) if section.kind == "application" else _answer(section, credentials)
    return "\r\n".join(lines) + "\r\n"


def _answer(section: Section, credentials: Credentials) -> list[str]:
    media = payload_type(section, "opus" if section.kind == "audio" else "vp8")
    repair = repair_type(section, media)
    formats = f"{media} {repair}" if repair >= 0 else f"{media}"
    direction = "inactive" if section.direction == "inactive" else "recvonly"
    lines = [f"m={section.kind} 9 {section.protocol} {formats}", *_transport(credentials, section.mid, direction)]
    lines.append(f"a=rtpmap:{media} {'opus/48000/2' if section.kind == 'audio' else 'VP8/90000'}")
    if media in section.parameters:
        lines.append(f"a=fmtp:{media} {section.parameters[media]}")
    lines += [f"a=rtcp-fb:{media} {name}" for name in FEEDBACK if name in section.feedback.get(media, ())]
    if repair >= 0:
        lines += [f"a=rtpmap:{repair} rtx/90000", f"a=fmtp:{repair} apt={media}"]
    lines += [f"a=extmap:{number} {uri}" for uri, number in section.extensions.items() if uri in ACCEPTED]
    return lines


def _answer_data(section: Section, credentials: Credentials) -> list[str]:
    head = f"m=application 9 {section.protocol} {' '.join(section.formats)}"
    return [head, *_transport(credentials, section.mid, "sendrecv"), "a=sctp-port:5000"]

"""What the naive forwarder says of itself in SDP."""

from __future__ import annotations

from benchmarks.peers.sdp import OPUS, VP8, Credentials, Description, payload_type

_HEAD = ("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-lite")


def _transport(credentials: Credentials, port: int, setup: str) -> list[str]:
    candidate = f"a=candidate:1 1 udp 2130706431 127.0.0.1 {port} typ host"
    return ["c=IN IP4 127.0.0.1", *credentials.lines(setup), candidate, "a=end-of-candidates"]


def forwarder_answer(offer: Description, credentials: Credentials, port: int) -> str:
    """Accept every section of a publisher's offer: its first Opus or VP8, no RTX."""
    lines = [*_HEAD, f"a=group:BUNDLE {' '.join(each.mid for each in offer.sections)}"]
    for section in offer.sections:
        codec = "opus" if section.kind == "audio" else "vp8"
        media = payload_type(section, codec)
        lines += [f"m={section.kind} {port} {section.protocol} {media}", *_transport(credentials, port, "passive")]
        lines += [f"a=mid:{section.mid}", "a=recvonly"]
        lines.append(f"a=rtpmap:{media} {'opus/48000/2' if codec == 'opus' else 'VP8/90000'}")
        lines += [f"a=extmap:{number} {uri}" for uri, number in section.extensions.items()]
        if section.rids:
            lines += [f"a=rid:{rid} recv" for rid in section.rids] + [f"a=simulcast:recv {';'.join(section.rids)}"]
    return "\r\n".join(lines) + "\r\n"


def forwarder_offer(credentials: Credentials, port: int, publishers: int) -> str:
    """Offer a subscriber voice and picture of this many publishers; streams are told apart by SSRC and payload type."""
    lines = [*_HEAD, f"a=group:BUNDLE {' '.join(str(each) for each in range(2 * publishers))}"]
    for index in range(publishers):
        for offset, (kind, media, name) in enumerate((("audio", OPUS, "opus/48000/2"), ("video", VP8, "VP8/90000"))):
            lines += [f"m={kind} {port} UDP/TLS/RTP/SAVPF {media}", *_transport(credentials, port, "actpass")]
            lines += [f"a=mid:{2 * index + offset}", "a=sendonly", f"a=rtpmap:{media} {name}"]
            if kind == "video":
                lines += [f"a=rtcp-fb:{media} nack pli"]
    return "\r\n".join(lines) + "\r\n"

"""What both sides agreed on, as facts: `signalling.negotiation` makes these from SDP, the media plane acts on them.

Everything is said from the REMOTE side's numbering: payload types and header-extension ids are the offerer's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sfu.types import Kind, Mid, PayloadType, Rid, Source, Ssrc

AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
MID_URI = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID_URI = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID_URI = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
ABS_SEND_TIME_URI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
ABS_CAPTURE_TIME_URI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"
TRANSPORT_CC_URI = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
VIDEO_ORIENTATION_URI = "urn:3gpp:video-orientation"
DEPENDENCY_DESCRIPTOR_URI = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"


@dataclass(frozen=True, slots=True, kw_only=True)
class IceCredentials:
    """A ufrag and password (RFC 8839)."""

    ufrag: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """A certificate's digest (RFC 8122): `algorithm` as in SDP ("sha-256"), `value` as upper-case hex with colons."""

    algorithm: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A host candidate the server announces. `protocol` is "udp" or "tcp" (passive, RFC 6544)."""

    protocol: str
    address: str
    port: int
    priority: int
    foundation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodecParameters:
    """One accepted codec of an m-section.

    `name` is the canonical RTP name: "opus", "red", "VP8", "VP9", "H264", "AV1". `fmtp` is the text after the
    payload type, "" if none. `rtx_payload_type` is the RFC 4588 payload type repairing this one.
    """

    name: str
    payload_type: PayloadType
    clock_rate_hz: int
    channels: int = 1
    fmtp: str = ""
    rtx_payload_type: PayloadType | None = None
    nack: bool = False
    pli: bool = False
    transport_cc: bool = False
    remb: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingSection:
    """An m-section on which the remote side SENDS: the making of one publication.

    `codecs` in the order of preference, as accepted in the answer. `extensions` maps URI to the id in use.
    `rids` is empty without simulcast (lowest layer first otherwise). `ssrcs` are (media, rtx or None) as declared by
    `a=ssrc`, empty if the offer declares none; simulcast streams are learnt from MID and RID.
    """

    mid: Mid
    kind: Kind
    source: Source
    codecs: tuple[CodecParameters, ...]
    extensions: Mapping[str, int]
    rids: tuple[Rid, ...] = ()
    ssrcs: tuple[tuple[Ssrc, Ssrc | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivingSection:
    """An m-section on which the remote side RECEIVES: one half of a slot. We send on `ssrc`, repair on `rtx_ssrc`."""

    mid: Mid
    kind: Kind
    codecs: tuple[CodecParameters, ...]
    extensions: Mapping[str, int]
    ssrc: Ssrc
    rtx_ssrc: Ssrc | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSections:
    """One receive slot: the audio and the video m-section that play together (either may be missing)."""

    audio: Mid | None
    video: Mid | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteDescription:
    """All that the media plane needs to know of a remote peer."""

    ice: IceCredentials
    fingerprints: tuple[Fingerprint, ...]
    sending: tuple[SendingSection, ...] = ()
    receiving: tuple[ReceivingSection, ...] = ()
    slots: tuple[SlotSections, ...] = ()
    screen_mid: Mid | None = None
    cname: str = field(default="diemcau")

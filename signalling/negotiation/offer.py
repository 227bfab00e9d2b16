"""From an offer to what the media plane needs to know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sfu.description import (
    CodecParameters,
    Fingerprint,
    IceCredentials,
    ReceivingSection,
    RemoteDescription,
    SendingSection,
    SlotSections,
)
from sfu.errors import NegotiationError
from sfu.types import Kind, Mid, Rid, Source, Ssrc
from signalling.negotiation.codecs import accepted_codecs, accepted_extensions
from signalling.negotiation.sdp import MediaSection, SessionDescription, is_number, parse_sdp_untrusted

MAX_RIDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMetadata:
    """What the offerer says of its sections beside the SDP; empty for WHIP and WHEP, where order decides."""

    sources: Mapping[str, Source]
    slots: Sequence[tuple[str | None, str | None]]
    screen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A parsed offer. `sections` in the order of the SDP; one that is None in all three tables is rejected."""

    description: SessionDescription
    remote: RemoteDescription
    sending: Mapping[str, SendingSection]
    receiving: Mapping[str, ReceivingSection]


class SsrcSource:
    """Gives out SSRCs for what we send: numbers that are unique within one peer."""

    def __init__(self, first: int) -> None:
        self._next = first

    def take(self) -> Ssrc:
        """The next one."""
        self._next = (self._next + 1) & 0xFFFFFFFF or 1
        return Ssrc(self._next)


def read_offer_untrusted(
    text: str, metadata: OfferMetadata | None, *, codecs: Sequence[str], ssrcs: SsrcSource, cname: str
) -> Offer:
    """The offer. `codecs`: video codecs in our order of preference. Raises NegotiationError with place and remedy."""
    description = parse_sdp_untrusted(text)
    _check_bundle(description)
    sending: dict[str, SendingSection] = {}
    receiving: dict[str, ReceivingSection] = {}
    for section in description.media:
        if section.kind not in ("audio", "video"):
            continue
        mid = _mid(section)
        direction = _direction(description, section)
        accepted = accepted_codecs(section, codecs)
        if not accepted or direction == "inactive":
            continue
        if direction in ("sendonly", "sendrecv"):
            sending[mid] = _sending(section, accepted, metadata, sending)
        if direction in ("recvonly", "sendrecv"):
            receiving[mid] = _receiving(section, accepted, ssrcs)
    if not sending and not receiving:
        raise NegotiationError("no media section has a codec that we forward (Opus; VP8, H264, VP9 or AV1)")
    slots, screen = _slots(metadata, receiving)
    remote = RemoteDescription(
        ice=_ice(description),
        fingerprints=_fingerprints(description),
        sending=tuple(sending.values()),
        receiving=tuple(receiving.values()),
        slots=slots,
        screen_mid=screen,
        cname=cname,
    )
    return Offer(description=description, remote=remote, sending=sending, receiving=receiving)


def picture_metadata(text: str, source: Source) -> OfferMetadata:
    """Of an offer whose only picture is `source`. Raises NegotiationError."""
    sections = [section for section in parse_sdp_untrusted(text).media if section.kind == "video"]
    return OfferMetadata(sources={_mid(section): source for section in sections}, slots=())


def _check_bundle(description: SessionDescription) -> None:
    groups = [value for name, value in description.attributes if name == "group" and value.startswith("BUNDLE")]
    active = [section for section in description.media if section.port or section.has("bundle-only")]
    if len(active) > 1 and not groups:
        raise NegotiationError("the offer does not bundle its media (a=group:BUNDLE); one transport carries all of it")


def _mid(section: MediaSection) -> str:
    mid = section.value("mid")
    if not mid or len(mid) > 16:
        raise NegotiationError(f"media section at line {section.line}: a=mid is missing or longer than 16 characters")
    return mid


def _direction(description: SessionDescription, section: MediaSection) -> str:
    for name in ("sendrecv", "sendonly", "recvonly", "inactive"):
        if section.has(name):
            return name
    return next(
        (name for name, _ in description.attributes if name in ("sendonly", "recvonly", "inactive")), "sendrecv"
    )


def _ice(description: SessionDescription) -> IceCredentials:
    section = next((each for each in description.media if each.value("ice-ufrag")), description.media[0])
    ufrag = description.value(section, "ice-ufrag")
    password = description.value(section, "ice-pwd")
    if not ufrag or not password or len(ufrag) > 256 or len(password) > 256:
        raise NegotiationError("the offer has no a=ice-ufrag and a=ice-pwd")
    return IceCredentials(ufrag=ufrag, password=password)


def _fingerprints(description: SessionDescription) -> tuple[Fingerprint, ...]:
    section = next((each for each in description.media if each.value("fingerprint")), description.media[0])
    setup = description.value(section, "setup")
    if setup == "passive":
        raise NegotiationError("a=setup:passive: the offerer must be actpass or active, since the server is passive")
    found = []
    for value in description.values(section, "fingerprint"):
        algorithm, _, digest = value.partition(" ")
        if algorithm and digest:
            found.append(Fingerprint(algorithm=algorithm.lower(), value=digest.strip().upper()))
    if not any(each.algorithm in ("sha-256", "sha-384", "sha-512") for each in found):
        raise NegotiationError("the offer has no a=fingerprint with sha-256, sha-384 or sha-512")
    return tuple(found)


def _sending(
    section: MediaSection,
    codecs: tuple[CodecParameters, ...],
    metadata: OfferMetadata | None,
    so_far: Mapping[str, SendingSection],
) -> SendingSection:
    mid = _mid(section)
    source = _source(section, mid, metadata, so_far)
    return SendingSection(
        mid=Mid(mid),
        kind=Kind(section.kind),
        source=source,
        codecs=codecs,
        extensions=accepted_extensions(section, codecs),
        rids=simulcast_rids(section),
        ssrcs=_declared_ssrcs(section),
    )


def _source(
    section: MediaSection, mid: str, metadata: OfferMetadata | None, so_far: Mapping[str, SendingSection]
) -> Source:
    if metadata is not None and mid in metadata.sources:
        source = metadata.sources[mid]
        if (source is Source.MICROPHONE) != (section.kind == "audio"):
            raise NegotiationError(f"media section {mid} is {section.kind}, it cannot be the {source}")
        return source
    order = [Source.MICROPHONE] if section.kind == "audio" else [Source.CAMERA, Source.SCREEN, Source.CAMERA2]
    taken = {each.source for each in so_far.values()}
    free = [source for source in order if source not in taken]
    if not free:
        raise NegotiationError(f"media section {mid}: more {section.kind} than an endpoint may send")
    return free[0]


def simulcast_rids(section: MediaSection) -> tuple[Rid, ...]:
    """The rids that the offerer sends, lowest first as it lists them (RFC 8853); alternatives count as the first."""
    value = section.value("simulcast")
    if value is None:
        return ()
    parts = value.split()
    for direction, streams in zip(parts[::2], parts[1::2], strict=False):
        if direction == "send":
            rids = [stream.split(",")[0].lstrip("~") for stream in streams.split(";") if stream]
            if len(rids) > MAX_RIDS or any(not rid.isalnum() or len(rid) > 16 for rid in rids):
                raise NegotiationError(f"media section at line {section.line}: a=simulcast:{value} is not accepted")
            return tuple(Rid(rid) for rid in rids)
    return ()


def _declared_ssrcs(section: MediaSection) -> tuple[tuple[Ssrc, Ssrc | None], ...]:
    numbers = []
    for value in section.values("ssrc"):
        number = value.split(" ")[0]
        if is_number(number) and int(number) < 1 << 32 and int(number) not in numbers:
            numbers.append(int(number))
    pairs = {}
    for value in section.values("ssrc-group"):
        parts = value.split()
        if len(parts) == 3 and parts[0] == "FID" and is_number(parts[1]) and is_number(parts[2]):
            pairs[int(parts[1])] = int(parts[2])
    repairs = set(pairs.values())
    return tuple(
        (Ssrc(number), Ssrc(pairs[number]) if number in pairs else None) for number in numbers if number not in repairs
    )


def _receiving(section: MediaSection, codecs: tuple[CodecParameters, ...], ssrcs: SsrcSource) -> ReceivingSection:
    repaired = any(codec.rtx_payload_type is not None for codec in codecs)
    return ReceivingSection(
        mid=Mid(_mid(section)),
        kind=Kind(section.kind),
        codecs=codecs,
        extensions=accepted_extensions(section, codecs),
        ssrc=ssrcs.take(),
        rtx_ssrc=ssrcs.take() if repaired else None,
    )


def _slots(
    metadata: OfferMetadata | None, receiving: Mapping[str, ReceivingSection]
) -> tuple[tuple[SlotSections, ...], Mid | None]:
    """The slots as the offerer paired them; without metadata the first audio with the first video, and so on."""
    if metadata is not None and metadata.slots:
        named = [(audio, video) for audio, video in metadata.slots]
        for audio, video in named:
            for mid, kind in ((audio, Kind.AUDIO), (video, Kind.VIDEO)):
                if mid is not None and mid in receiving and receiving[mid].kind is not kind:
                    raise NegotiationError(f"slot section {mid} is not {kind}")
        slots = tuple(
            SlotSections(audio=_known(audio, receiving), video=_known(video, receiving)) for audio, video in named
        )
        return slots, _known(metadata.screen, receiving)
    audios = [each.mid for each in receiving.values() if each.kind is Kind.AUDIO]
    videos = [each.mid for each in receiving.values() if each.kind is Kind.VIDEO]
    size = max(len(audios), len(videos))
    missing: list[Mid | None] = [None] * size
    ordered = zip([*audios, *missing][:size], [*videos, *missing][:size], strict=True)
    return tuple(SlotSections(audio=audio, video=video) for audio, video in ordered), None


def _known(mid: str | None, receiving: Mapping[str, ReceivingSection]) -> Mid | None:
    return receiving[mid].mid if mid is not None and mid in receiving else None

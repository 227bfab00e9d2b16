"""The in-place SRTP and its plain twin say the same of every packet."""

from __future__ import annotations

import gc
import itertools
import os
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from sfu.drops import DropReason
from sfu.transport.srtp import TAG_ROOM, Buffer, InPlaceSrtp, PlainSrtp, SrtpSession, drop_reason

TWINS = {"in place": InPlaceSrtp, "plain": PlainSrtp}
PROFILES = {
    "AES-256-GCM": (Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 44),
    "AES-128-GCM": (Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 28),
    "AES-128-CM": (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 30),
}


def session(kind: int, key: bytes, profile: int) -> Session:
    policy = Policy(key=key, ssrc_type=kind, srtp_profile=profile)
    policy.allow_repeat_tx = True
    policy.window_size = 1024
    return Session(policy)


def ends(profile: str = "AES-256-GCM") -> list[tuple[Session, Session]]:
    """(sender, receiver) of both ends of a connection."""
    number, size = PROFILES[profile]
    there, back = os.urandom(size), os.urandom(size)
    out, into = Policy.SSRC_ANY_OUTBOUND, Policy.SSRC_ANY_INBOUND
    return [
        (session(out, there, number), session(into, back, number)),
        (session(out, back, number), session(into, there, number)),
    ]


def rtp(sequence_number: int, payload: bytes = b"payload", ssrc: int = 5) -> bytes:
    return struct.pack("!BBHII", 0x80, 96, sequence_number & 0xFFFF, 0, ssrc) + payload


def apply(function: object, data: bytes, offset: int = 0) -> bytes | int:
    buffer = Buffer(offset + len(data) + TAG_ROOM)
    buffer.view[offset : offset + len(data)] = data
    size = function(buffer, offset, len(data))  # type: ignore[operator]
    return bytes(buffer.view[offset : offset + size]) if size > 0 else size


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("kind_a", "kind_b"), list(itertools.product(TWINS, TWINS)))
def test_what_one_protects_the_other_restores(kind_a: str, kind_b: str, profile: str) -> None:
    (tx_a, rx_a), (tx_b, rx_b) = ends(profile)
    a: SrtpSession = TWINS[kind_a](sender=tx_a, receiver=rx_a)
    b: SrtpSession = TWINS[kind_b](sender=tx_b, receiver=rx_b)
    for number, offset in [(65534, 0), (65535, 7), (0, 1000), (1, 3)]:  # across the roll-over
        packet = rtp(number, os.urandom(1000))
        wire = apply(a.protect, packet, offset)
        assert isinstance(wire, bytes)
        assert wire != packet
        assert apply(b.unprotect, wire, offset) == packet
    report = struct.pack("!BBHI", 0x80, 201, 1, 9)
    wire = apply(b.protect_rtcp, report)
    assert isinstance(wire, bytes)
    assert apply(a.unprotect_rtcp, wire) == report


@pytest.mark.parametrize("kind", TWINS)
def test_what_is_wrong_has_a_reason(kind: str) -> None:
    (tx_a, _), (tx_b, rx_b) = ends()
    receiver = TWINS[kind](sender=tx_b, receiver=rx_b)
    packets = [tx_a.protect(rtp(number)) for number in range(1200)]
    altered = packets[0][:-1] + bytes([packets[0][-1] ^ 1])
    assert drop_reason(apply(receiver.unprotect, altered)) is DropReason.SRTP_AUTH
    assert apply(receiver.unprotect, packets[0]) == rtp(0)
    assert drop_reason(apply(receiver.unprotect, packets[0])) is DropReason.SRTP_REPLAY
    assert apply(receiver.unprotect, packets[1100]) == rtp(1100)
    assert apply(receiver.unprotect, packets[1100 - 1023]) == rtp(1100 - 1023)  # the window is 1024 wide
    assert drop_reason(apply(receiver.unprotect, packets[2])) is DropReason.SRTP_REPLAY
    assert drop_reason(apply(receiver.unprotect, packets[1199][:20])) is DropReason.RTP_MALFORMED
    assert drop_reason(apply(receiver.unprotect, b"\x80")) is DropReason.RTP_MALFORMED
    assert drop_reason(apply(receiver.unprotect_rtcp, b"\x80\xc9\0\1")) is DropReason.RTP_MALFORMED


@pytest.mark.parametrize("kind", TWINS)
def test_the_same_packet_may_be_sent_again(kind: str) -> None:
    tx, rx = ends()[0]
    sender = TWINS[kind](sender=tx, receiver=rx)
    assert apply(sender.protect, rtp(5)) == apply(sender.protect, rtp(5))


def test_in_place_knows_no_limit_of_1356_bytes() -> None:
    (tx, rx), (other_tx, other_rx) = ends()
    packet = rtp(1, os.urandom(1450))
    wire = apply(InPlaceSrtp(sender=tx, receiver=rx).protect, packet)
    assert isinstance(wire, bytes)
    assert apply(InPlaceSrtp(sender=other_tx, receiver=other_rx).unprotect, wire) == packet
    assert apply(PlainSrtp(sender=tx, receiver=rx).protect, packet) == -2


def test_any_number_of_streams_share_a_session() -> None:
    (tx, rx), (other_tx, other_rx) = ends()
    a, b = InPlaceSrtp(sender=tx, receiver=rx), InPlaceSrtp(sender=other_tx, receiver=other_rx)
    for ssrc in range(1, 200):
        wire = apply(a.protect, rtp(7, ssrc=ssrc))
        assert isinstance(wire, bytes)
        assert apply(b.unprotect, wire) == rtp(7, ssrc=ssrc)


def test_the_sessions_live_as_long_as_the_pointers_to_them() -> None:
    def made() -> InPlaceSrtp:
        tx, rx = ends()[0]
        return InPlaceSrtp(sender=tx, receiver=rx)

    srtp = made()
    gc.collect()
    for number in range(100):
        assert isinstance(apply(srtp.protect, rtp(number)), bytes)


@settings(max_examples=300, deadline=None)
@given(data=st.binary(min_size=1, max_size=1500), rtcp=st.booleans())
def test_no_bytes_from_the_network_harm_the_session(data: bytes, rtcp: bool) -> None:
    (tx_a, _), (tx_b, rx_b) = SHARED
    srtp = InPlaceSrtp(sender=tx_b, receiver=rx_b)
    head = bytes([0x80 | data[0] & 0x3F])
    result = apply(srtp.unprotect_rtcp if rtcp else srtp.unprotect, head + data[1:])
    assert isinstance(result, int)
    assert result < 0
    COUNT.append(1)
    packet = rtp(len(COUNT), ssrc=0x01020304)
    assert apply(srtp.unprotect, tx_a.protect(packet)) == packet


SHARED = ends()
COUNT: list[int] = []

"""Whatever comes as STUN is a message or malformed; whatever message comes changes nothing without the password."""

from __future__ import annotations

from aioice import stun
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sfu.description import IceCredentials
from sfu.errors import MalformedPacket
from sfu.transport.ice import IceAgent, Pair, is_check, local_ufrag, parse_stun_untrusted

LOCAL = IceCredentials(ufrag="ours", password="a password nobody knows")
REMOTE = IceCredentials(ufrag="theirs", password="")
KINDS = sorted(stun.ATTRIBUTES_BY_TYPE)


def good() -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, transaction_id=b"0123456789ab")
    message.attributes.update({"USERNAME": "ours:theirs", "PRIORITY": 1, "ICE-CONTROLLING": 2, "USE-CANDIDATE": None})
    message.add_message_integrity(b"guessed")
    return bytes(message)


GOOD = good()
ATTRIBUTE = st.tuples(st.sampled_from(KINDS) | st.integers(0, 0xFFFF), st.binary(max_size=40))


def with_attributes(kind: int, attributes: list[tuple[int, bytes]]) -> bytes:
    body = b"".join(
        number.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value + bytes(-len(value) % 4)
        for number, value in attributes
    )
    return kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + GOOD[4:20] + body


def damaged(changes: list[tuple[int, int]], size: int) -> bytes:
    data = bytearray(GOOD)
    for position, value in changes:
        data[position % len(data)] = value
    return bytes(data[:size])


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200)
    | st.builds(with_attributes, st.sampled_from([1, 0x11, 0x101, 0x111]) | st.integers(0, 0x3FFF), st.lists(ATTRIBUTE))
    | st.builds(damaged, st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255))), st.integers(0, len(GOOD)))
)
@example(GOOD)
@example(with_attributes(1, [(0x24, b"ab")]))
def test_no_datagram_passes_for_a_check_of_who_knows_the_password(data: bytes) -> None:
    agent = IceAgent(local=LOCAL, remote=REMOTE)
    try:
        message = parse_stun_untrusted(data)
    except MalformedPacket:
        return
    assert local_ufrag(message) is None or is_check(message)
    if is_check(message):
        outcome = agent.receive_check(message, Pair("udp", ("192.0.2.1", 1)), local_priority=1, now=0.0)
        assert outcome.reply is None
        assert outcome.drop is not None
    assert agent.path is None
    assert agent.last_consent_s is None

"""The DTLS guard: any bytes get an answer, and records made by the rules pass."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sfu.transport.dtls_records import MAX_DATAGRAM_BYTES, is_plausible_untrusted


def record(content_type: int, epoch: int, body: bytes) -> bytes:
    head = bytes([content_type, 254, 253]) + epoch.to_bytes(2, "big") + bytes(6)
    return head + len(body).to_bytes(2, "big") + body


def fragment(kind: int, extra: int, body: bytes) -> bytes:
    size = len(body)
    return bytes([kind]) + (size + extra).to_bytes(3, "big") + bytes(2) + bytes(3) + size.to_bytes(3, "big") + body


FRAGMENTS = st.lists(st.builds(fragment, st.integers(0, 255), st.integers(0, 1000), st.binary(max_size=60)), min_size=1)
PLAIN = st.builds(lambda fragments: record(22, 0, b"".join(fragments)), FRAGMENTS)
SECRET = st.builds(record, st.integers(20, 25), st.integers(1, 0xFFFF), st.binary(max_size=60))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=MAX_DATAGRAM_BYTES + 50) | st.lists(PLAIN | SECRET).map(b"".join))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    assert is_plausible_untrusted(data) in (True, False)


@settings(max_examples=100, deadline=None)
@given(st.lists(PLAIN | SECRET, min_size=1, max_size=3).map(b"".join).filter(lambda data: len(data) <= 1500))
def test_well_formed_records_pass_and_cut_ones_do_not(data: bytes) -> None:
    assert is_plausible_untrusted(data)
    assert not is_plausible_untrusted(data[:-1])

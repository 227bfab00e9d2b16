"""One-time codes: RFC 6238's own numbers, clocks that are off, codes that count once."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from reception.second_factor import (
    accepted_step,
    code_at,
    otpauth_uri,
    recovery_hash,
    recovery_text,
    remaining,
    secret_text,
)

SECRET = b"12345678901234567890"  # RFC 6238, appendix B


@pytest.mark.parametrize(
    ("now", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_rfc(now: int, code: str) -> None:
    assert code_at(SECRET, now=now) == code
    assert accepted_step(SECRET, code, now=now, after=0) == now // 30


@pytest.mark.parametrize(("off_s", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_off_by_one_step(off_s: int, good: bool) -> None:
    now = 1_700_000_010
    assert (accepted_step(SECRET, code_at(SECRET, now=now + off_s), now=now, after=0) is not None) is good


def test_a_code_counts_once() -> None:
    now = 1_700_000_010
    step = accepted_step(SECRET, code_at(SECRET, now=now), now=now, after=0)
    assert step is not None
    assert accepted_step(SECRET, code_at(SECRET, now=now), now=now, after=step) is None
    assert accepted_step(SECRET, code_at(SECRET, now=now + 30), now=now + 30, after=step) == step + 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "٠٠٠٠٠٠", "28 70 8x"])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert accepted_step(SECRET, code, now=59, after=0) is None


def test_a_code_may_be_typed_with_a_space() -> None:
    assert accepted_step(SECRET, "287 082", now=59, after=0) == 1


def test_the_address_says_whose_and_how() -> None:
    uri = urlsplit(otpauth_uri(SECRET, name="an"))
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", "/Điểm Cầu:an")
    query = parse_qs(uri.query)
    assert query == {"secret": [secret_text(SECRET)], "issuer": ["Điểm Cầu"], "digits": ["6"], "period": ["30"]}


def test_a_recovery_code_counts_once_however_it_is_typed() -> None:
    codes = [recovery_text(bytes([each] * 8)) for each in range(3)]
    assert len(codes[1].split("-")) == 4
    hashes = [recovery_hash(code, user_id="u") for code in codes]
    kept = remaining(hashes, codes[1].upper().replace("-", " "), user_id="u")
    assert kept == [hashes[0], hashes[2]]
    assert remaining(kept, codes[1], user_id="u") is None
    assert remaining(hashes, codes[1], user_id="another") is None

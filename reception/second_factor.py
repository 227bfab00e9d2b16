"""One-time codes of an authenticator app (TOTP, RFC 6238: SHA-1, 6 digits, 30 s) and recovery codes (pure)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_BYTES = 20  # RFC 4226 §4
STEP_S = 30
DIGITS = 6
WINDOW = 1  # steps that a clock may be off, RFC 6238 §5.2
ISSUER = "Điểm Cầu"
RECOVERY_CODES = 10
RECOVERY_BYTES = 8  # 64 bits each: not to be guessed, so a plain hash keeps them


def secret_text(secret: bytes) -> str:
    """The secret as people type it."""
    return base64.b32encode(secret).decode().rstrip("=")


def otpauth_uri(secret: bytes, *, name: str) -> str:
    """What an authenticator app reads from the QR code."""
    query = urlencode({"secret": secret_text(secret), "issuer": ISSUER, "digits": DIGITS, "period": STEP_S})
    return f"otpauth://totp/{quote(f'{ISSUER}:{name}')}?{query}"


def code_at(secret: bytes, *, now: float) -> str:
    """The code of that moment. now: Unix time, seconds."""
    return _totp(secret).generate(int(now)).decode()


def accepted_step(secret: bytes, code: str, *, now: float, after: int) -> int | None:
    """The time step that the code is of, if it is good and later than `after`: a code counts once (RFC 6238 §5.2)."""
    digits = "".join(code.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    for step in range(int(now) // STEP_S - WINDOW, int(now) // STEP_S + WINDOW + 1):
        if step > after:
            try:
                _totp(secret).verify(digits.encode(), step * STEP_S)
            except InvalidToken:
                continue
            return step
    return None


def recovery_text(value: bytes) -> str:
    """A recovery code as it is shown: four groups."""
    digits = base64.b32encode(value).decode().rstrip("=").lower()
    return "-".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def recovery_hash(code: str, *, user_id: str) -> str:
    """What is kept of a recovery code, however it is typed."""
    plain = "".join(each for each in code.lower() if each.isalnum())
    return hashlib.sha256(f"{user_id}:{plain}".encode()).hexdigest()


def remaining(hashes: list[str], code: str, *, user_id: str) -> list[str] | None:
    """The recovery codes that stay when this one is used; None if it is none of them."""
    used = recovery_hash(code, user_id=user_id)
    kept = [each for each in hashes if not hmac.compare_digest(each, used)]
    return kept if len(kept) < len(hashes) else None


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303  # what every authenticator app knows

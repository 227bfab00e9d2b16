"""Bearer tokens: signed, expiring, and good for one thing."""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

import jwt

OPERATOR_ROLES = ("operator", "admin")
READ_ROLES = ("operator", "admin", "auditor")
ENDPOINT_ROLE = "endpoint"
MEDIA_ROLE = "media"
SURVEY_ROLE = "survey"
ALL_ROLES = (*READ_ROLES, ENDPOINT_ROLE, MEDIA_ROLE, SURVEY_ROLE)


class InvalidToken(Exception):
    """Not a token of ours, or not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who a token says its bearer is. Endpoint tokens name their session and endpoint, media tokens a recording."""

    role: str
    name: str = ""
    session_id: str = ""
    endpoint_id: str = ""
    expires_at: int = 0


class Tokens:
    """Signs and checks, by a secret of this data directory."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def of_data_directory(cls, data: Path) -> Tokens:
        """With the secret kept in DATA/keys, made at the first start, readable by the owner only."""
        path = data / "keys" / "token.secret"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial = path.with_suffix(".new")
            partial.touch(mode=0o600)
            partial.write_bytes(secrets.token_bytes(32))
            partial.replace(path)
        return cls(path.read_bytes())

    def issue(self, *, role: str, hours: float, name: str = "", session_id: str = "", endpoint_id: str = "") -> str:
        """A token that expires after `hours`."""
        claims = {"role": role, "name": name, "exp": int(time.time() + 3600 * hours), "jti": secrets.token_hex(4)}
        if session_id:
            claims["session"] = session_id
        if endpoint_id:
            claims["endpoint"] = endpoint_id
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def digits(self, purpose: str, *, count: int) -> str:
        """Digits for people to type, the same for the same purpose as long as the data directory is."""
        found = hmac.digest(self._secret, purpose.encode(), "sha256")
        return str(int.from_bytes(found, "big"))[-count:].zfill(count)

    def check(self, token: str) -> Bearer:
        """The bearer. Raises InvalidToken with the reason."""
        try:
            claims = jwt.decode(token, self._secret, algorithms=["HS256"], options={"require": ["exp", "role"]})
        except jwt.ExpiredSignatureError:
            raise InvalidToken("The link has expired. Ask the operator for a new one.") from None
        except jwt.PyJWTError:
            raise InvalidToken("The token is not valid on this server.") from None
        role = claims["role"]
        if role not in ALL_ROLES:
            raise InvalidToken("The token's role is not known.")
        return Bearer(
            role=role,
            name=str(claims.get("name", "")),
            session_id=str(claims.get("session", "")),
            endpoint_id=str(claims.get("endpoint", "")),
            expires_at=int(claims["exp"]),
        )

"""Bearer tokens: signed, expiring, and good for one thing."""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import jwt

from reception.permissions import Extent, Permission, Role, extent

_ISSUABLE = frozenset(Role) - {Role.NOBODY}


class InvalidToken(Exception):
    """Not a token of ours, or not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who asks. Endpoint tokens name their session and endpoint, media tokens a recording, accounts their user.

    unit: the endpoint or unit that a technician or delegate belongs to. console: the token was made on the server's
    console, not by signing in. link: which of an endpoint's links, counted up when it is renewed. sign_in: which of the
    user's sign-ins. pending: what the user must do before anything else. takes: of a media token, whether it fetches
    files made for use too.
    """

    role: Role
    name: str = ""
    user_id: str = ""
    unit: str = ""
    session_id: str = ""
    endpoint_id: str = ""
    expires_at: int = 0
    console: bool = False
    link: int = 1
    sign_in: str = ""
    pending: str = ""
    takes: bool = False

    def extent(self, permission: Permission) -> Extent:
        """How far the bearer's permission goes."""
        return extent(self.role, permission, console=self.console)


NOBODY = Bearer(role=Role.NOBODY)


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

    def issue(
        self,
        *,
        role: str,
        hours: float,
        name: str = "",
        unit: str = "",
        session_id: str = "",
        endpoint_id: str = "",
        console: bool = False,
        takes: bool = False,
    ) -> str:
        """A token that expires after `hours`. Raises ValueError if there is no such role."""
        claims = {"role": Role(role).value, "name": name, "exp": int(time.time() + 3600 * hours)}
        claims["jti"] = secrets.token_hex(4)
        optional: dict[str, Any] = {"unit": unit, "session": session_id, "endpoint": endpoint_id}
        optional |= {"console": console, "takes": takes}
        return self._sign(claims | {key: value for key, value in optional.items() if value})

    def issue_link(self, *, name: str, session_id: str, endpoint_id: str, link: int, expires_at: datetime) -> str:
        """An endpoint's token, the same each time it is asked for. link: which one it is."""
        claims = {"role": Role.ENDPOINT.value, "name": name, "exp": int(expires_at.timestamp())}
        return self._sign(claims | {"session": session_id, "endpoint": endpoint_id, "link": link})

    def _sign(self, claims: dict[str, Any]) -> str:
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
        if claims["role"] not in _ISSUABLE:
            raise InvalidToken("The token's role is not known.")
        return Bearer(
            role=Role(claims["role"]),
            name=str(claims.get("name", "")),
            unit=str(claims.get("unit", "")),
            session_id=str(claims.get("session", "")),
            endpoint_id=str(claims.get("endpoint", "")),
            expires_at=int(claims["exp"]),
            console=claims.get("console") is True,
            link=int(claims.get("link", 1)),
            takes=claims.get("takes") is True,
        )

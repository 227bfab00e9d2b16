"""Who asks: from a request to a bearer. What the bearer may is asked in routing.py."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

from reception.permissions import Role
from reception.sign_ins import PREFIX
from signalling.people import bearer_of_sign_in
from signalling.problems import Problem
from signalling.tokens import Bearer, InvalidToken

if TYPE_CHECKING:
    from signalling.services import Services

COOKIE = "diemcau"
BACKGROUND = "X-Background"  # the page asks by itself: that keeps nobody signed in
SAFE = ("GET", "HEAD", "OPTIONS")


async def bearer_of(request: web.Request, services: Services, query_token: str = "") -> Bearer:
    """Who asks, by header, by cookie, or by the query parameter of this name. Raises Problem 401, 403."""
    access = request.query.get(query_token, "") if query_token else ""
    if access:
        bearer = signed(access, services)
        if bearer.role is not Role.MEDIA:
            raise Problem(401, "invalid_token", "The token is not valid", "An address takes a token of /access alone.")
        return bearer
    token = token_of(request, services)
    if not token:
        raise Problem(401, "token_needed", "A bearer token is needed", "Send the header Authorization: Bearer <token>.")
    if not token.startswith(PREFIX):
        return signed(token, services)
    record = await services.people.sign_ins.find(token, background=BACKGROUND in request.headers)
    if record is None:
        raise Problem(
            401,
            "signed_out",
            "You are not signed in any more",
            "The time is over, or the account was changed. Sign in again.",
            reason_vi="Phiên đăng nhập đã hết hạn. Hãy đăng nhập lại.",
            reason_en="You are not signed in any more. Sign in again.",
        )
    return bearer_of_sign_in(record)


def token_of(request: web.Request, services: Services) -> str:
    """The token of header or cookie; "" if there is none. Raises Problem 403 for a cookie that another site sends."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    cookie = request.cookies.get(COOKIE, "")
    if cookie and request.method not in SAFE:
        check_origin(request, public_url=services.public_url)
    return cookie


def signed(token: str, services: Services) -> Bearer:
    """The bearer of a signed token. Raises Problem 401."""
    try:
        return services.tokens.check(token)
    except InvalidToken as error:
        raise Problem(401, "invalid_token", "The token is not valid", str(error)) from None


def check_origin(request: web.Request, *, public_url: str = "") -> None:
    """A page of another host must not speak for its visitor (RFC 6455 §10.2). Raises Problem 403.

    public_url: the address that the server is known by, where a proxy gives it another.
    """
    origin = request.headers.get("Origin")
    ours = {request.host, urlsplit(public_url).netloc}
    foreign = request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
    if foreign or (origin and urlsplit(origin).netloc not in ours):
        raise Problem(403, "wrong_origin", "The page comes from another host than the server")


def address_of(request: web.Request) -> str:
    """Where the request comes from; a proxy on this machine is believed."""
    peer = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded if forwarded and peer in ("", "127.0.0.1", "::1") else peer

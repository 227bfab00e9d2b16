"""The API's operations of signing in and of the own account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import segno
from aiohttp import web
from pydantic import BaseModel

from reception.people import AccountError, Busy, SignInRefused
from reception.permissions import Permission
from reception.second_factor import otpauth_uri, secret_text
from reception.sign_ins import PREFIX, SignedIn
from signalling import people_views as p
from signalling.guard import COOKIE, address_of, check_origin, token_of
from signalling.people import bearer_of_sign_in
from signalling.problems import Problem
from signalling.routing import Call, Handler, Route
from signalling.tokens import Bearer


@contextmanager
def refusals(status: int = 422) -> Iterator[None]:
    """What accounts refuse, as a problem in both languages."""
    try:
        yield
    except AccountError as error:
        found = {Busy: 429, SignInRefused: 401}.get(type(error), status)
        raise Problem(
            found,
            error.code,
            error.reason_en,
            error.reason_en,
            reason_vi=error.reason_vi,
            reason_en=error.reason_en,
        ) from None


async def login(call: Call) -> web.StreamResponse:
    """POST /login."""
    body: p.SignInBody = call.body
    check_origin(call.request, public_url=call.services.public_url)  # nobody is signed in as somebody else unawares
    call.facts["account"] = body.name
    with refusals():
        signed_in = await call.services.people.sign_ins.sign_in(
            body.name,
            body.password,
            code=body.code,
            address=address_of(call.request),
            agent=call.request.headers.get("User-Agent", ""),
        )
    return await entered(call, signed_in, bearer=body.bearer)


async def entered(call: Call, signed_in: SignedIn, *, bearer: bool) -> web.Response:
    """The answer to a sign-in: a cookie that no script can read, or a token."""
    user = signed_in.user
    call.facts["bearer"] = Bearer(role=user.role, name=user.shown_name, user_id=user.id, unit=user.unit)
    view = p.SignedInView(
        name=user.name,
        full_name=user.full_name,
        role=user.role,
        unit=user.unit,
        pending=user.pending,
        expires_at=signed_in.expires_at,
        token=signed_in.token if bearer else None,
    )
    response = web.Response(text=view.model_dump_json(), content_type="application/json")
    if not bearer:
        response.set_cookie(
            COOKIE,
            signed_in.token,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=call.services.public_url.startswith("https:"),
            max_age=int(3600 * call.services.settings.auth.absolute_hours),
        )
    return response


async def logout(call: Call) -> web.StreamResponse:
    """POST /logout: also for who is not signed in any more."""
    token = token_of(call.request, call.services)
    sign_ins = call.services.people.sign_ins
    if token.startswith(PREFIX):
        record = await sign_ins.find(token, background=True)
        if record is not None:
            call.facts["bearer"] = bearer_of_sign_in(record)
        await sign_ins.sign_out(token)
    response = web.json_response({"done": True})
    response.del_cookie(COOKIE, path="/")
    return response


async def look_at_setup(call: Call) -> BaseModel:
    """POST /setup/look."""
    with refusals(404):
        link = await call.services.people.links.look(call.body.token)
    user = link.user
    return p.SetupView(
        kind=link.kind,
        name=user.name if user else "",
        full_name=user.full_name if user else "",
        role=user.role if user else "admin",
        password_min=call.services.settings.auth.password_min,
        expires_at=link.expires_at,
    )


async def set_up(call: Call) -> web.StreamResponse:
    """POST /setup: the password is set and the user signed in, unless a second factor must be shown first."""
    body: p.Setup = call.body
    check_origin(call.request, public_url=call.services.public_url)
    people = call.services.people
    with refusals():
        user = await people.links.use(body.token, password=body.password, name=body.name, full_name=body.full_name)
    call.facts["account"] = user.name
    if user.second_factor or user.locked:
        call.facts["bearer"] = Bearer(role=user.role, name=user.shown_name, user_id=user.id)
        return web.json_response({"done": True})
    agent = call.request.headers.get("User-Agent", "")
    return await entered(
        call, await people.sign_ins.enter(user.id, address=address_of(call.request), agent=agent), bearer=False
    )


# --- the own account ---


def _user_id(call: Call) -> str:
    if not call.bearer.user_id:
        raise Problem(
            409,
            "no_account",
            "This token is nobody's account",
            "Sign in with name and password.",
            reason_vi="Bạn đang dùng đường dẫn của máy chủ, không phải tài khoản cá nhân.",
            reason_en="You use the server's link, not an account of your own.",
        )
    return call.bearer.user_id


async def get_account(call: Call) -> BaseModel:
    """GET /account."""
    user_id = _user_id(call)
    people, auth = call.services.people, call.services.settings.auth
    return p.account_view(
        await people.accounts.user(user_id),
        await people.sign_ins.of_user(user_id),
        here=call.bearer.sign_in,
        password_min=auth.password_min,
        idle_minutes=auth.idle_minutes,
    )


async def change_password(call: Call) -> BaseModel:
    """POST /account/password: ends every other sign-in."""
    user_id = _user_id(call)
    people = call.services.people
    with refusals():
        await people.own.change_password(user_id, current=call.body.current, new=call.body.new)
    await people.sign_ins.sign_out_others(user_id, kept=call.bearer.sign_in)
    return await get_account(call)


async def begin_second_factor(call: Call) -> BaseModel:
    """POST /account/second-factor: counts once it is confirmed."""
    with refusals(409):
        secret, name = await call.services.people.own.new_second_factor(_user_id(call))
    uri = otpauth_uri(secret, name=name)
    qr = segno.make_qr(uri, error="m").svg_data_uri(scale=6, border=4)
    return p.SecondFactorView(secret=secret_text(secret), uri=uri, qr=qr)


async def confirm_second_factor(call: Call) -> BaseModel:
    """POST /account/second-factor/confirm."""
    with refusals():
        codes = await call.services.people.own.confirm_second_factor(_user_id(call), call.body.code)
    return p.RecoveryCodes(codes=codes)


async def remove_second_factor(call: Call) -> BaseModel:
    """POST /account/second-factor/remove."""
    with refusals():
        await call.services.people.own.remove_second_factor(_user_id(call), call.body.code)
    return await get_account(call)


async def renew_recovery_codes(call: Call) -> BaseModel:
    """POST /account/recovery-codes."""
    with refusals():
        codes = await call.services.people.own.new_recovery_codes(_user_id(call), call.body.code)
    return p.RecoveryCodes(codes=codes)


async def sign_out_others(call: Call) -> BaseModel:
    """POST /account/sign-out-others."""
    await call.services.people.sign_ins.sign_out_others(_user_id(call), kept=call.bearer.sign_in)
    return await get_account(call)


def _own(
    path: str,
    handler: Handler,
    summary: str,
    *,
    method: str = "POST",
    body: type[BaseModel] | None = None,
    result: type[BaseModel],
) -> Route:
    return Route(
        method=method,
        path=f"/api/v1/account{path}",
        handler=handler,
        summary=summary,
        permission=Permission.OWN_ACCOUNT,
        body=body,
        result=result,
    )


ROUTES = [
    Route(
        method="POST",
        path="/api/v1/login",
        handler=login,
        summary="Sign in: sets a cookie, or gives a bearer token where `bearer` is true",
        permission=None,
        body=p.SignInBody,
        result=p.SignedInView,
    ),
    Route(
        method="POST",
        path="/api/v1/logout",
        handler=logout,
        summary="Sign out",
        permission=None,
        result=p.Done,
    ),
    Route(
        method="POST",
        path="/api/v1/setup/look",
        handler=look_at_setup,
        summary="What a one-time link is for",
        permission=None,
        audited=False,
        body=p.SetupToken,
        result=p.SetupView,
    ),
    Route(
        method="POST",
        path="/api/v1/setup",
        handler=set_up,
        summary="Set the password that a one-time link is for, and sign in",
        permission=None,
        body=p.Setup,
        result=p.SignedInView,
    ),
    _own("", get_account, "The own account and where it is signed in", method="GET", result=p.AccountView),
    _own("/password", change_password, "Change the own password", body=p.ChangePassword, result=p.AccountView),
    _own("/second-factor", begin_second_factor, "A secret for an authenticator app", result=p.SecondFactorView),
    _own(
        "/second-factor/confirm",
        confirm_second_factor,
        "The app's first code: from now on it is asked for",
        body=p.GivenCode,
        result=p.RecoveryCodes,
    ),
    _own(
        "/second-factor/remove",
        remove_second_factor,
        "Take the second factor off",
        body=p.GivenCode,
        result=p.AccountView,
    ),
    _own(
        "/recovery-codes",
        renew_recovery_codes,
        "Other recovery codes",
        body=p.GivenCode,
        result=p.RecoveryCodes,
    ),
    _own("/sign-out-others", sign_out_others, "Sign out everywhere else", result=p.AccountView),
]

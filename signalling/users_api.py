"""The API's operations on users, for the system's administrator."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel

from reception.accounts import NoSuchUser
from reception.people import LinkKind, UserRecord
from reception.permissions import Permission, Role
from signalling import people_views as p
from signalling.account_api import refusals
from signalling.problems import not_found
from signalling.routing import Call, Route


async def list_users(call: Call) -> BaseModel:
    """GET /users."""
    accounts = call.services.people.accounts
    now = accounts.clock()
    return p.UserList(users=[p.UserView.of(each, now=now) for each in await accounts.users()])


async def create_user(call: Call) -> BaseModel:
    """POST /users: with the link by which the user sets the password."""
    body: p.NewUser = call.body
    people = call.services.people
    call.facts.update(account=body.name, role=body.role, unit=body.unit)
    with refusals():
        user = await people.accounts.add(name=body.name, role=Role(body.role), full_name=body.full_name, unit=body.unit)
    return _with_link(call, user, await people.links.make(user.id, LinkKind.INVITATION))


async def change_user(call: Call) -> BaseModel:
    """PATCH /users/{uid}: another role or a lock signs the user out."""
    before = await _user(call)
    accounts = call.services.people.accounts
    given = call.body.model_dump(exclude_unset=True, exclude_none=True)
    changes = {name: value for name, value in given.items() if getattr(before, name) != value}
    call.facts.update(account=before.name, **{name: value for name, value in changes.items() if name != "full_name"})
    with refusals(409):
        user = await accounts.change(before.id, **changes) if changes else before
    return p.UserView.of(user, now=accounts.clock())


async def reset_user(call: Call) -> BaseModel:
    """POST /users/{uid}/reset: the old password is void at once."""
    user = await _user(call)
    call.facts.update(account=user.name, second_factor=call.body.second_factor)
    token = await call.services.people.links.make(user.id, LinkKind.RESET, second_factor=call.body.second_factor)
    return _with_link(call, await call.services.people.accounts.user(user.id), token)


async def unlock_user(call: Call) -> BaseModel:
    """POST /users/{uid}/unlock: failed sign-ins are forgotten."""
    user = await _user(call)
    call.facts["account"] = user.name
    accounts = call.services.people.accounts
    return p.UserView.of(await accounts.unlock(user.id), now=accounts.clock())


async def _user(call: Call) -> UserRecord:
    try:
        return await call.services.people.accounts.user(call.path("uid"))
    except NoSuchUser:
        raise not_found("user") from None


def _with_link(call: Call, user: UserRecord, token: str) -> p.UserLink:
    people = call.services.people
    now = people.accounts.clock()
    expires = now + timedelta(hours=call.services.settings.auth.setup_hours)
    return p.UserLink(user=p.UserView.of(user, now=now), url=people.setup_url(token), expires_at=expires)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/users",
        handler=list_users,
        summary="All users",
        permission=Permission.MANAGE_USERS,
        result=p.UserList,
    ),
    Route(
        method="POST",
        path="/api/v1/users",
        handler=create_user,
        summary="Create a user; the answer has the one-time link by which the user sets the password",
        permission=Permission.MANAGE_USERS,
        body=p.NewUser,
        result=p.UserLink,
        status=201,
    ),
    Route(
        method="PATCH",
        path="/api/v1/users/{uid}",
        handler=change_user,
        summary="Change name, role or unit, lock or unlock, ask for a new password",
        permission=Permission.MANAGE_USERS,
        body=p.ChangeUser,
        result=p.UserView,
    ),
    Route(
        method="POST",
        path="/api/v1/users/{uid}/reset",
        handler=reset_user,
        summary="Void the password, and the second factor where asked; the answer has the link to set another",
        permission=Permission.MANAGE_USERS,
        body=p.ResetUser,
        result=p.UserLink,
    ),
    Route(
        method="POST",
        path="/api/v1/users/{uid}/unlock",
        handler=unlock_user,
        summary="Forget failed sign-ins",
        permission=Permission.MANAGE_USERS,
        result=p.UserView,
    ),
]

"""Routes as data: method, path, who may, what goes in and out. Guard and OpenAPI are made of the same table."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web
from pydantic import BaseModel, ValidationError

from reception.audit_chain import Result
from reception.lifecycle import SessionState
from reception.permissions import READING, WRITING, Extent, Permission, Role, own_only, roles_with
from signalling.guard import address_of, bearer_of
from signalling.problem_words import REASONS_VI, ROLES_VI
from signalling.problems import Problem, invalid, not_found
from signalling.supervision import check_subordinate
from signalling.tokens import NOBODY, Bearer
from signalling.views import Shown

if TYPE_CHECKING:
    from signalling.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that passed the guard. `body` is the checked model, None where there is none.

    extent: how far the bearer's permission goes; where it is OWN, a list shows what is the bearer's own.
    facts: what a handler adds for the audit log; no secrets, no citizens' data.
    """

    request: web.Request
    services: Services
    bearer: Bearer
    extent: Extent = Extent.NONE
    body: Any = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        """Who asks, for the log."""
        return self.bearer.name or self.bearer.role

    def path(self, name: str) -> str:
        """A part of the path."""
        return self.request.match_info[name]


Handler = Callable[[Call], Awaitable[BaseModel | web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation. `query`: its parameters, all optional, with what they mean.

    permission: of the table in reception/permissions.py; None: no token is needed.
    extents: those that are enough; None: to read where the method is GET, else to do.
    form: fields of a multipart form that come with a `file`; the handler reads and checks it.
    query_token: the parameter that may bear a token of one recording, for elements that cannot send headers.
    in_archive: whether what is not GET is possible for an archived session too: where it changes nothing of it, or
    refuses by itself.
    audited: whether calls are noted in the audit log, refused ones too; None: where the method is not GET.
    about_citizens: the body's `reason` tells of citizens. It stays in the case, which can be destroyed, and out of the
    audit log, which cannot.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    permission: Permission | None
    extents: frozenset[Extent] | None = None
    body: type[BaseModel] | None = None
    form: type[BaseModel] | None = None
    result: type[BaseModel] | None = None
    status: int = 200
    query: Mapping[str, str] = field(default_factory=dict)
    query_token: str = ""
    audited: bool | None = None
    in_archive: bool = False
    about_citizens: bool = False

    @property
    def accepted(self) -> frozenset[Extent]:
        """The extents that are enough."""
        if self.extents is not None:
            return self.extents
        return READING if self.method == "GET" else WRITING


_NUL = re.compile(r"(?<!\\)(\\\\)*\\u0000")  # as JSON has it; PostgreSQL keeps none
_OF_SESSION = "/api/v1/sessions/{id}"
BEFORE_ALL = (Permission.OWN_ACCOUNT, Permission.WHO_AM_I)
_PENDING = {
    "password": ("Hãy đổi mật khẩu trước khi tiếp tục.", "Change your password first."),
    "second_factor": ("Hãy cài xác thực hai bước trước khi tiếp tục.", "Set your second factor first."),
}


def permit(bearer: Bearer, permission: Permission, accepted: frozenset[Extent]) -> Extent:
    """How far the bearer may. The one place that refuses. Raises Problem 403."""
    if bearer.pending and permission not in BEFORE_ALL:
        vi, en = _PENDING[bearer.pending]
        raise Problem(403, "account_unfinished", en, en, pending=bearer.pending, reason_vi=vi, reason_en=en)
    found = bearer.extent(permission)
    if found not in accepted:
        roles = roles_with(permission, accepted)
        raise Problem(
            403,
            "forbidden",
            "This token does not permit that",
            f"{permission}: permitted to {', '.join(roles)}.",
            reason_vi=f"{REASONS_VI['forbidden']} Người làm được: {', '.join(ROLES_VI[each] for each in roles)}.",
        )
    return found


async def _own(request: web.Request, services: Services, bearer: Bearer) -> None:
    """What the path names must be the bearer's own. Raises Problem 403, 404."""
    session_id, endpoint_id = request.match_info.get("id"), request.match_info.get("eid")
    if session_id is None:
        return
    if bearer.role in (Role.ENDPOINT, Role.MEDIA):
        if bearer.session_id == session_id and endpoint_id in (None, bearer.endpoint_id):
            return
    else:
        record = await services.session(session_id)
        if any(endpoint_id in (None, each.id) for each in record.of_unit(bearer.unit)):
            return
        if endpoint_id is not None and record.endpoint(endpoint_id) is None:
            raise not_found("endpoint")
    raise Problem(403, "not_own", "This token permits that for one's own endpoint only")


def as_aiohttp(route: Route, services: Services) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The route's handler behind its guard."""
    guard = Guard(route, services)

    async def handle(request: web.Request) -> web.StreamResponse:
        return await guard.answer(request)

    return handle


class Guard:
    """A route's handler behind its guard: who asks, whether that is permitted, and a note in the audit log."""

    def __init__(self, route: Route, services: Services) -> None:
        self._route, self._services = route, services
        self._audited = route.method != "GET" if route.audited is None else route.audited

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer. Raises Problem."""
        facts: dict[str, Any] = {}
        who = [NOBODY]
        try:
            response = await self._answer(request, who, facts)
        except Problem as problem:
            await self._note(request, who[0], _RESULTS.get(problem.status // 100, Result.FAILED), facts, problem)
            raise
        except Exception:
            await self._note(request, who[0], Result.FAILED, facts)
            raise
        await self._note(request, who[0], Result.OK, facts)
        return response

    async def _answer(self, request: web.Request, who: list[Bearer], facts: dict[str, Any]) -> web.StreamResponse:
        route, services = self._route, self._services
        found = Extent.NONE
        if route.permission is not None:
            who[0] = await bearer_of(request, services, route.query_token)
            found = permit(who[0], route.permission, route.accepted)
            if own_only(found):
                await _own(request, services, who[0])
            if found is Extent.SUBORDINATE and "id" in request.match_info:
                await check_subordinate(services, who[0], request.match_info["id"])
        await self._refuse_archived(request)
        body = await _body(request, route.body) if route.body is not None else None
        reason = str(getattr(body, "reason", "") or "").strip()
        if found is Extent.WITH_REASON and not reason and getattr(body, "needs_reason", True):
            raise Problem(422, "reason_needed", "A reason must be given", "Give `reason` in the body.")
        if reason and not route.about_citizens:
            facts["reason"] = reason
        call = Call(request=request, services=services, bearer=who[0], extent=found, body=body, facts=facts)
        result = await route.handler(call)
        if isinstance(result, web.StreamResponse):
            return result
        shown = result.shown_to(who[0]) if isinstance(result, Shown) else result
        return web.Response(text=shown.model_dump_json(), status=route.status, content_type="application/json")

    async def _refuse_archived(self, request: web.Request) -> None:
        """What is archived is only read, whatever the route changes. Raises Problem 409."""
        route = self._route
        if route.method == "GET" or route.in_archive or not route.path.startswith(_OF_SESSION):
            return
        if await self._services.store.state_of(request.match_info["id"]) is SessionState.ARCHIVED:
            vi = "Buổi tiếp đã lưu trữ, chỉ còn xem được: không sửa, không thêm, không xóa."
            en = "The session is archived and can only be read: nothing is changed, added or removed."
            raise Problem(409, "archived", "The session is archived", en, reason_vi=vi, reason_en=en)

    async def _note(
        self,
        request: web.Request,
        bearer: Bearer,
        result: Result,
        facts: dict[str, Any],
        problem: Problem | None = None,
    ) -> None:
        tried_to_play = problem is not None and self._route.permission is Permission.PLAY_RECORDING
        if not self._audited and not (tried_to_play and problem is not None and problem.status == 403):
            return
        if problem is not None:
            facts = facts | {"status": problem.status, "code": problem.code}
            result = Result.REFUSED if problem.status in (401, 403, 429) else result
        actor = bearer if bearer is not NOBODY else facts.pop("bearer", NOBODY)
        await self._services.audit.note(
            actor,
            self._route.handler.__name__,
            object=request.path.removeprefix("/api/v1/"),
            result=result,
            address=address_of(request),
            facts=facts,
        )


_RESULTS = {4: Result.REJECTED, 5: Result.FAILED}


async def _body(request: web.Request, model: type[BaseModel]) -> BaseModel:
    text = await request.text()
    try:
        values = json.loads(text, parse_constant=_no_number) if text else {}
        again = json.dumps(values, ensure_ascii=False)
        again.encode()  # half a surrogate pair is no text
        if _NUL.search(again):
            raise ValueError("a text has a NUL")
    except ValueError as error:
        raise Problem(400, "malformed_json", "The request's body is not JSON", str(error)) from None
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid(error) from None


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no JSON")

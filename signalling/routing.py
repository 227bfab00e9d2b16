"""Routes as data: method, path, who may, what goes in and out. Guard and OpenAPI are made of the same table."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web
from pydantic import BaseModel, ValidationError

from reception.permissions import READING, WRITING, Extent, Permission, Role, own_only, roles_with, same_unit
from signalling.problems import Problem, invalid, not_found
from signalling.tokens import NOBODY, Bearer, InvalidToken
from signalling.views import Shown

if TYPE_CHECKING:
    from signalling.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that passed the guard. `body` is the checked model, None where there is none.

    extent: how far the bearer's permission goes; where it is OWN, a list shows what is the bearer's own.
    """

    request: web.Request
    services: Services
    bearer: Bearer
    extent: Extent = Extent.NONE
    body: Any = None

    def path(self, name: str) -> str:
        """A part of the path."""
        return self.request.match_info[name]


Handler = Callable[[Call], Awaitable[BaseModel | web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation. `query`: its parameters, all optional, with what they mean.

    permission: of the table in reception/permissions.py; None: no token is needed.
    extents: those that are enough; None: to read where the method is GET, else to do.
    query_token: the parameter that may bear a token of one recording, for elements that cannot send headers.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    permission: Permission | None
    extents: frozenset[Extent] | None = None
    body: type[BaseModel] | None = None
    result: type[BaseModel] | None = None
    status: int = 200
    query: Mapping[str, str] = field(default_factory=dict)
    query_token: str = ""

    @property
    def accepted(self) -> frozenset[Extent]:
        """The extents that are enough."""
        if self.extents is not None:
            return self.extents
        return READING if self.method == "GET" else WRITING


def bearer_of(request: web.Request, services: Services, query_token: str = "") -> Bearer:
    """Who asks. Raises Problem 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    access = request.query.get(query_token, "") if query_token else ""
    if not access and (scheme.lower() != "bearer" or not token):
        raise Problem(401, "token_needed", "A bearer token is needed", "Send the header Authorization: Bearer <token>.")
    try:
        bearer = services.tokens.check(access or token.strip())
    except InvalidToken as error:
        raise Problem(401, "invalid_token", "The token is not valid", str(error)) from None
    if access and bearer.role is not Role.MEDIA:
        raise Problem(401, "invalid_token", "The token is not valid", "In an address only a token of /access is good.")
    return bearer


def permit(bearer: Bearer, permission: Permission, accepted: frozenset[Extent]) -> Extent:
    """How far the bearer may. The one place that refuses. Raises Problem 403."""
    found = bearer.extent(permission)
    if found not in accepted:
        roles = ", ".join(roles_with(permission, accepted))
        raise Problem(403, "forbidden", "This token does not permit that", f"{permission}: permitted to {roles}.")
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
        for each in record.endpoints:
            if endpoint_id in (None, each.id) and not each.removed and same_unit(each.name, bearer.unit):
                return
        if endpoint_id is not None and record.endpoint(endpoint_id) is None:
            raise not_found("endpoint")
    raise Problem(403, "not_own", "This token permits that for one's own endpoint only")


def as_aiohttp(route: Route, services: Services) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The route's handler behind its guard."""

    async def handle(request: web.Request) -> web.StreamResponse:
        bearer, found = NOBODY, Extent.NONE
        if route.permission is not None:
            bearer = bearer_of(request, services, route.query_token)
            found = permit(bearer, route.permission, route.accepted)
            if own_only(found):
                await _own(request, services, bearer)
        body = await _body(request, route.body) if route.body is not None else None
        if found is Extent.WITH_REASON and not str(getattr(body, "reason", "")).strip():
            raise Problem(422, "reason_needed", "A reason must be given", "Give `reason` in the body.")
        call = Call(request=request, services=services, bearer=bearer, extent=found, body=body)
        result = await route.handler(call)
        if isinstance(result, web.StreamResponse):
            return result
        shown = result.shown_to(bearer) if isinstance(result, Shown) else result
        return web.Response(text=shown.model_dump_json(), status=route.status, content_type="application/json")

    return handle


async def _body(request: web.Request, model: type[BaseModel]) -> BaseModel:
    text = await request.text()
    try:
        values = json.loads(text) if text else {}
    except ValueError as error:
        raise Problem(400, "malformed_json", "The request's body is not JSON", str(error)) from None
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid(error) from None


def openapi(routes: Sequence[Route], *, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the routes."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for route in routes:
        operation: dict[str, Any] = {
            "summary": route.summary,
            "operationId": route.handler.__name__,
            "responses": {
                str(route.status): _content(route.result, schemas, "Success"),
                "default": {
                    "description": "Problem details (RFC 9457)",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                },
            },
        }
        clean = re.sub(r":[^}]*}", "}", route.path)
        names = re.findall(r"{(\w+)}", clean)
        if names or route.query:
            operation["parameters"] = _parameters(names, route.query)
        if route.body is not None:
            operation["requestBody"] = {"required": True, **_content(route.body, schemas, "")}
        if route.permission is not None:
            operation["x-permission"] = route.permission
        operation["security"] = [{"bearer": []}] if route.permission is not None else []
        paths.setdefault(clean, {})[route.method.lower()] = operation
    schemas["Problem"] = {
        "type": "object",
        "required": ["type", "title", "status", "code"],
        "properties": {name: {"type": "string"} for name in ("type", "title", "detail", "code")}
        | {"status": {"type": "integer"}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Điểm Cầu", "version": version},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    }


def _parameters(names: Sequence[str], query: Mapping[str, str]) -> list[dict[str, Any]]:
    text = {"type": "string"}
    return [{"name": name, "in": "path", "required": True, "schema": text} for name in names] + [
        {"name": name, "in": "query", "description": meaning, "schema": text} for name, meaning in query.items()
    ]


def _content(model: type[BaseModel] | None, schemas: dict[str, Any], description: str) -> dict[str, Any]:
    result: dict[str, Any] = {"description": description} if description else {}
    if model is not None:
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
        result["content"] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}
    return result

"""Routes as data: method, path, who may, what goes in and out. Guard and OpenAPI are made of the same table."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web
from pydantic import BaseModel, ValidationError

from signalling.problems import Problem, invalid
from signalling.tokens import Bearer, InvalidToken

if TYPE_CHECKING:
    from signalling.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that passed the guard. `body` is the checked model, None where there is none."""

    request: web.Request
    services: Services
    bearer: Bearer
    body: Any = None

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
    """One operation. `roles` empty: no token is needed. `query`: its parameters, all optional, with what they mean."""

    method: str
    path: str
    handler: Handler
    summary: str
    roles: Sequence[str] = ()
    body: type[BaseModel] | None = None
    result: type[BaseModel] | None = None
    status: int = 200
    query: Mapping[str, str] = field(default_factory=dict)


def bearer_of(request: web.Request, services: Services) -> Bearer:
    """Who asks. Raises Problem 401."""
    header = request.headers.get("Authorization", "")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem(401, "token_needed", "A bearer token is needed", "Send the header Authorization: Bearer <token>.")
    try:
        return services.tokens.check(token.strip())
    except InvalidToken as error:
        raise Problem(401, "invalid_token", "The token is not valid", str(error)) from None


def as_aiohttp(route: Route, services: Services) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The route's handler behind its guard."""

    async def handle(request: web.Request) -> web.StreamResponse:
        bearer = Bearer(role="")
        if route.roles:
            bearer = bearer_of(request, services)
            if bearer.role not in route.roles:
                raise Problem(
                    403, "forbidden", "This token does not permit that", f"Permitted: {', '.join(route.roles)}."
                )
        body = await _body(request, route.body) if route.body is not None else None
        result = await route.handler(Call(request=request, services=services, bearer=bearer, body=body))
        if isinstance(result, web.StreamResponse):
            return result
        return web.Response(text=result.model_dump_json(), status=route.status, content_type="application/json")

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
        operation["security"] = [{"bearer": []}] if route.roles else []
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

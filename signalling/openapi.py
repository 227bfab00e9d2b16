"""The API's description, made of the table of routes: OpenAPI 3.1."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from signalling.routing import Route

Content = Callable[[type[BaseModel] | None], dict[str, Any]]
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {name: {"type": "string"} for name in ("type", "title", "detail", "code", "reason_vi", "reason_en")}
    | {"status": {"type": "integer"}},
}
_FAILED = {
    "description": "Problem details (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def description_of(routes: Sequence[Route], *, version: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler that answers with the document. It is made when somebody first asks: the server starts sooner."""

    @cache
    def document() -> str:
        return json.dumps(openapi(routes, version=version))

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response(text=await asyncio.to_thread(document))

    return answer


def openapi(routes: Sequence[Route], *, version: str) -> dict[str, Any]:
    """The document, a third of a second of work. Models of one name in two modules are two schemas."""
    models = {model for route in routes for model in (route.result, route.body) if model is not None}
    by_name = sorted(models, key=lambda model: model.__name__)
    references, defined = models_json_schema(
        [(model, "validation") for model in by_name], ref_template="#/components/schemas/{model}"
    )

    def content(model: type[BaseModel] | None) -> dict[str, Any]:
        return {} if model is None else {"content": {"application/json": {"schema": references[model, "validation"]}}}

    paths: dict[str, Any] = {}
    for route in routes:
        clean = re.sub(r":[^}]*}", "}", route.path)
        paths.setdefault(clean, {})[route.method.lower()] = _operation(route, clean, content)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Điểm Cầu", "version": version},
        "paths": paths,
        "components": {
            "schemas": {**defined["$defs"], "Problem": _PROBLEM},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route, path: str, content: Content) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": route.handler.__name__,
        "responses": {str(route.status): {"description": "Success", **content(route.result)}, "default": _FAILED},
    }
    names = re.findall(r"{(\w+)}", path)
    if names or route.query:
        operation["parameters"] = _parameters(names, route.query)
    if route.body is not None:
        operation["requestBody"] = {"required": True, **content(route.body)}
    if route.form is not None:
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": _form(route.form)}}
    if route.permission is not None:
        operation["x-permission"] = route.permission
    operation["security"] = [{"bearer": []}] if route.permission is not None else []
    return operation


def _parameters(names: Sequence[str], query: Mapping[str, str]) -> list[dict[str, Any]]:
    text = {"type": "string"}
    return [{"name": name, "in": "path", "required": True, "schema": text} for name in names] + [
        {"name": name, "in": "query", "description": meaning, "schema": text} for name, meaning in query.items()
    ]


def _form(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    schema["properties"]["file"] = {"type": "string", "format": "binary"}
    return {"schema": {**schema, "required": [*schema.get("required", []), "file"]}}

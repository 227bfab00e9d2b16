"""The HTTP application: routes, errors, headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from recorder.service import RecorderUnavailable
from signalling import (
    account_api,
    archive_api,
    audit_api,
    case_api,
    catalogue_api,
    citizens_api,
    confidence_api,
    console_api,
    countdown,
    course_api,
    derivatives_api,
    documents_api,
    events_api,
    exports_api,
    general_api,
    help_api,
    invitation_api,
    keeping,
    link_api,
    marker_api,
    media_files,
    minutes_api,
    operating,
    papers_api,
    preflight_api,
    presentation_api,
    procedure_api,
    profile_api,
    registry_api,
    rules_api,
    schedule_api,
    search_api,
    session_api,
    survey_api,
    templates_api,
    users_api,
)
from signalling.guard import check_origin
from signalling.metrics import make_registry
from signalling.openapi import description_of
from signalling.problems import Problem, of_store
from signalling.routing import as_aiohttp
from signalling.services import Services
from signalling.web_app import serve_app
from signalling.websocket import serve_websocket
from signalling.whip import WhipResources

log = structlog.get_logger("http")

MAX_BODY_BYTES = 512 * 1024
ROUTES = [
    *course_api.ROUTES,
    *procedure_api.ROUTES,
    *countdown.ROUTES,
    *events_api.ROUTES,
    *session_api.ROUTES,
    *console_api.ROUTES,
    *operating.ROUTES,
    *papers_api.ROUTES,
    *templates_api.ROUTES,
    *profile_api.ROUTES,
    *registry_api.ROUTES,
    *general_api.ROUTES,
    *catalogue_api.ROUTES,
    *marker_api.ROUTES,
    *case_api.ROUTES,
    *citizens_api.ROUTES,
    *documents_api.ROUTES,
    *presentation_api.ROUTES,
    *confidence_api.ROUTES,
    *media_files.ROUTES,
    *minutes_api.ROUTES,
    *archive_api.ROUTES,
    *invitation_api.ROUTES,
    *rules_api.ROUTES,
    *schedule_api.ROUTES,
    *search_api.ROUTES,
    *derivatives_api.ROUTES,
    *keeping.ROUTES,
    *exports_api.ROUTES,
    *preflight_api.ROUTES,
    *survey_api.ROUTES,
    *account_api.ROUTES,
    *users_api.ROUTES,
    *audit_api.ROUTES,
    *link_api.ROUTES,
    *help_api.ROUTES,
]
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), screen-wake-lock=(self)",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
        "font-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'"
    ),
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error is a problem document; nothing of the inside is shown."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPException as error:
        if error.status < 400:
            raise
        code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status, "http_error")
        response = Problem(error.status, code, error.reason).response()
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
        return response
    except ConnectionResetError:
        raise
    except Exception as error:
        refusal = of_store(error)
        if refusal is not None:
            log.warning("the store refused a request", method=request.method, path=request.path, reason=str(error))
            return refusal.response()
        log.exception("a request failed", method=request.method, path=request.path)
        return Problem(500, "internal", "The server failed on this request", "It is in the server's log.").response()


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Security headers on every answer."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")


def make_app(services: Services, *, version: str) -> web.Application:
    """The application."""
    app = web.Application(middlewares=[problems], client_max_size=MAX_BODY_BYTES)
    app.on_response_prepare.append(add_headers)
    registry = make_registry(services)

    async def healthz(request: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ok", "version": version})

    async def readyz(request: web.Request) -> web.StreamResponse:
        try:
            services.recorder.check_disk()
        except RecorderUnavailable as error:
            raise Problem(
                503, "recorder_unavailable", "Not ready: nothing could be recorded", error.reason_en
            ) from None
        await services.store.check()
        return web.json_response({"status": "ready"})

    async def metrics(request: web.Request) -> web.StreamResponse:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def signal(request: web.Request) -> web.StreamResponse:
        check_origin(request)
        return await serve_websocket(request, services)

    for route in ROUTES:
        app.router.add_route(route.method, route.path, as_aiohttp(route, services))
    app.router.add_get("/api/openapi.json", description_of(ROUTES, version=version))
    app.router.add_get("/api/v1/signal", signal)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
    app.router.add_routes(WhipResources(services).routes())
    app.router.add_routes(help_api.HelpFiles(services).routes())
    app.router.add_get("/{path:.*}", serve_app)
    return app

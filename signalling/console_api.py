"""The API's view for the operator's page: the lines, whose trouble it is, and the last minutes."""

from __future__ import annotations

import math

from aiohttp import web

from bandwidth.attribution_facts import EndpointFacts
from reception.permissions import Permission
from sfu.observation import PictureFacts
from sfu.types import Source
from signalling import console_views as c
from signalling import messages as m
from signalling.conference import Conference
from signalling.history import Series
from signalling.problems import Problem
from signalling.routing import Call, Route
from signalling.seat import Seat
from signalling.services import Services
from signalling.watch import SessionHistory

ROUNDED_S = 0.001  # times are told in milliseconds; a page that asks from its last on does not get that again


async def get_console(call: Call) -> web.StreamResponse:
    """GET /sessions/{id}/console. Compressed: ten minutes of eleven endpoints are half a megabyte of digits."""
    record = await call.services.session(call.path("id"))
    since = _since(call.request.query.get("since", "0"))
    view = console_view(call.services, call.services.conferences.get(record.id), record.profile, since)
    response = web.Response(text=view.model_dump_json(), content_type="application/json")
    response.enable_compression()
    return response


def _since(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Problem(400, "invalid_query", "The query is not valid", "since: Unix time in seconds, a number.")
    return value


def console_view(services: Services, conference: Conference | None, profile: str, since: float) -> c.ConsoleView:
    """The view. conference: None if the session does not run. since: Unix time; rows after it are told."""
    offset = services.media.wall_offset_s
    watch = services.watch
    session_id = conference.record.id if conference else ""
    history = watch.history(session_id)
    return c.ConsoleView(
        now=services.media.now() + offset,
        delay_ms=round(1000 * watch.server.delay_s, 1),
        site=_site(services, profile),
        troubles=_troubles(services, session_id) if conference else [],
        endpoints=[_endpoint(seat, history) for seat in conference.seats.values()] if conference else [],
        site_history=_rows(history.site, since, offset),
        history={name: _rows(series, since, offset) for name, series in history.endpoints.items()},
    )


def _site(services: Services, profile: str) -> c.SiteBar:
    allocator, site = services.media.allocator, services.profile(profile).site
    limit = allocator.limit_bps or int(site.up_bps * site.media_share)
    whole = services.site  # of several workers: what all of them use together
    return c.SiteBar(
        used_bps=whole.used_bps if whole else allocator.used_bps,
        reserved_bps=allocator.audio_bps,
        limit_bps=whole.limit_bps if whole and whole.limit_bps else limit,
        line_bps=limit + allocator.free_bps if allocator.free_bps else site.up_bps,
        wanted_bps=allocator.demand_bps,
        sent_bps=services.watch.sent_bps,
    )


def _troubles(services: Services, session_id: str) -> list[c.Trouble]:
    offset = services.media.wall_offset_s
    return [
        c.Trouble(
            endpoint_id=endpoint_id or None,
            cause=verdict.cause,
            symptom=verdict.symptom,
            remedy=verdict.remedy,
            confidence=round(verdict.confidence, 2),
            since=verdict.since_s + offset,
            numbers={name: round(value, 4) for name, value in verdict.numbers.items()},
        )
        for endpoint_id, verdict in services.watch.verdicts(session_id)
    ]


def _endpoint(seat: Seat, history: SessionHistory) -> c.EndpointDetail:
    observer, facts = history.observers.get(seat.record.id), history.facts.get(seat.record.id, EndpointFacts())
    cameras = [each for each in observer.peer.publications if each.source is Source.CAMERA] if observer else []
    return c.EndpointDetail(
        id=seat.record.id,
        line_bps=facts.line_bps,
        wanted_bps=facts.wanted_bps,
        asked_up_bps=facts.asked_up_bps,
        asked=[encoding.rid for each in cameras for encoding in observer.asked(each)] if observer else [],
        pictures=[_picture(each) for each in history.pictures.get(seat.record.id, [])],
        browser=_browser(seat.client) if facts.browser is not None and seat.client is not None else None,
    )


def _browser(said: m.ClientStats) -> c.BrowserNumbers:
    return c.BrowserNumbers(**{name: getattr(said, name) for name in c.BrowserNumbers.model_fields})


def _picture(facts: PictureFacts) -> c.Picture:
    return c.Picture(
        endpoint_id=facts.endpoint_id,
        source=facts.source.value,
        place=facts.place,
        state=facts.state.value,
        layer=facts.layer,
        rid=facts.rid,
        width=facts.width,
        height=facts.height,
        shown_pixels=facts.wanted_pixels,
        why=facts.why,
    )


def _rows(series: Series, since: float, offset: float) -> c.Rows:
    times, columns = series.since(since + ROUNDED_S - offset)
    return c.Rows(times=[round(at + offset, 3) for at in times], columns=columns)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/sessions/{id}/console",
        handler=get_console,
        summary="The lines, whose trouble it is, what each endpoint sees, and the last ten minutes",
        permission=Permission.VIEW_LINES,
        query={"since": "Unix time: only rows of the history after it"},
        result=c.ConsoleView,
    ),
]

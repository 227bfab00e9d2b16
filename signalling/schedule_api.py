"""The public schedule: a page, JSON and an iCalendar feed that need no sign-in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiohttp import web
from pydantic import BaseModel

from reception.public_schedule import ANNOUNCED, PublicEntry, calendar_of, public_entries
from reception.records import RegisteredEndpoint, SessionRecord
from reception.session_query import MAX_PAGE, SessionFilter
from reception.store import NotFound
from signalling.problems import Problem
from signalling.routing import Call, Route
from signalling.services import Services

PAGE = "/lich-tiep-cong-dan"
CALENDAR_NAME = "Lịch tiếp công dân trực tuyến"
DAYS_AHEAD = 180
MAX_AGE_S = 300


class PublicEntryView(BaseModel):
    """An announced reception: when, where, who receives, of which level."""

    starts_at: datetime
    ends_at: datetime
    kind: str
    level: str
    host: str
    place: str
    chair_name: str
    chair_office: str

    @classmethod
    def of(cls, entry: PublicEntry) -> PublicEntryView:
        """The same for the API."""
        return cls(**{name: getattr(entry, name) for name in cls.model_fields})


class PublicSchedule(BaseModel):
    """What is announced from today on, soonest first."""

    entries: list[PublicEntryView]


async def get_schedule(call: Call) -> web.StreamResponse:
    """GET /lich-tiep-cong-dan.json, and under /api/v1."""
    shown = PublicSchedule(entries=[PublicEntryView.of(each) for each in await _entries(call.services)])
    return web.Response(text=shown.model_dump_json(), content_type="application/json", headers=_caching())


async def get_calendar(call: Call) -> web.StreamResponse:
    """GET /lich-tiep-cong-dan.ics."""
    services = call.services
    entries = await _entries(services)
    url = f"{services.public_url}{PAGE}"
    text = calendar_of(entries, name=CALENDAR_NAME, url=url, now=datetime.now(UTC))
    return web.Response(body=text, content_type="text/calendar", charset="utf-8", headers=_caching())


def _caching() -> dict[str, str]:
    return {"Cache-Control": f"public, max-age={MAX_AGE_S}"}


async def _entries(services: Services) -> list[PublicEntry]:
    """Raises Problem 404 where the settings switch it off."""
    if not services.settings.reception.public_schedule:
        vi, en = "Lịch công khai đang tắt.", "The public schedule is switched off."
        raise Problem(404, "no_public_schedule", en, en, reason_vi=vi, reason_en=en)
    now = datetime.now(UTC)
    wanted = SessionFilter(
        states=tuple(ANNOUNCED),
        rehearsals=False,
        begins=now - timedelta(days=1),
        ends=now + timedelta(days=DAYS_AHEAD),
        soonest=True,
        limit=MAX_PAGE,
    )
    records, _ = await services.store.sessions(wanted)
    return public_entries(records, await _rooms(services, records), now=now)


async def _rooms(services: Services, records: list[SessionRecord]) -> dict[str, RegisteredEndpoint]:
    wanted = {each.registered_id for record in records for each in record.endpoints if each.role == "central"}
    found = {}
    for room_id in wanted - {None}:
        try:
            found[str(room_id)] = await services.store.registry.room(str(room_id))
        except NotFound:
            continue
    return found


ROUTES = [
    *(
        Route(
            method="GET",
            path=path,
            handler=get_schedule,
            summary="The public schedule: date, place, chair and level of approved receptions; no sign-in",
            permission=None,
            result=PublicSchedule,
        )
        for path in ("/api/v1/public/schedule", f"{PAGE}.json")
    ),
    Route(
        method="GET",
        path=f"{PAGE}.ics",
        handler=get_calendar,
        summary="The public schedule as an iCalendar feed",
        permission=None,
    ),
]

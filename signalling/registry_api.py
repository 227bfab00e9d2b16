"""The API's operations on the registry of rooms."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, Field, StringConstraints

from reception.permissions import Extent, Permission
from reception.records import RegisteredEndpoint
from reception.registry_csv import CsvFault, read_rooms, write_rooms
from reception.registry_store import NameTaken
from reception.session_plan import LEVELS
from reception.store import NotFound
from signalling.bodies import Body, Name
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route

MAX_PAGE = 500
EVERYTHING = 100_000
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class RoomBody(Body):
    """A room. line: the name of the bandwidth profile that its line fits, or words. main: a site that can host."""

    name: Name
    level: Literal["trung_uong", "tinh", "xa", "so_nganh"]
    organisation: Text = ""
    place: Text = ""
    room: Short = ""
    line: Short = ""
    technician: Short = ""
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""
    equipment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    note: Annotated[str, StringConstraints(max_length=5000)] = ""
    main: bool = False
    active: bool = True


class RoomView(RoomBody):
    """A room as it is kept."""

    id: str

    @classmethod
    def of(cls, room: RegisteredEndpoint) -> RoomView:
        """The same for the API."""
        return cls.model_construct(**asdict(room))


class RoomList(BaseModel):
    """One page of rooms, by name. total: over all pages."""

    endpoints: list[RoomView]
    total: int


class Imported(BaseModel):
    """What came of a file. stored: false where it was only checked."""

    stored: bool
    rows: int
    added: int = 0
    renewed: int = 0
    total: int = Field(default=0, description="rooms in the registry afterwards")


async def list_rooms(call: Call) -> BaseModel:
    """GET /registry."""
    query = call.request.query
    level = query.get("level", "")
    if level not in ("", *LEVELS):
        raise Problem(400, "invalid_query", "The query is not valid", f"level: one of {', '.join(LEVELS)}.")
    rooms, total = await call.services.store.registry.rooms(
        words=query.get("q", "")[:200],
        level=level,
        active={"yes": True, "no": False}.get(query.get("active", "")),
        limit=max(1, _number(query.get("limit", "200"), "limit", MAX_PAGE)),
        offset=_number(query.get("offset", "0"), "offset", EVERYTHING),
    )
    return RoomList(endpoints=[RoomView.of(each) for each in rooms], total=total)


def _number(text: str, name: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most):
        raise Problem(400, "invalid_query", "The query is not valid", f"{name}: a whole number up to {most}.")
    return int(text)


async def get_room(call: Call) -> BaseModel:
    """GET /registry/{room}."""
    try:
        return RoomView.of(await call.services.store.registry.room(call.path("room")))
    except NotFound:
        raise not_found("registered endpoint") from None


async def add_room(call: Call) -> BaseModel:
    """POST /registry."""
    return await _put(call, RegisteredEndpoint(**call.body.model_dump()))


async def change_room(call: Call) -> BaseModel:
    """PUT /registry/{room}."""
    return await _put(call, RegisteredEndpoint(**call.body.model_dump(), id=call.path("room")))


async def _put(call: Call, room: RegisteredEndpoint) -> BaseModel:
    try:
        return RoomView.of(await call.services.store.registry.put(room))
    except NotFound:
        raise not_found("registered endpoint") from None
    except NameTaken:
        raise Problem(
            409,
            "name_taken",
            "Another endpoint of the registry has this name",
            room.name,
            reason_vi=f"Danh mục đã có điểm cầu tên “{room.name}”. Hãy đặt tên khác.",
            reason_en=f"The registry has an endpoint “{room.name}” already. Choose another name.",
        ) from None


async def remove_room(call: Call) -> web.StreamResponse:
    """DELETE /registry/{room}."""
    try:
        await call.services.store.registry.remove(call.path("room"))
    except NotFound:
        raise not_found("registered endpoint") from None
    return web.Response(status=204)


async def import_rooms(call: Call) -> BaseModel:
    """POST /registry/import: the body is the CSV file."""
    try:
        text = (await call.request.read()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        detail = f"The file is not UTF-8 (byte {error.start}). Save it as “CSV UTF-8”."
        vi = f"Tệp không phải UTF-8 (byte {error.start}). Hãy lưu lại dạng “CSV UTF-8”."
        raise Problem(422, "not_utf8", "The file is not UTF-8", detail, reason_vi=vi, reason_en=detail) from None
    rooms, faults = read_rooms(text)
    if faults:
        raise _faulty(faults)
    if call.request.query.get("check") == "true":
        return Imported(stored=False, rows=len(rooms))
    added, renewed, total = await call.services.store.registry.import_rooms(rooms)
    return Imported(stored=True, rows=len(rooms), added=added, renewed=renewed, total=total)


def _faulty(faults: list[CsvFault]) -> Problem:
    shown = [
        {
            "line": each.line,
            "column": each.column,
            "number": each.number,
            "value": each.value,
            "vi": each.words.vi,
            "en": each.words.en,
        }
        for each in faults[:200]
    ]
    return Problem(
        422,
        "invalid_csv",
        "The file has faults; nothing was imported",
        "; ".join(str(each) for each in faults[:20]),
        reason_vi=f"Tệp có {len(faults)} lỗi, chưa nhập dòng nào. Sửa các ô dưới đây rồi nhập lại.",
        reason_en=f"The file has {len(faults)} faults; nothing was imported. Correct the cells below and try again.",
        errors=shown,
        count=len(faults),
    )


async def export_rooms(call: Call) -> web.StreamResponse:
    """GET /registry/export.csv."""
    rooms, _ = await call.services.store.registry.rooms(limit=EVERYTHING)
    return web.Response(
        body=write_rooms(rooms).encode(),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": 'attachment; filename="danh-muc-diem-cau.csv"',
        },
    )


_R = "/api/v1/registry"
_WHOLE = frozenset({Extent.FULL})  # a technician's own is what he reads and measures
ROUTES = [
    Route(
        method="GET",
        path=_R,
        handler=list_rooms,
        summary="The registry of endpoints, page by page",
        permission=Permission.VIEW_SESSIONS,
        query={
            "q": "words of name, organisation, place, room or technician; diacritics do not matter",
            "level": f"one of {', '.join(LEVELS)}",
            "active": "yes or no: only those that may be invited, or may not",
            "limit": f"up to {MAX_PAGE} a page; 200 if not given",
            "offset": "how many to leave out",
        },
        result=RoomList,
    ),
    Route(
        method="POST",
        path=_R,
        handler=add_room,
        summary="Add an endpoint to the registry",
        permission=Permission.REGISTER_ENDPOINTS,
        extents=_WHOLE,
        body=RoomBody,
        result=RoomView,
        status=201,
    ),
    Route(
        method="POST",
        path=f"{_R}/import",
        handler=import_rooms,
        summary="Add or renew endpoints from a CSV file (the body), all or none; check=true only says what is wrong",
        permission=Permission.REGISTER_ENDPOINTS,
        extents=_WHOLE,
        query={"check": "true: nothing is stored"},
        result=Imported,
    ),
    Route(
        method="GET",
        path=f"{_R}/export.csv",
        handler=export_rooms,
        summary="The registry as a CSV file that can be imported again",
        permission=Permission.REGISTER_ENDPOINTS,
    ),
    Route(
        method="GET",
        path=f"{_R}/{{room}}",
        handler=get_room,
        summary="An endpoint of the registry",
        permission=Permission.VIEW_SESSIONS,
        result=RoomView,
    ),
    Route(
        method="PUT",
        path=f"{_R}/{{room}}",
        handler=change_room,
        summary="Renew an endpoint of the registry",
        permission=Permission.REGISTER_ENDPOINTS,
        extents=_WHOLE,
        body=RoomBody,
        result=RoomView,
    ),
    Route(
        method="DELETE",
        path=f"{_R}/{{room}}",
        handler=remove_room,
        summary="Take an endpoint out of the registry; sessions that invited it keep theirs",
        permission=Permission.REGISTER_ENDPOINTS,
        extents=_WHOLE,
        status=204,
    ),
]

"""House rules and regulation over the API: everybody reads them, an administrator writes a new version."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from reception.database import NotFound
from reception.permissions import Permission
from reception.rules import RulesKind, RulesText
from reception.rules_store import OtherVersion
from signalling.bodies import Body
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route

MOST = 20_000
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST)]
Translation = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MOST)]


class NewRules(Body):
    """A new version. after: the number of the newest that was read, 0: there was none."""

    vi: Text
    en: Translation = ""
    after: int = Field(ge=0, le=10**6)


class RulesView(BaseModel):
    """A version. id: NQ-3 (house rules) or QC-2 (regulation), kept with each acknowledgement. author "": shipped."""

    id: str
    kind: str
    number: int
    vi: str
    en: str
    author: str
    at: datetime | None

    @classmethod
    def of(cls, found: RulesText) -> RulesView:
        """As it was written."""
        names = ("id", "number", "vi", "en", "author", "at")
        return cls(kind=found.kind.value, **{name: getattr(found, name) for name in names})


class RulesOfKind(BaseModel):
    """A text. current: in force, null: none was written. older: without their texts, newest first."""

    current: RulesView | None
    older: list[RulesView]


class RulesPage(BaseModel):
    """Both texts. shown_as: the name of what endpoints are shown now, with the notice."""

    shown_as: str
    noi_quy: RulesOfKind
    quy_che: RulesOfKind


async def get_rules(call: Call) -> BaseModel:
    """GET /rules."""
    return await _page(call)


async def _page(call: Call) -> RulesPage:
    await call.services.rules.refresh()
    house, regulation = [await _of(call, each) for each in RulesKind]
    if house.current is None:
        notice = call.services.settings.notice
        text = {"vi": notice.rules_vi, "en": notice.rules_en}
        house.current = RulesView(id=notice.version, kind=RulesKind.HOUSE, number=0, author="", at=None, **text)
    return RulesPage(shown_as=call.services.rules.version, noi_quy=house, quy_che=regulation)


async def _of(call: Call, kind: RulesKind) -> RulesOfKind:
    views = [RulesView.of(each) for each in await call.services.rules_store.versions(kind)]
    older = [each.model_copy(update={"vi": "", "en": ""}) for each in views[1:]]
    return RulesOfKind(current=views[0] if views else None, older=older)


def _kind(call: Call) -> RulesKind:
    try:
        return RulesKind(call.path("kind"))
    except ValueError:
        raise not_found("rules") from None


async def get_version(call: Call) -> BaseModel:
    """GET /rules/{kind}/{number}."""
    kind, number = _kind(call), call.path("number")
    if not (number.isascii() and number.isdecimal() and len(number) < 8):
        raise not_found("version")
    try:
        return RulesView.of(await call.services.rules_store.get(kind, int(number)))
    except NotFound:
        raise not_found("version") from None


async def write_rules(call: Call) -> BaseModel:
    """POST /rules/{kind}: in force at once; who acknowledged an earlier version is asked again."""
    body: NewRules = call.body
    kind = _kind(call)
    try:
        written = await call.services.rules_store.add(kind, vi=body.vi, en=body.en, author=call.actor, after=body.after)
    except OtherVersion as error:
        vi = f"Đã có phiên bản {error.number} do người khác lưu. Hãy tải lại trang, đọc rồi sửa tiếp."
        en = f"Somebody else saved version {error.number}. Load the page again and go on from there."
        raise Problem(409, "other_version", en, en, reason_vi=vi, reason_en=en) from None
    call.facts["version"] = written.id
    return await _page(call)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/rules",
        handler=get_rules,
        summary="House rules and regulation in force, and their earlier versions",
        permission=Permission.WHO_AM_I,
        result=RulesPage,
    ),
    Route(
        method="GET",
        path="/api/v1/rules/{kind}/{number}",
        handler=get_version,
        summary="A version of noi_quy (house rules) or quy_che (regulation), in force or not",
        permission=Permission.WHO_AM_I,
        result=RulesView,
    ),
    Route(
        method="POST",
        path="/api/v1/rules/{kind}",
        handler=write_rules,
        summary="A new version of house rules or regulation, in force at once; earlier ones stay",
        permission=Permission.MANAGE_USERS,
        body=NewRules,
        result=RulesPage,
        status=201,
    ),
]

"""What endpoints are shown before a session: the notice of the configuration, house rules and regulation of the app."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from reception.database import NotFound
from reception.notices import Notices
from reception.records import SessionRecord
from reception.rules import RulesInForce, named_in

if TYPE_CHECKING:
    from signalling.services import Services

Language = str
TEXTS = ("banner", "notice", "acknowledgement", "rules")


class ShownRules:
    """What is in force, kept at hand: pages are told of it without a look into the store."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._in_force = RulesInForce()

    @property
    def version(self) -> str:
        """The name of all that is shown."""
        return self._in_force.shown_as(self._services.settings.notice.version)

    def texts(self, language: Language) -> dict[str, str]:
        """Banner, notice, acknowledgement, rules and regulation ("": none) in "vi" or "en"."""
        notice, now = self._services.settings.notice, self._in_force
        found = {name: str(getattr(notice, f"{name}_{language}")) for name in TEXTS}
        if now.house is not None:
            found["rules"] = now.house.text(language)
        return found | {"regulation": now.regulation.text(language) if now.regulation is not None else ""}

    async def refresh(self) -> None:
        """Look what is in force; pages are told where it is another."""
        found = await self._services.rules_store.in_force()
        if found != self._in_force:
            self._in_force = found
            for conference in self._services.conferences.values():
                conference.room.changed()


async def shown_in(services: Services, record: SessionRecord) -> dict[str, Any]:
    """What was shown in a session, for its file: who acknowledged which version, and the texts of these versions."""
    notices = Notices.model_validate((await services.rooms.load(record.id)).get("notices", {}))
    citizens = await services.case.citizens(record.id)
    marks = await services.store.course.marks(record.id)
    versions = {
        *(each.version for each in notices.acknowledged.values()),
        *(each.notice_version for each in citizens),
        *(each.detail for each in marks if each.mark == "notice_shown"),
    } - {""}
    return {
        "acknowledged": [{"endpoint_id": key, **each.model_dump()} for key, each in notices.acknowledged.items()],
        "versions": sorted(versions),
        "notice": services.settings.notice.model_dump(),
        "texts": await _texts(services, versions),
    }


async def _texts(services: Services, versions: Iterable[str]) -> list[dict[str, Any]]:
    found = []
    for kind, number in sorted(named_in(versions)):
        try:
            each = await services.rules_store.get(kind, number)
        except NotFound:  # somebody wrote the name of a version by hand
            continue
        found.append({"id": each.id, "kind": kind.value, "vi": each.vi, "en": each.en})
        found[-1] |= {"author": each.author, "at": each.at.isoformat()}
    return found

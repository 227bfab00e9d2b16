"""Whose recordings a supervisor may open: those of units below the own one, as the registry has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reception.permissions import same_unit
from reception.records import RegisteredEndpoint, SessionRecord
from reception.store import NotFound
from reception.supervision import supervises
from signalling.problems import Problem
from signalling.tokens import Bearer

if TYPE_CHECKING:
    from signalling.services import Services

MOST_ROOMS = 500


async def check_subordinate(services: Services, bearer: Bearer, session_id: str) -> None:
    """Raises Problem 403: the bearer has no unit, or the session's host is not below it; 404: no such session."""
    own = await _rooms_of(services, bearer.unit)
    if not own:
        raise Problem(
            403,
            "no_unit",
            "The account has no unit of the registry",
            "A supervisor opens recordings of units below the own one: give the account its unit.",
            reason_vi="Tài khoản giám sát chưa gắn với đơn vị nào trong danh mục điểm cầu.",
            reason_en="The supervisor's account has no unit of the registry.",
        )
    record = await services.session(session_id)
    hosts = await _host_rooms(services, record)
    if any(same_unit(each, bearer.unit) for each in _host_names(record)) or any(
        _is(each, bearer.unit) for each in hosts
    ):
        return
    if not supervises(own[0].level, hosts[0].level if hosts else record.plan.competent_level):
        raise Problem(
            403,
            "not_subordinate",
            "The session's host is not below the supervisor's unit",
            reason_vi="Chỉ mở được bản ghi của đơn vị cấp dưới.",
            reason_en="Only recordings of units below the own one can be opened.",
        )


def _host_names(record: SessionRecord) -> list[str]:
    central = [each for each in record.endpoints if each.role == "central"]
    return [record.plan.host_organisation, *(each.name for each in central), *(each.organisation for each in central)]


async def _host_rooms(services: Services, record: SessionRecord) -> list[RegisteredEndpoint]:
    """The central endpoint's room in the registry, else rooms of the host's names."""
    for endpoint in record.endpoints:
        if endpoint.role == "central" and endpoint.registered_id:
            try:
                return [await services.store.registry.room(endpoint.registered_id)]
            except NotFound:
                break
    return [room for name in _host_names(record) for room in await _rooms_of(services, name)]


async def _rooms_of(services: Services, unit: str) -> list[RegisteredEndpoint]:
    """The registry's rooms of this name, or of an organisation of this name."""
    if not unit.strip():
        return []
    rooms, _ = await services.store.registry.rooms(words=unit, limit=MOST_ROOMS)
    return [room for room in rooms if _is(room, unit)]


def _is(room: RegisteredEndpoint, unit: str) -> bool:
    return same_unit(room.name, unit) or same_unit(room.organisation, unit)

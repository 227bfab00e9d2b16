"""The signatures of a session's minutes: those noted, and those still expected of its endpoints and citizens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reception.minutes import CITIZEN_CAPACITY, Signatory, Signature, with_expected
from reception.records import SessionRecord
from recorder.catalogue import seal_of

if TYPE_CHECKING:
    from signalling.services import Services


async def signatures_of(services: Services, record: SessionRecord) -> list[Signature]:
    """All signatures of a session's minutes, those that are still expected too."""
    stored = await services.store.minutes.signatures(record.id)
    return with_expected(record, stored, await _citizens(services, record))


async def _citizens(services: Services, record: SessionRecord) -> list[Signatory]:
    """Those who sit at an endpoint, by name; what they are called in the minutes stands in the case."""
    return [
        Signatory(endpoint_id=each.endpoint_id, person=each.name, capacity=CITIZEN_CAPACITY)
        for each in await services.case.citizens(record.id)
    ]


async def sealed_hash(services: Services, record: SessionRecord) -> str:
    """The seal of the session's recording, "" while it has none."""
    return await asyncio.to_thread(seal_of, services.recorder.root / record.id)

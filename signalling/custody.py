"""Uses of recordings over the API: who may, and the line in the custody log."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from recorder.custody import CustodyUnwritable, Person, log_use
from signalling.problems import Problem
from signalling.tokens import Bearer

if TYPE_CHECKING:
    from signalling.services import Services


def person_of(bearer: Bearer) -> Person:
    """Who a token speaks for."""
    return Person(identity=f"{bearer.role}:{bearer.name}", name=bearer.name or bearer.role, role=bearer.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What somebody wants to do with a recording."""

    services: Services
    bearer: Bearer
    recording_id: str
    what: str
    purpose: str


async def log_it(use: Use, *, result: str = "ok", **facts: Any) -> None:
    """A line in the custody log. Raises Problem 503 if it takes none: then nothing may be done."""
    line: dict[str, Any] = {"what": use.what, "who": person_of(use.bearer), "purpose": use.purpose, "result": result}
    try:
        await asyncio.to_thread(partial(log_use, use.services.data, use.recording_id, **line, **facts))
    except CustodyUnwritable as error:
        vi, _, en = str(error).partition(" / ")
        raise Problem(
            503, "custody_unwritable", "It cannot be logged, so it is not done", en, reason_vi=vi, reason_en=en
        ) from None


async def permit(use: Use, roles: Collection[str], **facts: Any) -> None:
    """Logged, and refused (403, logged too) to whom it is not permitted. Raises Problem."""
    if use.bearer.role not in roles:
        await log_it(use, result="refused: not permitted", **facts)
        raise Problem(
            403,
            "forbidden",
            "This role may not do that",
            f"Permitted: {', '.join(roles)}. The attempt was logged.",
            reason_vi="Vai trò này không được phép làm việc đó. Yêu cầu đã được ghi vào nhật ký.",
            reason_en="This role may not do that. The attempt was logged.",
        )
    await log_it(use, **facts)

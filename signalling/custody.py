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
    from signalling.routing import Call


def person_of(bearer: Bearer) -> Person:
    """Who a token speaks for. Accounts are told apart by their id; tokens of the console by role and name."""
    identity = getattr(bearer, "user_id", "") or f"{bearer.role}:{bearer.name}"
    return Person(identity=identity, name=bearer.name or str(bearer.role), role=str(bearer.role))


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What somebody does with a recording. bearer: who does it, if it is not who called."""

    call: Call
    recording_id: str
    what: str
    purpose: str
    bearer: Bearer | None = None


async def log_it(use: Use, *, result: str = "ok", **facts: Any) -> None:
    """A line in the custody log. Raises Problem 503 if it takes none: then nothing may be done."""
    line: dict[str, Any] = {"what": use.what, "who": person_of(use.bearer or use.call.bearer), "purpose": use.purpose}
    data = use.call.services.data
    try:
        await asyncio.to_thread(partial(log_use, data, use.recording_id, **line, result=result, **facts))
    except CustodyUnwritable as error:
        raise unwritable(error) from None


def unwritable(error: CustodyUnwritable) -> Problem:
    """What cannot be logged is not done."""
    vi, _, en = str(error).partition(" / ")
    return Problem(503, "custody_unwritable", "It cannot be logged, so it is not done", en, reason_vi=vi, reason_en=en)


async def permit(use: Use, roles: Collection[str], **facts: Any) -> None:
    """Logged, and refused (403, logged too) to whom it is not permitted. Raises Problem."""
    if (use.bearer or use.call.bearer).role not in roles:
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

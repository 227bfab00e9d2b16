"""Uses of recordings over the API: the line in the custody log, and whose it is."""

from __future__ import annotations

import asyncio
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
    identity = bearer.user_id or f"{bearer.role}:{bearer.name}"
    return Person(identity=identity, name=bearer.name or str(bearer.role), role=str(bearer.role))


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What somebody does with a recording."""

    call: Call
    recording_id: str
    what: str
    purpose: str


async def log_it(use: Use, *, result: str = "ok", **facts: Any) -> None:
    """A line in the custody log. Raises Problem 503 if it takes none: then nothing may be done."""
    line: dict[str, Any] = {"what": use.what, "who": person_of(use.call.bearer), "purpose": use.purpose}
    try:
        await asyncio.to_thread(
            partial(log_use, use.call.services.data, use.recording_id, **line, result=result, **facts)
        )
    except CustodyUnwritable as error:
        raise unwritable(error) from None


def unwritable(error: CustodyUnwritable) -> Problem:
    """What cannot be logged is not done."""
    vi, _, en = str(error).partition(" / ")
    return Problem(503, "custody_unwritable", "It cannot be logged, so it is not done", en, reason_vi=vi, reason_en=en)

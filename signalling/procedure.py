"""The steps of the procedure in a session: which are done, waived or open."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from config.office_texts import OfficeTexts, check_texts, load_texts, own_texts_path, shipped_texts
from config.problems import ConfigError
from config.words import Words
from reception.lifecycle import OPEN_STATES
from reception.marks import Mark
from reception.procedure import Course, Step, steps_of
from reception.records import SessionRecord
from reception.speaking_queue import SpeakingQueue

if TYPE_CHECKING:
    from signalling.services import Services

log = structlog.get_logger("signalling")


async def procedure_of(services: Services, record: SessionRecord, *, over: bool = False) -> list[Step]:
    """The steps of a session that is open. over: of one that has ended too."""
    if record.state not in OPEN_STATES and not over:
        return []
    texts = await asyncio.to_thread(_texts, services.data)
    store = services.store.course
    conference = services.conferences.get(record.id)
    room = {} if conference is not None else await services.rooms.load(record.id)
    queue = (
        conference.room.parts.queue if conference is not None else SpeakingQueue.model_validate(room.get("queue", {}))
    )
    course = Course(case=await services.case.case_file(record.id), script=await store.script(record.id), queue=queue)
    wanted: dict[str, Words] = {key: Words(*names) for key, names in texts.procedure.items()}
    return steps_of(wanted, course, await store.marks(record.id))


async def waive_steps(services: Services, record: SessionRecord, *, by: str, reason: str, only: str = "") -> None:
    """Give up what is open. only: this step."""
    for step in await procedure_of(services, record):
        if step.state == "open" and only in ("", step.key):
            await services.store.course.set_mark(record.id, Mark.STEP_WAIVED, actor=by, subject=step.key, detail=reason)


def _texts(data: Path) -> OfficeTexts:
    """The office's; a broken file keeps no session from its end."""
    path = own_texts_path(data)
    try:
        return _loaded(data, path.stat().st_mtime_ns if path.exists() else 0)
    except (ConfigError, OSError) as error:
        log.error("the office's texts cannot be read; the product's steps are asked for", reason=str(error))
        return check_texts(shipped_texts(), source="legal.toml")


@lru_cache(maxsize=8)
def _loaded(data: Path, _changed_ns: int) -> OfficeTexts:
    return load_texts(data)

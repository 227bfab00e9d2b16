"""How long a recording is kept, holds, and its destruction by two persons."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from config.storage import RETENTION_CLASSES
from reception.permissions import Extent, Permission
from recorder.custody import CustodyUnwritable, Person, log_use
from recorder.search import Query
from recorder.storage import deletion
from recorder.storage.deletion import NotPermitted, ended_at
from recorder.storage.ledger import changing, read_entry
from recorder.storage.queue import DESTROY, Queue
from recorder.storage.retention import class_of, kept_until, refusal_to_destroy
from recorder.summary import Summary
from signalling import storage_views as s
from signalling.custody import person_of, unwritable
from signalling.media_files import recording_directory
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route
from signalling.storage_overview import moment

EITHER = frozenset({Extent.TWO_PERSON, Extent.APPROVE})
FIRST = frozenset({Extent.TWO_PERSON})


async def get_storage(call: Call) -> BaseModel:
    """GET /recordings/{id}/storage."""
    directory = recording_directory(call.services, call.path("id"))
    return await asyncio.to_thread(_view, call, directory)


def _view(call: Call, directory: Path) -> s.RecordingStorage:
    settings = call.services.settings.storage.retention
    entry = read_entry(call.services.data, directory.name)
    found = _summary(call, directory)
    ended = ended_at(found)
    retention = class_of(entry, found.kind, settings)
    refused = refusal_to_destroy(entry, found.kind, ended, settings, now=datetime.now(UTC))
    asked = entry.get("deletion")
    hold = entry.get("hold", {})
    fixity = entry.get("fixity", {})
    return s.RecordingStorage(
        id=directory.name,
        retention=retention,
        retention_set=_person(entry.get("retention", {}).get("by")),
        classes={each: kept_until(each, ended, settings) if ended else None for each in RETENTION_CLASSES},
        kept_until=kept_until(retention, ended, settings) if ended else None,
        hold=_person(hold.get("by")) if hold.get("on") else None,
        deletion=_deletion(asked) if asked else None,
        destroy_refused_vi=refused.vi if refused else "",
        destroy_refused_en=refused.en if refused else "",
        copies=[_copy(name, facts) for name, facts in entry.get("copies", {}).items()],
        fixity_at=moment(fixity.get("at")),
        fixity_verdict=fixity.get("verdict", ""),
        yourself=asked is not None and asked["requested"]["identity"] == person_of(call.bearer).identity,
    )


def _summary(call: Call, directory: Path) -> Summary:
    """From the index: a manifest of hours is not read each time. Raises Problem 404."""
    hits = call.services.catalogue.search(Query())
    found = next((hit.summary for hit in hits if hit.summary.id == directory.name), None)
    if found is None:
        raise not_found("recording")
    return found


def _person(facts: dict[str, Any] | None) -> s.PersonAt | None:
    if not facts:
        return None
    return s.PersonAt(
        name=facts["name"],
        role=facts["role"],
        at=datetime.fromtimestamp(facts["at"], UTC),
        reason=facts["reason"],
    )


def _deletion(asked: dict[str, Any]) -> s.DeletionView:
    requested = _person(asked["requested"])
    assert requested is not None
    return s.DeletionView(
        state=asked["state"],
        automatic=bool(asked.get("automatic")),
        requested=requested,
        approved=_person(asked.get("approved")),
    )


def _copy(name: str, facts: dict[str, Any]) -> s.CopyView:
    done = facts.get("state") == "verified"
    return s.CopyView(
        target=name,
        state=facts.get("state", "failed"),
        verified_at=moment(facts.get("at")) if done else None,
        same_disk=bool(facts.get("same_disk")),
        bytes=facts.get("bytes", 0),
        done_bytes=facts.get("bytes", 0) if done else facts.get("done_bytes", 0),
        error=facts.get("error", ""),
    )


async def set_retention(call: Call) -> BaseModel:
    """PUT /recordings/{id}/retention."""
    body: s.RetentionRequest = call.body

    def change(directory: Path, who: Person) -> None:
        with changing(call.services.data, directory.name) as entry:
            before = entry.get("retention", {}).get("class", "")
            entry["retention"] = {"class": body.retention, "by": _by(who, body.reason)}
            facts = {"from": before, "to": body.retention}
            log_use(call.services.data, directory.name, what="retention", who=who, purpose=body.reason, **facts)

    return await _change(call, change)


async def set_hold(call: Call) -> BaseModel:
    """PUT /recordings/{id}/hold."""
    body: s.HoldRequest = call.body

    def change(directory: Path, who: Person) -> None:
        with changing(call.services.data, directory.name) as entry:
            entry["hold"] = {"on": body.on, "by": _by(who, body.reason)}
            what = "hold" if body.on else "hold_released"
            log_use(call.services.data, directory.name, what=what, who=who, purpose=body.reason)

    return await _change(call, change)


def _by(who: Person, reason: str) -> dict[str, Any]:
    return {**dataclasses.asdict(who), "at": time.time(), "reason": reason}


async def request_deletion(call: Call) -> BaseModel:
    """POST /recordings/{id}/deletion: the first person's part."""
    settings, reason = call.services.settings.storage.retention, call.body.reason
    return await _change(
        call, lambda directory, who: deletion.request(call.services.data, directory, settings, who=who, reason=reason)
    )


async def withdraw_deletion(call: Call) -> BaseModel:
    """POST /recordings/{id}/deletion/withdraw: taken back, or turned down."""
    reason = call.body.reason
    return await _change(
        call, lambda directory, who: deletion.withdraw(call.services.data, directory.name, who=who, reason=reason)
    )


async def approve_deletion(call: Call) -> BaseModel:
    """POST /recordings/{id}/deletion/approve: the second person's part; the recording is destroyed then."""
    services, reason = call.services, call.body.reason

    def change(directory: Path, who: Person) -> None:
        deletion.approve(services.data, directory, services.settings.storage.retention, who=who, reason=reason)
        Queue(services.data).add(DESTROY, directory.name, who=who, purpose=reason)

    return await _change(call, change)


async def _change(call: Call, change: Callable[[Path, Person], None]) -> BaseModel:
    """Raises Problem 404, 409 with the reason in both languages, 503 if it cannot be logged."""
    directory = recording_directory(call.services, call.path("id"))

    def work() -> s.RecordingStorage:
        change(directory, person_of(call.bearer))
        return _view(call, directory)

    try:
        return await asyncio.to_thread(work)
    except NotPermitted as error:
        raise Problem(409, error.code, error.en, error.en, reason_vi=error.vi, reason_en=error.en) from None
    except CustodyUnwritable as error:
        raise unwritable(error) from None


async def get_destructions(call: Call) -> BaseModel:
    """GET /storage/destructions."""
    records = await asyncio.to_thread(deletion.destroyed, call.services.data)
    return s.Destructions(destructions=[_destruction(record) for record in records])


def _destruction(record: dict[str, Any]) -> s.Destruction:
    requested = _person(record["requested"])
    assert requested is not None
    facts = {**record, "requested": requested, "approved": _person(record.get("approved"))}
    for name in ("started_at", "ended_at"):
        facts[name] = datetime.fromtimestamp(record[name], UTC)
    for name in ("kept_until", "done_at"):
        facts[name] = moment(record.get(name))
    return s.Destruction(**facts)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/recordings/{id}/storage",
        handler=get_storage,
        summary="Retention class, hold, deletion, copies and last check of a recording",
        permission=Permission.VIEW_RECORDINGS,
        result=s.RecordingStorage,
    ),
    Route(
        method="PUT",
        path="/api/v1/recordings/{id}/retention",
        handler=set_retention,
        summary="Choose how long the recording is kept",
        permission=Permission.RETENTION,
        extents=EITHER,
        body=s.RetentionRequest,
        result=s.RecordingStorage,
    ),
    Route(
        method="PUT",
        path="/api/v1/recordings/{id}/hold",
        handler=set_hold,
        summary="Put the recording on legal hold (nobody can destroy it), or let it go",
        permission=Permission.RETENTION,
        extents=EITHER,
        body=s.HoldRequest,
        result=s.RecordingStorage,
    ),
    Route(
        method="POST",
        path="/api/v1/recordings/{id}/deletion",
        handler=request_deletion,
        summary="Ask for the destruction of a recording whose time is over; another person must approve",
        permission=Permission.RETENTION,
        extents=FIRST,
        body=s.ReasonRequest,
        result=s.RecordingStorage,
    ),
    Route(
        method="POST",
        path="/api/v1/recordings/{id}/deletion/approve",
        handler=approve_deletion,
        summary="Approve, as another person: the recording and its copies are destroyed, a record stays",
        permission=Permission.RETENTION,
        extents=EITHER,
        body=s.ReasonRequest,
        result=s.RecordingStorage,
        status=202,
    ),
    Route(
        method="POST",
        path="/api/v1/recordings/{id}/deletion/withdraw",
        handler=withdraw_deletion,
        summary="Take the request back, or turn it down",
        permission=Permission.RETENTION,
        extents=EITHER,
        body=s.ReasonRequest,
        result=s.RecordingStorage,
    ),
    Route(
        method="GET",
        path="/api/v1/storage/destructions",
        handler=get_destructions,
        summary="The records of all recordings that were destroyed",
        permission=Permission.VIEW_RECORDINGS,
        result=s.Destructions,
    ),
]

"""The API's operations on the audit log, for the security officer."""

from __future__ import annotations

import re
import socket

from aiohttp import web
from pydantic import BaseModel

from reception.audit import AuditFilter
from reception.audit_chain import Result, syslog_line
from reception.permissions import Extent, Permission
from signalling import people_views as p
from signalling.problems import Problem
from signalling.routing import Call, Route

PAGE = 100
TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?)?")
QUERY = {
    "since": "UTC, e.g. 2026-11-30T08:00:00Z: entries from then on",
    "until": "UTC: entries before",
    "actor": "part of the name",
    "role": "a role",
    "action": "part of the action's name",
    "object": "part of the object, e.g. sessions/0f3a",
    "result": "ok, refused, rejected or failed",
}


def _filter(call: Call) -> AuditFilter:
    query = call.request.query
    for name in ("since", "until"):
        if query.get(name) and not TIME.fullmatch(query[name]):
            raise _bad(f"{name}: UTC, e.g. 2026-11-30T08:00:00Z.")
    if query.get("result") and query["result"] not in set(Result):
        raise _bad(f"result: one of {', '.join(Result)}.")
    if not query.get("before", "0").isdigit():
        raise _bad("before: a sequence number.")
    values = {name: query.get(name, "") for name in QUERY}
    # Times are compared as text; the seconds' Z would sort behind milliseconds.
    values |= {name: values[name].rstrip("Z") for name in ("since", "until")}
    return AuditFilter(**values, before=int(query.get("before", "0")))


def _bad(detail: str) -> Problem:
    return Problem(400, "invalid_query", "The query is not valid", detail)


async def list_audit(call: Call) -> BaseModel:
    """GET /audit."""
    entries = await call.services.audit.log.entries(_filter(call), limit=PAGE + 1)
    return p.AuditList(entries=[p.AuditEntryView.of(each) for each in entries[:PAGE]], more=len(entries) > PAGE)


async def summarise_audit(call: Call) -> BaseModel:
    """GET /audit/summary."""
    rows = await call.services.audit.log.summary(_filter(call))
    return p.AuditSummary(counts=[p.AuditCount(action=row[0], result=row[1], count=row[2]) for row in rows])


async def verify_audit(call: Call) -> BaseModel:
    """GET /audit/verify."""
    return p.AuditVerdict.of(await call.services.audit.log.verify(head=call.request.query.get("head", "").strip()))


async def export_audit(call: Call) -> web.StreamResponse:
    """GET /audit/export: streamed, oldest first."""
    wanted, kind = _filter(call), call.request.query.get("format", "json")
    if kind not in ("json", "syslog"):
        raise _bad("format: json or syslog.")
    call.facts["format"] = kind
    response = web.StreamResponse(
        headers={
            "Content-Type": "application/jsonl; charset=utf-8" if kind == "json" else "text/plain; charset=utf-8",
            "Content-Disposition": f'attachment; filename="diemcau-audit.{"jsonl" if kind == "json" else "log"}"',
        }
    )
    await response.prepare(call.request)
    host = socket.gethostname()
    async for entry in call.services.audit.log.stream(wanted):
        line = entry.as_json() if kind == "json" else syslog_line(entry, host=host)
        await response.write(line.encode() + b"\n")
    await response.write_eof()
    return response


FULL = frozenset({Extent.FULL})

ROUTES = [
    Route(
        method="GET",
        path="/api/v1/audit",
        handler=list_audit,
        summary=f"The audit log, newest first, {PAGE} at a time",
        permission=Permission.READ_AUDIT,
        extents=FULL,
        query={**QUERY, "before": "a sequence number: only older entries"},
        result=p.AuditList,
    ),
    Route(
        method="GET",
        path="/api/v1/audit/summary",
        handler=summarise_audit,
        summary="How often each action came to which result",
        permission=Permission.READ_AUDIT,
        extents=FULL | {Extent.SUMMARY},
        query=QUERY,
        result=p.AuditSummary,
    ),
    Route(
        method="GET",
        path="/api/v1/audit/verify",
        handler=verify_audit,
        summary="Whether the log's chain is whole",
        permission=Permission.READ_AUDIT,
        extents=FULL,
        query={"head": "a hash that was noted earlier, which must still be in the log"},
        result=p.AuditVerdict,
    ),
    Route(
        method="GET",
        path="/api/v1/audit/export",
        handler=export_audit,
        summary="The audit log as JSON lines or as syslog lines (RFC 5424), oldest first",
        permission=Permission.READ_AUDIT,
        extents=FULL,
        audited=True,
        query={**QUERY, "format": "json or syslog"},
    ),
]

"""Notes into the audit log: one call, which never makes a request fail."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import structlog

from reception.audit import AuditLog
from reception.audit_chain import Result
from reception.permissions import Role
from signalling.tokens import NOBODY, Bearer

STRANGERS_A_MINUTE = 60  # notes about who has no valid token; more are counted, so that nobody fills the disk with them

SYSTEM_BEARER = Bearer(role=Role.ADMIN, name="hệ thống", user_id="system")

log = structlog.get_logger("audit")


class Audit:
    """Writes notes. `log` is for reading."""

    def __init__(self, audit_log: AuditLog) -> None:
        self.log = audit_log
        self._minute = 0
        self._strangers = 0
        self._left_out = 0

    async def note(
        self,
        bearer: Bearer,
        action: str,
        *,
        object: str = "",
        result: Result = Result.OK,
        address: str = "",
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Write down who did what to what, and how it went. facts: more about it, no secrets, no citizens' data."""
        if bearer.role is Role.NOBODY and not self._room_for_stranger():
            return
        told = dict(facts or {})
        if self._left_out:
            told["left_out_before"], self._left_out = self._left_out, 0
        try:
            entry = await self.log.append(
                action=action,
                actor=bearer.name,
                actor_id=bearer.user_id or bearer.endpoint_id or ("console" if bearer.console else ""),
                role="" if bearer in (NOBODY, SYSTEM_BEARER) else bearer.role,
                address=address,
                object=object,
                result=result,
                facts=told,
            )
        except Exception:
            log.exception("the audit log could not be written", action=action, actor=bearer.name, object=object)
            return
        log.info(
            action,
            sequence=entry.sequence,
            actor=entry.actor,
            role=entry.role,
            object=entry.object,
            result=entry.result,
            address=address,
        )

    async def note_system(self, action: str, *, object: str, facts: Mapping[str, Any]) -> None:
        """What the server did by itself."""
        await self.note(SYSTEM_BEARER, action, object=object, facts=facts)

    def _room_for_stranger(self) -> bool:
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            self._minute, self._strangers = minute, 0
        self._strangers += 1
        if self._strangers <= STRANGERS_A_MINUTE:
            return True
        self._left_out += 1
        return False

"""When lines are measured: not all at once, never in the way of a session, and together where that is the question."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from config.profile import Profile
from signalling.joint_test import JointTest
from signalling.line_test import LinePlan, Say
from signalling.problems import Problem

if TYPE_CHECKING:
    from signalling.services import Services

PATIENCE_S = 240.0
ASK_S = 2.0


class LineTests:
    """One for the process: it knows its part of the site's line."""

    def __init__(self) -> None:
        self.joint: dict[str, JointTest] = {}
        self._down_bps = self._up_bps = 0
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def turn(self, services: Services, profile: Profile, plan: LinePlan, say: Say) -> AsyncIterator[None]:
        """Wait until the site's line has room beside the other tests, and hold that room.

        Raises Problem 409 if sessions that go on leave too little, 503 if the turn does not come.
        """
        media, site = services.media, profile.site
        down = media.allocator.part_of(site.up_bps) - (media.allocator.used_bps if services.conferences else 0)
        up = media.publishing.part_of(site.down_bps) - media.received_bps
        if plan.down_bps > down or plan.up_bps > up:
            raise Problem(
                409,
                "line_busy",
                "A session needs the line",
                "Measuring now would disturb a session that goes on. Measure before it, or after.",
                reason_vi="Đang có buổi tiếp sử dụng đường truyền. Hãy đo trước hoặc sau buổi tiếp.",
            )
        await self._wait(plan, down, up, say)
        try:
            yield
        finally:
            self._down_bps -= plan.down_bps
            self._up_bps -= plan.up_bps
            async with self._changed:
                self._changed.notify_all()

    async def _wait(self, plan: LinePlan, down: int, up: int, say: Say) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while self._down_bps + plan.down_bps > down or self._up_bps + plan.up_bps > up:
                    await say({"type": "waiting"})
                    await self._wait_for_change()
        except TimeoutError:
            raise Problem(503, "too_many_tests", "Too many lines are being measured", "Try again later.") from None
        self._down_bps += plan.down_bps
        self._up_bps += plan.up_bps

    async def _wait_for_change(self) -> None:
        """Until a test ends; not too long, so that a page that went away is noticed."""
        try:
            async with asyncio.timeout(ASK_S), self._changed:
                await self._changed.wait()
        except TimeoutError:
            return

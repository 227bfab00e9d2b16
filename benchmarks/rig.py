"""A server with synthetic endpoints around it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.bases import takes_named_profiles
from benchmarks.clip import Clip
from benchmarks.endpoint import SyntheticEndpoint
from benchmarks.running import RunningServer
from benchmarks.scenarios import Scenario
from config.models import PROFILES

CORES = sorted(os.sched_getaffinity(0))  # before anything is pinned
SERVER_CORE, ENDPOINT_CORE = CORES[0], CORES[-1]
JOINING_AT_ONCE = 8
OPEN_PROFILE = "open"
OPEN_FILE = f"data/{PROFILES}/{OPEN_PROFILE}.toml"
_PACKAGED, _OPEN_BPS = "mang-rieng", 10_000_000_000


def open_profile(executable: Path | None = None) -> str:
    """The private network's profile, of that server's checkout, behind a site line that ten sessions do not fill."""
    here = Path(str(files("config"))) if executable is None else executable.absolute().parents[2] / "config"
    text = (here / "profiles" / f"{_PACKAGED}.toml").read_text(encoding="utf-8")
    head, mark, roles = text.partition("[roles.central]")
    head = re.sub(r"^(up_bps|down_bps) = \w+", rf"\1 = {_OPEN_BPS}", head, flags=re.MULTILINE)
    return head.replace(f'"{_PACKAGED}"', f'"{OPEN_PROFILE}"') + mark + roles


@dataclass(slots=True)
class Seat:
    """An endpoint and its place: session number and index in it."""

    endpoint: SyntheticEndpoint
    session: int
    index: int
    ids: list[str]
    expected_streams: int
    failure: str = ""


class Rig:
    """Builds a scenario's server and endpoints, and takes all of it down again."""

    def __init__(self, scenario: Scenario, clip: Clip, *, executable: Path | None = None) -> None:
        self.scenario, self._clip = scenario, clip
        self.seats: list[Seat] = []
        named = executable is None or takes_named_profiles(executable)
        self.server = RunningServer(
            executable=executable,
            core=SERVER_CORE,
            workers=scenario.workers,
            settings={
                "default_profile": OPEN_PROFILE if named else f"{{directory}}/{OPEN_FILE}",
                "media.max_endpoints": 128,
                "log.level": "error",
                **({} if scenario.recorded else {"recording.rehearsals": False}),
            },
            files={OPEN_FILE: open_profile(executable)},
        )
        self.empty_kib = self.server.memory_kib()
        self._client: aiohttp.ClientSession | None = None

    async def open_session(self) -> list[Seat]:
        """One more session, live, with nobody in it."""
        profile = None if self.scenario.profile == "open" else self.scenario.profile
        number = len({seat.session for seat in self.seats})
        count = self.scenario.endpoints
        session = await asyncio.to_thread(self.server.create, count - 1, f"bench {number}", profile=profile)
        await asyncio.to_thread(self.server.call, "POST", f"/sessions/{session['id']}/start")
        self.server.pin_recorders(ENDPOINT_CORE)
        ids = [each["id"] for each in session["endpoints"]]
        added = [self._seat(number, index, each, ids) for index, each in enumerate(session["endpoints"])]
        self.seats += added
        return added

    def _seat(self, session: int, index: int, facts: dict[str, Any], ids: list[str]) -> Seat:
        scenario = self.scenario
        sends = index < scenario.senders
        endpoint = SyntheticEndpoint(
            self.server.base,
            facts["token"],
            clip=self._clip if sends else None,
            slots=max(1, scenario.senders - sends),
            wants=scenario.wants(index, ids),
            depth=scenario.depth,
            loss_up=scenario.loss,
            loss_down=scenario.loss,
            number=len(self.seats) + index,
            level_dbov=20 if index == 0 else 40,
        )
        return Seat(endpoint, session, index, ids, scenario.expected_streams(index))

    async def join(self, seats: Iterable[Seat], *, within_s: float = 0.0) -> None:
        """Everybody in, JOINING_AT_ONCE at a time, or evenly over `within_s`. Failures are noted in the seats."""
        if self._client is None:
            self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        client, gate, waiting = self._client, asyncio.Semaphore(JOINING_AT_ONCE), list(seats)

        async def one(seat: Seat, delay_s: float) -> None:
            await asyncio.sleep(delay_s)
            async with contextlib.nullcontext() if within_s else gate:
                try:
                    await seat.endpoint.join(client)
                except (TimeoutError, RuntimeError, aiohttp.ClientError, OSError) as error:
                    seat.failure = repr(error)

        delays = [within_s * place / len(waiting) for place in range(len(waiting))]
        await asyncio.gather(*(one(seat, delay_s) for seat, delay_s in zip(waiting, delays, strict=True)))

    @property
    def joined(self) -> list[Seat]:
        """Who is in."""
        return [seat for seat in self.seats if not seat.failure and seat.endpoint.result.join_s]

    async def close(self) -> None:
        """Everybody out, the server down."""
        await asyncio.gather(*(seat.endpoint.leave() for seat in self.seats), return_exceptions=True)
        if self._client is not None:
            await self._client.close()
        await asyncio.to_thread(self.server.stop)

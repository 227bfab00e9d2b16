"""The workers as the front sees them: who lives, who has which session, where a new one goes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bandwidth.site_division import SiteLedger
from reception.store import NotFound, Store
from signalling.front.placement import least_loaded
from signalling.front.reports import Report, Share
from signalling.problems import Problem

CONNECT_TIMEOUT_S = 2.0


class Backend:
    """One worker. `client` talks HTTP to it while it lives; it is None while it does not."""

    def __init__(self, index: int, socket: Path) -> None:
        self.index = index
        self.socket = socket
        self.client: aiohttp.ClientSession | None = None
        self.report = Report()
        self.deaths = 0

    def up(self) -> None:
        """It listens."""
        self.client = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(path=str(self.socket), limit=0),  # as many as the front has itself
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
        )

    async def down(self) -> None:
        """It is gone, with everything that was open to it."""
        client, self.client = self.client, None
        self.report = Report()
        if client is not None:
            await client.close()


class Pool:
    """All workers, the placement of sessions and the division of the site's line among them."""

    def __init__(self, store: Store, sockets: list[Path]) -> None:
        self.backends = [Backend(index, socket) for index, socket in enumerate(sockets)]
        self.ledger = SiteLedger(len(sockets))
        self._store = store
        self._owners: dict[str, int] = {}
        self._arriving: Counter[int] = Counter()

    @property
    def ready(self) -> bool:
        """Whether every worker lives and has recovered its sessions."""
        return all(each.client is not None and each.report.ready for each in self.backends)

    def live(self) -> list[Backend]:
        """Those that answer."""
        return [each for each in self.backends if each.client is not None]

    def by_load(self) -> list[Backend]:
        """Those that answer, the one with the fewest endpoints first. Raises Problem 503 if there is none."""
        found = sorted(self.live(), key=lambda each: (each.report.endpoints, each.index))
        if not found:
            raise starting_again()
        return found

    async def of_session(self, session_id: str) -> Backend:
        """The session's; any where there is no such session, since all can say so. Raises Problem 503."""
        owner = self._owners.get(session_id)
        if owner is None:
            try:
                owner = await self._store.placing.worker_of(session_id)
            except NotFound:
                return self.by_load()[0]
            if owner is None or owner >= len(self.backends):
                return self.by_load()[0]  # it ended before there were workers; all can say so
            self._owners[session_id] = owner
        backend = self.backends[owner]
        if backend.client is None:
            raise starting_again()
        return backend

    @asynccontextmanager
    async def placing(self) -> AsyncIterator[Backend]:
        """The worker for a new session, which is on its way there inside the context. Raises Problem 503."""
        before = Counter(
            self._arriving
        )  # a session that arrives during the query may count twice, but never not at all
        placements = await self._store.placing.placements()
        live = {each.index: each.report.endpoints for each in self.live()}
        if not live:
            raise starting_again()
        worker = least_loaded(live, placements, live_endpoints=live, arriving=before | self._arriving)
        self._arriving[worker] += 1
        try:
            yield self.backends[worker]
        finally:
            self._arriving[worker] -= 1

    def on_report(self, backend: Backend, report: Report) -> Share:
        """A worker has reported; what it is told."""
        backend.report = report
        if backend.client is None:
            backend.up()
        share = self.ledger.report(backend.index, report.demand(), keeping=report.share)
        used = sum(each.report.used_bps for each in self.backends)
        return Share(share=share, line_bps=self.ledger.line_bps, used_bps=used)

    async def on_death(self, backend: Backend) -> None:
        """A worker has ended."""
        backend.deaths += 1
        self.ledger.gone(backend.index)
        await backend.down()

    async def close(self) -> None:
        """Close every connection to them."""
        await asyncio.gather(*(each.down() for each in self.backends))


def starting_again() -> Problem:
    """503: its worker will be there soon."""
    detail = (
        "The worker that serves this is starting again. Try in a second. (Đang khởi động lại, thử lại sau giây lát.)"
    )
    return Problem(503, "worker_restarting", "Not at this moment", detail)

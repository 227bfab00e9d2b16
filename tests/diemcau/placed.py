"""Which worker a session is placed on."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from reception.store import Store
from tests.browser.harness import Server


def worker_of(server: Server, session: dict[str, Any]) -> int:
    """As the store has it."""

    async def ask() -> int | None:
        store = await Store.open(server.data / "diemcau.sqlite")
        try:
            return await store.placing.worker_of(session["id"])
        finally:
            await store.close()

    with ThreadPoolExecutor(1) as pool:  # there may be a loop in this thread
        found = pool.submit(lambda: asyncio.run(ask())).result()
    assert found is not None
    return found

"""Joining the naive forwarder."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import aiohttp

from benchmarks.peers.accounting import ServerProcess, until_listening
from benchmarks.peers.media import MediaSeat, free_tcp_port
from benchmarks.peers.plan import EndpointPlan
from benchmarks.peers.sdp import publisher_offer, read_description, subscriber_answer

SETTINGS = "aiortc's DTLS transport and RtpPacket on plain asyncio over a UDP socket of its own per peer (no aioice)"


class NaivePeer:
    """The forwarder in a process of its own."""

    name = "aiortc (naive)"

    def __init__(self, *, core: int) -> None:
        self._core = core
        self._port = free_tcp_port()
        self._client = aiohttp.ClientSession(base_url=f"http://127.0.0.1:{self._port}")

    async def start(self) -> None:
        """Up."""
        arguments = [sys.executable, "-m", "benchmarks.peers.naive", str(self._port)]
        self.process = ServerProcess(arguments, core=self._core)
        await until_listening(self._port, self.process)

    async def bring_in(self, plans: Sequence[EndpointPlan]) -> list[MediaSeat]:
        """All publish, then all watch."""
        seats = [await self._publish(plan) for plan in plans if plan.clip is not None]
        return seats + [await self._watch(plan) for plan in plans if plan.watches]

    async def _publish(self, plan: EndpointPlan) -> MediaSeat:
        seat = MediaSeat(plan)
        offer = publisher_offer(seat.credentials, **seat.offered)
        async with self._client.post(f"/publish/{plan.index}", data=offer, raise_for_status=True) as response:
            await seat.publish(read_description(await response.text()))
        return seat

    async def _watch(self, plan: EndpointPlan) -> MediaSeat:
        seat = MediaSeat(plan)
        wanted = [{"publisher": watch.publisher, "rid": watch.rid if plan.simulcast else ""} for watch in plan.watches]
        async with self._client.post(f"/watch/{plan.index}", json=wanted, raise_for_status=True) as response:
            offer = read_description(await response.text())
        answer = subscriber_answer(offer, seat.credentials)
        async with self._client.post(f"/answer/{plan.index}", data=answer, raise_for_status=True):
            await seat.watch(offer)
        return seat

    async def stop(self) -> None:
        """End it."""
        await self._client.close()
        if hasattr(self, "process"):
            self.process.stop()

"""A synthetic endpoint of Điểm Cầu: its WebSocket protocol around the media half; there is no decoder."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from benchmarks.clip import Clip
from benchmarks.judge import StreamJudge
from benchmarks.media_end import MediaEnd
from benchmarks.media_link import MediaLink
from benchmarks.offer import Credentials, SyntheticOffer, make_offer, publish_plan, read_answer, receive_plan
from benchmarks.receiving import Depth, MediaReceiver
from benchmarks.sending import MediaSource

PING_S = 5.0
MARKS = ('"layers"', '"sending"', '"type":"slots"')  # near the front of the only messages that are read while media run


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """One picture that the endpoint shows, in pixels. `place`: stage or thumbnail."""

    endpoint_id: str
    width: int
    height: int
    place: str = "thumbnail"

    def message(self) -> dict[str, Any]:
        """As the protocol has it."""
        return {
            "endpoint_id": self.endpoint_id,
            "source": "camera",
            "width": self.width,
            "height": self.height,
            "place": self.place,
        }


def stage_and_thumbnails(stage: str, others: Sequence[str]) -> list[Want]:
    """A page of the plan: one picture 1280 × 720, the others 320 × 180."""
    return [Want(endpoint_id=stage, width=1280, height=720, place="stage")] + [
        Want(endpoint_id=each, width=320, height=180) for each in others
    ]


class EndpointResult:
    """What an endpoint saw. Times in seconds from the first byte of its WebSocket; 0 before they are known."""

    def __init__(self) -> None:
        self.begun_s = self.join_s = 0.0
        self.server_port = 0  # of its media: which worker it is on
        self.receiver: MediaReceiver | None = None
        self.source: MediaSource | None = None
        self.link: MediaLink | None = None

    @property
    def first_media_s(self) -> float:
        """When the first packet of a voice or a picture came."""
        return max(0.0, self.receiver.first_media_s - self.begun_s) if self.receiver is not None else 0.0

    @property
    def streams(self) -> dict[int, StreamJudge]:
        """The judges by SSRC."""
        return self.receiver.judges if self.receiver is not None else {}

    @property
    def sent_packets(self) -> int:
        """RTP packets sent, repairs included."""
        return self.link.sent_packets if self.link is not None else 0


class SyntheticEndpoint:
    """Joins by token, sends a clip if it has one, judges what it gets.

    slots: pairs of receiving sections. wants: what its page shows; without them every picture is as large as the
    server supposes. depth: see MediaReceiver. loss_up, loss_down: see MediaLink. number: which endpoint this is, for
    the trailer of its frames, its phase and its losses. level_dbov: how loud its voice is, 0 the loudest. red: voices
    with redundancy. temporal: pictures in three temporal layers. speaks: False sends no voice, as DTX in silence.
    make_source: another class of sender.
    """

    def __init__(
        self,
        base: str,
        token: str,
        *,
        clip: Clip | None,
        slots: int,
        rids: tuple[str, ...] = ("q", "h", "f"),
        wants: Sequence[Want] = (),
        depth: Depth = "header",
        loss_up: float = 0.0,
        loss_down: float = 0.0,
        number: int = 0,
        level_dbov: int = 20,
        red: bool = False,
        temporal: bool = False,
        speaks: bool = True,
        make_source: Callable[..., MediaSource] = MediaSource,
    ) -> None:
        self.slots: list[dict[str, Any]] = []  # as the server told last
        self.result = EndpointResult()
        self._base, self._token = base, token
        self._clip, self._slots, self._rids, self._wants = clip, slots, rids, list(wants)
        self._depth, self._number, self._level_dbov = depth, number, level_dbov
        self._make_source = make_source
        self._red, self._temporal, self._speaks = red, temporal, speaks
        self.link = MediaLink(loss_up=loss_up, loss_down=loss_down, seed=number)
        self._end = MediaEnd()
        self.sending: dict[str, Any] | None = None  # as the server told last
        self._needed: Sequence[str] = rids
        self._websocket: aiohttp.ClientWebSocketResponse | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self, session: aiohttp.ClientSession) -> None:
        """Until DTLS is up. Raises RuntimeError if the server refuses, TimeoutError if it does not answer."""
        begun = self.result.begun_s = time.monotonic()
        offer = make_offer(
            Credentials(ufrag=self.link.ufrag, password=self.link.password, fingerprint=self.link.fingerprint),
            sends=self._clip is not None,
            slots=self._slots,
            rids=self._rids,
            red=self._red,
        )
        websocket = await session.ws_connect(f"{self._base.replace('http', 'ws', 1)}/api/v1/signal")
        self._websocket = websocket
        await websocket.send_json({"type": "hello", "token": self._token})
        answer = await asyncio.wait_for(self._negotiate(websocket, offer), 30)
        self._tasks = [asyncio.create_task(self._listen(websocket)), asyncio.create_task(self._ping(websocket))]
        self._build(offer, answer)
        remote = read_answer(answer)
        self.result.server_port = remote.address[1]
        await self.link.connect(remote)
        self.result.join_s = time.monotonic() - begun
        self._end.start()

    def _build(self, offer: SyntheticOffer, answer: str) -> None:
        receiver = MediaReceiver(self.link, receive_plan(answer), depth=self._depth)
        source = None
        if self._clip is not None:
            plan = publish_plan(
                offer, answer, source=self._number, level_dbov=self._level_dbov, temporal=self._temporal
            )
            if not self._speaks:
                plan = replace(plan, audio=None)
            phase_s = self._number * 0.0137 % 0.04  # spread over a frame's time, no two the same
            source = self._make_source(self._clip, plan, self.link, phase_s=phase_s)
        self._end = MediaEnd(source=source, receiver=receiver)
        self.link.handler = self._end
        self.result.receiver, self.result.source, self.result.link = receiver, source, self.link

    async def _negotiate(self, websocket: aiohttp.ClientWebSocketResponse, offer: SyntheticOffer) -> str:
        async for frame in websocket:
            message = json.loads(frame.data)
            if message["type"] == "welcome":
                body = {"type": "offer", "id": 1, "sdp": offer.sdp, "tracks": offer.tracks, "slots": offer.slots}
                await websocket.send_json(body)
            elif message["type"] == "answer":
                if self._wants:
                    await self.show(self._wants)
                return str(message["sdp"])
            elif message["type"] in ("error", "bye"):
                raise RuntimeError(f"refused: {message}")
        raise RuntimeError("the server closed the WebSocket")

    async def show(self, wants: Sequence[Want]) -> None:
        """What the page shows from now on."""
        assert self._websocket is not None
        await self._websocket.send_json({"type": "view", "wants": [each.message() for each in wants]})

    async def _listen(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        """The layers that somebody needs, those that may be sent, and who is shown; everything else is left unread."""
        async for frame in websocket:
            if frame.type is not aiohttp.WSMsgType.TEXT or not any(mark in frame.data[:40] for mark in MARKS):
                continue
            message = json.loads(frame.data)
            if message["type"] == "sending":
                self.sending = message["sending"]
            elif message["type"] == "slots":
                self.slots = message["slots"]
                self._note_pauses()
            elif message["type"] == "layers" and message["source"] == "camera":
                self._needed = message["active"]
            if self._end.source is not None:
                self._end.source.set_active([rid for rid in self._needed if rid in self.permitted()])

    def _note_pauses(self) -> None:
        if self._end.receiver is not None:
            for slot in self.slots:
                self._end.receiver.tell(slot["index"], paused=slot["video"] == "no_bandwidth")

    def permitted(self) -> list[str]:
        """The layers that the server lets it send."""
        if self.sending is None:
            return list(self._rids)
        return [each["rid"] for each in self.sending["camera"]["encodings"] if each["active"]]

    async def _ping(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            await asyncio.sleep(PING_S)
            await websocket.send_json({"type": "ping", "id": 1})

    async def leave(self) -> None:
        """Stop everything and go."""
        self._end.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._websocket is not None:
            await self._websocket.close()
        await self.link.close()

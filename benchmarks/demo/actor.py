"""A synthetic endpoint that behaves as the people in a room would: waits, agrees, raises its hand, asks for help."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from benchmarks.clip import Clip
from benchmarks.media_end import MediaEnd
from benchmarks.media_link import MediaLink
from benchmarks.offer import Credentials, SyntheticOffer, make_offer, publish_plan, read_answer, receive_plan
from benchmarks.outgoing_layer import OutgoingLayer
from benchmarks.receiving import MediaReceiver
from benchmarks.sending import LayerPlan, MediaSource, PublishPlan, video_layer

BEAT_S = 2.0
THINKS_S = 1.5  # before it answers
RIDS = ("q", "h", "f")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What an endpoint plays. Times in seconds from its arrival, None: never.

    loss_up, loss_down: shares of its packets that its line loses. hand_s: when it raises its hand, and again so long
    after each turn. help_s: when it calls for help. battery: how full it is while the power is off; None: plugged in.
    wide: whether it has a second camera.
    """

    name: str
    people: int = 1
    microphone: bool = False
    loss_up: float = 0.0
    loss_down: float = 0.0
    hand_s: float | None = None
    help_s: float | None = None
    help_note: str = ""
    battery: float | None = None
    wide: bool = False


class SwitchedSource(MediaSource):
    """Sends its voice only while the microphone is on; wide_mid: of a second camera, which shows the same."""

    microphone = True

    def __init__(self, clip: Clip, plan: PublishPlan, link: MediaLink, *, phase_s: float, wide_mid: str = "") -> None:
        super().__init__(clip, plan, link, phase_s=phase_s)
        if wide_mid:
            second = replace(plan, video_mid=wide_mid)
            numbers = iter(secrets.SystemRandom().sample(range(1, 1 << 31), 2 * len(plan.layers)))
            self._layers += [
                video_layer(second, LayerPlan(rid=layer.rid, ssrc=next(numbers), rtx_ssrc=next(numbers)), index)
                for index, layer in enumerate(plan.layers)
            ]

    def _send_voice(self, voice: OutgoingLayer) -> None:
        if self.microphone:
            super()._send_voice(voice)
        else:
            voice.index += 1


class Actor:
    """Joins by token and plays its part until `leave`. `snapshot`: a JPEG in base64 for the console."""

    def __init__(self, base: str, token: str, part: Part, *, clip: Clip, snapshot: str, number: int) -> None:
        self.part = part
        self.place = ""
        self.over = ""  # why the server said goodbye
        self._base, self._token, self._clip, self._snapshot, self._number = base, token, clip, snapshot, number
        self._microphone, self._camera = part.microphone, True
        self._room: dict[str, Any] = {}
        self._me = ""
        self._needed: Sequence[str] = RIDS
        self._permitted: Sequence[str] = RIDS
        self._link: MediaLink | None = None
        self._end: MediaEnd | None = None
        self._source: SwitchedSource | None = None
        self._offer: SyntheticOffer | None = None
        self._offers = 0
        self._websocket: aiohttp.ClientWebSocketResponse | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def join(self, session: aiohttp.ClientSession) -> None:
        """Until the server knows it; media follow as soon as it is let in. Raises aiohttp.ClientError."""
        self._websocket = await session.ws_connect(f"{self._base.replace('http', 'ws', 1)}/api/v1/signal")
        await self._say("hello", token=self._token, device=f"demo-{self._number}")
        self._begin(self._listen())
        self._begin(self._beat())
        for after_s, act in ((self.part.hand_s, self._raise_hand), (self.part.help_s, self._call_help)):
            if after_s is not None:
                self._begin(self._later(after_s, act))

    async def leave(self) -> None:
        """Go, and free everything."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._unlink()
        if self._websocket is not None:
            await self._websocket.close()

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _later(self, after_s: float, act: Any) -> None:
        await asyncio.sleep(after_s)
        await act()

    async def _say(self, kind: str, /, **values: Any) -> None:
        if self._websocket is not None and not self._websocket.closed:
            with contextlib.suppress(ConnectionError):
                await self._websocket.send_json({"type": kind, **values})

    # --- what it hears ---

    async def _listen(self) -> None:
        assert self._websocket is not None
        async for frame in self._websocket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            message = json.loads(frame.data)
            handle = getattr(self, f"_on_{message['type']}", None)
            if handle is not None:
                await handle(message)

    async def _on_welcome(self, message: dict[str, Any]) -> None:
        self._me = message["endpoint_id"]
        await self._tell_switches()
        await self._on_room(message["room"])
        notice = message["room"].get("notice")
        if notice and not notice["at"]:
            await self._say("acknowledge", name=f"Cán bộ {self.part.name}", version=notice["version"])

    async def _on_room(self, room: dict[str, Any]) -> None:
        turned = (self._room.get("turn") or {}).get("endpoint_id"), (room.get("turn") or {}).get("endpoint_id")
        before, self._room, self.place = self.place, room, room["place"]
        if self.place != before:
            await self._unlink()
            if self.place != "waiting":
                await self._rebuild(room["slots"])
        for source in room.get("asked", []):
            self._begin(self._later(THINKS_S, lambda source=source: self._agree(source)))
        if room.get("invited") and self.place == "room":
            self._begin(self._later(THINKS_S, lambda: self._say("private", enter=True)))
        if turned[0] == self._me != turned[1] and self.part.hand_s is not None:
            self._begin(self._later(self.part.hand_s, self._raise_hand))

    async def _on_answer(self, message: dict[str, Any]) -> None:
        link, offer = self._link, self._offer
        if link is None or offer is None or message["id"] != self._offers:
            return
        plan = publish_plan(offer, message["sdp"], source=self._number, level_dbov=22)
        mids = {track["source"]: track["mid"] for track in offer.tracks}
        phase_s = self._number * 0.0137 % 0.04
        self._source = SwitchedSource(self._clip, plan, link, phase_s=phase_s, wide_mid=mids.get("camera2", ""))
        self._end = MediaEnd(
            source=self._source, receiver=MediaReceiver(link, receive_plan(message["sdp"]), depth="header")
        )
        link.handler = self._end
        await link.connect(read_answer(message["sdp"]))
        self._end.start()
        self._follow()

    async def _on_layers(self, message: dict[str, Any]) -> None:
        if message["source"] == "camera":
            self._needed = message["active"]
            self._follow()

    async def _on_sending(self, message: dict[str, Any]) -> None:
        self._permitted = [each["rid"] for each in message["sending"]["camera"]["encodings"] if each["active"]]
        self._follow()

    async def _on_force_media(self, message: dict[str, Any]) -> None:
        if not message["enabled"]:
            if message["source"] == "microphone":
                self._microphone = False
            elif message["source"] == "camera":
                self._camera = False
            self._follow()

    async def _on_roster(self, message: dict[str, Any]) -> None:
        """Shows the centre large and two others small, as a page with little room does."""
        others = [each for each in message["roster"] if each["id"] != self._me and each["state"] == "connected"]
        others.sort(key=lambda each: each["role"] != "central")
        wants = [
            {
                "endpoint_id": each["id"],
                "source": "camera",
                "width": 640 if index == 0 else 320,
                "height": 360 if index == 0 else 180,
                "place": "stage" if index == 0 else "thumbnail",
            }
            for index, each in enumerate(others[:3])
        ]
        await self._say("view", wants=wants)

    async def _on_bye(self, message: dict[str, Any]) -> None:
        self.over = message["reason"]
        await self._unlink()

    # --- what it does ---

    async def _agree(self, source: str) -> None:
        if source == "microphone":
            self._microphone = True
        elif source == "camera":
            self._camera = True
        await self._say("consent", source=source, granted=True)
        await self._tell_switches()
        self._follow()

    async def _raise_hand(self) -> None:
        if self.place == "room":
            await self._say("hand", raised=True)
        else:
            self._begin(self._later(BEAT_S, self._raise_hand))

    async def _call_help(self) -> None:
        await self._say("report", kind="help", note=self.part.help_note)

    async def _tell_switches(self) -> None:
        await self._say("media", source="microphone", enabled=self._microphone)
        await self._say("media", source="camera", enabled=self._camera)

    async def _beat(self) -> None:
        """What a page tells every two seconds, and its picture for the console."""
        count = 0
        while True:
            await asyncio.sleep(BEAT_S)
            count += 1
            power = {} if self.part.battery is None else {"on_battery": True, "battery": self.part.battery}
            await self._say("stats", capture_fps=25.0 if self._camera else None, media_flowing=True, **power)
            if self._room.get("snapshots") and count % 3 == 0 and self._camera:
                await self._say("snapshot", jpeg=self._snapshot)
            if count % 3 == 0:
                await self._say("ping", id=count)

    # --- its media ---

    def _follow(self) -> None:
        source = self._source
        if source is not None:
            source.microphone = self._microphone
            source.set_active([rid for rid in self._needed if rid in self._permitted] if self._camera else [])

    async def _rebuild(self, slots: int) -> None:
        link = self._link = MediaLink(loss_up=self.part.loss_up, loss_down=self.part.loss_down, seed=self._number)
        credentials = Credentials(ufrag=link.ufrag, password=link.password, fingerprint=link.fingerprint)
        self._offer = make_offer(credentials, sends=True, slots=slots, rids=RIDS, wide=self.part.wide)
        self._offers += 1
        await self._say(
            "offer", id=self._offers, sdp=self._offer.sdp, tracks=self._offer.tracks, slots=self._offer.slots
        )

    async def _unlink(self) -> None:
        if self._end is not None:
            self._end.stop()
        if self._link is not None:
            await self._link.close()
        self._end = self._link = self._source = self._offer = None

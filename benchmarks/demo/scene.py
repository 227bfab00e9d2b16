"""The demo's rehearsal: one centre and six delegates that act, one seat for a person, a script, an open console."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from PIL import Image, ImageDraw

from benchmarks.clip import load_clip
from benchmarks.demo.actor import Actor, Part
from benchmarks.demo.pictures import lettering, room_scenery, snapshot
from benchmarks.running import RunningServer

TITLE = "Buổi chạy thử: tiếp công dân định kỳ"
FREE_SEAT = "Điểm cầu trống"
CENTRE = Part(name="Trụ sở Tiếp công dân tỉnh", people=2, microphone=True)
DELEGATES = (
    Part(name="Xã Tương Dương", people=1, loss_up=0.09, loss_down=0.07),
    Part(name="Xã Kỳ Sơn", people=2, hand_s=8),
    Part(name="Xã Con Cuông", people=3, hand_s=20, wide=True),
    Part(name="Sở Nông nghiệp và Môi trường", people=2, help_s=25, help_note="TV trong phòng không có hình"),
    Part(name="Thanh tra tỉnh", people=1, battery=0.42),
    Part(name="Phường Trường Vinh", people=2, hand_s=15),
)
WAITS = "Phường Trường Vinh"  # outside, until somebody lets it in
SCRIPT = (
    ("Người chủ trì khai mạc, giới thiệu thành phần", "Người chủ trì", 5),
    ("Thông báo nội quy và việc ghi âm, ghi hình", "Thư ký", 3),
    ("Công dân xã Kỳ Sơn trình bày", "Công dân", 10),
    ("Sở Nông nghiệp và Môi trường trả lời", "Đại diện sở", 10),
    ("Người chủ trì kết luận", "Người chủ trì", 5),
)
SETTLE_S, LOOK_S = 20.0, 0.1


@dataclass(slots=True)
class Scene:
    """A running rehearsal. `guide`: the number of the last event before the person's own."""

    server: RunningServer
    session: dict[str, Any]
    actors: list[Actor] = field(default_factory=list)
    guide: int = 0

    @property
    def console(self) -> str:
        """The link to the console with its guide."""
        return f"{self.server.base}/sessions/{self.session['id']}?guide={self.guide}#token={self.server.token}"

    @property
    def free_seat(self) -> str:
        """The link of the seat that a person may take."""
        return str(next(each["join_url"] for each in self.session["endpoints"] if each["name"] == FREE_SEAT))

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """The API, of this session."""
        return await asyncio.to_thread(self.server.call, method, f"/sessions/{self.session['id']}{path}", body)

    async def close(self) -> None:
        """Everybody goes."""
        await asyncio.gather(*(actor.leave() for actor in self.actors), return_exceptions=True)


async def open_scene(
    server: RunningServer,
    client: aiohttp.ClientSession,
    *,
    clip_seconds: int,
    say: Callable[[str], None],
    parts: Sequence[Part] = (CENTRE, *DELEGATES),
) -> Scene:
    """Make the session, let everybody arrive, start it. Raises TimeoutError: somebody did not arrive."""
    session = await asyncio.to_thread(_create, server, parts)
    scene = Scene(server, session)
    say("Đang vẽ hình mẫu (chỉ lần đầu) / drawing pictures (the first time only)")
    for number, (part, seat) in enumerate(zip(parts, session["endpoints"], strict=False)):
        scenery = room_scenery(number, part.name, part.people)
        clip = await asyncio.to_thread(load_clip, number, seconds=clip_seconds, scenery=scenery)
        scene.actors.append(
            Actor(server.base, seat["token"], part, clip=clip, snapshot=snapshot(scenery), number=number)
        )
    say("Các điểm cầu giả lập đang vào / the synthetic endpoints are arriving")
    await scene.call("POST", "/start")
    for actor in scene.actors:
        await actor.join(client)
    await _until(lambda: all(actor.place for actor in scene.actors))
    for seat in session["endpoints"][1 : len(parts)]:
        if seat["name"] != WAITS:
            await scene.call("POST", f"/endpoints/{seat['id']}/admit")
    await _until(lambda: all(actor.place == "room" for actor in scene.actors if actor.part.name != WAITS))
    await _hand_in(scene, client)
    scene.guide = (await scene.call("GET", "/events"))["last"]
    return scene


async def _hand_in(scene: Scene, client: aiohttp.ClientSession) -> None:
    """A paper that can be presented."""
    page = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(page)
    draw.text((200, 200), "ĐƠN KIẾN NGHỊ", font=lettering(64), fill="black")
    draw.text((200, 340), "Về việc mở rộng đường vào bản (tài liệu mẫu)", font=lettering(34), fill="black")
    file = io.BytesIO()
    page.save(file, "PDF")
    form = aiohttp.FormData({"from_whom": "Công dân xã Kỳ Sơn", "visibility": "tat_ca"}, quote_fields=False)
    form.add_field("file", file.getvalue(), filename="Đơn kiến nghị (mẫu).pdf", content_type="application/pdf")
    address = f"{scene.server.base}/api/v1/sessions/{scene.session['id']}/documents"
    headers = {"Authorization": f"Bearer {scene.server.token}"}
    async with client.post(address, data=form, headers=headers) as answer:
        answer.raise_for_status()


def _create(server: RunningServer, parts: Sequence[Part]) -> dict[str, Any]:
    names = [{"name": part.name} for part in parts[1:]]
    body = {
        "title": TITLE,
        "kind": "rehearsal",
        "lobby": True,
        "central": {"name": parts[0].name},
        "delegates": [*names, {"name": FREE_SEAT}],
    }
    session: dict[str, Any] = server.call("POST", "/sessions", body)
    items = [{"title": title, "speaker": speaker, "minutes": minutes} for title, speaker, minutes in SCRIPT]
    server.call("PUT", f"/sessions/{session['id']}/script", {"items": items})
    return session


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(round(SETTLE_S / LOOK_S)):
        if condition():
            return
        await asyncio.sleep(LOOK_S)
    raise TimeoutError("an endpoint did not arrive")

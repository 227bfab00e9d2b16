"""A server with something to show on each page: rooms, people, sessions in several states, one that runs."""

from __future__ import annotations

import asyncio
import io
import json
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import av
from PIL import Image

from benchmarks.demo.pictures import room_scenery
from benchmarks.demo.scene import CENTRE, DELEGATES, Scene, open_scene
from benchmarks.running import RunningServer
from signalling.tokens import Tokens
from tests.recorder.made import make_sealed

ROOMS = [
    ("Trụ sở Tiếp công dân tỉnh", "tinh", "Văn phòng UBND tỉnh", "Vinh", "30 Mb/s", "Nguyễn Văn An", "0912 000 001"),
    ("Xã Tương Dương", "xa", "UBND xã Tương Dương", "Tương Dương", "VNPT 8 Mb/s", "Vi Văn Dũng", "0912 000 002"),
    ("Xã Kỳ Sơn", "xa", "UBND xã Kỳ Sơn", "Kỳ Sơn", "Viettel 5 Mb/s", "Lầu Bá Chò", "0912 000 003"),
    ("Xã Con Cuông", "xa", "UBND xã Con Cuông", "Con Cuông", "VNPT 5 Mb/s", "Lô Thị Hoa", "0912 000 004"),
    ("Phường Trường Vinh", "xa", "UBND phường Trường Vinh", "Vinh", "50 Mb/s", "Trần Thị Bình", "0912 000 005"),
    ("Sở Nông nghiệp và Môi trường", "so_nganh", "Sở NN&MT", "Vinh", "100 Mb/s", "Lê Văn Cường", "0912 000 006"),
    ("Thanh tra tỉnh", "so_nganh", "Thanh tra tỉnh", "Vinh", "50 Mb/s", "Phạm Thị Hà", "0912 000 007"),
]
USERS = [
    ("dieuphoi.binh", "Trần Thị Bình", "operator", "Văn phòng UBND tỉnh"),
    ("chutri.cuong", "Lê Văn Cường", "chair", "UBND tỉnh"),
    ("thuky.hoa", "Nguyễn Thị Hoa", "secretary", "Văn phòng UBND tỉnh"),
    ("kythuat.dung", "Vi Văn Dũng", "technician", "Xã Tương Dương"),
    ("luutru.binh", "Trần Văn Bình", "archivist", "Văn phòng UBND tỉnh"),
    ("antoan.ha", "Phạm Thị Hà", "auditor", "Sở Khoa học và Công nghệ"),
    ("giamsat.minh", "Hoàng Văn Minh", "observer", "Thanh tra tỉnh"),
]
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)
PERSONS = {role: name for _, name, role, _ in USERS} | {"admin": "Nguyễn Văn An"}
GOOD: dict[str, Any] = {
    "lighting.luma": 120,
    "lighting.contrast": 45,
    "network.down_mbps": 4.9,
    "network.up_mbps": 4.8,
    "network.loss_down_percent": 0.0,
    "network.loss_up_percent": 0.2,
    "network.rtt_ms": 24,
    "network.jitter_ms": 3,
    "network.protocol": "udp",
    "audio.peak_dbfs": -12,
    "audio.clipping_percent": 0,
    "audio.noise_dbfs": -60,
    "audio.loop": "heard",
    "display.width": 1920,
    "display.height": 1080,
    "software.version": "current",
    "software.decode_fps": 25,
    "camera.height": 720,
    "camera.fps": 25,
    "camera.black_percent": 0,
    "camera.frozen_percent": 0,
    "security.tls": "https",
    "security.clock_offset_s": 0.1,
    "security.app_version": "same",
}


@dataclass
class Stage:
    """What the pages show. Sessions by name: planned (a draft), checked (at its technical check), live."""

    server: RunningServer
    client: aiohttp.ClientSession
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    scene: Scene | None = None

    def token(self, role: str) -> str:
        """A person's, by role; "operator" without an account has the whole console."""
        tokens = Tokens.of_data_directory(self.server.data)
        return tokens.issue(role=role, hours=2, name=PERSONS.get(role, ""), console=role == "operator")

    def call(self, method: str, path: str, body: Any = None, *, role: str = "operator", token: str = "") -> Any:
        """The API. Raises urllib.error.HTTPError."""
        request = urllib.request.Request(
            f"{self.server.base}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token or self.token(role)}", "User-Agent": AGENT},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def seat(self, session: str, name: str) -> dict[str, Any]:
        """An endpoint of a session, with its link."""
        found: dict[str, Any] = next(each for each in self.sessions[session]["endpoints"] if each["name"] == name)
        return found


def prepare(stage: Stage) -> None:
    """Rooms, people, a draft and a session at its technical check."""
    for name, level, organisation, place, line, technician, phone in ROOMS:
        room = {"name": name, "level": level, "organisation": organisation, "place": place, "line": line}
        room |= {
            "technician": technician,
            "phone": phone,
            "equipment": "Máy tính, camera PTZ, micro cổ ngỗng, TV 55 inch",
        }
        stage.call("POST", "/registry", room)
    _survey(stage)
    for name, full_name, role, unit in USERS:
        made = stage.call(
            "POST", "/users", {"name": name, "full_name": full_name, "role": role, "unit": unit}, role="admin"
        )
        stage.links[f"setup {role}"] = made["url"]
    stage.sessions["planned"] = _session(stage, "Tiếp công dân định kỳ tháng 12 của Chủ tịch UBND tỉnh", days=6)
    stage.sessions["checked"] = _session(stage, "Tiếp công dân theo vụ việc: đền bù tuyến đường tỉnh lộ", days=0)
    _check(stage)


def _survey(stage: Stage) -> None:
    for index, (name, *_) in enumerate(ROOMS[:6]):
        link = stage.call("POST", "/readiness/link", {"name": name})
        stage.links[f"survey {name}"] = link["url"]
        values = GOOD | {"network.down_mbps": (4.9, 4.8, 2.1, 4.9, 4.9, 0.8)[index]}
        if index != 4:
            stage.call("POST", f"/survey?visit={index:016x}", {"values": values}, token=link["token"])


def _session(stage: Stage, title: str, *, days: int) -> dict[str, Any]:
    start = datetime.now(UTC) + timedelta(days=days, hours=1)
    body = {
        "title": title,
        "kind": "dinh_ky" if days else "vu_viec",
        "central": {"name": ROOMS[0][0], "people": [{"name": "Lê Văn Cường", "office": "Chủ tịch UBND tỉnh"}]},
        "delegates": [{"name": name} for name, *_ in (ROOMS[1], ROOMS[2], ROOMS[6])],
        "host_organisation": "UBND tỉnh",
        "competent_level": "tinh",
        "coordinating_bodies": ["Sở Nông nghiệp và Môi trường", "Thanh tra tỉnh"],
        "chair_name": "Lê Văn Cường",
        "chair_office": "Chủ tịch UBND tỉnh",
        "secretary": "Nguyễn Thị Hoa",
        "operators": ["Trần Thị Bình"],
        "matter_class": 3,
        "reason_online": "nhieu_cap_xa_dia_ly",
        "planned_start": start.isoformat(),
        "planned_minutes": 120,
        "no_state_secrets": True,
        "retention": "15_nam",
    }
    session: dict[str, Any] = stage.call("POST", "/sessions", body)
    items = ["Người chủ trì khai mạc", "Thông báo nội quy và việc ghi âm, ghi hình", "Công dân trình bày", "Kết luận"]
    script = [{"title": each, "speaker": "", "minutes": 10} for each in items]
    stage.call("PUT", f"/sessions/{session['id']}/script", {"items": script})
    return session


def _check(stage: Stage) -> None:
    """One endpoint passes, one fails, one was not there yet."""
    session = stage.sessions["checked"]
    path = f"/sessions/{session['id']}"
    stage.call("POST", f"{path}/submit", {})
    approval = {"approver": "Lê Văn Cường", "approver_office": "Chủ tịch UBND tỉnh", "document_no": "128/TB-UBND"}
    stage.call("POST", f"{path}/approve", approval)
    stage.call("POST", f"{path}/check", {})
    endpoints = session["endpoints"]
    stage.call("POST", f"{path}/preflight", {"values": GOOD}, token=endpoints[1]["token"])
    for check in stage.call("GET", f"{path}/preflight")["endpoints"][1]["items"]:
        for each in check["checks"]:
            if each["manual"] and each["required"]:
                sign = {"check": each["key"], "name": "Vi Văn Dũng", "endpoint_id": endpoints[1]["id"]}
                stage.call("POST", f"{path}/preflight/sign", sign)
    bad = GOOD | {"lighting.luma": 22, "network.up_mbps": 2.2, "network.protocol": "tcp"}
    stage.call("POST", f"{path}/preflight", {"values": bad}, token=endpoints[2]["token"])


async def go_live(stage: Stage) -> None:
    """The demo's rehearsal, after its people have done something."""
    stage.scene = await open_scene(stage.server, stage.client, clip_seconds=4, say=print, parts=(CENTRE, *DELEGATES))
    session = stage.scene.session
    observer = {"name": "Ban Tiếp công dân Trung ương", "role": "observer"}
    await stage.scene.call("POST", "/endpoints", observer)
    seats = {each["name"]: each["id"] for each in session["endpoints"]}
    await asyncio.sleep(12)  # hands go up, the weak line is noticed
    await stage.scene.call("POST", f"/endpoints/{seats['Xã Kỳ Sơn']}/call", {"minutes": 10})
    script = (await stage.scene.call("GET", "/script"))["items"]
    await stage.scene.call("POST", f"/script/{script[0]['id']}/start", {})
    for text in ("Công dân nộp đơn ngày 12/3", "Sở Nông nghiệp và Môi trường trả lời"):
        await asyncio.sleep(2)
        await stage.scene.call("POST", "/markers", {"text": text})
    await _keep_case(stage, seats, script[0]["id"])
    incident = {"kind": "disorder", "endpoint_id": seats["Xã Con Cuông"], "note": "Có người la lối trong phòng"}
    stage.links["incident"] = (await stage.scene.call("POST", "/incidents", incident))["incidents"][0]["id"]
    await asyncio.sleep(8)
    stage.sessions["live"] = await stage.scene.call("GET", "")


async def destroy_one(stage: Stage) -> None:
    """An old rehearsal's recording is destroyed by two persons, and leaves its record."""
    made = await asyncio.to_thread(make_sealed, stage.server.data)
    path = f"/recordings/{made.name}"
    await asyncio.to_thread(
        stage.call, "POST", f"{path}/deletion", {"reason": "Hết thời hạn lưu trữ"}, role="archivist"
    )
    approval = {"reason": "Đồng ý hủy theo Quyết định số 12/QĐ-UBND"}
    await asyncio.to_thread(stage.call, "POST", f"{path}/deletion/approve", approval, role="chair")
    for _ in range(60):
        if not made.exists():
            break
        await asyncio.sleep(0.5)
    stage.links["destroyed"] = made.name


async def _keep_case(stage: Stage, seats: dict[str, str], item: str) -> None:
    """What the secretary has written so far, and a paper that was handed in."""
    assert stage.scene is not None
    path = f"/sessions/{stage.scene.session['id']}"

    async def write(method: str, of: str, body: Any) -> Any:
        return await asyncio.to_thread(stage.call, method, path + of, body, role="secretary")

    citizen = {"name": "Lầu Thị Mai", "birth_year": 1968, "id_number": "040168001234", "capacity": "nguoi_khieu_nai"}
    citizen |= {"address": "Bản Huồi Giảng, xã Kỳ Sơn", "checked_by": "Lầu Bá Chò", "acknowledged": True}
    await write("POST", "/citizens", citizen | {"endpoint_id": seats["Xã Kỳ Sơn"]})
    await write("POST", "/citizens", {"name": "Và Bá Tủa", "capacity": "phien_dich", "endpoint_id": seats["Xã Kỳ Sơn"]})
    for kind, text in (
        ("noi_dung", "Đề nghị xem xét lại giá đền bù 320 m² đất vườn khi mở rộng tỉnh lộ."),
        ("y_kien", "Sở Nông nghiệp và Môi trường: đã đo đạc lại ngày 12/11, sẽ trả lời bằng văn bản."),
    ):
        await write("POST", "/notes", {"text": text, "kind": kind})
    matter = {"kind": "khieu_nai", "summary": "Đền bù đất khi mở rộng tỉnh lộ", "handling": "thu_ly"}
    await write("PUT", f"/matters/{item}", matter | {"resolved_by": "UBND xã Kỳ Sơn"})
    deadline = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    conclusion = {"task": "Trả lời công dân bằng văn bản về diện tích đo đạc lại", "deadline": deadline}
    await write("POST", "/conclusions", conclusion | {"owner": "Sở Nông nghiệp và Môi trường"})
    form = aiohttp.FormData(
        {"from_whom": "Lầu Thị Mai", "form": "ban_sao", "endpoint_id": seats["Xã Kỳ Sơn"]}, quote_fields=False
    )
    form.add_field("file", paper(), filename="Đơn khiếu nại.pdf", content_type="application/pdf")
    headers = {"Authorization": f"Bearer {stage.token('secretary')}"}
    async with stage.client.post(f"{stage.server.base}/api/v1{path}/documents", data=form, headers=headers) as answer:
        stage.links["document"] = (await answer.json())["id"]


def paper() -> bytes:
    """A PDF of one page."""
    out = io.BytesIO()
    Image.new("RGB", (595, 842), "white").save(out, "PDF")
    return out.getvalue()


async def end(stage: Stage) -> None:
    """The session ends; its recording is complete afterwards."""
    assert stage.scene is not None
    await stage.scene.call("POST", "/end", {"waive": "Buổi chạy thử"})
    await stage.scene.close()
    for _ in range(60):
        found = await asyncio.to_thread(stage.call, "GET", f"/recordings/{stage.scene.session['id']}")
        if found.get("state") == "done":
            return
        await asyncio.sleep(1)


def camera_file(path: Path) -> Path:
    """A Y4M of a drawn room, which Chromium plays as its camera again and again."""
    scenery = room_scenery(11, "Xã Kỳ Sơn", 2)
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W1280 H720 F10:1 Ip A1:1 C420mpeg2\n")
        for index in range(10):
            frame = av.VideoFrame.from_ndarray(scenery.picture(index, 10), format="rgb24").reformat(format="yuv420p")
            file.write(b"FRAME\n" + frame.to_ndarray().tobytes())
    return path


def small_png(data: bytes, most_bytes: int) -> bytes:
    """The same picture with a palette, of as many colours as fit. Raises ValueError: too large with the fewest."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    for colours in (256, 160, 96, 64, 40):
        out = io.BytesIO()
        image.quantize(colours, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            out, "PNG", optimize=True
        )
        if out.tell() <= most_bytes:
            return out.getvalue()
    raise ValueError(f"{out.tell()} bytes")

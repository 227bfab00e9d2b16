"""Confidence monitor: what was written a moment ago, played back from the disk while the session runs."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web

from reception.permissions import Permission
from recorder.confidence import EXIT_ALTERED, EXIT_NO_KEY, EXIT_NOTHING
from recorder.search import rfc3339
from signalling.custody import Use, log_it
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route

log = structlog.get_logger("http")

DEFAULT_S, MAX_S = 10.0, 60.0
PATIENCE_S = 30.0  # a disk that takes longer is in trouble
SOURCES = ("room", "screen", "camera2")
_TYPES = {".webm": "video/webm", ".mkv": "video/x-matroska"}


async def play_last_seconds(call: Call) -> web.StreamResponse:
    """GET /sessions/{id}/confidence. One at a time, each in a process of its own at the lowest priority."""
    record = await call.services.session(call.path("id"))
    endpoint = call.request.query.get("endpoint", "")
    if record.endpoint(endpoint) is None:
        raise not_found("endpoint")
    seconds, source = _asked(call.request)
    conference = call.services.conferences.get(record.id)
    if conference is None or conference.recording is None:
        raise Problem(
            409,
            "not_recorded",
            "Nothing is recorded now",
            "Start the session first.",
            reason_vi="Buổi tiếp chưa được ghi hình nên chưa có gì để xem lại.",
            reason_en="The session is not recorded now, so there is nothing to play back.",
        )
    purpose = "Nghe, xem lại khi đang ghi / confidence monitor"
    await log_it(Use(call=call, recording_id=record.id, what="confidence", purpose=purpose), endpoint=endpoint)
    await call.services.store.log(record.id, "confidence", endpoint_id=endpoint, actor=call.actor)
    async with call.services.confidence:
        with tempfile.TemporaryDirectory(prefix="diemcau-confidence-") as directory:
            output = Path(directory) / "clip"
            arguments = ["--output", str(output), "--seconds", str(seconds), "--source", source]
            arguments += ["--master-key", call.services.settings.recording.master_key]
            clip = await _make([str(call.services.recorder.root / record.id), endpoint, *arguments])
            body = await asyncio.to_thread(output.with_suffix(clip["suffix"]).read_bytes)
    headers = {
        "Content-Type": _TYPES[clip["suffix"]],
        "Diemcau-From": rfc3339(clip["from_ms"]),
        "Diemcau-To": rfc3339(clip["to_ms"]),
        "Diemcau-Start-S": str(clip["start_s"]),
        "Diemcau-Behind-S": f"{max(0.0, time.time() - clip['to_ms'] / 1000):.1f}",
    }
    return web.Response(body=body, headers=headers)


def _asked(request: web.Request) -> tuple[float, str]:
    source = request.query.get("source", "room")
    if source not in SOURCES:
        raise Problem(422, "invalid_query", "The request is not valid", f"source: one of {', '.join(SOURCES)}")
    try:
        seconds = float(request.query.get("seconds", DEFAULT_S))
        if not 1 <= seconds <= MAX_S:
            raise ValueError
    except ValueError:
        raise Problem(422, "invalid_query", "The request is not valid", f"seconds: 1 to {MAX_S:.0f}") from None
    return seconds, source


async def _make(arguments: list[str]) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "recorder.confidence", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            out, errors = await process.communicate()
    except TimeoutError:
        raise _refusal(
            503, "too_slow", "Ổ đĩa phản hồi quá chậm, không đọc lại được.", "The disk answers too slowly."
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        found: dict[str, Any] = json.loads(out)
        return found
    said = errors.decode(errors="replace").strip()
    if process.returncode != EXIT_NOTHING:
        log.error("confidence playback failed", exit_code=process.returncode, error=said)
    raise _refusal(*_REFUSALS.get(process.returncode or 0, _UNREADABLE))


def _refusal(status: int, code: str, vi: str, en: str) -> Problem:
    return Problem(status, code, "The last seconds cannot be played back", en, reason_vi=vi, reason_en=en)


_UNREADABLE = (500, "not_readable", "Không đọc lại được bản ghi từ ổ đĩa.", "What was written cannot be read back.")
_REFUSALS = {
    EXIT_NOTHING: (
        404,
        "nothing_recorded",
        "Vài giây vừa rồi chưa có hình, tiếng nào của điểm cầu này trên ổ đĩa.",
        "Nothing of this endpoint came to the disk in the last seconds.",
    ),
    EXIT_ALTERED: (
        500,
        "not_as_signed",
        "Dữ liệu trên ổ đĩa KHÁC với dữ liệu đã ký. Hãy kiểm tra ổ đĩa ngay.",
        "What lies on the disk is NOT what was signed. Check the disk at once.",
    ),
    EXIT_NO_KEY: (
        409,
        "key_unavailable",
        "Bản ghi được mã hóa nhưng không tìm thấy khóa chính. Hãy đặt lại khóa chính vào đúng chỗ.",
        "The recording is encrypted, and its master key is missing. Put it back where it was.",
    ),
}

ROUTES = [
    Route(
        method="GET",
        path="/api/v1/sessions/{id}/confidence",
        handler=play_last_seconds,
        summary="The last seconds of an endpoint as they lie on the disk, as a small video",
        permission=Permission.CONTROL_RECORDER,
        query={
            "endpoint": "whose (needed): the endpoint's id",
            "seconds": "how many, 1 to 60 (10); a key frame comes before, Diemcau-Start-S says where they begin",
            "source": "room (camera and microphone), screen or camera2",
        },
    ),
]

"""Tries the recorder: ten seconds of an endpoint's picture and voice, recorded as a session is, and decoded again."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import av
import structlog
from aiohttp import web

from reception.preflight_checks import Value
from reception.records import EndpointRecord, SessionRecord
from recorder.catalogue import read_entry
from recorder.clip_check import ClipFacts, check_clip
from recorder.service import Recorder, RecorderUnavailable, RecordingFacts
from recorder.storage.speed import measure_write_speed
from signalling.line_api import MeasureLine, Say
from signalling.line_test import CONNECT_S
from signalling.probe_link import ProbeLink
from signalling.problems import Problem, not_found
from signalling.space import room_for, wanted_space

if TYPE_CHECKING:
    from signalling.services import Services

CLIP_S = 10.0
SETTLE_S = 1.5  # the picture grows to its size first
KEPT_S = 3600.0
DIRECTORY = "preflight"

log = structlog.get_logger("preflight")


def clip_path(services: Services, name: str) -> Path:
    """The clip of this name. Raises Problem 404."""
    path = services.data / DIRECTORY / f"{name}.webm"
    if not name.isalnum() or not path.is_file():
        raise not_found("clip")
    return path


async def record_clip(
    services: Services, record: SessionRecord, endpoint: EndpointRecord, body: MeasureLine, say: Say
) -> dict[str, Value]:
    """Connect, record, decode; tells the clip's name on the way. Raises Problem."""
    profile = services.profiles.get(endpoint.profile or record.profile)
    tracks = {track.mid: track.source for track in body.tracks}
    link = ProbeLink(
        services, profile=profile, role=endpoint.role, endpoint_id=endpoint.id, sdp=body.sdp, tracks=tracks
    )
    root = services.data / DIRECTORY
    _forget_old(root)
    name = secrets.token_hex(16)
    try:
        await say({"type": "answer", "sdp": link.answer})
        await link.wait_connected(CONNECT_S)
        await asyncio.sleep(SETTLE_S)
        await _record(services, link, record, endpoint, root, name, say)
    finally:
        link.close()
    await say({"type": "phase", "phase": "decode"})
    try:
        facts = await asyncio.to_thread(_take_out, root, name)
    except (OSError, av.error.FFmpegError) as error:
        raise Problem(500, "clip_unreadable", "The test recording cannot be played", str(error)) from None
    await say({"type": "clip", "name": name, "seconds": round(facts.seconds, 1), "pictures": facts.pictures})
    return {
        "storage.clip_seconds": round(facts.seconds, 1),
        "storage.clip_fps": round(facts.fps, 1),
        "storage.clip_sound": facts.audible,
    }


async def _record(
    services: Services,
    link: ProbeLink,
    record: SessionRecord,
    endpoint: EndpointRecord,
    root: Path,
    name: str,
    say: Say,
) -> None:
    recorder = Recorder(services.settings.recording, data=services.data)
    recorder.root = root
    facts = RecordingFacts(
        session_id=name,
        title=record.title,
        kind="preflight",
        endpoints={endpoint.id: endpoint.name},
        wall_offset_s=services.media.wall_offset_s,
    )
    faults: list[str] = []
    try:
        recording = await recorder.start(facts, on_fault=faults.append)
    except RecorderUnavailable as error:
        raise Problem(
            503, "recorder_unavailable", "Nothing would be recorded", error.reason_en, reason_vi=error.reason_vi
        ) from None
    link.session.attach_tap(recording)
    await say({"type": "phase", "phase": "record", "seconds": CLIP_S})
    try:
        await _pass_time(link)
    finally:
        link.session.detach_tap()
        await recording.finish()
    if any(faults):
        raise Problem(503, "recorder_fault", "The recorder had trouble", "; ".join(filter(None, faults)))


async def _pass_time(link: ProbeLink) -> None:
    try:
        async with asyncio.timeout(CLIP_S):
            await link.closed.wait()
    except TimeoutError:
        return
    raise Problem(409, "connection_lost", "The media connection was lost while the clip was recorded")


def _take_out(root: Path, name: str) -> ClipFacts:
    """The track of the recording becomes the clip; the rest goes."""
    directory = root / name
    tracks = [directory / line["path"] for line in read_entry(directory).tracks]
    if not tracks:
        raise FileNotFoundError("nothing was recorded")
    largest = max(tracks, key=lambda path: path.stat().st_size)
    clip = root / f"{name}.webm"
    shutil.copyfile(largest, clip)
    shutil.rmtree(directory, ignore_errors=True)
    return check_clip(clip)


def _forget_old(root: Path) -> None:
    """Clips are looked at once, right after they were made."""
    oldest = time.time() - KEPT_S
    for path in root.glob("*") if root.exists() else ():
        if path.stat().st_mtime < oldest:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


async def measure_storage(services: Services, record: SessionRecord) -> dict[str, Value]:
    """Free space against what this session needs, and how fast the disk takes it. Raises Problem 503."""
    wanted, room = wanted_space(services, record), await room_for(services, record)
    async with services.measuring_disk:
        try:
            speed = await asyncio.to_thread(measure_write_speed, services.recorder.root)
        except OSError as error:
            raise Problem(503, "disk_unwritable", "The recordings' disk cannot be written", str(error)) from None
    return {
        "storage.free_ratio": round(min(room.free / max(wanted.bytes, 1), 9999.0), 2),
        "storage.free_gb": round(room.free / 1e9, 1),
        "storage.write_mb_s": round(speed.bytes_per_s / 1e6, 1),
    }


def clip_response(path: Path) -> web.FileResponse:
    """With byte ranges."""
    return web.FileResponse(path, headers={"Content-Type": "video/webm", "Cache-Control": "no-store"})

"""From the journal to the tracks: one file per endpoint and stay, nothing transcoded, the same each time.

The journal is read twice: once for what there is and for the clocks (survey), once for the packets.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recorder.cipher import DataKey
from recorder.encrypted_file import SUFFIX
from recorder.journal import RTP_HEAD, RecordType
from recorder.master_key import Keyring
from recorder.muxer import TrackFile, container_for
from recorder.reader import data_key_of, read_journal
from recorder.stream import Stream
from recorder.survey import Published, Survey
from sfu.errors import MalformedPacket
from sfu.rtp.packet import Packet, parse_rtp_untrusted

VIDEO_WAIT_S = 10.0  # the file waits so long for its first picture before it begins with sound alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A derived file. `offset_ms` from the recording's beginning to the file's zero."""

    path: str
    endpoint_id: str
    endpoint_name: str
    source: str
    offset_ms: int
    duration_ms: int
    video: str
    width: int
    height: int
    audio: bool
    lost_frames: int


class _Stay:
    """One file in the making. Media wait until the first picture says the size, if there is a camera at all."""

    def __init__(
        self, directory: Path, name: str, published: list[Published], survey: Survey, key: DataKey | None
    ) -> None:
        self._directory = directory
        self._key = key
        self._name = name
        self._survey = survey
        self._published = {each.key: each for each in published}
        self._clocks = {each.key: survey.clock(each) for each in published}
        self._streams: dict[tuple[tuple[int, int], int], Stream] = {}
        self._expects_video = any(each.facts["kind"] == "video" and each.packets for each in published)
        self._has_audio = any(each.facts["kind"] == "audio" and each.packets for each in published)
        self._codec = next((str(each.codec["name"]) for each in published if each.facts["kind"] == "video"), None)
        self._waiting: list[tuple[float, Any]] = []
        self._file: TrackFile | None = None
        self._zero_s = 0.0
        self._size = (0, 0)
        self._suffix = ""

    def push(self, key: tuple[int, int], packet: Packet) -> None:
        """A packet of one of the stay's publications, in the order of the journal."""
        stream = self._streams.get((key, packet.ssrc))
        if stream is None:
            published = self._published[key]
            stream = self._streams[key, packet.ssrc] = Stream(published, packet.ssrc, self._clocks[key])
        for at, each in stream.push(packet):
            self._take(at, each)

    def _take(self, at_s: float, item: Any) -> None:
        if self._file is not None:
            self._write(at_s, item)
            return
        self._waiting.append((at_s, item))
        picture = hasattr(item, "keyframe") and item.keyframe and item.width
        waited = at_s - self._waiting[0][0]
        if picture:
            self._size = (item.width, item.height)
        if picture or not self._expects_video or waited > VIDEO_WAIT_S:
            self._open()

    def _open(self) -> None:
        if not self._waiting:
            return
        if not self._size[0]:
            self._codec = None if not self._expects_video else self._codec
        self._zero_s = min(at for at, _ in self._waiting)
        video = (self._codec, *(self._size if self._size[0] else (640, 360))) if self._expects_video else None
        _, self._suffix = container_for(self._codec if video else None)
        self._suffix += SUFFIX if self._key is not None else ""
        path = self._directory / "tracks" / f"{self._name}{self._suffix}"
        path.parent.mkdir(exist_ok=True)
        self._file = TrackFile(path, video=video, audio=self._has_audio, title=self._name, key=self._key)  # type: ignore[arg-type]
        waiting, self._waiting = sorted(self._waiting, key=lambda each: each[0]), []
        for at, item in waiting:
            self._write(at, item)

    def _write(self, at_s: float, item: Any) -> None:
        assert self._file is not None
        at = max(0.0, at_s - self._zero_s)
        if hasattr(item, "samples"):
            self._file.write_voice(item, at)
        else:
            self._file.write_frame(item, at)

    def close(self) -> Track | None:
        """Finish; None if there was nothing to write."""
        for stream in self._streams.values():
            for at, each in stream.flush():
                self._take(at, each)
        if self._file is None:
            self._open()
        if self._file is None:
            return None
        self._file.close()
        part, first = next(iter(self._published))[0], next(iter(self._published.values()))
        endpoint_id = str(first.facts["endpoint_id"])
        names: dict[str, str] = self._survey.parts[part].get("endpoints", {})
        offset = self._survey.wall_s(part, self._zero_s) - self._survey.start_wall_s
        lost = sum(stream.lost_frames for stream in self._streams.values())
        return Track(
            path=f"tracks/{self._name}{self._suffix}",
            endpoint_id=endpoint_id,
            endpoint_name=names.get(endpoint_id, endpoint_id),
            source=first.stay[2],
            offset_ms=round(1000 * offset),
            duration_ms=round(1000 * self._file.duration_s),
            video=(self._codec or "") if self._expects_video else "",
            width=self._size[0],
            height=self._size[1],
            audio=self._has_audio,
            lost_frames=lost,
        )


def derive_tracks(directory: Path, survey: Survey, *, keys: Keyring | None = None) -> list[Track]:
    """Write every track file anew, encrypted if the journal is. The journal is only read. Raises as read_journal."""
    keys = keys or Keyring.beside(directory)
    stays = _stays(directory, survey, data_key_of(directory, keys))
    by_key = {key: stay for stay in stays for key in stay._published}
    part, told = -1, None
    for record in read_journal(directory, keys=keys):
        if record.type is RecordType.PART:
            if told != (told := record.json().get("part")):  # a dead disk has it repeated
                part += 1
        elif record.type is RecordType.RTP:
            (identifier,) = RTP_HEAD.unpack_from(record.body)
            stay = by_key.get((part, identifier))
            if stay is not None:
                try:
                    packet = parse_rtp_untrusted(record.body[RTP_HEAD.size :], arrival_s=record.arrival_s)
                except MalformedPacket:
                    continue
                stay.push((part, identifier), packet)
    tracks = [stay.close() for stay in stays]
    return [track for track in tracks if track is not None]


def _stays(directory: Path, survey: Survey, key_of_data: DataKey | None) -> list[_Stay]:
    groups: dict[tuple[int, str, str, int], list[Published]] = {}
    for published in survey.published.values():
        number = 0  # what an endpoint sends twice at once goes into two files
        while any(each.overlaps(published) for each in groups.get((*published.stay, number), [])):
            number += 1
        groups.setdefault((*published.stay, number), []).append(published)
    stays = []
    for number, (key, group) in enumerate(sorted(groups.items(), key=lambda each: each[1][0].key), start=1):
        endpoint_id = str(group[0].facts["endpoint_id"])
        names: dict[str, str] = survey.parts[key[0]].get("endpoints", {})
        name = f"{number:03d}-{file_name(names.get(endpoint_id, endpoint_id))}"
        name = name if key[2] == "room" else f"{name}-{key[2]}"
        stays.append(_Stay(directory, name, group, survey, key_of_data))
    return stays


def file_name(name: str) -> str:
    """A name that every file system takes: ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    ascii_only = plain.encode("ascii", "ignore").decode()
    return "-".join("".join(char if char.isalnum() else " " for char in ascii_only).split()).lower()[:60] or "endpoint"

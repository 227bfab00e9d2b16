"""`python -m recorder.live DIR`: tracks that can be played while the session is recorded, a few seconds behind.

A process of low priority that reads what the recorder has written and is never waited for. It ends when its input does:
with the recorder, however that ends. What it makes are copies; the tracks of the finished recording are derived anew.
"""

from __future__ import annotations

import argparse
import os
import select
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from config.models import RecordingSettings
from recorder.derive import file_name
from recorder.journal import RTP_HEAD, SENDER_REPORT, Record, RecordType
from recorder.live_index import LiveTrack, as_line, live_tracks, remove_live, write_index
from recorder.live_stay import LiveStay
from recorder.master_key import Keyring, KeyUnavailable
from recorder.reader import read_journal
from recorder.survey import Published, Survey, read_record
from recorder.tail import JournalTail
from recorder.timeline import Mark
from sfu.errors import MalformedPacket
from sfu.rtp.packet import parse_rtp_untrusted

POLL_S = 0.5
MIB = 1 << 20


class LiveMuxer:
    """From the records of one part to files in derived/live."""

    def __init__(self, directory: Path, number: int, keys: Keyring, *, part: int) -> None:
        self._directory = directory
        self._part = part
        self._tail = JournalTail(directory, number, keys)
        self._survey = Survey()
        self._stays: dict[tuple[int, str, str], LiveStay] = {}
        self._begun_wall_s = _begun_wall_s(directory, keys)
        self._earlier = [line for line in live_tracks(directory) if line["part"] != part]
        for line in self._earlier:
            line["open"] = False
        self._written: list[dict[str, Any]] = []

    def follow(self) -> None:
        """Take what is new, and let it be seen. Raises OSError, KeyUnavailable."""
        for record in self._tail.read():
            self._take(record)
        for stay in self._stays.values():
            stay.flush()
        self._write_index()

    def _take(self, record: Record) -> None:
        read_record(self._survey, record)
        if record.type is RecordType.RTP:
            published = self._published(*RTP_HEAD.unpack_from(record.body))
            if published is not None:
                try:
                    packet = parse_rtp_untrusted(record.body[RTP_HEAD.size :], arrival_s=record.arrival_s)
                except MalformedPacket:
                    return
                self._stay(published).push(published, packet)
        elif record.type is RecordType.SENDER_REPORT:
            identifier, ssrc, ntp, timestamp = SENDER_REPORT.unpack(record.body)
            published = self._published(identifier)
            if published is not None:
                mark = Mark(arrival_s=record.arrival_s, ntp_s=ntp / (1 << 32), rtp_timestamp=timestamp)
                self._stay(published).report(identifier, ssrc, mark)
        elif record.type in (RecordType.PUBLICATION, RecordType.PUBLICATION_ENDED):
            published = self._published(int(record.json()["publication"]))
            if published is not None:
                stay, begins = self._stay(published), record.type is RecordType.PUBLICATION
                stay.publish(published.key[1]) if begins else stay.end(published.key[1])

    def _published(self, identifier: int) -> Published | None:
        return self._survey.published.get((len(self._survey.parts) - 1, identifier))

    def _stay(self, published: Published) -> LiveStay:
        stay = self._stays.get(published.stay)
        if stay is None:
            endpoint_id, source = str(published.facts["endpoint_id"]), published.stay[2]
            names: dict[str, str] = self._survey.parts[-1].get("endpoints", {})
            name = names.get(endpoint_id, endpoint_id)
            file = f"{self._part}-{len(self._stays) + 1:03d}-{file_name(name)}"

            def describe(path: str, zero_s: float) -> LiveTrack:
                wall_s = zero_s + float(self._survey.parts[-1]["wall_offset_us"]) / 1e6
                return LiveTrack(
                    path=path,
                    endpoint_id=endpoint_id,
                    endpoint_name=name,
                    source=source,
                    offset_ms=round(1000 * (wall_s - self._begun_wall_s)),
                    duration_ms=0,
                    video="",
                    width=0,
                    height=0,
                    audio=False,
                    part=self._part,
                )

            file += "" if source == "room" else f"-{source}"
            stay = LiveStay(self._directory, file, lambda: self._tail.key, describe)
            self._stays[published.stay] = stay
        return stay

    def _write_index(self) -> None:
        now = [*self._earlier, *(as_line(track) for stay in self._stays.values() for track in stay.tracks)]
        if now != self._written:
            write_index(self._directory, now)
            self._written = now

    def close(self) -> None:
        """The part ended. Raises OSError."""
        for stay in self._stays.values():
            stay.close()
        self._write_index()
        self._tail.close()


def _begun_wall_s(directory: Path, keys: Keyring) -> float:
    """When the recording began, Unix time."""
    for record in read_journal(directory, keys=keys):
        if record.type is RecordType.PART:
            return record.arrival_s + float(record.json()["wall_offset_us"]) / 1e6
    return 0.0


def main() -> int:
    """Entry."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", type=RecordingSettings.model_validate_json, default=RecordingSettings())
    parser.add_argument("--segment", type=int, required=True, help="where the part begins")
    parser.add_argument("--part", type=int, required=True)
    parser.add_argument("directory", type=Path)
    chosen = parser.parse_args()
    os.nice(15)
    try:
        return _run(chosen.directory, chosen.segment, chosen.part, chosen.settings)
    except (OSError, KeyUnavailable) as error:
        print(f"live tracks of {chosen.directory}: {error}", file=sys.stderr)
        return 1


def _run(directory: Path, segment: int, part: int, settings: RecordingSettings) -> int:
    muxer = LiveMuxer(directory, segment, Keyring.beside(directory, settings.master_key), part=part)
    ended = False
    while not ended:
        readable, _, _ = select.select([sys.stdin], [], [], POLL_S)
        ended = bool(readable)
        if not ended and shutil.disk_usage(directory).free < settings.min_free_mib * MIB:
            remove_live(directory)  # the room is the journal's
            return 0
        begun = time.monotonic()
        muxer.follow()
        time.sleep(min(POLL_S, time.monotonic() - begun))  # never more than half a core
    muxer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

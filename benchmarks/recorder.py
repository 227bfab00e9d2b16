"""`make bench-recorder`: what recording costs. The recorder's real process, fed at the pace of real endpoints.

CPU of the process, of the muxer behind it and of what feeds them, per recorded track; bytes of journal and of disk per
byte received (the disk's from /proc/PID/io); calls of fdatasync a second as the process counts them. Each without and
with encryption at rest.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from config.models import RecordingSettings
from recorder.journal import RecordType
from recorder.reader import read_journal
from recorder.recording import SessionRecording
from recorder.service import Recorder, RecordingFacts
from recorder.verify import verify
from sfu.description import CodecParameters
from sfu.rtp.packet import Packet, parse_rtp_untrusted
from sfu.tap import PublicationFacts
from sfu.types import EndpointId, Kind, PayloadType, PublicationId, Source

VIDEO_BPS, PACKET_BYTES, VOICE_BYTES = 1_500_000, 1_100, 100
VOICES_PER_S = 50
PACE_S = 0.01
# As much of a VP8 key frame of 1280 × 720, and of 20 ms of Opus, as a muxer looks at: every packet is a frame.
PICTURE = b"\x10\x10\x00\x00\x9d\x01\x2a" + (1280).to_bytes(2, "little") + (720).to_bytes(2, "little")
VOICE = b"\x78"
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
VP8 = CodecParameters(name="VP8", payload_type=PayloadType(96), clock_rate_hz=90_000)
OPUS = CodecParameters(name="opus", payload_type=PayloadType(111), clock_rate_hz=48_000, channels=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecorderFigures:
    """Of one run. CPU in % of one core per recorded track (a camera or a microphone)."""

    endpoints: int
    tracks: int
    encrypted: bool
    seconds: float
    received_mbps: float
    packets_per_s: float
    process_cpu_per_track: float
    live_cpu_per_track: float
    server_cpu_per_track: float
    written_per_byte: float
    disk_per_byte: float
    fsyncs_per_s: float
    dropped: int
    verify_s: float


def cpu_s(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def live_muxer_of(pid: int) -> int:
    """The process that makes the live tracks, a child of the recorder's; 0 if there is none."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        if b"recorder.live" in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    return 0


def disk_bytes(pid: int) -> int:
    """What the process caused to be written to the disk."""
    lines = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return int(lines["write_bytes"])


class RecordedEndpoint:
    """One endpoint's camera and microphone: packets of the right size at the right pace."""

    def __init__(self, number: int) -> None:
        self.video, self.audio = PublicationId(2 * number + 1), PublicationId(2 * number + 2)
        self.endpoint = EndpointId(f"e{number}")
        self._sent = [0, 0]
        self._padding = os.urandom(PACKET_BYTES)

    def publish(self, recording: SessionRecording) -> None:
        """Tell the recorder of both."""
        rows = ((self.video, Source.CAMERA, Kind.VIDEO, VP8), (self.audio, Source.MICROPHONE, Kind.AUDIO, OPUS))
        for identifier, source, kind, codec in rows:
            facts = PublicationFacts(
                publication_id=identifier, endpoint_id=self.endpoint, source=source, kind=kind, codecs=(codec,)
            )
            recording.on_publication(facts, now=time.monotonic())

    def send(self, recording: SessionRecording, passed_s: float) -> int:
        """What is due since the beginning; bytes."""
        count = 0
        rates = ((VIDEO_BPS / 8 / PACKET_BYTES, PACKET_BYTES, 96, 90_000), (VOICES_PER_S, VOICE_BYTES, 111, 48_000))
        for index, (rate, size, payload_type, clock) in enumerate(rates):
            while self._sent[index] < passed_s * rate:
                packet = self._packet(index, size, payload_type, round(clock * self._sent[index] / rate))
                recording.on_packet((self.video, self.audio)[index], packet)
                self._sent[index] += 1
                count += size
        return count

    def _packet(self, index: int, size: int, payload_type: int, timestamp: int) -> Packet:
        head = bytes((0x80, 0x80 | payload_type)) + (self._sent[index] & 0xFFFF).to_bytes(2, "big")
        head += (timestamp & 0xFFFFFFFF).to_bytes(4, "big") + (100 + index).to_bytes(4, "big")
        payload = (PICTURE, VOICE)[index]
        return parse_rtp_untrusted(
            head + payload + self._padding[: size - 12 - len(payload)], arrival_s=time.monotonic()
        )


async def run(endpoints: int, seconds: float, directory: Path, *, encrypted: bool) -> RecorderFigures:
    """Feed a recording for so long and measure."""
    recorder = Recorder(RecordingSettings(min_free_mib=16, encrypt=encrypted), data=directory)
    facts = RecordingFacts(session_id="bench", title="bench", kind="rehearsal", endpoints={}, wall_offset_s=1.7e9)
    recording = await recorder.start(facts, on_fault=print)
    sources = [RecordedEndpoint(number) for number in range(endpoints)]
    for source in sources:
        source.publish(recording)
    pid = recording.process_id
    cpu_before, disk_before, own_before, begun = cpu_s(pid), disk_bytes(pid), time.process_time(), time.monotonic()
    received = 0
    while (passed := time.monotonic() - begun) < seconds:
        received += sum(source.send(recording, passed) for source in sources)
        await asyncio.sleep(PACE_S)
    await asyncio.sleep(1.0)
    passed = time.monotonic() - begun
    muxer = live_muxer_of(pid)
    live = cpu_s(muxer) if muxer else 0.0
    cpu, own, disk = cpu_s(pid) - cpu_before, time.process_time() - own_before, disk_bytes(pid) - disk_before
    syncs, written = recording.status.syncs, recording.status.bytes
    await recording.suspend()
    recorded = directory / "recordings" / "bench"
    kept = sum(1 for record in read_journal(recorded) if record.type is RecordType.RTP)
    verified = time.monotonic()
    assert not verify(recorded).faults
    tracks = 2 * endpoints
    return RecorderFigures(
        endpoints=endpoints,
        tracks=tracks,
        encrypted=encrypted,
        seconds=round(seconds, 1),
        received_mbps=received * 8 / seconds / 1e6,
        packets_per_s=kept / seconds,
        process_cpu_per_track=100 * cpu / passed / tracks,
        live_cpu_per_track=100 * live / passed / tracks,
        server_cpu_per_track=100 * own / passed / tracks,
        written_per_byte=written / received,
        disk_per_byte=disk / received,
        fsyncs_per_s=syncs / passed,
        dropped=recording.status.dropped,
        verify_s=time.monotonic() - verified,
    )


def show(figures: Sequence[RecorderFigures]) -> str:
    """As a Markdown table."""
    lines = [
        "| endpoints (tracks) | encrypted | received, Mb/s | packets/s |"
        " CPU per track, % of a core: process / live tracks / feeding them |"
        " journal bytes per byte | disk bytes per byte | fsyncs/s | dropped |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {each.endpoints} ({each.tracks}) | {'yes' if each.encrypted else 'no'} | {each.received_mbps:.1f} |"
        f" {each.packets_per_s:.0f} | {each.process_cpu_per_track:.2f} / {each.live_cpu_per_track:.2f} /"
        f" {each.server_cpu_per_track:.2f} | {each.written_per_byte:.3f} |"
        f" {each.disk_per_byte:.3f} | {each.fsyncs_per_s:.1f} | {each.dropped} |"
        for each in figures
    ]
    return "\n".join(lines)


def main() -> int:
    """Run, print the table, write recorder.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recorder", description=__doc__)
    parser.add_argument("--endpoints", type=int, action="append", default=[], help="repeat; 1, 6 and 11 if not given")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--output", type=Path, default=Path("bench-out"))
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    figures = []
    for endpoints in arguments.endpoints or [1, 6, 11]:
        for encrypted in (False, True):
            with tempfile.TemporaryDirectory(dir=arguments.output) as directory:
                figures.append(asyncio.run(run(endpoints, arguments.seconds, Path(directory), encrypted=encrypted)))
    print(show(figures))
    (arguments.output / "recorder.json").write_text(json.dumps([asdict(each) for each in figures], indent=2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

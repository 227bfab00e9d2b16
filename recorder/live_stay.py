"""One endpoint's stay as a file that grows: tracks are fixed in a file's head, so a new one begins when they change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from recorder.cipher import DataKey
from recorder.depacketize.frames import Frame
from recorder.depacketize.voice import Voice
from recorder.encrypted_file import SUFFIX
from recorder.live_index import FOLDER, LiveTrack
from recorder.muxer import TrackFile, container_for
from recorder.stream import Stream
from recorder.survey import Published
from recorder.timeline import Mark, SenderClock
from sfu.rtp.packet import Packet

SETTLE_S = 2.0  # sound waits so long for a picture, and a picture for sound, before the file begins without


class LiveStay:
    """`describe` gives the facts of a file that begins: its path, and its zero in media time (seconds)."""

    def __init__(
        self, directory: Path, name: str, key: Callable[[], DataKey | None], describe: Callable[[str, float], LiveTrack]
    ) -> None:
        self.tracks: list[LiveTrack] = []
        self._directory, self._name, self._key, self._describe = directory, name, key, describe
        self._clock = SenderClock([])
        self._streams: dict[tuple[int, int], Stream] = {}
        self._codec = ""
        self._open: set[int] = set()
        self._waiting: list[tuple[float, Frame | Voice]] = []
        self._file: TrackFile | None = None
        self._zero_s = 0.0
        self._heard = False  # a voice came that the file has no track for

    def publish(self, identifier: int) -> None:
        """One more publication of this stay."""
        self._open.add(identifier)

    def end(self, identifier: int) -> None:
        """It ended; with the last of them the file does."""
        self._open.discard(identifier)
        if not self._open:
            self.close()

    def report(self, identifier: int, ssrc: int, mark: Mark) -> None:
        """A sender report."""
        self._clock.add(mark)
        stream = self._streams.get((identifier, ssrc))
        if stream is not None:
            stream.timeline.add(mark)

    def push(self, published: Published, packet: Packet) -> None:
        """A packet of one of the publications."""
        identifier = published.key[1]
        stream = self._streams.get((identifier, packet.ssrc))
        if stream is None:
            stream = self._streams[identifier, packet.ssrc] = Stream(published, packet.ssrc, self._clock)
        if published.facts["kind"] == "video":
            self._codec = str(published.codec["name"])
        for at_s, item in stream.push(packet):
            self._take(at_s, item)

    def _take(self, at_s: float, item: Frame | Voice) -> None:
        if self._file is None:
            self._waiting.append((at_s, item))
            self._begin_if_settled(at_s)
            return
        picture = isinstance(item, Frame) and item.keyframe and item.width > 0
        if picture and (not self._file.has_video or (self._heard and not self._file.has_audio)):
            self._finish()
            self._waiting = [(at_s, item)]
            self._begin()
            return
        self._heard = self._heard or isinstance(item, Voice)
        self._write(at_s, item)

    def _begin_if_settled(self, at_s: float) -> None:
        items = [item for _, item in self._waiting]
        self._heard = self._heard or any(isinstance(item, Voice) for item in items)
        picture = any(isinstance(item, Frame) and item.keyframe and item.width for item in items)
        if (picture and self._heard) or (at_s - self._waiting[0][0] > SETTLE_S and (picture or self._heard)):
            self._begin()
        elif at_s - self._waiting[0][0] > SETTLE_S:
            self._waiting.clear()  # pictures that nothing can show: their key frame is still to come

    def _begin(self) -> None:
        """A file with what there is now; frames before the first key frame are left out."""
        waiting = sorted(self._waiting, key=lambda each: each[0])
        self._waiting = []
        key = next((item for _, item in waiting if isinstance(item, Frame) and item.keyframe and item.width), None)
        if key is not None:
            begun_s = next(at for at, item in waiting if item is key)
            waiting = [each for each in waiting if isinstance(each[1], Voice) or each[0] >= begun_s]
        self._zero_s = waiting[0][0]
        data_key = self._key()
        suffix = container_for(self._codec if key is not None else None)[1] + (SUFFIX if data_key is not None else "")
        number = f"-{len(self.tracks) + 1}" if self.tracks else ""
        path = FOLDER / f"{self._name}{number}{suffix}"
        (self._directory / path).parent.mkdir(parents=True, exist_ok=True)
        track = self._describe(str(path), self._zero_s)
        video = (self._codec, key.width, key.height) if key is not None else None
        self._file = TrackFile(
            self._directory / path, video=video, audio=self._heard, title=self._name, key=data_key, live=True
        )
        track.audio = self._heard
        if video is not None:
            track.video, track.width, track.height = video
        self.tracks.append(track)
        for at_s, item in waiting:
            self._write(at_s, item)

    def _write(self, at_s: float, item: Frame | Voice) -> None:
        assert self._file is not None
        at_s = max(0.0, at_s - self._zero_s)
        if isinstance(item, Voice):
            self._file.write_voice(item, at_s)
        else:
            self._file.write_frame(item, at_s)
        self.tracks[-1].duration_ms = round(1000 * self._file.duration_s)

    def flush(self) -> None:
        """What was written can be played now. Raises OSError."""
        if self._file is not None:
            self._file.flush()

    def _finish(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
            self.tracks[-1].open = False

    def close(self) -> None:
        """Nothing more comes for now; a publication that begins later begins another file. Raises OSError."""
        for stream in self._streams.values():
            for at_s, item in stream.flush():
                if self._file is not None:
                    self._write(at_s, item)
        self._streams.clear()
        self._waiting.clear()
        self._finish()

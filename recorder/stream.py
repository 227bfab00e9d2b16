"""One SSRC on its way from the journal into a file."""

from __future__ import annotations

from collections.abc import Iterator

from recorder.depacketize.frames import Frame, FrameGatherer
from recorder.depacketize.voice import Voice, VoiceGatherer
from recorder.reorder import Reorderer
from recorder.survey import Published
from recorder.timeline import SenderClock, StreamTimeline
from sfu.rtp.packet import Packet


class Stream:
    """Packets in, in the order of the journal; whole frames and voices out, with their times on our media clock."""

    def __init__(self, published: Published, ssrc: int, clock: SenderClock) -> None:
        rate = int(published.codec["clock_rate_hz"])
        video = published.facts["kind"] == "video"
        self.timeline = StreamTimeline(published.marks.get(ssrc, []), clock, clock_rate_hz=rate)
        self._reorderer = Reorderer()
        self._frames = FrameGatherer(str(published.codec["name"])) if video else None
        self._voices = None if video else VoiceGatherer(published.red_types)

    @property
    def lost_frames(self) -> int:
        """Frames that were not whole, or came after one that was not."""
        return self._frames.lost_frames if self._frames is not None else 0

    def push(self, packet: Packet) -> Iterator[tuple[float, Frame | Voice]]:
        """What is complete now: (seconds, frame or voice)."""
        for ready in self._reorderer.push(packet):
            yield from self._gather(ready)

    def flush(self) -> Iterator[tuple[float, Frame | Voice]]:
        """Nothing more comes: what still waited for a missing packet."""
        for ready in self._reorderer.flush():
            yield from self._gather(ready)

    def _gather(self, packet: Packet) -> Iterator[tuple[float, Frame | Voice]]:
        media: list[Frame | Voice] = []
        if self._frames is not None:
            media += self._frames.push(packet)
        if self._voices is not None:
            media += self._voices.push(packet)
        for each in media:
            yield self.timeline.media_time_s(each.timestamp, arrival_s=each.arrival_s), each

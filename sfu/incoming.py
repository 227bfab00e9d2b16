"""One SSRC as it comes in: a layer of a publication."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sfu.codecs.av1 import DependencyDescriptorReader
from sfu.drops import DropReason
from sfu.history import History
from sfu.keyframes import KeyframeRequests
from sfu.nack import NackGenerator
from sfu.rates import LayerRates
from sfu.receive_statistics import ReceiveStatistics
from sfu.rtp.ntp import middle_32_bits
from sfu.rtp.packet import Packet
from sfu.rtp.rtcp import ReportBlock
from sfu.rtp.sequence import SequenceUnwrapper, timestamp_difference

if TYPE_CHECKING:
    from sfu.native.forwarding import FanOut, FastPath
    from sfu.publication import Subscriber

VIDEO_HISTORY = 1024  # about two seconds of 5 Mb/s
AUDIO_HISTORY = 128
ALIVE_S = 1.0  # a video layer without packets for so long is not there


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMark:
    """A sender report as seen: at `ntp_s` (sender's clock, seconds) the RTP clock showed `rtp_timestamp`."""

    ntp: int
    rtp_timestamp: int
    arrival_s: float


class IncomingStream:
    """State of one incoming SSRC. `layer` is its simulcast index, lowest 0.

    watched: somebody follows this layer, or waits for its key frame. grouped, others: the publication's subscribers,
    parted by whether `fan_out` (C) sends them this stream's packets. native: its half in C, if any.
    """

    __slots__ = (
        "_last_arrival_s",
        "clock_mark",
        "clock_rate_hz",
        "descriptor_reader",
        "fan_out",
        "grouped",
        "height",
        "history",
        "keyframes",
        "last_keyframe_sequence",
        "layer",
        "nack",
        "native",
        "others",
        "rates",
        "rid",
        "ssrc",
        "statistics",
        "unwrapper",
        "watched",
        "width",
    )

    def __init__(
        self,
        *,
        ssrc: int,
        layer: int,
        rid: str,
        clock_rate_hz: int,
        video: bool,
        nack: bool,
        fast_path: FastPath | None = None,
    ) -> None:
        self.ssrc = ssrc
        self.layer = layer
        self.rid = rid
        self.clock_rate_hz = clock_rate_hz
        capacity = VIDEO_HISTORY if video else AUDIO_HISTORY
        native = self.native = (
            fast_path.source(ssrc=ssrc, clock_rate_hz=clock_rate_hz, video=video, capacity=capacity)
            if fast_path is not None
            else None
        )
        self.unwrapper = native.unwrapper if native else SequenceUnwrapper()
        self.history = native.history if native else History(capacity)
        self.statistics = native.statistics if native else ReceiveStatistics(clock_rate_hz)
        self.nack = NackGenerator() if nack else None
        self.keyframes = KeyframeRequests()
        self.rates = LayerRates(native.layer_bytes if native else None)
        self.descriptor_reader = DependencyDescriptorReader()
        self._last_arrival_s = -1000.0
        self.last_keyframe_sequence = -1
        self.clock_mark: ClockMark | None = None
        self.width = 0
        self.height = 0
        self.watched = True
        self.fan_out: FanOut | None = None
        self.grouped: list[Subscriber] = []
        self.others: list[Subscriber] = []

    def accept(self, packet: Packet) -> DropReason | None:
        """Extend the packet's number and count the packet; or why it is not a new one."""
        highest = self.unwrapper.highest
        sequence = highest + 1
        if packet.sequence_number == sequence & 0xFFFF and highest >= 0:
            self.unwrapper.highest = packet.sequence = sequence
            if self.nack is not None:
                self.nack.highest = sequence
        else:
            sequence = packet.sequence = self.unwrapper.unwrap(packet.sequence_number)
            if sequence <= highest:
                if sequence <= highest - self.history.capacity or sequence < self.history.oldest:
                    return DropReason.RTP_TOO_OLD
                if self.history.has(sequence):
                    return DropReason.RTP_DUPLICATE
            if self.nack is not None:
                self.nack.highest = highest
                self.nack.on_packet(sequence, now=packet.arrival_s)
        self.statistics.on_packet(sequence, packet.timestamp, len(packet.data), packet.arrival_s)
        return None

    @property
    def last_arrival_s(self) -> float:
        """When the newest packet came, −1000 before the first."""
        return self.native.last_arrival_s if self.native is not None else self._last_arrival_s

    @last_arrival_s.setter
    def last_arrival_s(self, at: float) -> None:
        if self.native is not None:
            self.native.last_arrival_s = at
        else:
            self._last_arrival_s = at

    @property
    def needs_repair(self) -> bool:
        """Whether packets are missing, or a key frame is waited for."""
        return self.keyframes.wanted_since is not None or (self.nack is not None and self.nack.busy)

    def alive(self, *, now: float) -> bool:
        """Whether packets came within the last ALIVE_S."""
        return now - self.last_arrival_s < ALIVE_S

    def sender_clock_s(self, timestamp: int) -> float | None:
        """The sender's clock (seconds since 1900) at an RTP timestamp; None before the first sender report."""
        mark = self.clock_mark
        if mark is None:
            return None
        return mark.ntp / (1 << 32) + timestamp_difference(timestamp, mark.rtp_timestamp) / self.clock_rate_hz

    def report(self, *, now: float) -> ReportBlock:
        """The receiver report block for the sender."""
        mark = self.clock_mark
        if mark is None:
            return self.statistics.report(self.ssrc, lsr=0, dlsr=0)
        dlsr = int((now - mark.arrival_s) * 65536)
        return self.statistics.report(self.ssrc, lsr=middle_32_bits(mark.ntp), dlsr=max(0, dlsr))

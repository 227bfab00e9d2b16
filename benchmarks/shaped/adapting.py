"""A camera that keeps to its line: the layers sent follow an estimate of what goes up, as a browser's do."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from bandwidth.estimator import SendSideEstimator
from bandwidth.sent_packets import SentPackets
from benchmarks.clip import LAYERS
from benchmarks.outgoing_layer import HeaderTemplate
from benchmarks.rtcp_walk import walk
from benchmarks.sending import MediaSource
from sfu.rtp.rtcp import FMT_TRANSPORT_CC, RTPFB
from sfu.rtp.transport_feedback import arrivals, parse_transport_feedback_untrusted

NETWORK_BYTES = 28 + 16  # IPv4, UDP and the SRTP tag
VOICE_BPS = 75_000
HEADERS = 1.07  # of a layer's bit rate: what it takes on the wire
EVERYTHING_BPS = int(VOICE_BPS + HEADERS * sum(rate for _, _, _, rate in LAYERS))
START_BPS, MIN_BPS = 300_000, 60_000
PROBE_EACH_S = 0.4  # the estimator is asked so often whether to look for room
PADDING_BYTES = 255


class AdaptingSource(MediaSource):
    """A MediaSource whose layers are those that the server wants and the line carries."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.estimator = SendSideEstimator(start_bps=START_BPS, min_bps=MIN_BPS, max_bps=3 * EVERYTHING_BPS)
        self._sent = SentPackets()
        self._wanted = set(self.active)
        self._probed_s = 0.0
        self._is_probe = False

    def set_active(self, rids: Iterable[str]) -> None:
        """What the server wants."""
        self._wanted = set(rids)
        self._choose()

    def on_rtcp(self, data: bytes) -> None:
        """Feedback too."""
        super().on_rtcp(data)
        for packet_type, kind, offset, end in walk(data):
            if packet_type == RTPFB and kind == FMT_TRANSPORT_CC:
                now = time.monotonic()
                feedback = parse_transport_feedback_untrusted(data[offset:end])
                self.estimator.on_feedback(self._sent.match(arrivals(feedback), now=now), now=now)
                self._choose()
                if now - self._probed_s > PROBE_EACH_S:
                    self._probed_s = now
                    self._probe(now)

    def _probe(self, now: float) -> None:
        """Padding at once, if the estimator thinks that it is time."""
        probe = self.estimator.probe(wanted_bps=EVERYTHING_BPS, room_bps=3 * EVERYTHING_BPS, now=now)
        layer = self._layers[0]
        template = layer.repair_template
        if probe is None or template is None:
            return
        self._is_probe = True
        for _ in range(-(-probe.size_bytes // (PADDING_BYTES + len(template.data) + NETWORK_BYTES))):
            self._send(layer.padding(PADDING_BYTES), template)
        self._is_probe = False

    def _send(self, packet: bytearray, template: HeaderTemplate) -> None:
        number = self._sent.record(len(packet) + NETWORK_BYTES, time.monotonic(), self._is_probe)
        self._number = number - 1  # the next that is stamped
        super()._send(packet, template)

    def _choose(self) -> None:
        """The lowest layers that fit whole: a clip knows no other rate. The first is always sent."""
        left = self.estimator.target_bps - VOICE_BPS
        chosen: set[str] = set()
        for rid, _, _, rate in LAYERS:
            left -= int(HEADERS * rate)
            if rid in self._wanted and (left >= 0 or not chosen):
                chosen.add(rid)
        if chosen != self.active:
            super().set_active(chosen)

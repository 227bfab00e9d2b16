"""What comes to an endpoint, packet by packet: when, how late, how large; and what a listener hears of it."""

from __future__ import annotations

from array import array

from benchmarks.extension_spot import find_one
from benchmarks.offer import OPUS, RED, RTX, SEND_TIME
from benchmarks.receiving import MediaReceiver
from sfu.transport.srtp import Buffer

SEND_TIME_WRAP_S = 64.0  # abs-send-time has 24 bits of 2⁻¹⁸ s
PLAYOUT_S = 0.200  # what a jitter buffer of a bad line waits for a voice at the most
ETHERNET_BYTES = 14 + 20 + 8  # with IPv4 and UDP


class ArrivalMeter:
    """Stands before a MediaReceiver. Arrival (Unix time), delay above any fixed offset, and size of every packet.

    Delays are of abs-send-time, which the server stamps when it sends: what they vary by is the queue on the way.
    `lost`: packets that the emulated loss takes are not seen here.
    """

    def __init__(self, receiver: MediaReceiver) -> None:
        self.arrivals_s, self.delays_s, self.sizes = array("d"), array("d"), array("i")
        self.voices: dict[int, VoiceLog] = {}
        self.padding_bytes = 0
        self._offset_s = 0.0
        self._receiver = receiver
        self.on_rtcp = receiver.on_rtcp

    def on_rtp(self, buffer: Buffer, size: int, *, arrival_s: float) -> None:
        """See MediaHandler."""
        data = buffer.data
        at, _, _ = find_one(data, size, SEND_TIME, 3)
        sent_s = int.from_bytes(data[at : at + 3], "big") / (1 << 18)
        delay_s = (arrival_s - sent_s - self._offset_s + SEND_TIME_WRAP_S / 2) % SEND_TIME_WRAP_S - SEND_TIME_WRAP_S / 2
        if not self.sizes:
            self._offset_s, delay_s = delay_s, 0.0
        self.arrivals_s.append(arrival_s)
        self.delays_s.append(delay_s)
        self.sizes.append(size + ETHERNET_BYTES)
        payload_type = data[1] & 0x7F
        if payload_type in (OPUS, RED):
            ssrc = int.from_bytes(data[8:12], "big")
            log = self.voices.get(ssrc)
            if log is None:
                log = self.voices[ssrc] = VoiceLog(redundant=payload_type == RED)
            log.add(data[2] << 8 | data[3], arrival_s, delay_s)
        before = self._receiver.probes
        self._receiver.on_rtp(buffer, size, arrival_s=arrival_s)
        if payload_type == RTX and self._receiver.probes > before:
            self.padding_bytes += size + ETHERNET_BYTES


class VoiceLog:
    """One voice: which numbers came when. `redundant`: each packet carries the voice of the one before too."""

    def __init__(self, *, redundant: bool) -> None:
        self._redundant = redundant
        self._highest = -1
        self._came: dict[int, tuple[float, float]] = {}

    def add(self, number: int, arrival_s: float, delay_s: float) -> None:
        """A packet with this 16-bit number."""
        if self._highest < 0:
            self._highest = number + 0x10000
        extended = self._highest + ((number - self._highest + 0x8000) & 0xFFFF) - 0x8000
        self._highest = max(self._highest, extended)
        self._came.setdefault(extended, (arrival_s, delay_s))

    def heard(self, begin_s: float, end_s: float, *, base_s: float) -> tuple[int, int]:
        """(packets of 20 ms due between two arrival times, those that had to be concealed).

        base_s: the lowest delay; what comes more than PLAYOUT_S later is too late to be played.
        """
        numbers = [number for number, (at, _) in self._came.items() if begin_s <= at < end_s]
        if not numbers:
            return 0, 0
        first, last = min(numbers), max(numbers)
        concealed = sum(not self._playable(number, base_s) for number in range(first, last + 1))
        return last - first + 1, concealed

    def _playable(self, number: int, base_s: float) -> bool:
        return self._in_time(number, base_s) or (self._redundant and self._in_time(number + 1, base_s))

    def _in_time(self, number: int, base_s: float) -> bool:
        came = self._came.get(number)
        return came is not None and came[1] - base_s <= PLAYOUT_S

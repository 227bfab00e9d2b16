"""What a synthetic endpoint does with what arrives: judge it, and answer as a browser would."""

from __future__ import annotations

import asyncio
import secrets
import time
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from struct import Struct
from typing import Literal

from benchmarks.extension_spot import find_one
from benchmarks.feedback import FeedbackRing
from benchmarks.judge import StreamJudge
from benchmarks.media_link import MediaLink
from benchmarks.picture_judge import PictureJudge
from benchmarks.rtcp_walk import sender_report, walk
from sfu.rtp.ntp import UNIX_EPOCH_IN_NTP_S
from sfu.rtp.rtcp import SR, Nack, Pli, ReceiverReport
from sfu.transport.srtp import Buffer

FEEDBACK_S = 0.05
REPAIR_S = 0.01
REPORT_TICKS = 20  # feedbacks between two receiver reports
SAMPLE_TICKS = 10  # between two looks at the trailer where there is no header extension
KEY_TICKS = 4  # between two looks at which streams wait for a key frame
PLI_RETRY_S = 0.5
MAX_BLOCKS = 31
ROLLOVER_STEP = 8192  # numbers after which a stream is decrypted once: libsrtp must not lose count of the wraps
CLOCK_RATES_HZ = {"audio": 48_000, "video": 90_000}
NTP_FRACTION = 1 / (1 << 32)
_HEADER = Struct("!BBHLL")
_CAPTURE = Struct("!Q")

Depth = Literal["full", "header"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivePlan:
    """What was negotiated for receiving.

    payload_types: number → "audio", "video" or "rtx". transport_cc, abs_capture_time: extension ids, 0 if not
    negotiated. feedback: whether to send transport-wide feedback. repairs: RTX SSRC → the SSRC it repairs, as far as
    the description says; others are found by the number that is missing. pictures: the SSRC of each slot's picture.
    """

    payload_types: Mapping[int, str]
    transport_cc: int = 0
    abs_capture_time: int = 0
    feedback: bool = True
    repairs: Mapping[int, int] = field(default_factory=dict)
    pictures: tuple[int, ...] = ()


class ReceivedStream:
    """One SSRC: its judges, and where its extensions stand. `decrypt`: look into the payload of the next packets."""

    __slots__ = (
        "capture_at",
        "capture_check",
        "capture_check_at",
        "decrypt",
        "decrypted_at",
        "judge",
        "kind",
        "layout",
        "number_at",
        "number_check",
        "number_check_at",
        "pictures",
        "pli_s",
        "sampling",
        "seen_key",
        "ssrc",
        "words",
    )

    def __init__(self, ssrc: int, kind: str, *, full: bool) -> None:
        self.ssrc, self.kind = ssrc, kind
        self.judge = StreamJudge(audio=kind == "audio", clock_rate_hz=CLOCK_RATES_HZ.get(kind, 90_000))
        self.pictures = PictureJudge()
        self.seen_key = kind != "video"
        self.decrypt = full or kind != "audio"
        self.decrypted_at = 0
        self.pli_s = 0.0
        self.sampling = False
        self.layout = self.words = -1
        self.number_at = self.number_check_at = self.capture_at = self.capture_check_at = 0
        self.number_check = self.capture_check = -1

    def learn_layout(self, data: bytearray, size: int, plan: ReceivePlan) -> None:
        """Find the extensions in a packet that has another layout than the last."""
        self.layout, self.words = data[0], data[15]
        self.number_at, self.number_check_at, self.number_check = find_one(data, size, plan.transport_cc, 2)
        self.capture_at, self.capture_check_at, self.capture_check = find_one(data, size, plan.abs_capture_time, 8)


class MediaReceiver:
    """Judges every stream of one link and sends feedback, NACK, reports and PLI. A MediaHandler.

    depth "header": payloads stay encrypted but for repairs, the search for a key frame and samples of the trailer;
    "full": every payload is decrypted and judged. `latencies_s`: seconds from before the publisher's send call to the
    kernel's stamp here, one entry a packet by the header extension, or one a frame looked into by its trailer.
    """

    def __init__(self, link: MediaLink, plan: ReceivePlan, *, depth: Depth = "header") -> None:
        self.streams: dict[int, ReceivedStream] = {}
        self.latencies_s = array("f")
        self.repairs = self.needless_repairs = self.probes = self.undecryptable = self.plis = self.nacked = 0
        self.first_media_s = 0.0  # monotonic
        self._link, self._plan, self._full = link, plan, depth == "full"
        self._ssrc = 1 + secrets.randbelow(1 << 31)
        self._ring = FeedbackRing() if plan.feedback else None
        self._timers: list[asyncio.TimerHandle] = []
        self._repair_timer: asyncio.TimerHandle | None = None
        self._ticks = 0
        self._stopped = False

    @property
    def judges(self) -> dict[int, StreamJudge]:
        """Of the media streams, by SSRC."""
        return {ssrc: each.judge for ssrc, each in self.streams.items() if each.kind != "rtx"}

    def tell(self, slot: int, *, paused: bool) -> None:
        """What the page says now of this slot's picture: that there is no bandwidth for it, or not."""
        stream = self.streams.get(self._plan.pictures[slot]) if slot < len(self._plan.pictures) else None
        if stream is not None:
            clock = stream.judge.frames
            (clock.pause if paused else clock.resume)(time.time())

    def start(self) -> None:
        """Begin to send feedback; needs a connected link."""
        self._schedule()

    def stop(self) -> None:
        """No more feedback."""
        self._stopped = True
        for timer in (*self._timers, self._repair_timer):
            if timer is not None:
                timer.cancel()

    # --- a packet ---

    def on_rtp(self, buffer: Buffer, size: int, *, arrival_s: float) -> None:
        """See MediaHandler."""
        data = buffer.data
        first, second, number, timestamp, ssrc = _HEADER.unpack_from(data)
        stream = self.streams.get(ssrc)
        if stream is None:
            stream = self._new_stream(ssrc, second & 0x7F)
            if stream is None:
                return
        if (
            first != stream.layout
            or data[15] != stream.words
            or data[stream.number_check_at] != stream.number_check
            or data[stream.capture_check_at] != stream.capture_check
        ):
            stream.learn_layout(data, size, self._plan)
        at = stream.number_at
        if at and self._ring is not None:
            self._ring.on_number(data[at] << 8 | data[at + 1], arrival_s)
        if stream.kind == "rtx":
            self._on_repair(stream, buffer, size, arrival_s)
            return
        judge = stream.judge
        before = judge.highest
        if not judge.on_packet(number, timestamp, second > 0x7F, size, arrival_s):
            return
        at = stream.capture_at
        if at:
            sent_s = _CAPTURE.unpack_from(data, at)[0] * NTP_FRACTION - UNIX_EPOCH_IN_NTP_S
            self.latencies_s.append(arrival_s - sent_s)
        if judge.highest - before != 1 and before >= 0:
            self._on_disorder(stream)
        if stream.decrypt:
            self._look_inside(stream, buffer, size, before, arrival_s)

    def _new_stream(self, ssrc: int, payload_type: int) -> ReceivedStream | None:
        kind = self._plan.payload_types.get(payload_type)
        if kind is None:
            return None
        if not self.first_media_s and kind != "rtx":
            self.first_media_s = time.monotonic()
        stream = self.streams[ssrc] = ReceivedStream(ssrc, kind, full=self._full)
        return stream

    def _on_disorder(self, stream: ReceivedStream) -> None:
        stream.pictures.skip()
        if stream.kind == "video" and self._repair_timer is None and stream.judge.gaps.missing and not self._stopped:
            self._repair_timer = asyncio.get_running_loop().call_later(REPAIR_S, self._repair)

    def _look_inside(self, stream: ReceivedStream, buffer: Buffer, size: int, before: int, arrival_s: float) -> None:
        size = self._link.unprotect(buffer, size)
        if size <= 0:
            self.undecryptable += 1
            return
        judge = stream.judge
        stream.decrypted_at = judge.highest
        if stream.kind == "video":
            pictures = stream.pictures if judge.highest > before else PictureJudge()  # a late one is no continuation
            payload, marker = _payload(buffer, size), buffer.data[1] > 0x7F
            key, sent_s = pictures.on_payload(payload, marker=marker, arrival_s=arrival_s)
            if sent_s and not stream.capture_at:
                stream.sampling = False
                self.latencies_s.append(arrival_s - sent_s)
            if key:
                self._on_key(stream)
                if stream.pictures is pictures:
                    judge.begin_anew()
        stream.decrypt = self._full or stream.sampling or not stream.seen_key

    def _on_key(self, stream: ReceivedStream) -> None:
        stream.seen_key = True
        stream.judge.mend()

    def _on_repair(self, stream: ReceivedStream, buffer: Buffer, size: int, arrival_s: float) -> None:
        """RTX (RFC 4588): two bytes of the original number before the payload; padding alone is a probe."""
        size = self._link.unprotect(buffer, size)
        if size <= 0:
            self.undecryptable += 1
            return
        payload = _payload(buffer, size)
        if len(payload) <= 2:
            self.probes += 1
            return
        self.repairs += 1
        number = payload[0] << 8 | payload[1]
        repaired = self._repaired_by(stream.ssrc, number)
        marker = buffer.data[1] > 0x7F
        if repaired is None or not repaired.judge.on_repaired(number, marker, arrival_s):
            self.needless_repairs += 1
        elif not repaired.seen_key and PictureJudge().on_payload(payload[2:], marker=False, arrival_s=arrival_s)[0]:
            self._on_key(repaired)

    def _repaired_by(self, ssrc: int, number: int) -> ReceivedStream | None:
        media = self._plan.repairs.get(ssrc)
        if media is not None:
            return self.streams.get(media)
        videos = (each for each in self.streams.values() if each.kind == "video")
        return next((each for each in videos if each.judge.misses(number)), None)

    # --- RTCP ---

    def on_rtcp(self, data: bytes, *, arrival_s: float) -> None:
        """See MediaHandler: sender reports, for the reports back."""
        for packet_type, _, offset, _ in walk(data):
            if packet_type == SR:
                ssrc, middle = sender_report(data, offset)
                stream = self.streams.get(ssrc)
                if stream is not None:
                    stream.judge.last_sr, stream.judge.last_sr_s = middle, arrival_s

    def _schedule(self) -> None:
        if not self._stopped:
            self._timers = [asyncio.get_running_loop().call_later(FEEDBACK_S, self._feed_back)]

    def _feed_back(self) -> None:
        self._schedule()
        if self._ring is not None:
            media = next(iter(self.streams), 1)
            for packet in self._ring.build(sender_ssrc=self._ssrc, media_ssrc=media):
                self._link.send_rtcp(packet)
        self._ticks += 1
        if self._ticks % REPORT_TICKS == 0:
            self._report()
        if self._ticks % SAMPLE_TICKS == 0:
            self._sample()
        if self._ticks % KEY_TICKS == 0:
            now = time.time()
            for stream in self.streams.values():
                if not stream.seen_key and now - stream.pli_s > PLI_RETRY_S:
                    self._ask_for_key(stream, now)

    def _ask_for_key(self, stream: ReceivedStream, now: float) -> None:
        first_look = not stream.pli_s and now - stream.judge.first_arrival_s < PLI_RETRY_S
        if first_look:  # a stream begins with a key frame by itself, or its packets are out of order
            return
        stream.pli_s = now
        self.plis += 1
        self._link.send_rtcp(Pli(sender_ssrc=self._ssrc, media_ssrc=stream.ssrc).build())

    def _report(self) -> None:
        now = time.time()
        blocks = [each.judge.report(ssrc, now=now) for ssrc, each in self.streams.items() if each.kind != "rtx"]
        for start in range(0, len(blocks), MAX_BLOCKS):
            report = ReceiverReport(ssrc=self._ssrc, reports=tuple(blocks[start : start + MAX_BLOCKS]))
            self._link.send_rtcp(report.build())
        for stream in self.streams.values():
            if stream.judge.highest - stream.decrypted_at > ROLLOVER_STEP:
                stream.decrypt = True

    def _sample(self) -> None:
        """Where a server does not forward the capture time: the trailer of one frame of each picture."""
        for stream in self.streams.values():
            if stream.kind == "video" and not stream.capture_at:
                stream.sampling = stream.decrypt = True

    def _repair(self) -> None:
        """NACK what is due, each REPAIR_S while anything is missing."""
        self._repair_timer = None
        now, waiting, compound = time.time(), False, b""
        for stream in self.streams.values():
            if stream.kind != "video" or not stream.judge.gaps.missing:
                continue
            numbers, lost = stream.judge.ask(now=now, rtt_s=self._link.rtt_s)
            if numbers:
                self.nacked += len(numbers)
                compound += Nack(sender_ssrc=self._ssrc, media_ssrc=stream.ssrc, lost=tuple(numbers)).build()
            if lost:
                stream.seen_key, stream.decrypt = False, True
                self._ask_for_key(stream, now)
            waiting = waiting or bool(stream.judge.gaps.missing)
        if compound:
            self._link.send_rtcp(compound)
        if waiting and not self._stopped:
            self._repair_timer = asyncio.get_running_loop().call_later(REPAIR_S, self._repair)


def _payload(buffer: Buffer, size: int) -> memoryview:
    """Of a decrypted packet, without padding; empty if the packet is nothing but padding, or malformed."""
    data = buffer.data
    start = 12 + 4 * (data[0] & 0x0F)
    if data[0] & 0x10 and start + 4 <= size:
        start += 4 + 4 * (data[start + 2] << 8 | data[start + 3])
    if data[0] & 0x20:
        size -= data[size - 1]
    return buffer.view[start : max(start, size)]

"""What a synthetic endpoint sends: a clip as RTP, frame by frame, repaired on NACK, restarted on PLI."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.clip import FPS, Clip
from benchmarks.media_link import MediaLink
from benchmarks.outgoing_layer import CAPTURE, NUMBER, HeaderTemplate, OutgoingLayer, make_template
from benchmarks.rtcp_walk import nacked, ssrc_at, walk
from benchmarks.trailer import build_trailer
from sfu.rtp.ntp import ntp_from_unix
from sfu.rtp.rtcp import FMT_FIR, FMT_NACK, FMT_PLI, PSFB, RTPFB, SenderReport, SourceDescription

AUDIO_S = 0.02
AUDIO_STEP = 960  # 48 kHz
TICKS_PER_FRAME = round(1 / FPS / AUDIO_S)
REPORT_TICKS = 50
VIDEO_CLOCK_HZ, AUDIO_CLOCK_HZ = 90_000, 48_000
KEY_FRAME_INTERVAL_S = 0.3  # a browser's encoder makes no key frames closer together than this
MAX_BEHIND_S = 0.2  # further behind, ticks are left out and counted
TEMPORAL_IDS = (0, 2, 1, 2)  # three temporal layers, as browsers send VP8 simulcast; each may be left out at any frame


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionIds:
    """Header extensions by the numbers of the offer, 0: not negotiated."""

    mid: int = 0
    rid: int = 0
    rrid: int = 0
    transport_cc: int = 0
    audio_level: int = 0
    abs_capture_time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioPlan:
    """The microphone. `level_dbov`: how far under full scale, 0 to 127. `red`: the payload type of RED, 0: without."""

    ssrc: int
    payload_type: int
    mid: str
    level_dbov: int = 20
    red: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPlan:
    """One encoding of the camera. `rid`: the clip's layer; sent only where the rid extension is negotiated."""

    rid: str
    ssrc: int
    rtx_ssrc: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPlan:
    """What was negotiated for sending; layers lowest first. `rtx` 0: no repairs. `source`: a number for the trailer.

    temporal: whether the pictures come in three temporal layers.
    """

    audio: AudioPlan | None
    layers: tuple[LayerPlan, ...]
    vp8: int
    rtx: int
    video_mid: str
    extensions: ExtensionIds = field(default_factory=ExtensionIds)
    cname: str = "synthetic"
    source: int = 0
    temporal: bool = False


def red_payload(primary: bytes, before: bytes, *, payload_type: int) -> bytes:
    """RFC 2198: the voice of this packet, and that of the one before, AUDIO_STEP earlier."""
    head = (0x80 | payload_type) << 24 | AUDIO_STEP << 10 | len(before)
    return head.to_bytes(4, "big") + bytes((payload_type,)) + before + primary


def video_layer(plan: PublishPlan, layer: LayerPlan, index: int) -> OutgoingLayer:
    """One encoding as a stream; index: of the layer, for the trailer."""
    ids = plan.extensions
    mid = (ids.mid, plan.video_mid.encode())

    def template(*elements: tuple[int, bytes]) -> HeaderTemplate:
        return make_template(list(elements), transport_cc=ids.transport_cc, abs_capture_time=ids.abs_capture_time)

    return OutgoingLayer(
        ssrc=layer.ssrc,
        payload_type=plan.vp8,
        identified=template(mid, (ids.rid, layer.rid.encode())),
        bare=template(),
        rtx_ssrc=layer.rtx_ssrc,
        rtx_payload_type=plan.rtx,
        repair=template(mid, (ids.rrid, layer.rid.encode())) if plan.rtx else None,  # RFC 8852: what it repairs
        rid=layer.rid,
        layer=index,
    )


def _voice(plan: PublishPlan, audio: AudioPlan) -> OutgoingLayer:
    ids = plan.extensions
    level = (ids.audio_level, bytes((0x80 | audio.level_dbov,)))  # RFC 6464: voice

    def template(*elements: tuple[int, bytes]) -> HeaderTemplate:
        return make_template(list(elements), transport_cc=ids.transport_cc, abs_capture_time=ids.abs_capture_time)

    return OutgoingLayer(
        ssrc=audio.ssrc,
        payload_type=audio.red or audio.payload_type,
        identified=template((ids.mid, audio.mid.encode()), level),
        bare=template(level),
    )


class MediaSource:
    """Sends a clip over a connected link: voice each 20 ms, a frame of each active layer each 40 ms.

    phase_s: when within a frame's time to begin, so that the cameras of different endpoints are not in step. The
    capture-time extension and the trailer of a frame say the moment before the send call.
    """

    def __init__(self, clip: Clip, plan: PublishPlan, link: MediaLink, *, phase_s: float = 0.0) -> None:
        self.active = {layer.rid for layer in plan.layers}
        self.key_frames = self.repairs = self.forgotten = self.skipped_ticks = 0
        self.latest_s = 0.0  # how far behind its time a tick was at the most; may be reset
        self._clip, self._plan, self._link, self._phase_s = clip, plan, link, phase_s
        self._layers = [video_layer(plan, layer, index) for index, layer in enumerate(plan.layers)]
        self._voice = _voice(plan, plan.audio) if plan.audio is not None else None
        self._number = 0
        self._begun = self._due = 0.0
        self._tick_count = 0
        self._restarted_s = -1.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def packets(self) -> int:
        """Sent so far, repairs not counted."""
        voice = self._voice.packets if self._voice is not None else 0
        return voice + sum(layer.packets for layer in self._layers)

    def start(self) -> None:
        """Begin, after the phase."""
        self._begun = self._due = time.monotonic() + self._phase_s
        self._timer = asyncio.get_running_loop().call_later(self._phase_s, self._tick)

    def stop(self) -> None:
        """Send nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def set_active(self, rids: Iterable[str]) -> None:
        """The layers that are wanted now; one that comes back begins with a key frame."""
        wanted = set(rids)
        for layer in self._layers:
            if layer.rid in wanted - self.active:
                layer.index = 0
        self.active = wanted

    def restart(self) -> None:
        """PLI: every layer goes on with a key frame, as one encoder makes them together."""
        now = time.monotonic()
        if now - self._restarted_s >= KEY_FRAME_INTERVAL_S:
            self._restarted_s = now
            for layer in self._layers:
                layer.index = 0

    def on_rtcp(self, data: bytes) -> None:
        """Answer NACK, PLI and FIR."""
        for packet_type, kind, offset, end in walk(data):
            if packet_type == PSFB and kind in (FMT_PLI, FMT_FIR):
                self.restart()
            elif packet_type == RTPFB and kind == FMT_NACK:
                self._repair(ssrc_at(data, offset + 4), nacked(data, offset + 8, end))

    # --- the clock ---

    def _tick(self) -> None:
        now = time.monotonic()
        behind = now - self._due
        self.latest_s = max(self.latest_s, behind)
        if self._voice is not None:
            self._send_voice(self._voice)
        if self._tick_count % TICKS_PER_FRAME == 0:
            elapsed = now - self._begun
            for layer in self._layers:
                if layer.rid in self.active:
                    self._send_frame(layer, elapsed)
        if self._tick_count % REPORT_TICKS == 0:
            self._send_reports(now - self._begun)
        self._tick_count += 1
        if behind > MAX_BEHIND_S:
            self._skip(int(behind / AUDIO_S))
        self._due += AUDIO_S
        self._timer = asyncio.get_running_loop().call_later(max(0.0, self._due - time.monotonic()), self._tick)

    def _skip(self, ticks: int) -> None:
        """This process is too slow: leave out what should have been sent, and count it."""
        self.skipped_ticks += ticks
        self._due += ticks * AUDIO_S
        if self._voice is not None:
            self._voice.index += ticks

    def _send(self, packet: bytearray, template: HeaderTemplate) -> None:
        if template.number_at:
            self._number = number = (self._number + 1) & 0xFFFF
            NUMBER.pack_into(packet, template.number_at, number)
        if template.capture_at:
            CAPTURE.pack_into(packet, template.capture_at, ntp_from_unix(time.time()))
        self._link.send_rtp(packet)

    def _send_voice(self, voice: OutgoingLayer) -> None:
        packets, template = self._clip.audio, voice.template
        timestamp = (voice.offset + voice.index * AUDIO_STEP) & 0xFFFFFFFF
        payload = packets[voice.index % len(packets)]
        audio = self._plan.audio
        if audio is not None and audio.red:
            before = packets[(voice.index - 1) % len(packets)]
            payload = red_payload(payload, before, payload_type=audio.payload_type)
        voice.index += 1
        self._send(voice.next_packet(template, payload, marker=False, timestamp=timestamp), template)

    def _send_frame(self, layer: OutgoingLayer, elapsed_s: float) -> None:
        frames = self._clip.video[layer.rid]
        place = layer.index % len(frames)
        self.key_frames += place == 0
        pieces = frames[place]
        layer.index += 1
        layer.picture = (layer.picture + 1) & 0x7FFF
        temporal = TEMPORAL_IDS[place % len(TEMPORAL_IDS)] if self._plan.temporal else 0
        layer.tl0 = (layer.tl0 + (temporal == 0)) & 0xFF
        timestamp = (layer.offset + int(elapsed_s * VIDEO_CLOCK_HZ)) & 0xFFFFFFFF
        numbers = bytes((0xE0, 0x80 | layer.picture >> 8, layer.picture & 0xFF, layer.tl0, temporal << 6 | 0x20))
        last = len(pieces) - 1
        for position, piece in enumerate(pieces):
            template = layer.template
            payload = (b"\x90" if position == 0 else b"\x80") + numbers + piece
            if position == last:
                payload += build_trailer(layer=layer.layer, source=self._plan.source, sent_s=time.time())
            self._send(layer.next_packet(template, payload, marker=position == last, timestamp=timestamp), template)

    def _repair(self, ssrc: int, numbers: list[int]) -> None:
        layer = next((each for each in self._layers if each.ssrc == ssrc), None)
        if layer is None:
            return
        for number in numbers:
            packet = layer.repair(number)
            if packet is None:
                self.forgotten += 1
                continue
            self.repairs += 1
            at = layer.repair_number_at
            if at:
                self._number = (self._number + 1) & 0xFFFF
                NUMBER.pack_into(packet, at, self._number)
            self._link.send_rtp(packet)

    def _send_reports(self, elapsed_s: float) -> None:
        ntp = ntp_from_unix(time.time())
        streams = [(layer, VIDEO_CLOCK_HZ) for layer in self._layers if layer.rid in self.active]
        if self._voice is not None:
            streams.append((self._voice, AUDIO_CLOCK_HZ))
        compound = b"".join(
            SenderReport(
                ssrc=stream.ssrc,
                ntp=ntp,
                rtp_timestamp=(stream.offset + int(max(0.0, elapsed_s) * rate)) & 0xFFFFFFFF,
                packet_count=stream.packets,
                octet_count=stream.octets,
            ).build()
            for stream, rate in streams
        )
        if compound:
            names = tuple((stream.ssrc, self._plan.cname) for stream, _ in streams)
            self._link.send_rtcp(compound + SourceDescription(chunks=names).build())

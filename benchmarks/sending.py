"""What a synthetic endpoint sends: a clip as RTP, paced by frames, repaired on NACK."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from struct import Struct

from benchmarks.clip import FPS, Clip
from benchmarks.offer import LEVEL, MID, OPUS, RID, RTX, TRANSPORT_CC, VP8, SyntheticOffer
from sfu.rtp.extensions import build_extensions
from sfu.rtp.ntp import ntp_from_unix
from sfu.rtp.rtcp import SenderReport

_HEADER = Struct("!BBHLL")
STAMP = Struct("!d")
FRAME_S = 1 / FPS
AUDIO_S = 0.02
REMEMBERED = 512


class _Layer:
    def __init__(self, rid: str, mid: str) -> None:
        self.rid = rid
        self.ssrc = 1 + secrets.randbelow(1 << 31)
        self.rtx_ssrc = 1 + secrets.randbelow(1 << 31)
        self.sequence = secrets.randbelow(1 << 15)
        self.rtx_sequence = secrets.randbelow(1 << 15)
        self.offset = secrets.randbelow(1 << 31)
        self.picture = secrets.randbelow(1 << 14)
        self.tl0 = 0
        self.index = 0
        self.packets = 0
        self.octets = 0
        self.sent: dict[int, bytes] = {}
        names = [(TRANSPORT_CC, b"\0\0"), (MID, mid.encode()), (RID, rid.encode())]
        self.extensions, offsets = build_extensions(names)
        self.number_at = 12 + offsets[0]


class MediaSource:
    """Sends with `send_rtp` and `send_rtcp`. The last eight bytes of a video packet carry the moment of sending."""

    def __init__(
        self,
        clip: Clip,
        offer: SyntheticOffer,
        rids: tuple[str, ...],
        send_rtp: Callable[[bytes | bytearray], None],
        send_rtcp: Callable[[bytes], None],
    ) -> None:
        self.active = set(rids)
        self._clip = clip
        self._send, self._send_rtcp = send_rtp, send_rtcp
        self._layers = [_Layer(rid, offer.mids["camera"]) for rid in rids]
        self._audio_ssrc = offer.audio_ssrc
        self._audio_sequence = 0
        self._audio_offset = secrets.randbelow(1 << 31)
        self._number = 0
        self._audio_extensions, offsets = build_extensions(
            [(TRANSPORT_CC, b"\0\0"), (MID, offer.mids["microphone"].encode()), (LEVEL, b"\x94")]
        )
        self._audio_number_at = 12 + offsets[0]
        self._begun = time.monotonic()

    async def run(self) -> None:
        """For ever: a frame each 40 ms, voice each 20 ms, sender reports each second."""
        next_frame = next_voice = next_report = self._begun = time.monotonic()
        while True:
            now = time.monotonic()
            if now >= next_voice:
                self._send_voice(now)
                next_voice += AUDIO_S
            if now >= next_frame:
                for layer in self._layers:
                    if layer.rid in self.active:
                        self._send_frame(layer, now)
                next_frame += FRAME_S
            if now >= next_report:
                self._send_reports(now)
                next_report += 1.0
            await asyncio.sleep(max(0.0, min(next_frame, next_voice) - time.monotonic()))

    def restart(self) -> None:
        """PLI: every layer begins again at its key frame."""
        for layer in self._layers:
            layer.index = 0

    def _next_number(self) -> tuple[int, int]:
        self._number = (self._number + 1) & 0xFFFF
        return self._number >> 8, self._number & 0xFF

    def _send_voice(self, now: float) -> None:
        packets = self._clip.audio
        payload = packets[self._audio_sequence % len(packets)]
        timestamp = (self._audio_offset + self._audio_sequence * 960) & 0xFFFFFFFF
        header = bytearray(_HEADER.pack(0x90, OPUS, self._audio_sequence & 0xFFFF, timestamp, self._audio_ssrc))
        header += self._audio_extensions
        header[self._audio_number_at], header[self._audio_number_at + 1] = self._next_number()
        self._audio_sequence += 1
        self._send(header + payload)

    def _send_frame(self, layer: _Layer, now: float) -> None:
        frames = self._clip.video[layer.rid]
        pieces = frames[layer.index % len(frames)]
        layer.index += 1
        layer.picture = (layer.picture + 1) & 0x7FFF
        layer.tl0 = (layer.tl0 + 1) & 0xFF
        timestamp = (layer.offset + int((now - self._begun) * 90_000)) & 0xFFFFFFFF
        for position, piece in enumerate(pieces):
            marker = 0x80 if position == len(pieces) - 1 else 0
            start = 0x90 if position == 0 else 0x80
            picture = 0x8000 | layer.picture
            descriptor = bytes((start, 0xE0, picture >> 8, picture & 0xFF, layer.tl0, 0x20))
            header = bytearray(_HEADER.pack(0x90, marker | VP8, layer.sequence & 0xFFFF, timestamp, layer.ssrc))
            header += layer.extensions
            header[layer.number_at], header[layer.number_at + 1] = self._next_number()
            packet = bytes(header + descriptor + piece[:-8] + STAMP.pack(time.monotonic()))
            layer.sent[layer.sequence & 0xFFFF] = packet
            layer.sent.pop((layer.sequence - REMEMBERED) & 0xFFFF, None)
            layer.sequence += 1
            layer.packets += 1
            layer.octets += len(packet)
            self._send(packet)

    def repair(self, ssrc: int, lost: tuple[int, ...]) -> None:
        """Answer a NACK on the RTX stream (RFC 4588)."""
        layer = next((each for each in self._layers if each.ssrc == ssrc), None)
        if layer is None:
            return
        for number in lost:
            packet = layer.sent.get(number)
            if packet is None:
                continue
            head = 12 + len(layer.extensions)
            again = bytearray(packet[:head])
            layer.rtx_sequence = (layer.rtx_sequence + 1) & 0xFFFF
            marker = packet[1] & 0x80
            _HEADER.pack_into(
                again, 0, 0x90, marker | RTX, layer.rtx_sequence, int.from_bytes(packet[4:8], "big"), layer.rtx_ssrc
            )
            # RFC 8852: the RTX stream names the stream it repairs; payload type and MID say the rest.
            again[layer.number_at], again[layer.number_at + 1] = self._next_number()
            self._send(again + number.to_bytes(2, "big") + packet[head:])

    def _send_reports(self, now: float) -> None:
        ntp = ntp_from_unix(time.time())
        audio = (self._audio_offset + int((now - self._begun) * 48_000)) & 0xFFFFFFFF
        report = SenderReport(
            ssrc=self._audio_ssrc, ntp=ntp, rtp_timestamp=audio, packet_count=0, octet_count=0
        ).build()
        for layer in self._layers:
            timestamp = (layer.offset + int((now - self._begun) * 90_000)) & 0xFFFFFFFF
            report += SenderReport(
                ssrc=layer.ssrc,
                ntp=ntp,
                rtp_timestamp=timestamp,
                packet_count=layer.packets,
                octet_count=layer.octets,
            ).build()
        self._send_rtcp(report)

"""One peer connection of a synthetic endpoint with any of the servers: it publishes, or it watches."""

from __future__ import annotations

import secrets
import socket
from array import array
from dataclasses import dataclass
from typing import TypedDict

from benchmarks.clip import FPS
from benchmarks.media_end import MediaEnd
from benchmarks.media_link import MediaLink, RemoteSide
from benchmarks.peers import sdp
from benchmarks.peers.plan import EndpointPlan
from benchmarks.receiving import MediaReceiver, ReceivePlan
from benchmarks.sending import AudioPlan, ExtensionIds, LayerPlan, MediaSource, PublishPlan
from benchmarks.trailer import read_trailer
from sfu.transport.srtp import Buffer

AUDIO_MID, VIDEO_MID = "0", "1"
PHASES = 11  # endpoints whose frames fall into different parts of a frame's time


def free_tcp_port() -> int:
    """A TCP port of loopback that is free now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def free_udp_port() -> int:
    """A UDP port of loopback that is free now."""
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class Offered(TypedDict):
    """What a publisher's offer says of its streams."""

    audio_ssrc: int
    video_ssrc: int
    rids: tuple[str, ...]


class WatchingEnd(MediaEnd):
    """Adds to the receiver the latency by each frame's trailer, the same way whatever the server forwards.

    `latencies_s`: from just before the publisher sends a frame's last packet to the kernel's stamp of it here.
    """

    def __init__(
        self,
        link: MediaLink,
        receiver: MediaReceiver,
        video_types: frozenset[int],
        *,
        source: MediaSource | None = None,
    ) -> None:
        self.latencies_s = array("d")
        self._link, self._judge = link, receiver.on_rtp
        self._last_of_frame = frozenset(0x80 | each for each in video_types)
        super().__init__(source=source, receiver=receiver)
        self.on_rtp = self._on_rtp  # type: ignore[method-assign]

    def _on_rtp(self, buffer: Buffer, size: int, *, arrival_s: float) -> None:
        self._judge(buffer, size, arrival_s=arrival_s)
        if buffer.data[1] in self._last_of_frame:
            size = self._link.unprotect(buffer, size)  # fails if the judge decrypted it: while it waits for a key frame
            trailer = read_trailer(buffer.view[:size], now=arrival_s) if size > 0 else None
            if trailer is not None:
                self.latencies_s.append(arrival_s - trailer[2])


@dataclass(frozen=True, slots=True)
class _Streams:
    audio_ssrc: int
    layers: tuple[LayerPlan, ...]


class MediaSeat:
    """A link, and what is sent or judged on it."""

    def __init__(self, plan: EndpointPlan) -> None:
        self.link = MediaLink()
        self.credentials = sdp.Credentials(
            ufrag=self.link.ufrag, password=self.link.password, fingerprint=self.link.fingerprint
        )
        self.receiver: MediaReceiver | None = None
        self._plan = plan
        self._end = MediaEnd()
        first = 1 + secrets.randbelow(1 << 31)
        layers = (
            LayerPlan(rid=rid, ssrc=first + 2 * n + 1, rtx_ssrc=first + 2 * n + 2) for n, rid in enumerate(plan.rids)
        )
        self._streams = _Streams(first, tuple(layers))

    @property
    def offered(self) -> Offered:
        """For the offer; `video_ssrc` is of the top layer, told where it is the only one."""
        top = self._streams.layers[-1]
        return {"audio_ssrc": self._streams.audio_ssrc, "video_ssrc": top.ssrc, "rids": self._plan.rids}

    @property
    def video_rtx_ssrc(self) -> int:
        """Of the top layer."""
        return self._streams.layers[-1].rtx_ssrc

    async def connect(self, server: sdp.Description) -> None:
        """ICE and DTLS with the server. Raises TimeoutError or RuntimeError."""
        assert server.address is not None
        remote = RemoteSide(
            ufrag=server.ufrag,
            password=server.password,
            address=server.address,
            fingerprints=server.fingerprints,
        )
        await self.link.connect(remote)

    def send(self, answer: sdp.Description) -> None:
        """Begin to send as the server's answer allows."""
        assert self._plan.clip is not None
        phase_s = self._plan.index % PHASES / PHASES / FPS
        source = MediaSource(self._plan.clip, self._publish_plan(answer), self.link, phase_s=phase_s)
        self._begin(MediaEnd(source=source))

    def receive(self, offer: sdp.Description) -> None:
        """Judge what the server's offer announces; without media in it, or a second time, nothing happens."""
        if self.receiver is not None or not any(each.kind == "video" for each in offer.sections):
            return
        plan = receive_plan(offer)
        self.receiver = MediaReceiver(self.link, plan, depth="header")
        video = frozenset(number for number, kind in plan.payload_types.items() if kind == "video")
        self._begin(WatchingEnd(self.link, self.receiver, video))

    async def publish(self, answer: sdp.Description) -> None:
        """Connect and begin to send."""
        await self.connect(answer)
        self.send(answer)

    async def watch(self, offer: sdp.Description) -> None:
        """Connect and judge what comes."""
        self.receive(offer)
        await self.connect(offer)

    def _begin(self, end: MediaEnd) -> None:
        self._end = self.link.handler = end
        end.start()

    def _publish_plan(self, answer: sdp.Description) -> PublishPlan:
        audio, video = answer.first("audio"), answer.first("video")
        ids = video.extensions
        return PublishPlan(
            audio=AudioPlan(ssrc=self._streams.audio_ssrc, payload_type=sdp.OPUS, mid=AUDIO_MID),
            layers=self._streams.layers,
            vp8=sdp.VP8,
            rtx=max(0, sdp.repair_type(video, sdp.VP8)),
            video_mid=VIDEO_MID,
            extensions=ExtensionIds(
                mid=ids.get(sdp.MID, 0),
                rid=ids.get(sdp.RID, 0) if self._plan.simulcast else 0,
                rrid=ids.get(sdp.REPAIRED_RID, 0) if self._plan.simulcast else 0,
                transport_cc=ids.get(sdp.TRANSPORT_CC, 0),
                audio_level=audio.extensions.get(sdp.AUDIO_LEVEL, 0),
                abs_capture_time=ids.get(sdp.ABS_CAPTURE_TIME, 0),
            ),
            source=self._plan.index,
        )

    @property
    def received(self) -> int:
        """Packets that came, by themselves or by repair, duplicates not counted."""
        judges = self.receiver.judges.values() if self.receiver is not None else ()
        return sum(judge.packets + judge.repaired for judge in judges)

    @property
    def lost(self) -> int:
        """Packets that are missing now or were given up."""
        judges = self.receiver.judges.values() if self.receiver is not None else ()
        return sum(judge.lost for judge in judges)

    @property
    def latencies_s(self) -> array[float]:
        """Of frames since the last `forget_latencies`; empty for a publisher."""
        return self._end.latencies_s if isinstance(self._end, WatchingEnd) else array("d")

    def forget_latencies(self) -> None:
        """Begin anew."""
        if isinstance(self._end, WatchingEnd):
            del self._end.latencies_s[:]

    def send_key_frames(self) -> None:
        """If it publishes: every layer goes on with one."""
        if self._end.source is not None:
            self._end.source.restart()

    async def leave(self) -> None:
        """Stop and close."""
        self._end.stop()
        await self.link.close()


def receive_plan(offer: sdp.Description) -> ReceivePlan:
    """Payload types and extension ids of a server's offer, one plan for all its sections."""
    types: dict[int, str] = {}
    numbers = {each.extensions[sdp.TRANSPORT_CC] for each in offer.sections if sdp.TRANSPORT_CC in each.extensions}
    for section in (each for each in offer.sections if each.kind in ("audio", "video")):
        media = sdp.payload_type(section, "opus" if section.kind == "audio" else "vp8")
        types[media] = section.kind
        repair = sdp.repair_type(section, media)
        if repair >= 0:
            types[repair] = "rtx"
    return ReceivePlan(payload_types=types, transport_cc=min(numbers, default=0), feedback=bool(numbers))

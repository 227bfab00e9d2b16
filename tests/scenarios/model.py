"""Whole sessions without sockets: fake ports whose transports hand packets to subscribers we can look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from config.models import MediaSettings
from config.profile import load_profile
from sfu.codecs.vp8 import parse_vp8_untrusted
from sfu.description import (
    ABS_SEND_TIME_URI,
    AUDIO_LEVEL_URI,
    MID_URI,
    REPAIRED_RID_URI,
    RID_URI,
    TRANSPORT_CC_URI,
    CodecParameters,
    Fingerprint,
    IceCredentials,
    ReceivingSection,
    RemoteDescription,
    SendingSection,
    SlotSections,
)
from sfu.drops import Drops
from sfu.outgoing import OutgoingPacket
from sfu.rtp.extensions import build_extensions
from sfu.rtp.packet import Packet, parse_rtp_untrusted
from sfu.rtp.rtcp import Nack, Pli
from sfu.rtp.rtcp_parse import parse_compound_untrusted
from sfu.sending_limits import SendingLimits
from sfu.server import MediaServer
from sfu.transport.transport import TransportState
from sfu.types import EndpointId, Kind, Mid, PayloadType, Rid, Role, SessionId, Source, Ssrc

VP8 = CodecParameters(
    name="VP8",
    payload_type=PayloadType(96),
    clock_rate_hz=90_000,
    rtx_payload_type=PayloadType(97),
    nack=True,
    pli=True,
    transport_cc=True,
)
OPUS = CodecParameters(name="opus", payload_type=PayloadType(111), clock_rate_hz=48_000, channels=2)
EXTENSIONS = {
    MID_URI: 4,
    RID_URI: 10,
    REPAIRED_RID_URI: 11,
    TRANSPORT_CC_URI: 3,
    ABS_SEND_TIME_URI: 2,
    AUDIO_LEVEL_URI: 1,
}
RIDS = (Rid("q"), Rid("h"), Rid("f"))
SIZES = {"q": (320, 180), "h": (640, 360), "f": (1280, 720)}


class FakeTransport:
    """Hands what is sent to `sink`; keeps RTCP for the model's publisher to read."""

    def __init__(self) -> None:
        self.state = TransportState.CONNECTED
        self.path = self.inbound = None
        self.drops = Drops()
        self.received_bytes = self.received_packets = 0
        self.sink: Callable[[Packet], None] = lambda packet: None
        self.rtcp: list[Any] = []
        self.now = 0.0

    @property
    def egress(self) -> FakeTransport:
        return self

    def add(self, packet: OutgoingPacket) -> bool:
        self.sink(parse_rtp_untrusted(bytes(packet.prefix) + bytes(packet.payload), arrival_s=self.now))
        return True

    def flush(self) -> None: ...

    def collect(self) -> None: ...

    def send_rtcp(self, compound: bytes) -> None:
        self.rtcp += parse_compound_untrusted(compound)

    def close(self) -> None:
        self.state = TransportState.CLOSED


class FakePorts:
    """Makes fake transports."""

    def __init__(self) -> None:
        self.drops = Drops()

    def create_transport(self, **_: Any) -> FakeTransport:
        return FakeTransport()

    def on_timer(self, *, now: float) -> None: ...


class VirtualServer(MediaServer):
    """The real media server under a clock of ours."""

    def __init__(self) -> None:
        super().__init__(MediaSettings(), host="127.0.0.1", port=1)
        self.ports: Any = FakePorts()
        self.clock_s = 100.0

    def now(self) -> float:  # type: ignore[override]
        return self.clock_s

    def advance(self, seconds: float) -> None:
        """Run the timer each 5 ms."""
        for _ in range(round(seconds / 0.005)):
            self.clock_s += 0.005
            for session in self.sessions.values():
                for peer in session.peers.values():
                    peer.transport.now = self.clock_s  # type: ignore[attr-defined]
            self._run(self.clock_s)


@dataclass
class Events:
    """What a peer was told."""

    layers: list[list[str]] = field(default_factory=list)
    sending: list[SendingLimits] = field(default_factory=list)
    slots: int = 0

    def on_state(self, peer: Any, state: Any) -> None: ...

    def on_slots(self, peer: Any) -> None:
        self.slots += 1

    def on_layers(self, peer: Any, source: Any, rids: list[str]) -> None:
        self.layers.append(rids)

    def on_sending(self, peer: Any, limits: SendingLimits) -> None:
        self.sending.append(limits)

    def on_flowing(self, peer: Any, flowing: bool) -> None: ...


def remote(*, sends: bool, slots: int) -> RemoteDescription:
    """An endpoint that sends microphone and camera, and has receive slots."""
    sending: list[SendingSection] = []
    if sends:
        sending = [
            SendingSection(
                mid=Mid("0"),
                kind=Kind.AUDIO,
                source=Source.MICROPHONE,
                codecs=(OPUS,),
                extensions=EXTENSIONS,
                ssrcs=((Ssrc(1), None),),
            ),
            SendingSection(
                mid=Mid("1"), kind=Kind.VIDEO, source=Source.CAMERA, codecs=(VP8,), extensions=EXTENSIONS, rids=RIDS
            ),
        ]
    receiving = []
    for index in range(slots):
        for kind, codec, name in ((Kind.AUDIO, OPUS, "a"), (Kind.VIDEO, VP8, "v")):
            receiving.append(
                ReceivingSection(
                    mid=Mid(f"{name}{index}"),
                    kind=kind,
                    codecs=(codec,),
                    extensions=EXTENSIONS,
                    ssrc=Ssrc(1000 + 10 * index + (kind is Kind.VIDEO)),
                    rtx_ssrc=Ssrc(2000 + 10 * index) if kind is Kind.VIDEO else None,
                )
            )
    return RemoteDescription(
        ice=IceCredentials(ufrag="u", password="p"),
        fingerprints=(Fingerprint(algorithm="sha-256", value="AA"),),
        sending=tuple(sending),
        receiving=tuple(receiving),
        slots=tuple(SlotSections(audio=Mid(f"a{i}"), video=Mid(f"v{i}")) for i in range(slots)),
    )


class Camera:
    """A simulcast VP8 sender: three layers with their own numbers; key frames on PLI; repairs on NACK."""

    def __init__(self, server: VirtualServer, peer: Any, *, lose: Callable[[], bool] = lambda: False) -> None:
        self.server, self.peer, self.lose = server, peer, lose
        self.active: set[str] = {"q", "h", "f"}
        self.packets_a_frame: dict[str, int] = dict.fromkeys(RIDS, 3)
        self.state = {
            rid: {
                "ssrc": 5000 + i,
                "seq": 65_500 + i,
                "ts": 4_294_900_000 + 77_777 * i,
                "pid": 32_760 + i,
                "tl0": 250 + i,
            }
            for i, rid in enumerate(RIDS)
        }
        self.sent: dict[tuple[int, int], bytes] = {}
        self.key = True
        self.keyframes = 0
        self._number = 0

    def tick(self) -> None:
        """A frame of each active layer, T0 T2 T1 T2 in turn; reads the RTCP that came."""
        for packet in self.peer.transport.rtcp:
            if isinstance(packet, Pli):
                self.key = True
            elif isinstance(packet, Nack):
                for number in packet.lost:
                    again = self.sent.get((packet.media_ssrc, number))
                    if again is not None:
                        self._deliver(again)
        self.peer.transport.rtcp.clear()
        key, self.key = self.key, False
        self.keyframes += key
        for rid in self.active:
            self._frame(rid, key)
        self._number += 1

    def _frame(self, rid: str, key: bool) -> None:
        state = self.state[rid]
        temporal = 0 if key else (0, 2, 1, 2)[self._number % 4]
        state["pid"] = (state["pid"] + 1) & 0x7FFF
        if temporal == 0:
            state["tl0"] = (state["tl0"] + 1) & 0xFF
        state["ts"] = (state["ts"] + 3600) & 0xFFFFFFFF
        width, height = SIZES[rid]
        tag = b"\x10\x02\x00\x9d\x01\x2a" + width.to_bytes(2, "little") + height.to_bytes(2, "little")
        last = self.packets_a_frame[rid] - 1
        for position in range(last + 1):
            first = 0x90 if position == 0 else 0x80
            pid = 0x8000 | state["pid"]
            descriptor = bytes((first, 0xE0, pid >> 8, pid & 0xFF, state["tl0"], temporal << 6 | 0x20))
            payload = descriptor + (tag if key and position == 0 else b"\x11" * 10) + bytes(400)
            self._send(rid, payload, marker=position == last)

    def _send(self, rid: str, payload: bytes, *, marker: bool) -> None:
        state = self.state[rid]
        extensions, _ = build_extensions([(4, b"1"), (10, rid.encode())])
        head = bytes((0x90, (0x80 if marker else 0) | 96)) + (state["seq"] & 0xFFFF).to_bytes(2, "big")
        head += state["ts"].to_bytes(4, "big") + state["ssrc"].to_bytes(4, "big")
        data = head + extensions + payload
        self.sent[state["ssrc"], state["seq"] & 0xFFFF] = data
        state["seq"] += 1
        self._deliver(data)

    def _deliver(self, data: bytes) -> None:
        if not self.lose():
            self.peer.on_rtp(data, arrival_s=self.server.now())


class Microphone:
    """Opus, 80 kb/s while it is `on`: more than is planned for a voice without repetition."""

    def __init__(self, server: VirtualServer, peer: Any) -> None:
        self.server, self.peer = server, peer
        self.on = False
        self._number = 0

    def tick(self) -> None:
        """What comes in the time of one picture: two packets of 20 ms."""
        for _ in range(2 if self.on else 0):
            self._number += 1
            head = bytes((0x80, OPUS.payload_type)) + self._number.to_bytes(2, "big")
            head += (960 * self._number).to_bytes(4, "big") + (1).to_bytes(4, "big")
            self.peer.on_rtp(head + bytes(200), arrival_s=self.server.now())


class Screen:
    """A subscriber's decoder, as strict as a browser's: continuity of every number, key frame first."""

    def __init__(self, peer: Any, ssrc: int = 1001) -> None:
        self.peer = peer
        self.frames = 0
        self.width = 0
        self.widths: list[int] = []
        self.errors: list[str] = []
        self.longest_gap_s = 1.0
        self.seen: dict[int, Packet] = {}
        self._ssrc = ssrc
        self._highest = -1
        self._last: tuple[int, int, int] | None = None
        peer.transport.sink = self.take

    def take(self, packet: Packet) -> None:
        if packet.ssrc != self._ssrc or packet.payload_type != 96:
            return
        sequence = packet.sequence_number
        if self._highest >= 0 and (sequence - self._highest) & 0xFFFF != 1:
            self.errors.append(f"sequence {self._highest} → {sequence}")
        self._highest = sequence
        if not packet.payload_size:
            return
        facts = parse_vp8_untrusted(packet.payload, marker=packet.marker)
        if not facts.frame_start:
            return
        assert facts.picture_id is not None
        assert facts.tl0_picture_index is not None
        self._check(packet, facts.picture_id, facts.tl0_picture_index, facts.temporal_id or 0)
        self.frames += 1
        if facts.width and facts.width != self.width:
            self.width = facts.width
            self.widths.append(facts.width)
        elif self._last is None:
            self.errors.append("does not begin with a key frame")
        self._last = (packet.timestamp, facts.picture_id, facts.tl0_picture_index)

    def _check(self, packet: Packet, picture: int, tl0: int, temporal: int) -> None:
        if self._last is None:
            return
        timestamp, last_picture, last_tl0 = self._last
        step = (packet.timestamp - timestamp) & 0xFFFFFFFF
        if not 0 < step < self.longest_gap_s * 90_000:
            self.errors.append(f"timestamp step {step}")
        if (picture - last_picture) & 0x7FFF != 1:
            self.errors.append(f"picture {last_picture} → {picture}")
        if (tl0 - last_tl0) & 0xFF != (1 if temporal == 0 else 0):
            self.errors.append(f"tl0 {last_tl0} → {tl0} at T{temporal}")


@dataclass
class Room:
    """A session with one sender and one viewer."""

    server: VirtualServer
    session: Any
    camera: Camera
    microphone: Microphone
    screen: Screen
    events: Events


def room(*, lose: Callable[[], bool] = lambda: False) -> Room:
    """The sender is "s", the viewer "v"."""
    server = VirtualServer()
    session = server.open_session(SessionId("x"), profile=load_profile("30-5"))
    events = Events()
    sender = session.add_peer(
        endpoint_id=EndpointId("s"), role=Role.DELEGATE, remote=remote(sends=True, slots=2), events=events
    )
    viewer = session.add_peer(
        endpoint_id=EndpointId("v"), role=Role.DELEGATE, remote=remote(sends=True, slots=2), events=Events()
    )
    viewer.estimator.target_bps = 3_000_000
    camera, microphone = Camera(server, sender, lose=lose), Microphone(server, sender)
    return Room(server, session, camera, microphone, Screen(viewer), events)


def play(it: Room, seconds: float) -> None:
    """25 frames a second."""
    for _ in range(round(seconds * 25)):
        it.camera.tick()
        it.microphone.tick()
        it.server.advance(0.04)

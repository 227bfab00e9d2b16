"""A seat: one endpoint in one session, whatever connections come and go."""

from __future__ import annotations

from typing import Literal

from reception.records import EndpointRecord
from sfu.peer import Peer
from sfu.statistics import EndpointStats
from sfu.transport.transport import TransportState
from sfu.types import Source
from signalling import messages as m
from signalling.connection import EndpointConnection
from signalling.message_base import SourceName
from signalling.pin_tries import PinTries


class Seat:
    """State that survives reconnections. `record` has what survives restarts."""

    def __init__(self, record: EndpointRecord) -> None:
        self.record = record
        self.connection: EndpointConnection | None = None
        self.peer: Peer | None = None
        self.extra: dict[str, Peer] = {}  # WHEP viewers
        self.was_here = False
        self.left = False
        self.screen = False
        self.absent_since: float | None = None
        self.client: m.ClientStats | None = None
        self.client_at_s = 0.0
        self.reoffered = 0
        self.device = ""  # what the device in the seat calls itself
        self.noted = ("", "")  # device and address that the audit log knows
        self.waiting = False  # outside, until admitted
        self.private = False  # in the consultation room
        self.language: Literal["vi", "en"] = "vi"
        self.snapshot = ""  # of its camera, for the console
        self.snapshot_at_s = 0.0
        self.pin_tries = PinTries()
        self.drawer_open = False  # the technician's, on the page that is here
        self.asked: set[SourceName] = set()  # sources that its people are asked to switch on

    def held_by_another(self, *, device: str, resume: str | None) -> bool:
        """Whether a page is in the seat, or an encoder sends from it, that is not the one who asks."""
        if device and device == self.device:
            return False
        if resume is not None and self.peer is not None and resume == self.peer.id:
            return False
        sending = self.peer is not None and self.peer.transport.state is TransportState.CONNECTED
        return self.connection is not None or (sending and self.peer is not None and self.peer.remote.slots == ())

    @property
    def state(self) -> m.EndpointState:
        """What the others are told."""
        if self.record.removed:
            return "removed"
        if self.waiting and self.connection is not None:
            return "waiting"
        return "private" if self.private and self.connection is not None else self.media_state

    @property
    def media_state(self) -> m.EndpointState:
        """How its media connection is, wherever that leads."""
        if self.peer is not None and self.peer.transport.state is TransportState.CONNECTED:
            whip = self.connection is None and self.peer.remote.slots == ()
            return "connected" if self.connection is not None or whip else "reconnecting"
        if self.left or not self.was_here:
            return "left" if self.left else ("connecting" if self.connection is not None else "invited")
        return "reconnecting" if self.peer is None or self.peer.flowing or self.absent_since else "connecting"

    @property
    def microphone(self) -> bool:
        """Whether the voice is on."""
        return self.record.microphone and not self.record.muted

    @property
    def camera(self) -> bool:
        """Whether the camera is on."""
        return self.record.camera and not self.record.camera_off

    @property
    def wide(self) -> bool:
        """Whether it sends a second camera."""
        return self.peer is not None and any(each.source is Source.CAMERA2 for each in self.peer.publications)

    def send(self, message: object) -> None:
        """To the page, if one is connected."""
        if self.connection is not None:
            self.connection.send(message)  # type: ignore[arg-type]


def quality_of(stats: EndpointStats | None) -> m.Quality:
    """The line in a word, from what was measured in both directions."""
    if stats is None or stats.state != TransportState.CONNECTED:
        return "unknown"
    loss = max(stats.loss_up, stats.loss_down)
    rtt = stats.rtt_s or 0.0
    if loss > 0.08 or rtt > 0.5 or stats.estimate_bps < 150_000:
        return "poor"
    if loss > 0.02 or rtt > 0.25 or stats.pictures_paused or stats.estimate_bps < 600_000:
        return "fair"
    return "good"

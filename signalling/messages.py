"""The WebSocket protocol of an endpoint, as models. `docs/protocol.md` explains it; TypeScript types are generated.

One JSON object a text frame, told apart by `type`. Unknown fields from a client are refused with `error`.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from signalling.message_base import ByeReason, Count, FramesPerSecond, Message, Milliseconds

# isort: split
from signalling.message_base import Ratio, RoleName, SessionState, SourceName
from signalling.room_messages import Drawer, RoomState, Technical, ToRoom

EndpointState = Literal["invited", "waiting", "connecting", "connected", "private", "reconnecting", "left", "removed"]
SlotState = Literal["free", "waiting", "flowing", "off", "no_bandwidth"]
PausedFor = Literal["", "line", "profile", "site", "waiting"]
Quality = Literal["good", "fair", "poor", "unknown"]


# --- client to server ---------------------------------------------------------------------------------------------


class Hello(Message):
    """First message: who I am. resume: the media connection (peer) that the page still holds. device: what this device
    calls itself, for a link is for one seat. take_over: the person chose to take the seat from another device."""

    type: Literal["hello"] = "hello"
    token: str = Field(max_length=4096)
    resume: str | None = Field(default=None, max_length=64)
    language: Literal["vi", "en"] = "vi"
    device: str = Field(default="", max_length=64)
    take_over: bool = False


class OfferedTrack(Message):
    """Which source an m-section that sends carries."""

    mid: str = Field(max_length=16)
    source: SourceName


class OfferedSlot(Message):
    """An audio and a video m-section that receive together."""

    audio: str | None = Field(default=None, max_length=16)
    video: str | None = Field(default=None, max_length=16)


class Offer(Message):
    """The one offer. With `restart`, an ICE restart of the running connection: everything else stays."""

    type: Literal["offer"] = "offer"
    id: int
    sdp: str = Field(max_length=200_000)
    tracks: list[OfferedTrack] = Field(default_factory=list, max_length=8)
    slots: list[OfferedSlot] = Field(default_factory=list, max_length=64)
    screen: str | None = Field(default=None, max_length=16)
    restart: bool = False


class Want(Message):
    """What the page shows of one endpoint's source, in physical pixels; width 0: not visible, send nothing."""

    endpoint_id: str = Field(max_length=64)
    source: SourceName
    width: int = Field(ge=0, le=7680)
    height: int = Field(ge=0, le=4320)
    place: Literal["stage", "thumbnail", "screen"] = "thumbnail"


class View(Message):
    """The whole picture of what the page shows now; replaces the one before."""

    type: Literal["view"] = "view"
    wants: list[Want] = Field(max_length=64)


class Media(Message):
    """The person at the endpoint switched a source on or off."""

    type: Literal["media"] = "media"
    source: SourceName
    enabled: bool


class ClientStats(Message):
    """What the page measured (getStats), each 2 s: shown to operators, never trusted for decisions of security.

    Totals since the connection began: frames_decoded, freezes, packets_lost, packets_received, concealed_ratio. Of the
    time or the items since the last report: limited_cpu, limited_bandwidth (the camera's encoder was held back by the
    computer or by the line), decode_dropped (pictures that came and were not shown), voice_gaps (concealed, of what
    is heard, silence not counted). jitter_ms: of the calmest voice. available_up_bps: what the browser thinks
    that the line takes. capture_fps: pictures that the camera gives; none where the browser does not tell. on_battery:
    the computer is not plugged in; battery: how full it is.
    """

    type: Literal["stats"] = "stats"
    rtt_ms: Milliseconds | None = None
    frames_decoded: Count = 0
    freezes: Count = 0
    frames_per_second: FramesPerSecond | None = None
    packets_lost: int = Field(default=0, ge=-(2**53), le=2**53)
    packets_received: Count = 0
    concealed_ratio: Ratio | None = None
    media_flowing: bool = False
    available_up_bps: float | None = Field(default=None, ge=0, le=1e11)
    limited_cpu: Ratio = 0.0
    limited_bandwidth: Ratio = 0.0
    capture_fps: FramesPerSecond | None = None
    decode_dropped: Ratio = 0.0
    voice_gaps: Ratio = 0.0
    jitter_ms: Milliseconds = 0.0
    on_battery: bool = False
    battery: Ratio | None = None


class Leave(Message):
    """The endpoint leaves on purpose."""

    type: Literal["leave"] = "leave"


class Ping(Message):
    """Liveness of the WebSocket, each 5 s from the client; answered by `pong` with the same id."""

    type: Literal["ping"] = "ping"
    id: int = 0


ClientMessage = Annotated[
    Hello | Offer | View | Media | ClientStats | ToRoom | Leave | Ping,
    Field(discriminator="type"),
]

# --- server to client ---------------------------------------------------------------------------------------------


class LayerEncoding(Message):
    """One encoding of a picture. `active` false: it is offered, so that it may be used later, and not sent now."""

    rid: str
    active: bool
    max_bitrate_bps: int
    max_framerate: int
    scale_down_by: float


class PicturePlan(Message):
    """What a camera or a screen sends. `encodings` lowest first; empty: nothing is sent."""

    width: int
    height: int
    framerate: int
    encodings: list[LayerEncoding]


class SendingPlan(Message):
    """What this endpoint shall send. `cap_bps`: all of it together, headers included."""

    cap_bps: int
    camera: PicturePlan
    camera2: PicturePlan = Field(description="empty until one was offered; it is offered as `camera`")
    screen: PicturePlan
    audio_bitrate_bps: int = Field(description="0: no voice is sent")
    audio_red: bool = Field(description="for the offer: each voice packet carries the one before (RFC 2198)")
    codecs: list[str] = Field(description="for the offer: video codecs in order of preference")


class SessionInfo(Message):
    """The session as an endpoint sees it."""

    id: str
    title: str
    state: SessionState
    rehearsal: bool = False
    recording: Literal["off", "recording", "fault"] = "off"
    started_at: str | None = None


class RosterEntry(Message):
    """One endpoint of the session."""

    id: str
    name: str
    role: RoleName
    state: EndpointState
    microphone: bool = False
    camera: bool = False
    screen: bool = False
    locked: bool = Field(default=False, description="the operator muted and locked the microphone")
    speaking: bool = False
    wide: bool = Field(default=False, description="it has a second camera")
    quality: Quality = "unknown"


class Welcome(Message):
    """Answer to hello. `resumed`: the server still has the peer named there, no new offer is needed."""

    type: Literal["welcome"] = "welcome"
    endpoint_id: str
    resumed: bool
    slots: int = Field(description="receive slots to offer")
    session: SessionInfo
    roster: list[RosterEntry]
    sending: SendingPlan
    room: RoomState
    server_time: str


class Answer(Message):
    """The one answer."""

    type: Literal["answer"] = "answer"
    id: int
    peer_id: str
    sdp: str


class SlotEntry(Message):
    """Who is behind slot `index` of the offer's `slots`; `endpoint_id` None: nobody. States are of the picture.

    why: what there is not enough of while `video` is no_bandwidth: this page's line, what its profile lets it have, the
    site's line; or waiting: the picture comes back as soon as the room lasts.
    """

    index: int
    endpoint_id: str | None = None
    audio: bool = False
    video: SlotState = "free"
    why: PausedFor = ""
    width: int = 0
    height: int = 0


class ScreenEntry(Message):
    """Whose screen the shared screen section shows."""

    endpoint_id: str | None = None
    video: SlotState = "free"
    why: PausedFor = ""


class Slots(Message):
    """The slot map, whole, at each change."""

    type: Literal["slots"] = "slots"
    slots: list[SlotEntry]
    screen: ScreenEntry


class Roster(Message):
    """All endpoints of the session, whole, at each change."""

    type: Literal["roster"] = "roster"
    roster: list[RosterEntry]


class SessionChanged(Message):
    """The session's state or its recording's changed."""

    type: Literal["session"] = "session"
    session: SessionInfo


class Speaker(Message):
    """Who speaks now (dominant speaker), and who stands on the stage by the operator's wish."""

    type: Literal["speaker"] = "speaker"
    endpoint_id: str | None = None
    spotlight: str | None = None


class Layers(Message):
    """The encodings of a source that somebody needs: the page switches the others off (setParameters active)."""

    type: Literal["layers"] = "layers"
    source: SourceName
    active: list[str]


class Sending(Message):
    """What the endpoint shall send from now on, whole; nothing is offered anew."""

    type: Literal["sending"] = "sending"
    sending: SendingPlan


class ForceMedia(Message):
    """The operator switched a source off (`enabled` false), or lets it be switched on again (`locked` false)."""

    type: Literal["force_media"] = "force_media"
    source: SourceName
    enabled: bool
    locked: bool


class Connection(Message):
    """What the server measures of this endpoint's line; `flowing`: media came from it within the last second."""

    type: Literal["connection"] = "connection"
    quality: Quality
    flowing: bool
    down_estimate_bps: int
    up_bps: int
    down_bps: int
    rtt_ms: float | None = None
    loss_up: float = 0.0
    loss_down: float = 0.0


class ReOffer(Message):
    """The session outgrew the slots: offer again with `slots`."""

    type: Literal["reoffer"] = "reoffer"
    slots: int


class Problem(Message):
    """Something the client sent was refused. `code` is stable; `title`, `detail` and `reason_vi` are for people."""

    type: Literal["error"] = "error"
    code: str
    title: str
    detail: str = ""
    reason_vi: str = ""


class Evidence(Message):
    """The newest hash of the recording's signed chain, each minute: a witness of what was recorded until `at`."""

    type: Literal["evidence"] = "evidence"
    head: str
    at: str


class Bye(Message):
    """The end of this connection, on purpose; the page does not reconnect."""

    type: Literal["bye"] = "bye"
    reason: ByeReason


class Pong(Message):
    """Answer to ping."""

    type: Literal["pong"] = "pong"
    id: int = 0


ServerMessage = Annotated[
    Welcome
    | Answer
    | Slots
    | Roster
    | SessionChanged
    | RoomState
    | Drawer
    | Technical
    | Speaker
    | Layers
    | Sending
    | ForceMedia
    | Connection
    | ReOffer
    | Evidence
    | Problem
    | Bye
    | Pong,
    Field(discriminator="type"),
]

client_message: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
server_message: TypeAdapter[ServerMessage] = TypeAdapter(ServerMessage)

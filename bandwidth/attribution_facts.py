"""What is measured each second before anybody is blamed, and what the judgement says of it."""

from dataclasses import dataclass, field
from enum import StrEnum


class Contact(StrEnum):
    """Whether an endpoint can be measured. WITHOUT_MEDIA: its page is here, its media connection is not."""

    HERE = "here"
    WITHOUT_MEDIA = "without_media"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserFacts:
    """One report of an endpoint's page (W3C webrtc-stats), shares 0 to 1 of the time or of the items since the last.

    limited_cpu, limited_bandwidth: of qualityLimitationDurations, the camera's worst encoding. available_up_bps: what
    the browser's own congestion control thinks of the way out. capture_fps: pictures from the camera; planned_fps: as
    the profile asks; 0: the camera is off. decode_dropped: framesDropped; voice_gaps: of what is heard, concealed for
    want of packets. jitter_s: of the calmest voice, since what its own sender's line does to a voice all hear. What the
    browser does not tell is None.
    """

    available_up_bps: float | None = None
    limited_cpu: float = 0.0
    limited_bandwidth: float = 0.0
    capture_fps: float | None = None
    planned_fps: float = 0.0
    decode_dropped: float = 0.0
    voice_gaps: float = 0.0
    jitter_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFacts:
    """One second of one endpoint. Rates in bits/s, losses as shares of packets, "up": from the endpoint.

    connected_s: how long the media connection has stood. loss_up, loss_down: before repair. queue_s: the highest
    standing queue towards it in this second. line_bps: what the profile lets it have; wanted_bps: all its pictures at
    their best, voices included. asked_up_bps: what it was asked to send; layers_asked, layers_sent: of its camera.
    paused_for_line, paused_for_site: pictures that it does not get. send_failures: packets that the server's network
    refused.
    """

    contact: Contact = Contact.HERE
    connected_s: float = 0.0
    loss_up: float = 0.0
    loss_down: float = 0.0
    queue_s: float = 0.0
    rtt_s: float | None = None
    estimate_bps: int = 0
    line_bps: int = 0
    wanted_bps: int = 0
    up_bps: int = 0
    down_bps: int = 0
    asked_up_bps: int = 0
    layers_asked: int = 0
    layers_sent: int = 0
    paused_for_line: int = 0
    paused_for_site: int = 0
    send_failures: int = 0
    browser: BrowserFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """One second of the server and its site's line. delay_s: how late its timer ran at worst. used_bps: shared out for
    pictures and voices; reserved_bps: the voices in it; limit_bps: what media may take."""

    delay_s: float = 0.0
    used_bps: int = 0
    reserved_bps: int = 0
    limit_bps: int = 0


class Cause(StrEnum):
    """Where the trouble lies."""

    ENDPOINT_LINE = "endpoint_line"
    SITE_LINE = "site_line"
    DEVICE = "device"
    SERVER = "server"


class Symptom(StrEnum):
    """How it shows."""

    NO_CONTACT = "no_contact"
    NO_MEDIA = "no_media"
    LOSS_DOWN = "loss_down"
    SLOW_DOWN = "slow_down"
    DELAY = "delay"
    JITTER = "jitter"
    LOSS_UP = "loss_up"
    SLOW_UP = "slow_up"
    FULL = "full"
    ENCODER = "encoder"
    DECODER = "decoder"
    VOICE_GAPS = "voice_gaps"
    CAMERA_SLOW = "camera_slow"
    CAMERA_SILENT = "camera_silent"
    STALLED = "stalled"
    CANNOT_SEND = "cannot_send"


class Remedy(StrEnum):
    """What a person with basic skills can do about it."""

    CALL_ENDPOINT = "call_endpoint"
    OPEN_FIREWALL = "open_firewall"
    USE_CABLE = "use_cable"
    LOWER_ENDPOINT = "lower_endpoint"
    FREE_SITE_LINE = "free_site_line"
    LOWER_SESSION = "lower_session"
    CLOSE_PROGRAMS = "close_programs"
    MORE_LIGHT = "more_light"
    CHECK_CAMERA = "check_camera"
    RELIEVE_SERVER = "relieve_server"
    CHECK_SERVER_NETWORK = "check_server_network"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One sentence to be: where the trouble of one endpoint lies. `endpoint` "": of the server itself.

    confidence: 0 to 1. since_s: when it began. numbers: what it rests on, by name with unit.
    """

    endpoint: str
    cause: Cause
    symptom: Symptom
    confidence: float
    remedy: Remedy
    since_s: float
    numbers: dict[str, float] = field(default_factory=dict)

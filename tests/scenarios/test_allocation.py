"""What is sent to whom, and what publishers are told, in whole sessions in virtual time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from bandwidth.demand import PAUSED
from bandwidth.feedback import PacketResult
from config.profile import Profile, load_profile
from sfu.receiving import ViewWant
from sfu.session import MediaSession
from sfu.slots import SlotState
from sfu.tap import Tap
from sfu.types import EndpointId, Role, SessionId, Source
from signalling import messages as m
from signalling.slot_messages import slots_of
from tests.scenarios.model import SIZES, Camera, Events, Microphone, Room, Screen, VirtualServer, play, remote, room

FRAME_S = 0.04
PAGE_S = 0.25  # from the server's word to the first packet: a slow line, setParameters, the encoder
CYCLE_S = 0.4  # of the server's allocation
LARGE, SMALL = (1280, 720, "stage"), (320, 180, "thumbnail")
PHASES = [0.05 * step for step in range(int(CYCLE_S / 0.05))]


def show(it: Room, *sizes: tuple[int, int, str]) -> None:
    """The viewer's page shows the sender so, in each of these places."""
    wants = [
        ViewWant(endpoint_id=EndpointId("s"), source=Source.CAMERA, width=width, height=height, place=place)
        for width, height, place in sizes
    ]
    it.session.set_view(EndpointId("v"), wants)


@dataclass
class Page(Events):
    """Switches its camera's layers as it is told, PAGE_S later; a layer that comes back begins with a key frame."""

    told: list[tuple[float, list[str]]] = field(default_factory=list)
    server: Any = None
    camera: Any = None

    def on_layers(self, peer: Any, source: Any, rids: list[str]) -> None:
        self.told.append((self.server.now(), rids))

    def obey(self) -> None:
        """To be called at each frame."""
        active = {"q", "h", "f"}
        for at, rids in self.told:
            if self.server.now() >= at + PAGE_S:
                active = set(rids)
        if active - self.camera.active:
            self.camera.key = True
        self.camera.active = active

    def when(self, rid: str, *, sent: bool, after: float) -> float:
        """When the page was first told to send this layer, or not to."""
        return next(at for at, rids in self.told if at >= after and (rid in rids) is sent)


def obedient() -> tuple[Room, Page]:
    """A room whose sender does as it is told."""
    it = room()
    page = Page(server=it.server, camera=it.camera)
    it.session.peers[EndpointId("s")].events = page
    return it, page


def go_on(it: Room, page: Page, seconds: float) -> None:
    """25 frames a second."""
    for _ in range(round(seconds / FRAME_S)):
        page.obey()
        play(it, FRAME_S)


# --- layers at the publisher ---


@pytest.mark.parametrize("phase", PHASES)
def test_a_layer_that_nobody_gets_is_off_within_two_seconds_and_seen_again_within_one(phase: float) -> None:
    it, page = obedient()
    show(it, LARGE)
    go_on(it, page, 6)
    assert it.screen.width == SIZES["f"][0]
    it.server.advance(phase)

    asked = it.server.now()
    show(it, SMALL)
    go_on(it, page, 3)
    told = page.when("f", sent=False, after=asked)
    assert told + PAGE_S - asked <= 2.0 + PAGE_S
    assert "q" in page.told[-1][1]
    assert it.screen.width == SIZES["q"][0]

    it.server.advance(phase)
    asked = it.server.now()
    show(it, LARGE)
    while it.screen.width != SIZES["f"][0]:
        assert it.server.now() - asked <= 1.0
        go_on(it, page, FRAME_S)
    assert it.screen.errors == []


def test_a_layer_is_not_taken_away_before_its_last_viewer_has_another() -> None:
    """The way down waits for a key frame of the lower layer; until then the higher one is what is seen."""
    it, page = obedient()
    show(it, LARGE)
    go_on(it, page, 6)
    before = it.screen.frames
    show(it, SMALL)
    go_on(it, page, 4)
    assert it.screen.frames - before > 0.9 * 4 / FRAME_S


def test_a_layer_that_is_not_needed_for_a_moment_is_left_on() -> None:
    it, page = obedient()
    show(it, LARGE)
    go_on(it, page, 4)
    told = len(page.told)
    for _ in range(4):
        show(it, SMALL)
        go_on(it, page, 1)
        show(it, LARGE)
        go_on(it, page, 1)
    assert all("f" in rids for _, rids in page.told[told:])


class Recorder(Tap):
    """Hears everything and keeps nothing."""

    def on_publication(self, facts: Any, *, now: float) -> None: ...

    def on_publication_ended(self, publication_id: Any, *, now: float) -> None: ...

    def on_packet(self, publication_id: Any, packet: Any) -> None: ...

    def on_sender_report(
        self, publication_id: Any, *, ssrc: int, ntp: int, rtp_timestamp: int, arrival_s: float
    ) -> None: ...

    def on_gap(self, publication_id: Any, *, ssrc: int, sequences: list[int], now: float) -> None: ...

    def on_awaited(self, publication_id: Any, *, since_s: float, now: float) -> None: ...


def test_what_the_recorder_needs_is_never_switched_off() -> None:
    it, page = obedient()
    it.session.attach_tap(Recorder())
    show(it, SMALL)
    go_on(it, page, 5)
    assert page.told[-1][1] == ["q", "f"]
    it.session.detach_tap()
    go_on(it, page, 3)
    assert page.told[-1][1] == ["q"]


# --- what the page shows is what is sent ---


def test_a_hidden_picture_is_not_sent_and_is_not_said_to_lack_bandwidth() -> None:
    it, page = obedient()
    show(it, LARGE)
    go_on(it, page, 4)
    show(it, (0, 0, "stage"))
    go_on(it, page, 0.2)
    frames = it.screen.frames
    go_on(it, page, 3)
    assert it.screen.frames == frames
    assert page.told[-1][1] == ["q"]
    assert it.server.allocator.wanted_bps == {}
    assert it.session.slot_map(EndpointId("v")).slots[0].video is SlotState.WAITING


def test_what_is_not_named_is_not_sent() -> None:
    it = room()
    play(it, 3)
    show(it)
    play(it, 0.2)
    frames = it.screen.frames
    play(it, 2)
    assert it.screen.frames == frames


@pytest.mark.parametrize(
    ("width", "height", "rid"), [(64, 36, "q"), (320, 180, "q"), (400, 225, "h"), (640, 360, "h"), (1920, 1080, "f")]
)
def test_a_picture_asks_for_the_smallest_layer_that_fills_it_and_no_more(width: int, height: int, rid: str) -> None:
    it = room()
    it.session.peers[EndpointId("v")].estimator.target_bps = 4_000_000
    show(it, (width, height, "thumbnail"))
    play(it, 5)
    assert it.screen.width == SIZES[rid][0]
    assert max(it.screen.widths) == SIZES[rid][0]


@pytest.mark.parametrize("sizes", [(LARGE, SMALL), (SMALL, LARGE)])
def test_who_is_shown_on_the_stage_and_as_a_thumbnail_counts_as_on_the_stage(sizes: tuple[Any, Any]) -> None:
    it = room()
    show(it, *sizes)
    play(it, 5)
    assert it.screen.width == SIZES["f"][0]
    subscription = it.session.peers[EndpointId("v")].receiving.videos[0]
    assert subscription.place == "stage"


# --- too little room ---


def say(session: MediaSession) -> m.Slots:
    """What the viewer's page is told."""
    slot_map = session.slot_map(EndpointId("v"))
    assert slot_map is not None
    return slots_of(slot_map)


def test_a_picture_without_room_for_its_lowest_layer_is_paused_and_the_page_is_told() -> None:
    it = room()
    play(it, 3)
    assert say(it.session).slots[0].video == "flowing"
    viewer = it.session.peers[EndpointId("v")]
    viewer.events = told = Events()
    viewer.estimator.target_bps = 60_000
    it.session.on_estimate_fell()
    play(it, 2)
    assert told.slots > 0
    assert say(it.session).slots[0].video == "no_bandwidth"
    viewer.estimator.target_bps = 3_000_000
    play(it, 3)
    assert say(it.session).slots[0].video == "flowing"


@pytest.mark.parametrize("line_bps", [60_000, 120_000, 350_000, 700_000])
def test_voices_are_reserved_first_on_a_subscribers_line(line_bps: int) -> None:
    """Pictures get what is left beside the voices that speak."""
    it = room()
    it.microphone.on = True
    show(it, LARGE)
    viewer = it.session.peers[EndpointId("v")]
    viewer.estimator.target_bps = line_bps
    play(it, 5)
    frames = it.screen.frames
    play(it, 1)
    allocator = it.server.allocator
    pictures = allocator.used_bps - allocator.audio_bps
    voice = 40_000 + 50 * 72 * 8  # 40 kb/s, and 72 bytes of headers 50 times a second
    assert pictures <= max(0, line_bps - voice)
    assert (pictures == 0) is (it.screen.frames == frames)
    assert (line_bps >= 350_000) is (pictures > 0)


def test_a_voice_that_begins_takes_its_room_from_pictures() -> None:
    it = room()
    show(it, LARGE)
    it.session.peers[EndpointId("v")].estimator.target_bps = 300_000
    play(it, 5)
    allocator = it.server.allocator
    assert allocator.audio_bps == 0
    assert allocator.used_bps > 250_000, "nothing is kept for who does not speak"
    it.microphone.on = True
    play(it, 2 * CYCLE_S)
    assert allocator.audio_bps > 60_000
    assert allocator.used_bps <= 300_000
    assert it.screen.errors == []


# --- one line for all sessions ---


def with_site_line(bps: int) -> Profile:
    """The plan's profile behind another line; all of it for media that may be."""
    profile = load_profile("30-5")
    site = profile.site.model_copy(update={"up_bps": bps, "media_share": 0.8})
    return profile.model_copy(update={"site": site})


def session_on(server: VirtualServer, name: str, profile: Profile) -> Room:
    """One more session, with a sender and a viewer."""
    session = server.open_session(SessionId(name), profile=profile)
    events = Events()
    sender, viewer = (
        session.add_peer(
            endpoint_id=EndpointId(who), role=Role.DELEGATE, remote=remote(sends=True, slots=2), events=events
        )
        for who in ("s", "v")
    )
    viewer.estimator.target_bps = 4_000_000
    it = Room(server, session, Camera(server, sender), Microphone(server, sender), Screen(viewer), events)
    show(it, LARGE)
    return it


def test_the_sites_line_is_shared_by_all_sessions_of_the_server() -> None:
    server = VirtualServer()
    profile = with_site_line(1_000_000)
    first = session_on(server, "first", profile)
    play(first, 8)
    allocator = server.allocator
    alone = allocator.used_bps
    assert alone <= 800_000
    assert first.screen.frames > 100
    second = session_on(server, "second", profile)
    for _ in range(200):
        second.camera.tick()
        play(first, FRAME_S)
        assert allocator.used_bps <= allocator.limit_bps == 800_000
    assert second.screen.frames > 50, "the second session is served beside the first"
    shares = [sum(aims(it)) for it in (first, second)]
    assert all(share > 0 for share in shares), shares
    server.close_session(SessionId("second"))
    play(first, 14)
    assert allocator.used_bps == alone


def aims(it: Room) -> list[int]:
    """Of each picture that a viewer is shown: 1 if any layer is aimed at."""
    videos = it.session.peers[EndpointId("v")].receiving.videos
    return [int(each.selector.target != PAUSED) for each in videos if each.wanted_pixels]


def test_the_smallest_line_that_a_session_names_is_everybodys() -> None:
    server = VirtualServer()
    session_on(server, "first", with_site_line(2_000_000))
    other = session_on(server, "second", with_site_line(1_000_000))
    play(other, 1)
    assert server.allocator.limit_bps == 800_000


class Jam:
    """Feedback of a path that lets 300 kb/s through, later and later."""

    def __init__(self, it: Room) -> None:
        self._estimator = it.session.peers[EndpointId("v")].estimator
        self._late_s = 0.0
        self._number = 0

    def report(self, now: float) -> None:
        """Of the last FRAME_S."""
        self._late_s += 0.01
        fates = []
        for index in range(2):
            self._number += 1
            sent_s = now - FRAME_S + 0.02 * index
            fates.append(PacketResult(self._number, 750, sent_s, sent_s + self._late_s))
        self._estimator.on_feedback(fates, now=now)


def test_a_line_that_carries_less_than_the_profile_says_is_followed_and_comes_back() -> None:
    """Both viewers' paths are found full at once, and little arrives: it is what they share."""
    server = VirtualServer()
    rooms = [session_on(server, name, with_site_line(2_000_000)) for name in ("first", "second")]
    allocator = server.allocator

    def both(seconds: float, jams: Sequence[Jam] = ()) -> None:
        for _ in range(round(seconds / FRAME_S)):
            rooms[1].camera.tick()
            play(rooms[0], FRAME_S)
            for jam in jams:
                jam.report(server.now())

    both(6)
    whole = allocator.limit_bps
    assert whole == 1_600_000
    assert allocator.used_bps > 0.5 * whole
    both(2.5, [Jam(it) for it in rooms])
    assert allocator.limit_bps < 0.5 * whole
    assert allocator.used_bps <= allocator.limit_bps
    both(30)
    assert allocator.limit_bps > 0.9 * whole

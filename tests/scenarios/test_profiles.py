"""Profiles and caps that change while a session runs, in virtual time: nobody joins anew, nothing is offered anew."""

from itertools import pairwise
from typing import Any

from config.profile import Profile, load_profile
from sfu.description import SendingSection
from sfu.plans import EndpointRule
from sfu.receiving import ViewWant
from sfu.rtp.packet import Packet
from sfu.sending_limits import EncodingLimit
from sfu.slots import SlotState
from sfu.types import EndpointId, Kind, Mid, Role, Source
from tests.scenarios.model import EXTENSIONS, RIDS, VP8, Events, Room, Screen, play, remote, room

SENDER, VIEWER = EndpointId("s"), EndpointId("v")
MOUNTAIN = load_profile("mien-nui")


def encodings(events: Events, source: Source = Source.CAMERA) -> list[EncodingLimit]:
    """What the endpoint was told last."""
    return [each for picture in events.sending[-1].pictures if picture.source is source for each in picture.encodings]


def active(events: Events, source: Source = Source.CAMERA) -> list[str]:
    return [each.rid for each in encodings(events, source) if each.active]


def play_along(it: Room, seconds: float) -> None:
    """The sender does what it is told."""
    for _ in range(round(seconds * 25)):
        needed = it.events.layers[-1] if it.events.layers else list(RIDS)
        it.camera.active = set(needed) & set(active(it.events) if it.events.sending else RIDS)
        play(it, 0.04)


class Journal:
    """A tap that notes when which stream came."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, int]] = []

    def on_packet(self, publication_id: Any, packet: Packet) -> None:
        self.heard.append((packet.arrival_s, packet.ssrc))

    def on_publication(self, facts: Any, *, now: float) -> None: ...

    def on_publication_ended(self, publication_id: Any, *, now: float) -> None: ...

    def on_sender_report(self, publication_id: Any, **facts: Any) -> None: ...

    def on_gap(self, publication_id: Any, **facts: Any) -> None: ...

    def on_awaited(self, publication_id: Any, **facts: Any) -> None: ...

    @property
    def longest_gap_s(self) -> float:
        return max(after - before for (before, _), (after, _) in pairwise(self.heard))


def large_picture() -> Room:
    it = room()
    it.session.set_view(VIEWER, [want(1280, 720)])
    play_along(it, 6)
    assert it.screen.width == 1280
    return it


def want(width: int, height: int) -> ViewWant:
    return ViewWant(endpoint_id=SENDER, source=Source.CAMERA, width=width, height=height, place="stage")


def with_site(profile: Profile, **changes: int) -> Profile:
    return profile.model_copy(update={"site": profile.site.model_copy(update=changes)})


def test_an_endpoint_is_told_once_at_its_beginning_and_then_only_of_changes() -> None:
    it = room()
    play_along(it, 5)
    assert len(it.events.sending) == 1
    plan = it.session.profile.roles.delegate
    assert [each.max_bitrate_bps for each in encodings(it.events)] == [
        each.max_bitrate_bps for each in plan.camera.layers
    ]
    assert it.events.sending[0].audio_bps == plan.audio_bitrate_bps


def test_another_profile_counts_at_once_and_every_connection_stays() -> None:
    it = large_picture()
    peers = dict(it.session.peers)
    it.screen.longest_gap_s = 0.5
    it.session.change_profile(MOUNTAIN)
    play_along(it, 1)
    plan = MOUNTAIN.roles.delegate
    assert [(each.max_bitrate_bps, each.scale_down_by) for each in encodings(it.events)[:2]] == [
        (layer.max_bitrate_bps, layer.scale_down_by) for layer in plan.camera.layers
    ]
    assert active(it.events) == ["q", "h"]
    assert it.events.sending[-1].audio_bps == plan.audio_bitrate_bps
    assert it.session.peers[VIEWER].estimator.target_bps <= plan.down_limit_bps
    play_along(it, 2)
    assert it.screen.width < 1280
    it.session.change_profile(load_profile("30-5"))
    it.session.peers[VIEWER].estimator.on_remb(3_000_000, now=it.server.now())
    play_along(it, 6)
    assert active(it.events) == ["q", "h", "f"]
    assert it.screen.width == 1280
    assert it.session.peers == peers
    assert it.screen.errors == []


def test_the_estimate_may_rise_to_the_new_line_after_a_change() -> None:
    it = room()
    peer = it.session.peers[VIEWER]
    it.session.change_profile(MOUNTAIN)
    peer.estimator.on_remb(9_000_000, now=it.server.now())
    assert peer.estimator.target_bps == MOUNTAIN.roles.delegate.down_limit_bps
    it.session.change_profile(load_profile("mang-rieng"))
    peer.estimator.on_remb(9_000_000, now=it.server.now())
    assert peer.estimator.target_bps == 9_000_000


def test_a_cap_on_what_one_endpoint_sends_takes_its_largest_layer_and_gives_it_back() -> None:
    it = large_picture()
    it.screen.longest_gap_s = 0.5
    assert it.session.set_rule(SENDER, EndpointRule(cap_up_bps=1_000_000))
    play_along(it, 4)
    assert active(it.events) == ["q", "h"]
    assert it.events.sending[-1].cap_bps == 1_000_000
    assert it.screen.width == 640
    it.session.set_rule(SENDER, EndpointRule(cap_up_bps=2_000_000))
    play_along(it, 4)
    assert active(it.events) == ["q", "h", "f"]
    largest = encodings(it.events)[2].max_bitrate_bps
    assert 750_000 <= largest < 1_500_000
    it.session.set_rule(SENDER, EndpointRule())
    play_along(it, 3)
    assert encodings(it.events)[2].max_bitrate_bps == 1_500_000
    assert it.screen.width == 1280
    assert it.screen.errors == []


def test_a_cap_below_the_smallest_picture_stops_it_and_says_so() -> None:
    it = large_picture()
    it.session.set_rule(SENDER, EndpointRule(cap_up_bps=64_000))
    play_along(it, 4)
    assert active(it.events) == []
    assert it.session.slot_map(VIEWER).slots[0].video is SlotState.NO_BANDWIDTH
    it.screen.longest_gap_s = 5.0
    it.session.set_rule(SENDER, EndpointRule())
    play_along(it, 6)
    assert it.session.slot_map(VIEWER).slots[0].video is SlotState.FLOWING
    assert it.screen.errors == []


def test_a_cap_on_what_one_endpoint_gets_holds_for_that_one_alone() -> None:
    it = large_picture()
    it.session.set_rule(VIEWER, EndpointRule(cap_down_bps=320_000))
    play_along(it, 2)
    peer, other = it.session.peers[VIEWER], it.session.peers[SENDER]
    before = peer.sender.sent_bytes
    play_along(it, 5)
    assert 0 < (peer.sender.sent_bytes - before) * 8 / 5 <= 320_000
    assert other.plan.down_limit_bps == it.session.profile.roles.delegate.down_limit_bps
    assert it.screen.errors == []


def test_the_recorder_follows_the_largest_layer_that_may_be_sent_without_a_gap() -> None:
    it = large_picture()
    journal = Journal()
    it.session.attach_tap(journal)
    play_along(it, 3)
    largest = it.camera.state["f"]["ssrc"]
    assert journal.heard[-1][1] == largest
    it.session.set_rule(SENDER, EndpointRule(cap_up_bps=1_000_000))
    play_along(it, 2)
    assert journal.heard[-1][1] == it.camera.state["h"]["ssrc"]
    it.session.set_rule(SENDER, EndpointRule())
    play_along(it, 3)
    assert journal.heard[-1][1] == largest
    assert journal.longest_gap_s < 0.5


def test_where_the_way_in_is_short_what_people_see_comes_before_what_is_only_recorded() -> None:
    it = room()
    other = Events()
    it.session.add_peer(endpoint_id=VIEWER, role=Role.DELEGATE, remote=remote(sends=True, slots=2), events=other)
    viewer = Screen(it.session.peers[VIEWER])
    it.session.peers[VIEWER].estimator.target_bps = 3_000_000
    it.session.set_view(VIEWER, [want(1280, 720)])  # the sender is on the stage; nobody looks at the viewer
    it.session.set_view(SENDER, [])
    it.session.attach_tap(Journal())
    play_along(it, 5)
    assert viewer.width == 1280
    it.session.change_profile(with_site(it.session.profile, down_bps=2_600_000))
    play_along(it, 4)
    assert active(it.events) == ["q", "h", "f"]
    assert encodings(it.events)[2].max_bitrate_bps > 1_450_000  # parts go in steps of 20 kb/s
    needed = set(other.layers[-1] if other.layers else RIDS)
    assert "f" in needed  # the recorder would have it
    assert "f" not in active(other)
    assert viewer.width == 1280


def test_a_rule_outlives_the_connection() -> None:
    it = room()
    it.session.set_rule(SENDER, EndpointRule(profile=MOUNTAIN, cap_up_bps=300_000))
    events = Events()
    it.session.add_peer(endpoint_id=SENDER, role=Role.DELEGATE, remote=remote(sends=True, slots=2), events=events)
    it.server.advance(1)
    assert events.sending[-1].cap_bps == 300_000
    assert events.sending[-1].audio_bps == MOUNTAIN.roles.delegate.audio_bitrate_bps


def test_a_shared_screen_has_its_part_of_the_endpoints_limit_before_the_camera() -> None:
    it = room()
    events = Events()
    shown = remote(sends=True, slots=2)
    screen = SendingSection(
        mid=Mid("2"), kind=Kind.VIDEO, source=Source.SCREEN, codecs=(VP8,), extensions=EXTENSIONS, rids=RIDS
    )
    both = type(shown)(
        **{name: getattr(shown, name) for name in shown.__dataclass_fields__ if name != "sending"},
        sending=(*shown.sending, screen),
    )
    it.session.add_peer(endpoint_id=SENDER, role=Role.DELEGATE, remote=both, events=events)
    it.server.advance(1)
    assert active(events) == ["q", "h", "f"]
    it.session.set_enabled(SENDER, Source.SCREEN, True)
    it.server.advance(1)
    assert active(events, Source.SCREEN) == ["q", "h"]  # the plan has two layers
    assert active(events) == ["q", "h"]
    told = [each for source in (Source.SCREEN, Source.CAMERA) for each in encodings(events, source) if each.active]
    voice = it.session.profile.roles.delegate.voice_bps
    assert 1.06 * sum(each.max_bitrate_bps for each in told) + voice <= 2_400_000
    it.session.set_enabled(SENDER, Source.SCREEN, False)
    it.server.advance(1)
    assert active(events) == ["q", "h", "f"]


def test_the_way_in_is_divided_when_it_is_short_and_free_again_when_it_is_not() -> None:
    it = room()
    second = Events()
    it.session.add_peer(endpoint_id=VIEWER, role=Role.DELEGATE, remote=remote(sends=True, slots=2), events=second)
    it.server.advance(1)
    assert [each[-1].cap_bps for each in (it.events.sending, second.sending)] == [2_400_000] * 2
    it.session.change_profile(with_site(it.session.profile, down_bps=1_000_000))
    it.server.advance(1)
    limit = it.session.profile.site.publish_limit_bps
    parts = [each[-1].cap_bps for each in (it.events.sending, second.sending)]
    assert it.server.publishing.limit_bps == limit == 950_000
    assert sum(parts) <= limit
    assert min(parts) > 0.4 * limit
    for events, part in zip((it.events, second), parts, strict=True):
        needed = [each for each in encodings(events) if each.active and each.rid in (events.layers or [list(RIDS)])[-1]]
        assert sum(each.max_bitrate_bps for each in needed) <= part
    it.session.change_profile(load_profile("30-5"))
    it.server.advance(3)
    assert [each[-1].cap_bps for each in (it.events.sending, second.sending)] == [2_400_000] * 2


def test_a_process_keeps_to_its_part_of_the_way_in() -> None:
    it = room()
    it.server.publishing.part_of = lambda line_bps: line_bps // 40
    it.server.advance(1)
    assert it.server.publishing.limit_bps == 28_500_000 // 40
    assert it.events.sending[-1].cap_bps < 712_500


def test_a_publisher_with_fewer_encodings_than_the_plan_has_the_largest_layers() -> None:
    it = room()
    events = Events()
    shown = remote(sends=True, slots=2)
    voice, camera = shown.sending
    for rids, expected in (((), [1_500_000]), (RIDS[:1], [1_500_000]), (RIDS[:2], [450_000, 1_500_000])):
        fewer = SendingSection(
            mid=camera.mid, kind=camera.kind, source=camera.source, codecs=(VP8,), extensions=EXTENSIONS, rids=rids
        )
        offered = type(shown)(
            **{name: getattr(shown, name) for name in shown.__dataclass_fields__ if name != "sending"},
            sending=(voice, fewer),
        )
        it.session.add_peer(endpoint_id=SENDER, role=Role.DELEGATE, remote=offered, events=events)
        it.server.advance(1)
        assert [each.max_bitrate_bps for each in encodings(events)] == expected


def test_weights_and_minima_of_a_role_count_for_who_is_in_it() -> None:
    it = room()
    observer = it.session.add_peer(
        endpoint_id=EndpointId("o"), role=Role.OBSERVER, remote=remote(sends=True, slots=2), events=Events()
    )
    assert observer.publications == []
    assert observer.plan.weights.stage == it.session.profile.roles.observer.weights.stage
    play_along(it, 4)
    roles = it.session.profile.roles
    nothing = roles.observer.weights.model_copy(update={"thumbnail": 0.0, "stage": 0.0, "speaker": 0.0})
    blind = roles.model_copy(update={"observer": roles.observer.model_copy(update={"weights": nothing})})
    it.session.change_profile(it.session.profile.model_copy(update={"roles": blind}))
    site = with_site(it.session.profile, up_bps=500_000)  # short: weights decide
    it.session.change_profile(site)
    play_along(it, 3)
    assert all(each.starved for each in observer.receiving.videos if each.publication.endpoint_id == SENDER)
    assert it.session.slot_map(VIEWER).slots[0].video is SlotState.FLOWING

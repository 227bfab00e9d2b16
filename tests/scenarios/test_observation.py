"""What an operator is told of an endpoint second by second, by the whole media plane in virtual time."""

from __future__ import annotations

from typing import Any

import pytest

from bandwidth.limits import Limit
from config.profile import Profile, load_profile
from sfu.drops import DropReason
from sfu.observation import SETTLING_S, PeerObserver, PictureFacts
from sfu.receiving import ViewWant
from sfu.slots import SlotState
from sfu.types import EndpointId, Source
from tests.scenarios.model import Room, play, room


def watched(it: Room, *, width: int, height: int) -> PeerObserver:
    """The viewer looks at the sender; its line is known by now."""
    want = ViewWant(endpoint_id=EndpointId("s"), source=Source.CAMERA, width=width, height=height, place="stage")
    it.session.set_view(EndpointId("v"), [want])
    return PeerObserver(it.session, it.session.peers["v"], now=it.server.now() - SETTLING_S)


def the_picture(it: Room, observer: PeerObserver) -> PictureFacts:
    (picture,) = observer.pictures(now=it.server.now())
    return picture


def with_site(up_bps: int) -> Profile:
    profile = load_profile("30-5")
    return profile.model_copy(update={"site": profile.site.model_copy(update={"up_bps": up_bps})})


def test_a_picture_at_its_best_is_held_back_by_nothing() -> None:
    it = room()
    observer = watched(it, width=1280, height=720)
    play(it, 5)
    picture = the_picture(it, observer)
    assert (picture.rid, picture.layer, picture.width, picture.why) == ("f", 2, 1280, "")
    assert (picture.state, picture.place) == (SlotState.FLOWING, "stage")


def test_a_small_line_is_named_and_only_once_it_is_known() -> None:
    it = room()
    observer = watched(it, width=1280, height=720)
    it.session.peers["v"].estimator.target_bps = 400_000
    play(it, 5)
    assert the_picture(it, observer).why == Limit.LINE
    assert the_picture(it, PeerObserver(it.session, observer.peer, now=it.server.now())).why == "measuring"


def test_what_the_profile_lets_the_line_have_is_not_called_a_weak_line() -> None:
    it = room()
    observer = watched(it, width=1280, height=720)
    profile = it.session.profile
    plan = profile.roles.delegate.model_copy(update={"line_down_bps": 500_000})
    roles = profile.roles.model_copy(update={"delegate": plan})
    it.session.change_profile(profile.model_copy(update={"roles": roles}))
    play(it, 5)
    assert the_picture(it, observer).why == Limit.PROFILE


def test_the_sites_line_is_named_to_the_operator_and_to_the_page() -> None:
    it = room()
    observer = watched(it, width=1280, height=720)
    it.session.change_profile(with_site(300_000))
    play(it, 5)
    assert the_picture(it, observer).why == Limit.SITE
    it.session.change_profile(with_site(64_000))
    play(it, 5)
    picture = the_picture(it, observer)
    assert (picture.layer, picture.state, picture.why) == (-1, SlotState.NO_BANDWIDTH, Limit.SITE)
    slot_map = it.session.slot_map(EndpointId("v"))
    assert [slot.why for slot in slot_map.slots if slot.endpoint_id == "s"] == [Limit.SITE]


def test_a_sender_that_does_not_send_what_it_could_is_the_reason() -> None:
    it = room()
    observer = watched(it, width=1280, height=720)
    play(it, 3)
    it.camera.active = {"q"}
    play(it, 5)
    picture = the_picture(it, observer)
    assert (picture.rid, picture.why) == ("q", "source")


def test_a_hidden_picture_is_not_told() -> None:
    it = room()
    observer = watched(it, width=0, height=0)
    play(it, 3)
    assert observer.pictures(now=it.server.now()) == []


def look(it: Room, observer: PeerObserver) -> Any:
    stats = observer.peer.stats(now=it.server.now())
    return observer.look(stats, wanted_bps=1e6, browser=None, now=it.server.now())


def test_a_publishers_second_says_what_it_was_asked_and_what_came() -> None:
    it = room()
    watched(it, width=1280, height=720)
    observer = PeerObserver(it.session, it.session.peers["s"], now=it.server.now())
    play(it, 5)
    facts = look(it, observer)
    asked = [encoding.rid for encoding in observer.asked(it.camera.peer.publications[1])]
    assert "f" in asked
    assert (facts.layers_asked, facts.layers_sent) == (len(asked), len(asked))
    assert facts.asked_up_bps >= 1_500_000
    it.camera.active = set()
    play(it, 3)
    assert look(it, observer).layers_sent == 0


@pytest.mark.parametrize("failures", [0, 7])
def test_counters_are_told_as_what_is_new(failures: int) -> None:
    it = room()
    observer = PeerObserver(it.session, it.session.peers["s"], now=it.server.now())
    observer.peer.transport.drops[DropReason.SEND_FAILED] += failures
    arrivals = observer.peer.ingress.arrivals
    for number in range(100):
        if number % 10:
            arrivals.on_packet(number, arrival_s=it.server.now())
    play(it, 0.2)
    facts = look(it, observer)
    assert facts.send_failures == failures
    assert facts.loss_up == pytest.approx(0.1, abs=0.02)
    assert (look(it, observer).send_failures, look(it, observer).loss_up) == (0, 0.0)


def test_the_highest_queue_since_the_last_look_is_told() -> None:
    it = room()
    observer = PeerObserver(it.session, it.session.peers["v"], now=it.server.now())
    queue = observer.peer.estimator._detector.queue
    for queue_s in (0.3, 0.01):
        queue.queue_s = queue_s
        observer.peer.sender.update_rates(now=it.server.now())  # as each feedback does
    assert look(it, observer).queue_s == pytest.approx(0.3)
    assert look(it, observer).queue_s == pytest.approx(0.01)

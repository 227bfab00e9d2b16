"""The site's line in virtual time, where this process has a part of it."""

from bandwidth.limits import Limit
from sfu.types import EndpointId
from tests.scenarios.model import play, room

PART = 100  # of the line; the picture at its best takes more than that


def test_alone_a_server_has_the_whole_line_and_says_what_it_could_use() -> None:
    it = room()
    it.microphone.on = True
    play(it, 5)
    allocator = it.server.allocator
    site = it.session.profile.site
    assert allocator.limit_bps == allocator.line_bps == int(site.up_bps * site.media_share)
    assert 0 < allocator.audio_bps < allocator.used_bps <= allocator.demand_bps


def test_a_part_of_the_line_is_kept_to_and_more_is_asked_for() -> None:
    it = room()
    play(it, 5)
    allocator = it.server.allocator
    part = allocator.line_bps // PART
    assert allocator.used_bps > part
    allocator.part_of = lambda line_bps: line_bps // PART
    play(it, 1)
    assert allocator.limit_bps == part
    assert allocator.used_bps <= part < allocator.demand_bps
    allocator.part_of = int
    play(it, 6)
    assert allocator.used_bps > part


def test_what_a_subscribers_own_line_cannot_carry_is_not_asked_for() -> None:
    it = room()
    play(it, 5)
    it.session.peers[EndpointId("v")].estimator.target_bps = 200_000
    it.session.on_estimate_fell()
    play(it, 0.2)
    assert it.server.allocator.demand_bps <= 200_000 + it.server.allocator.audio_bps


def test_who_is_at_the_site_leaves_the_line_to_the_others() -> None:
    it = room()
    it.server.allocator.part_of = lambda line_bps: line_bps // PART
    play(it, 5)
    allocator, viewer = it.server.allocator, it.session.peers[EndpointId("v")]
    (picture,) = viewer.receiving.videos
    assert picture.limit is Limit.SITE
    assert allocator.used_bps <= allocator.limit_bps < allocator.demand_bps
    viewer.at_site = True
    play(it, 5)
    assert allocator.used_bps == allocator.demand_bps == allocator.audio_bps, "nobody else is sent to"
    assert picture.limit in (Limit.NONE, Limit.LINE)
    assert picture.wish > 0
    assert allocator.wanted_bps[viewer.id] > 0, "and room is looked for as for anybody"

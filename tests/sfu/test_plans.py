"""Which plan is in force for an endpoint, and what it is told to send."""

from config.profile import RolePlan, load_profile
from sfu.plans import EndpointRule, Plans
from sfu.sending_limits import limits_to_offer, offered_rids
from sfu.types import EndpointId, Role, Source

ONE, TWO = EndpointId("one"), EndpointId("two")
PLAN, MOUNTAIN = load_profile("30-5"), load_profile("mien-nui")


def test_each_role_has_its_part_of_the_sessions_profile() -> None:
    plans = Plans(PLAN)
    assert plans.of(ONE, Role.CENTRAL) is PLAN.roles.central
    assert plans.of(ONE, Role.DELEGATE) is PLAN.roles.delegate
    assert plans.of(ONE, Role.OBSERVER) is PLAN.roles.observer


def test_an_endpoint_of_its_own_profile_keeps_it_when_the_sessions_changes() -> None:
    plans = Plans(PLAN)
    assert plans.set_rule(ONE, EndpointRule(profile=MOUNTAIN))
    plans.profile = load_profile("50-5")
    assert plans.of(ONE, Role.DELEGATE) is MOUNTAIN.roles.delegate
    assert plans.of(TWO, Role.DELEGATE) == load_profile("50-5").roles.delegate


def test_caps_take_away_and_never_give() -> None:
    plans = Plans(PLAN)
    plans.set_rule(ONE, EndpointRule(cap_up_bps=1_000_000, cap_down_bps=10_000_000_000))
    plan = plans.of(ONE, Role.DELEGATE)
    assert isinstance(plan, RolePlan)
    assert (plan.up_limit_bps, plan.down_limit_bps) == (1_000_000, 4_000_000)
    plans.set_rule(ONE, EndpointRule(cap_down_bps=100_000))
    capped = plans.of(ONE, Role.OBSERVER)
    assert (capped.down_limit_bps, capped.minimum_bps) == (100_000, 100_000)


def test_a_rule_that_says_nothing_new_changes_nothing() -> None:
    plans = Plans(PLAN)
    assert not plans.set_rule(ONE, EndpointRule())
    assert plans.set_rule(ONE, EndpointRule(cap_up_bps=1_000_000))
    assert not plans.set_rule(ONE, EndpointRule(cap_up_bps=1_000_000))
    assert plans.set_rule(ONE, EndpointRule())
    assert plans.of(ONE, Role.DELEGATE) is PLAN.roles.delegate


def test_an_endpoint_offers_as_many_encodings_as_any_plan_may_have() -> None:
    camera = next(each for each in limits_to_offer(MOUNTAIN.roles.delegate).pictures if each.source is Source.CAMERA)
    assert [(each.rid, each.active) for each in camera.encodings] == [("q", True), ("h", True), ("x0", False)]
    assert len(set(offered_rids(MOUNTAIN.roles.delegate.screen))) == 3


def test_a_name_that_a_plan_has_is_not_offered_twice() -> None:
    camera = MOUNTAIN.roles.delegate.camera
    renamed = camera.model_copy(update={"layers": (camera.layers[0].model_copy(update={"rid": "x1"}),)})
    assert offered_rids(renamed) == ("x1", "x0", "x2")


def test_who_only_watches_is_told_to_send_nothing() -> None:
    limits = limits_to_offer(PLAN.roles.observer)
    assert (limits.cap_bps, limits.audio_bps, limits.pictures) == (0, 0, ())

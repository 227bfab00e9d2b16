import pytest

from sfu.codecs.facts import FrameFacts
from sfu.selector import LayerSelector, Verdict


def facts(
    *, key: bool = False, start: bool = True, temporal: int | None = 0, sync: bool = False, spatial: int = 0
) -> FrameFacts:
    made = FrameFacts(keyframe=key, frame_start=start)
    made.temporal_id, made.layer_sync = temporal, sync or key
    return made


def following(layer: int = 0) -> LayerSelector:
    selector = LayerSelector()
    selector.target = layer
    assert selector.decide(layer, facts(key=True)) is Verdict.SWITCH
    return selector


def test_nothing_goes_out_before_a_key_frame() -> None:
    selector = LayerSelector()
    selector.target = 1
    assert selector.decide(1, facts()) is Verdict.WAIT
    assert selector.decide(0, facts(key=True)) is Verdict.OTHER_LAYER
    assert selector.decide(1, facts(key=True, start=False)) is Verdict.WAIT
    assert selector.decide(1, facts(key=True)) is Verdict.SWITCH
    assert selector.decide(1, facts()) is Verdict.FORWARD


def test_a_switch_waits_for_the_other_layers_key_frame_and_the_old_one_goes_on() -> None:
    selector = following(0)
    selector.target = 2
    assert selector.decide(0, facts()) is Verdict.FORWARD
    assert selector.decide(2, facts()) is Verdict.OTHER_LAYER
    assert selector.decide(2, facts(key=True)) is Verdict.SWITCH
    assert selector.decide(0, facts()) is Verdict.OTHER_LAYER


def test_a_paused_picture_needs_a_key_frame_again() -> None:
    selector = following(0)
    selector.pause()
    assert selector.decide(0, facts(key=True)) is Verdict.OTHER_LAYER
    selector.target = 0
    assert selector.decide(0, facts()) is Verdict.WAIT


@pytest.mark.parametrize(("temporal", "verdict"), [(0, Verdict.FORWARD), (1, Verdict.FORWARD), (2, Verdict.LEAVE_OUT)])
def test_temporal_layers_above_the_target_are_left_out(temporal: int, verdict: Verdict) -> None:
    selector = following()
    selector.target_temporal = 1
    selector.decide(0, facts(temporal=0))
    assert selector.decide(0, facts(temporal=temporal)) is verdict


def test_going_up_in_time_waits_for_a_switching_point() -> None:
    selector = following()
    selector.target_temporal = 0
    selector.decide(0, facts())
    selector.target_temporal = 2
    assert selector.decide(0, facts(temporal=2)) is Verdict.LEAVE_OUT
    assert selector.decide(0, facts(temporal=2, sync=True)) is Verdict.FORWARD


def test_a_frame_is_never_cut_in_the_middle() -> None:
    selector = following()
    assert selector.decide(0, facts(temporal=2)) is Verdict.FORWARD
    selector.target_temporal = 0
    assert selector.decide(0, facts(temporal=2, start=False)) is Verdict.FORWARD
    assert selector.decide(0, facts(temporal=2)) is Verdict.LEAVE_OUT

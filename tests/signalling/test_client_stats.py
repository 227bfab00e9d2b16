"""What a page says of itself: hostile values are refused, old ones are not believed."""

import json

import pytest
from pydantic import ValidationError

from signalling import messages as m
from signalling.browser_facts import FRESH_S, browser_facts

GOOD = {
    "type": "stats",
    "rtt_ms": 31.5,
    "available_up_bps": 2_500_000,
    "limited_cpu": 0.25,
    "limited_bandwidth": 0,
    "capture_fps": 25,
    "decode_dropped": 0.01,
    "voice_gaps": 0.002,
    "jitter_ms": 12,
}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("limited_cpu", "1.01"),
        ("limited_cpu", "-0.1"),
        ("limited_bandwidth", "NaN"),
        ("decode_dropped", "Infinity"),
        ("voice_gaps", '"much"'),
        ("capture_fps", "-1"),
        ("capture_fps", "1e300"),
        ("available_up_bps", "-1"),
        ("available_up_bps", "1e400"),
        ("available_up_bps", "NaN"),
        ("jitter_ms", "1e9"),
        ("rtt_ms", "NaN"),
        ("frames_decoded", "1" + 400 * "0"),
        ("packets_lost", "-1" + 30 * "0"),
        ("frames_per_second", "[]"),
        ("limited_by", '"cpu"'),
    ],
)
def test_hostile_numbers_are_refused(field: str, text: str) -> None:
    rest = json.dumps({key: value for key, value in GOOD.items() if key != field})
    with pytest.raises(ValidationError):
        m.client_message.validate_json(rest[:-1] + f', "{field}": {text}}}')


def test_what_is_said_becomes_facts_while_it_is_fresh() -> None:
    said = m.client_message.validate_json(json.dumps(GOOD))
    assert isinstance(said, m.ClientStats)
    facts = browser_facts(said, age_s=1.0, planned_fps=25)
    assert facts is not None
    assert (facts.limited_cpu, facts.capture_fps, facts.planned_fps, facts.jitter_s) == (0.25, 25, 25, 0.012)
    assert browser_facts(said, age_s=FRESH_S + 1, planned_fps=25) is None
    assert browser_facts(None, age_s=0.0, planned_fps=25) is None


def test_a_page_that_tells_less_is_understood() -> None:
    said = m.client_message.validate_json('{"type": "stats"}')
    assert isinstance(said, m.ClientStats)
    facts = browser_facts(said, age_s=0.0, planned_fps=0.0)
    assert facts is not None
    assert facts.available_up_bps is None
    assert facts.capture_fps is None

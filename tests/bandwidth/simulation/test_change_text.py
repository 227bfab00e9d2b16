"""Changes of lines as people write them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandwidth.simulation.case import LineChange
from bandwidth.simulation.change_text import parse_change


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("20s delegate-3 down 1Mb/s", {"at_s": 20, "who": "delegate-3", "down_mbps": 1}),
        ("0 site both 12.5 Mb/s", {"at_s": 0, "who": "site", "up_mbps": 12.5, "down_mbps": 12.5}),
        ("7.5s delegates up 600kb/s down 2M", {"at_s": 7.5, "who": "delegates", "up_mbps": 0.6, "down_mbps": 2}),
        ("9s central loss 5% delay 40ms", {"at_s": 9, "who": "central", "loss_percent": 5, "delay_ms": 40}),
        ("9s central down 1gbit", {"at_s": 9, "who": "central", "down_mbps": 1000}),
    ],
)
def test_it_is_read(text: str, values: dict[str, Any]) -> None:
    assert parse_change(text) == LineChange(**values)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "TIME WHO WHAT VALUE"),
        ("20s delegate-3 down", "TIME WHO WHAT VALUE"),
        ("soon delegate-3 down 1Mb/s", "soon is no time"),
        ("20s someone down 1Mb/s", "someone is nobody"),
        ("20s delegate-0 down 1Mb/s", "delegate-0 is nobody"),
        ("20s delegate-3 sideways 1Mb/s", "sideways cannot be changed"),
        ("20s delegate-3 down 1", "1 is no rate"),
        ("20s delegate-3 down 1kb/s", "64 kb/s to 10,000 Mb/s"),
        ("20s delegate-3 loss 99%", "0 % to 30 %"),
        ("20s delegate-3 delay 9000ms", "0 ms to 1000 ms"),
        ("900s delegate-3 down 1Mb/s", "0 s to 120 s"),
        ("20s delegate-3 loss much", "much: write the loss in percent"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_change(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert 0 <= parse_change(text).at_s <= 120

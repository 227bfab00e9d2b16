"""Markers, turns, pauses and interruptions of a recording on its timeline."""

from __future__ import annotations

from typing import Any

from recorder.happenings import Interruption, Pause, Turn, timeline_of

START = 1_000_000


def event(at_s: float, kind: str, **facts: Any) -> dict[str, Any]:
    return {"at_ms": START + round(1000 * at_s), "kind": kind, **facts}


def gap(from_s: float, to_s: float, cause: str, **facts: Any) -> dict[str, Any]:
    return {"cause": cause, "from_ms": START + round(1000 * from_s), "to_ms": START + round(1000 * to_s), **facts}


def timeline(events: list[dict[str, Any]], gaps: list[dict[str, Any]] | None = None) -> Any:
    return timeline_of(events, gaps or [], start_ms=START, end_ms=START + 60_000)


def test_a_turn_lasts_until_another_speaks_leaves_or_everything_stands_still() -> None:
    found = timeline(
        [
            event(2, "speak", endpoint_id="a"),
            event(5, "speak", endpoint_id="a"),
            event(10, "speak", endpoint_id="b"),
            event(15, "leave", endpoint_id="c"),
            event(20, "leave", endpoint_id="b"),
            event(25, "speak", endpoint_id="a"),
            event(30, "pause"),
            event(40, "resume"),
            event(45, "speak", endpoint_id="b"),
        ]
    )
    assert [(turn.endpoint_id, turn.start_s, turn.end_s) for turn in found.turns] == [
        ("a", 2, 10),
        ("b", 10, 20),
        ("a", 25, 30),
        ("b", 45, 60),
    ]
    assert isinstance(found.turns[0], Turn)
    assert found.pauses == [Pause(kind="pause", start_s=30, end_s=40)]


def test_a_pause_without_an_end_lasts_to_the_recordings_end() -> None:
    assert timeline([event(50, "interrupt")]).pauses == [Pause(kind="interrupt", start_s=50, end_s=60)]


def test_everything_with_a_text_is_a_marker_in_the_order_of_time() -> None:
    found = timeline(
        [
            event(9, "marker", text="Kết luận", by="operator", category="item_end"),
            event(-3, "marker", text="Sớm"),
            event(4, "join", endpoint_id="a"),
        ]
    )
    assert [(at, marker.text, marker.category, marker.by) for at, marker in found.markers] == [
        (0, "Sớm", "marker", ""),
        (9, "Kết luận", "item_end", "operator"),
    ]


def test_losses_of_one_endpoint_close_together_are_one_interruption() -> None:
    found = timeline(
        [],
        [
            gap(10, 11, "not received", endpoint_id="a", count=3),
            gap(12, 13, "not received", endpoint_id="a", count=4),
            gap(12.5, 13, "not received", endpoint_id="b", count=1),
            gap(20, 21, "not received", endpoint_id="a", count=5),
            gap(20, 80, "server killed"),
        ],
    )
    assert found.gaps == [
        Interruption(cause="not received", endpoint_id="a", start_s=10, end_s=13, count=7),
        Interruption(cause="not received", endpoint_id="b", start_s=12.5, end_s=13, count=1),
        Interruption(cause="not received", endpoint_id="a", start_s=20, end_s=21, count=5),
        Interruption(cause="server killed", endpoint_id="", start_s=20, end_s=60, count=0),
    ]

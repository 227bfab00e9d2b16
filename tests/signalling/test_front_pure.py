"""Routing, placement and merging, by tables."""

from __future__ import annotations

import json
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from config.models import Settings
from reception.lifecycle import SessionState
from reception.records import Placement
from signalling.front.merging import merge_metrics, merge_sessions
from signalling.front.placement import least_loaded, spread
from signalling.front.reports import Report, Start
from signalling.front.routes import Kind, Target, target_of


@pytest.mark.parametrize(
    ("method", "path", "target"),
    [
        ("GET", "/", Target(Kind.ANY)),
        ("GET", "/assets/index-1.js", Target(Kind.ANY)),
        ("GET", "/healthz", Target(Kind.ANY)),
        ("GET", "/api/openapi.json", Target(Kind.ANY)),
        ("GET", "/api/v1/profiles", Target(Kind.ANY)),
        ("GET", "/api/v1/recordings/s1/files/tracks/a.webm", Target(Kind.ANY)),
        ("POST", "/api/v1/sessions", Target(Kind.CREATE)),
        ("GET", "/api/v1/sessions", Target(Kind.LIST)),
        ("DELETE", "/api/v1/sessions", Target(Kind.ANY)),
        ("GET", "/api/v1/sessions/", Target(Kind.ANY)),
        ("GET", "/api/v1/sessions/s1", Target(Kind.SESSION, "s1")),
        ("POST", "/api/v1/sessions/s1/start", Target(Kind.SESSION, "s1")),
        ("POST", "/api/v1/sessions/s1/endpoints/e1/mute", Target(Kind.SESSION, "s1")),
        ("PUT", "/api/v1/sessions/s1/profile", Target(Kind.SESSION, "s1")),
        ("PATCH", "/api/v1/sessions/s1/endpoints/e1", Target(Kind.SESSION, "s1")),
        ("PUT", "/api/v1/profiles/30-5", Target(Kind.ANY)),
        ("GET", "/api/v1/signal", Target(Kind.SIGNAL)),
        ("POST", "/api/v1/signal", Target(Kind.ANY)),
        ("POST", "/whip/s1", Target(Kind.SESSION, "s1")),
        ("OPTIONS", "/whip/s1", Target(Kind.SESSION, "s1")),
        ("PATCH", "/whip/s1/resource/r", Target(Kind.SESSION, "s1")),
        ("POST", "/whep/s1/e1", Target(Kind.SESSION, "s1")),
        ("POST", "/whip", Target(Kind.ANY)),
        ("POST", "/whipped/s1", Target(Kind.ANY)),
        ("GET", "/metrics", Target(Kind.METRICS)),
        ("GET", "/readyz", Target(Kind.READY)),
    ],
)
def test_a_request_goes_to_whom_it_concerns(method: str, path: str, target: Target) -> None:
    assert target_of(method, path) == target


def placed(name: str, worker: int | None, seats: int = 2, state: SessionState = SessionState.DRAFT) -> Placement:
    return Placement(session_id=name, worker=worker, state=state, seats=seats)


@pytest.mark.parametrize(
    ("placements", "live", "arriving", "worker"),
    [
        ([], {0: 0, 1: 0}, {}, 0),
        ([placed("a", 0)], {0: 0, 1: 0}, {}, 1),
        ([placed("a", 0), placed("b", 1)], {0: 0, 1: 0}, {}, 0),
        # live endpoints count, not the seats of a session that is live
        ([placed("a", 0, 11, SessionState.LIVE), placed("b", 1, 2)], {0: 1, 1: 0}, {}, 0),
        ([placed("a", 0, 2, SessionState.LIVE)], {0: 9, 1: 8}, {}, 1),
        # the seats of drafts will be taken: not all of a morning's sessions go where nobody is yet
        ([placed("a", 1, 11)], {0: 5, 1: 0}, {}, 0),
        # among equals the fewer sessions, then the lower number
        ([placed("a", 0, 0, SessionState.PAUSED)], {0: 0, 1: 0}, {}, 1),
        ([], {1: 0, 2: 0}, {}, 1),
        # two created at once go to two workers
        ([], {0: 0, 1: 0}, {0: 1}, 1),
    ],
)
def test_a_new_session_goes_to_the_least_loaded_worker(
    placements: list[Placement], live: dict[int, int], arriving: dict[int, int], worker: int
) -> None:
    assert least_loaded(live, placements, live_endpoints=live, arriving=arriving) == worker


@pytest.mark.parametrize(
    ("placements", "workers", "moved"),
    [
        ([], 2, {}),
        ([placed("a", 0), placed("b", 0), placed("c", 1)], 2, {}),  # who has a place keeps it
        ([placed("a", None), placed("b", None), placed("c", None)], 2, {"a": 0, "b": 1, "c": 0}),
        ([placed("a", 3, 4), placed("b", 0, 2), placed("c", 2, 1)], 2, {"a": 1, "c": 0}),
        ([placed("a", None, 0), placed("b", None, 0)], 2, {"a": 0, "b": 1}),
        ([placed("a", 5), placed("b", None)], 1, {"a": 0, "b": 0}),
    ],
)
def test_at_a_start_sessions_without_a_worker_are_spread(
    placements: list[Placement], workers: int, moved: dict[str, int]
) -> None:
    assert spread(placements, workers) == moved


def shown(name: str, state: str, recording: str = "off", **more: Any) -> dict[str, Any]:
    return {"id": name, "state": state, "recording": {"state": recording, "fault": ""}, **more}


def test_each_session_is_shown_by_the_worker_that_runs_it() -> None:
    whole = [shown("c", "live"), shown("b", "draft"), shown("a", "ended", "done")]
    running = [[], [shown("c", "live", "recording", speaker="e1")]]
    assert merge_sessions(whole, running) == [running[1][0], whole[1], whole[2]]


@pytest.mark.parametrize(
    ("state", "recording"), [("live", "fault"), ("paused", "fault"), ("interrupted", "fault"), ("draft", "off")]
)
def test_a_session_whose_worker_is_away_says_so(state: str, recording: str) -> None:
    (session,) = merge_sessions([shown("a", state)], [[], []])
    assert session["recording"]["state"] == recording
    assert bool(session["recording"]["fault"]) == (recording == "fault")


def test_a_session_that_runs_is_shown_though_it_is_not_among_the_newest() -> None:
    merged = merge_sessions([shown("b", "ended")], [[shown("a", "live")]])
    assert [each["id"] for each in merged] == ["b", "a"]


HEAD = "# HELP a_b What it is\n# TYPE a_b gauge\n"


@pytest.mark.parametrize(
    ("texts", "merged"),
    [
        ({}, ""),
        ({"0": HEAD + "a_b 1.0\n"}, HEAD + 'a_b{worker="0"} 1.0\n'),
        ({"0": HEAD + 'a_b{s="}x{ y"} 1.0\n'}, HEAD + 'a_b{worker="0",s="}x{ y"} 1.0\n'),
        ({"0": HEAD + "a_b{} 1.0\n"}, HEAD + 'a_b{worker="0"} 1.0\n'),
        ({"0": HEAD + "a_b 1.0\n", "1": HEAD + "a_b 2.0\n"}, HEAD + 'a_b{worker="0"} 1.0\na_b{worker="1"} 2.0\n'),
        (
            {"": HEAD + "a_b 1.0\n", "1": "# TYPE c counter\nc 3\n"},
            HEAD + 'a_b 1.0\n# TYPE c counter\nc{worker="1"} 3\n',
        ),
        # the families of one worker stay together, whatever the others have
        (
            {"0": HEAD + "a_b 1.0\n# TYPE c counter\nc 1\n", "1": HEAD + "a_b 2.0\n"},
            HEAD + 'a_b{worker="0"} 1.0\na_b{worker="1"} 2.0\n# TYPE c counter\nc{worker="0"} 1\n',
        ),
    ],
)
def test_metrics_of_all_workers_are_one_text(texts: dict[str, str], merged: str) -> None:
    assert merge_metrics(texts) == merged


def test_merged_metrics_can_be_read_and_summed() -> None:
    text = '# HELP d_total Dropped\n# TYPE d_total counter\nd_total{reason="x"} 3.0\nd_total{reason="y"} 1.0\n'
    (family,) = text_string_to_metric_families(merge_metrics({"0": text, "1": text}))
    assert sum(sample.value for sample in family.samples if sample.labels["reason"] == "x") == 6.0
    assert {sample.labels["worker"] for sample in family.samples} == {"0", "1"}


def test_messages_survive_the_channel_one_a_line() -> None:
    start = Start.model_validate({"settings": Settings(), "worker": 1, "socket": "/x/y.sock", "share": 1 / 3})
    report = Report(failed="a\nb", share=1 / 3, line_bps=5, demand_bps=4, audio_bps=3, endpoints=2)
    for message in (start, report):
        line = message.line()
        assert line.count(b"\n") == 1
        assert type(message).model_validate_json(line) == message
    assert json.loads(report.line())["share"] == 1 / 3
    assert (report.demand().line_bps, report.demand().demand_bps, report.demand().subscribers) == (5, 4, 2)

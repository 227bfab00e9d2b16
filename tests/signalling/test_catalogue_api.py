"""Search, timeline and markers over HTTP, of a real server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from tests.browser.harness import Server, free_port, wait_for
from tests.recorder.made import make_sealed

pytestmark = pytest.mark.timeout(90)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("catalogue") / "data"
    make_sealed(data, seconds=30.0)
    running = Server(data, free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def found(server: Server, **query: str) -> list[dict[str, Any]]:
    parameters = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    listed: list[dict[str, Any]] = server.call("GET", f"/recordings?{parameters}")["recordings"]
    return listed


def test_a_recording_is_found_by_each_filter(server: Server) -> None:
    for query in (
        {"from": "2023-11-14", "to": "2023-11-15"},
        {"endpoint": "do luong"},
        {"place": "ĐÔ LƯƠNG"},
        {"kind": "rehearsal", "text": "buoi thu"},
    ):
        assert "s1" in [each["id"] for each in found(server, **query)], query
    for query in ({"to": "2023-11-14"}, {"endpoint": "hà nội"}, {"kind": "dinh_ky"}, {"person": "ai đó"}):
        assert "s1" not in [each["id"] for each in found(server, **query)], query
    (each,) = found(server, endpoint="do luong")
    assert (each["endpoints"], each["state"]) == (["Xã Đô Lương"], "done")
    assert each["bytes"] > 100_000


@pytest.mark.parametrize(
    ("query", "parameter"), [("from=hôm qua", "from"), ("limit=0", "limit"), ("colour=red", "colour")]
)
def test_a_bad_search_names_the_parameter(server: Server, query: str, parameter: str) -> None:
    status, problem = server.problem("GET", f"/recordings?{quote(query, safe='=')}")
    assert (status, problem["code"], problem["errors"][0]["parameter"]) == (422, "invalid_query", parameter)


def test_whoever_watches_says_what_for(server: Server) -> None:
    for body in (None, {}, {"purpose": ""}, {"purpose": "  ab "}):
        status, problem = server.problem("POST", "/recordings/s1/access", body)
        assert (status, problem["code"], problem["errors"][0]["pointer"]) == (422, "invalid_body", "/purpose")
    granted = server.call("POST", "/recordings/s1/access", {"purpose": "Hoàn thiện biên bản"})
    url = f"{server.base}/api/v1/recordings/s1/files/tracks/001-xa-do-luong.webm?access={granted['access']}"
    with urlopen(Request(url, headers={"Range": "bytes=0-3"}), timeout=10) as response:
        assert (response.status, response.read()) == (206, b"\x1a\x45\xdf\xa3")
    path = server.data / "recordings" / "s1" / "tracks" / "001-xa-do-luong.webm"
    assert path.stat().st_size > 512 << 10
    got = b""
    # A range without an end comes in pieces, so that each of a dozen videos gets its turn.
    while len(got) < path.stat().st_size:
        with urlopen(Request(url, headers={"Range": f"bytes={len(got)}-"}), timeout=10) as response:
            piece = response.read()
            last = len(got) + len(piece) - 1
            assert response.headers["Content-Range"] == f"bytes {len(got)}-{last}/{path.stat().st_size}"
            assert 0 < len(piece) <= 512 << 10
            got += piece
    assert got == path.read_bytes()
    with pytest.raises(HTTPError) as beyond:
        urlopen(Request(url, headers={"Range": f"bytes={len(got)}-"}), timeout=10)
    beyond.value.close()
    assert beyond.value.code == 416
    assert "Hoàn thiện biên bản" in (server.data / "custody.jsonl").read_text()


def test_markers_are_set_listed_signed_and_found(server: Server) -> None:
    session = server.create(1)
    path, delegate = f"/sessions/{session['id']}/markers", session["endpoints"][1]
    status, problem = server.problem("POST", path, {"text": "Sớm quá"})
    assert (status, problem["code"]) == (409, "not_recorded")
    assert problem["reason_vi"]
    server.call("POST", f"/sessions/{session['id']}/start")
    marker = server.call("POST", path, {"text": " Khiếu nại về đất đai ", "endpoint_id": delegate["id"]})
    assert (marker["text"], marker["category"], marker["endpoint_id"]) == (
        "Khiếu nại về đất đai",
        "marker",
        delegate["id"],
    )
    assert server.problem("POST", path, {"text": ""})[0] == 422
    assert server.problem("POST", path, {"text": "x", "endpoint_id": "nobody"})[0] == 404
    assert server.problem("POST", path, {"text": "x"}, token=delegate["token"])[0] == 403
    assert [each["text"] for each in server.call("GET", path)["markers"]] == ["Khiếu nại về đất đai"]
    (live,) = wait_for(lambda: found(server, text="dat dai"), "the live recording is found by its marker")
    assert (live["id"], live["state"], live["found"][0]["endpoint_name"]) == (session["id"], "recording", "Xã 1")
    server.end(f"/sessions/{session['id']}")
    recording = f"/recordings/{session['id']}"
    wait_for(lambda: server.call("GET", recording)["state"] == "done", "it is sealed")
    (done,) = found(server, text="dat dai", place="trung tam")
    assert done["state"] == "done"
    (on_timeline,) = server.call("GET", recording)["timeline"]["markers"]
    assert on_timeline["text"] == "Khiếu nại về đất đai"
    assert 0 <= on_timeline["at_s"] <= done["duration_s"]
    assert server.call("GET", f"{recording}/verify")["verdict"] == "whole"
    assert server.problem("POST", path, {"text": "zu spät"})[0] == 409


def test_nothing_is_played_back_from_disk_where_nothing_is_recorded(server: Server) -> None:
    session = server.create(1)
    central = session["endpoints"][0]["id"]
    path = f"/sessions/{session['id']}/confidence"
    assert server.problem("GET", path)[0] == 404
    status, problem = server.problem("GET", f"{path}?endpoint={central}")
    assert (status, problem["code"]) == (409, "not_recorded")
    for query, name in (("seconds=0", "seconds"), ("seconds=x", "seconds"), ("source=all", "source")):
        status, problem = server.problem("GET", f"{path}?endpoint={central}&{query}")
        assert status == 422
        assert problem["detail"].startswith(name)
    server.call("POST", f"/sessions/{session['id']}/start")
    status, problem = server.problem("GET", f"{path}?endpoint={central}")
    assert (status, problem["code"]) == (404, "nothing_recorded")
    server.end(f"/sessions/{session['id']}")

"""The API of a real server: clear refusals, nobody disturbed."""

from __future__ import annotations

import json
import os
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.browser.harness import Server, free_port, wait_for

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("api") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def fetch(
    server: Server, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, Any]:
    request = urllib.request.Request(f"{server.base}{path}", method=method, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            problem = json.load(error)
            problem["content_type"] = error.headers["Content-Type"]
            return error.code, problem


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_session_is_created_listed_and_read(server: Server) -> None:
    session = server.create(3)
    assert [each["role"] for each in session["endpoints"]] == ["central", "delegate", "delegate", "delegate"]
    assert all(each["join_url"].startswith(f"{server.base}/join#") for each in session["endpoints"])
    assert session["id"] in [each["id"] for each in server.call("GET", "/sessions")["sessions"]]
    assert server.call("GET", f"/sessions/{session['id']}")["state"] == "draft"


def test_health_readiness_metrics_and_the_document(server: Server) -> None:
    assert fetch(server, "/healthz")[0] == 200
    assert fetch(server, "/readyz")[0] == 200
    assert "diemcau_dropped_packets" in fetch(server, "/metrics")[1]
    document = json.loads(fetch(server, "/api/openapi.json")[1])
    assert document["openapi"] == "3.1.0"
    for path in ("/api/v1/sessions", "/api/v1/sessions/{id}/start", "/api/v1/recordings/{id}/files/{path}"):
        assert path in document["paths"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/sessions/none", None, 404, "not_found"),
        ("GET", "/nothing", None, 404, "not_found"),
        ("DELETE", "/sessions", None, 405, "method_not_allowed"),
        ("POST", "/sessions", b"{", 400, "malformed_json"),
        ("POST", "/sessions", b"[]", 422, "invalid_body"),
        ("POST", "/sessions", b'{"title": "", "central": {"name": "a"}}', 422, "invalid_body"),
        ("POST", "/sessions", b'{"title": "x", "central": {"name": "a"}, "extra": 1}', 422, "invalid_body"),
        ("POST", "/sessions", b'{"title": "x", "central": {"name": "a"}, "profile": "zz"}', 422, "unknown_profile"),
        ("GET", "/recordings/..%2f..%2fkeys", None, 404, "not_found"),
    ],
)
def test_bad_requests_get_a_problem_with_a_code(
    server: Server, method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    got, problem = fetch(server, f"/api/v1{path}", method=method, body=body, **bearer(server.token))
    assert (got, problem["code"]) == (status, code)
    assert problem["content_type"].startswith("application/problem+json")
    assert problem["title"]


def test_a_fault_in_the_body_names_its_field(server: Server) -> None:
    body = json.dumps({"title": "x", "central": {"name": "a"}, "delegates": [{"name": "b"}, {}]}).encode()
    _, problem = fetch(server, "/api/v1/sessions", method="POST", body=body, **bearer(server.token))
    assert problem["errors"][0]["pointer"] == "/delegates/1/name"


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_a_bad_token_is_refused(server: Server, token: str) -> None:
    status, problem = fetch(server, "/api/v1/sessions", **bearer(token))
    assert status == 401
    assert problem["code"] in ("invalid_token", "token_needed")


def test_an_endpoints_token_opens_nothing_of_the_operators(server: Server) -> None:
    session = server.create(1)
    token = session["endpoints"][0]["token"]
    for method, path in (("GET", "/sessions"), ("POST", f"/sessions/{session['id']}/end"), ("GET", "/recordings")):
        status, problem = server.problem(method, path, token=token)
        assert (status, problem["code"]) == (403, "forbidden")
    assert server.call("GET", "/me", token=token)["endpoint_id"] == session["endpoints"][0]["id"]


def test_illegal_actions_say_why_in_both_languages(server: Server) -> None:
    session = server.create(1)
    status, problem = server.problem("POST", f"/sessions/{session['id']}/pause")
    assert status == 409
    assert problem["reason_vi"].startswith("Buổi tiếp còn là bản nháp, chưa bắt đầu, không thể tạm dừng.")
    assert problem["reason_en"].startswith("The session is a draft and has not started; it cannot be paused.")
    server.end(f"/sessions/{session['id']}")
    assert server.problem("POST", f"/sessions/{session['id']}/start")[0] == 409


def test_a_session_runs_through_its_life(server: Server) -> None:
    session = server.create(1)
    path = f"/sessions/{session['id']}"
    assert server.call("POST", f"{path}/start")["recording"]["state"] == "recording"
    assert server.call("POST", f"{path}/pause")["state"] == "paused"
    assert server.call("POST", f"{path}/resume")["state"] == "live"
    assert server.call("PUT", f"{path}/profile", {"profile": "50-5"})["profile"] == "50-5"
    assert server.end(path)["state"] == "ended"


def rows_of(view: dict[str, Any]) -> Any:
    """The site's rows once there are two."""
    return view["site_history"] if len(view["site_history"]["times"]) >= 2 else None


def test_the_console_shows_the_lines_and_nobody_in_trouble(server: Server) -> None:
    session = server.create(2)
    path = f"/sessions/{session['id']}/console"
    view = server.call("GET", path)
    assert view["site"]["limit_bps"] == 24_000_000
    assert view["site"]["line_bps"] == 30_000_000
    assert (view["troubles"], view["history"]) == ([], {})
    server.call("POST", f"/sessions/{session['id']}/start")
    rows = wait_for(lambda: rows_of(server.call("GET", path)), "the history begins")
    view = server.call("GET", f"{path}?since={rows['times'][-1]}")
    assert all(at > rows["times"][-1] for at in view["site_history"]["times"])
    assert [each["id"] for each in view["endpoints"]] == [each["id"] for each in session["endpoints"]]
    for query in ("since=never", "since=nan", "since=inf"):
        status, problem = server.problem("GET", f"{path}?{query}")
        assert (status, problem["code"]) == (400, "invalid_query")
    assert server.problem("GET", path, token=session["endpoints"][0]["token"])[0] == 403
    assert "diemcau_site_reserved_bps" in fetch(server, "/metrics")[1]


async def test_a_page_that_says_hostile_numbers_of_itself_is_refused_and_stays(server: Server) -> None:
    session = server.create(1)
    async with (
        aiohttp.ClientSession() as client,
        client.ws_connect(f"{server.base}/api/v1/signal") as socket_,
    ):
        await socket_.send_json({"type": "hello", "token": session["endpoints"][0]["token"]})
        for text in ('{"type": "stats", "limited_cpu": 2}', '{"type": "stats", "capture_fps": NaN}'):
            await socket_.send_str(text)
        await socket_.send_str('{"type": "stats", "limited_cpu": 0.9}')
        await socket_.send_json({"type": "ping", "id": 7})
        heard = [await socket_.receive_json(timeout=5)]
        while heard[-1]["type"] != "pong":
            heard.append(await socket_.receive_json(timeout=5))
    refused = [each["detail"] for each in heard if each["type"] == "error"]
    assert len(refused) == 2
    assert "limited_cpu" in refused[0]


async def test_nonsense_on_the_websocket_gets_an_error_and_no_more(server: Server) -> None:
    session = server.create(1)
    url = f"{server.base}/api/v1/signal"
    async with aiohttp.ClientSession() as client:
        for first in ("{", "[]", '{"type": "nonsense"}', '{"type": "hello"}', '{"type": "ping", "id": 1}'):
            async with client.ws_connect(url) as socket_:
                await socket_.send_str(first)
                assert (await socket_.receive_json())["type"] == "error"
        async with client.ws_connect(url) as socket_:
            await socket_.send_json({"type": "hello", "token": "x"})
            assert (await socket_.receive_json())["code"] == "invalid_token"
        async with client.ws_connect(url) as socket_:
            await socket_.send_json({"type": "hello", "token": session["endpoints"][0]["token"]})
            assert (await socket_.receive_json())["type"] == "welcome"
            await socket_.send_json({"type": "offer", "id": 1, "sdp": "v=0\r\nnonsense"})
            while (message := await socket_.receive_json())["type"] != "error":
                pass
            assert message["code"] == "invalid_offer"
            await socket_.send_json({"type": "ping", "id": 7})
            while (message := await socket_.receive_json())["type"] != "pong":
                pass
            assert message["id"] == 7


async def test_a_page_of_another_host_is_refused(server: Server) -> None:
    async with aiohttp.ClientSession() as client:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await client.ws_connect(f"{server.base}/api/v1/signal", headers={"Origin": "http://evil.example"})


def test_malformed_datagrams_are_counted_and_disturb_nobody(server: Server) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender:
        for data in (b"", b"\x80" * 1501, b"\x00\x01\x00\x00" + b"x" * 30, b"\x16" * 60, b"\xff" * 10, os.urandom(200)):
            sender.sendto(data, ("127.0.0.1", server.port))
    assert fetch(server, "/healthz")[0] == 200
    metrics = fetch(server, "/metrics")[1]
    assert 'reason="empty_datagram"' in metrics
    assert 'reason="oversized_datagram"' in metrics


def test_without_a_working_recorder_nothing_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIEMCAU_RECORDING__MIN_FREE_MIB", "10000000")
    full = Server(tmp_path / "data", free_port())
    full.start()
    try:
        session = full.create(1)
        status, problem = full.problem("POST", f"/sessions/{session['id']}/start")
        assert (status, problem["code"]) == (503, "recorder_unavailable")
        assert "MiB" in problem["reason_vi"]
        assert full.call("GET", f"/sessions/{session['id']}")["state"] == "draft"
        assert fetch(full, "/readyz")[0] == 503
    finally:
        full.stop()

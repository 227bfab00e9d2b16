"""Profiles over the API of a real server: by name only, wrong ones refused, changed while live, kept over a restart."""

from __future__ import annotations

import asyncio
import json
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from benchmarks.clip import Clip, make_clip
from benchmarks.endpoint import SyntheticEndpoint
from config.profile import shipped_text
from tests.browser.harness import Server, free_port, wait_for

pytestmark = pytest.mark.timeout(90)

GOOD = shipped_text("30-5")
MOUNTAIN_DELEGATE_AUDIO = 24_000


def own(name: str, **changes: str) -> str:
    text = GOOD.replace('name = "30-5"', f'name = "{name}"')
    for old, new in changes.items():
        text = text.replace(f"{old} = ", f"{old} = {new} # ", 1)
    return text


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("profiles") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


@pytest.fixture(scope="module")
def clip() -> Clip:
    return make_clip(0)


async def until(condition: Callable[[], Any], what: str) -> None:
    await asyncio.to_thread(wait_for, condition, what, timeout_s=10)


@asynccontextmanager
async def joined(server: Server, session: dict[str, Any], clip: Clip) -> AsyncIterator[list[SyntheticEndpoint]]:
    endpoints = [
        SyntheticEndpoint(server.base, each["token"], clip=clip, slots=3, number=index)
        for index, each in enumerate(session["endpoints"])
    ]
    async with aiohttp.ClientSession() as client:
        try:
            for endpoint in endpoints:
                await endpoint.join(client)
            yield endpoints
        finally:
            for endpoint in endpoints:
                await endpoint.leave()


# --- the library ---


def test_profiles_are_listed_with_those_of_the_product_first(server: Server) -> None:
    found = server.call("GET", "/profiles")["profiles"]
    assert [each["name"] for each in found[:4]] == ["30-5", "50-5", "mang-rieng", "mien-nui"]
    assert all(each["shipped"] and each["ok"] for each in found[:4])
    assert found[0]["title_vi"] == "Trung tâm 30 Mb/s, đại biểu 5 Mb/s"
    assert found[3]["delegate_up_bps"] == 600_000


def test_a_profile_is_read_with_its_text_and_values(server: Server) -> None:
    found = server.call("GET", "/profiles/mien-nui")
    assert found["text"] == shipped_text("mien-nui")
    assert found["values"]["roles"]["delegate"]["audio_bitrate_bps"] == MOUNTAIN_DELEGATE_AUDIO
    assert found["problems"] == found["warnings"] == []
    assert server.problem("GET", "/profiles/none")[0] == 404


def test_a_profile_is_stored_read_and_chosen(server: Server) -> None:
    stored = server.call("PUT", "/profiles/huyen-a", {"text": own("huyen-a", cap_up_bps="5_000_000")})
    assert stored["ok"]
    assert not stored["shipped"]
    assert [each["key"] for each in stored["warnings"]] == ["site.down_bps"]
    assert "huyen-a" in [each["name"] for each in server.call("GET", "/profiles")["profiles"]]
    assert (server.data / "profiles" / "huyen-a.toml").read_text() == server.call("GET", "/profiles/huyen-a")["text"]
    body = {"title": "x", "kind": "rehearsal", "profile": "huyen-a", "central": {"name": "a"}}
    assert server.call("POST", "/sessions", body)["profile"] == "huyen-a"


def test_a_wrong_profile_is_refused_with_line_key_value_and_range_and_nothing_is_stored(server: Server) -> None:
    server.call("PUT", "/profiles/huyen-b", {"text": own("huyen-b")})
    status, problem = server.problem("PUT", "/profiles/huyen-b", {"text": own("huyen-b", publish_share="95")})
    assert (status, problem["code"]) == (422, "invalid_profile")
    (fault,) = problem["problems"]
    assert fault["line"] == 15
    assert (fault["key"], fault["value"]) == ("site.publish_share", "95")
    assert fault["allowed"] == "a number from 0.3 to 0.95 of the line"
    assert fault["allowed_vi"] == "số từ 0.3 đến 0.95 (tỷ lệ của đường truyền)"
    assert fault["message"] == f"must be {fault['allowed']}"
    assert server.call("GET", "/profiles/huyen-b")["text"] == own("huyen-b")


@pytest.mark.parametrize(
    ("name", "text", "status", "code"),
    [
        ("30-5", GOOD, 409, "profile_shipped"),
        ("x", own("y"), 422, "invalid_profile"),
        ("x", "[[[", 422, "invalid_profile"),
        ("X", own("X"), 422, "invalid_name"),
        ("a b", own("a b"), 422, "invalid_name"),
        ("../x", own("x"), 422, "invalid_name"),
        ("/tmp/x", own("x"), 422, "invalid_name"),
        ("x.toml", own("x"), 422, "invalid_name"),
        ("x", "#" * 100_001, 422, "invalid_body"),
        ("x", own("x") + "#" + "ô" * 60_000, 422, "invalid_profile"),
        ("x", own("x") + "# \ud800", 400, "malformed_json"),
    ],
)
def test_what_cannot_be_stored_is_refused(server: Server, name: str, text: str, status: int, code: str) -> None:
    path = f"/profiles/{urllib.parse.quote(name, safe='')}"
    before = sorted((server.data / "profiles").glob("**/*"))
    got, problem = server.problem("PUT", path, {"text": text})
    assert (got, problem["code"]) == (status, code)
    assert sorted((server.data / "profiles").glob("**/*")) == before
    assert not Path("/tmp/x.toml").exists()


def test_a_text_is_checked_and_not_stored(server: Server) -> None:
    result = server.call("POST", "/profiles/check", {"text": "name = 'x'\n[site]\nup_bps = 3\n"})
    assert not result["ok"]
    assert {"line": 3, "key": "site.up_bps", "value": "3"}.items() <= next(
        each for each in result["problems"] if each["line"] == 3
    ).items()
    warned = server.call("POST", "/profiles/check", {"text": own("z", cap_up_bps="5_000_000"), "name": "z"})
    assert warned["ok"]
    assert "enough for" in warned["warnings"][0]["message"]
    assert not server.call("POST", "/profiles/check", {"text": own("z"), "name": "other"})["ok"]
    assert "z" not in [each["name"] for each in server.call("GET", "/profiles")["profiles"]]


@pytest.mark.parametrize("path", ["{0}/x.toml", "../x", "{0}/x", "x.toml", "/etc/passwd", "..%2fx"])
def test_no_path_is_taken_for_a_profile(server: Server, tmp_path: Path, path: str) -> None:
    (tmp_path / "x.toml").write_text(own("x"))
    name = path.format(tmp_path)
    session = server.create(1)
    body = {"title": "x", "central": {"name": "a"}, "profile": name}
    endpoint = f"/sessions/{session['id']}/endpoints/{session['endpoints'][0]['id']}"
    for method, where, what in (
        ("POST", "/sessions", body),
        ("PUT", f"/sessions/{session['id']}/profile", {"profile": name}),
        ("PATCH", endpoint, {"profile": name}),
        ("POST", "/simulate", {"profile": name}),
    ):
        status, problem = server.problem(method, where, what)
        assert status == 422
        if len(name) <= 64:
            assert problem["code"] == "unknown_profile"
            assert "30-5" in problem["detail"]


def test_only_operators_change_profiles(server: Server) -> None:
    session = server.create(1)
    token = session["endpoints"][0]["token"]
    for method, path in (
        ("GET", "/profiles"),
        ("GET", "/profiles/30-5"),
        ("PUT", "/profiles/x"),
        ("POST", "/profiles/check"),
        ("PATCH", f"/sessions/{session['id']}/endpoints/{session['endpoints'][0]['id']}"),
    ):
        assert server.problem(method, path, {"text": "x"}, token=token)[0] == 403


def test_the_document_describes_all_of_it(server: Server) -> None:
    with urllib.request.urlopen(f"{server.base}/api/openapi.json", timeout=10) as response:
        document = json.load(response)
    paths = document["paths"]
    assert {"get", "put"} <= set(paths["/api/v1/profiles/{name}"])
    assert "patch" in paths["/api/v1/sessions/{id}/endpoints/{eid}"]
    change = document["components"]["schemas"]["ChangeEndpoint"]["properties"]
    assert set(change) == {"profile", "cap_up_bps", "cap_down_bps"}


# --- in force ---


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"cap_up_bps": 63_999}, "greater than or equal to 64000"),
        ({"cap_down_bps": 10_000_000_001}, "less than or equal to 10000000000"),
        ({"cap_up_bps": "fast"}, "valid integer"),
        ({"cap": 1}, "not permitted"),
    ],
)
def test_a_wrong_cap_is_refused_and_nothing_changes(server: Server, body: dict[str, Any], says: str) -> None:
    session = server.create(1)
    path = f"/sessions/{session['id']}/endpoints/{session['endpoints'][1]['id']}"
    server.call("PATCH", path, {"cap_up_bps": 1_000_000})
    status, problem = server.problem("PATCH", path, body)
    assert (status, problem["code"]) == (422, "invalid_body")
    assert says in problem["detail"]
    assert server.endpoints(session)["Xã 1"]["cap_up_bps"] == 1_000_000


def test_what_is_left_out_stays_and_null_takes_back(server: Server) -> None:
    session = server.create(1)
    path = f"/sessions/{session['id']}/endpoints/{session['endpoints'][1]['id']}"
    server.call("PATCH", path, {"profile": "mien-nui", "cap_down_bps": 500_000})
    found = server.call("PATCH", path, {"cap_up_bps": 300_000})
    assert (found["profile"], found["cap_up_bps"], found["cap_down_bps"]) == ("mien-nui", 300_000, 500_000)
    found = server.call("PATCH", path, {"profile": None, "cap_down_bps": None})
    assert (found["profile"], found["cap_up_bps"], found["cap_down_bps"]) == (None, 300_000, None)


def test_a_session_that_has_ended_is_not_changed(server: Server) -> None:
    session = server.create(1)
    server.end(f"/sessions/{session['id']}")
    path = f"/sessions/{session['id']}"
    assert server.problem("PUT", f"{path}/profile", {"profile": "50-5"})[0] == 409
    endpoint = f"{path}/endpoints/{session['endpoints'][0]['id']}"
    assert server.problem("PATCH", endpoint, {"cap_up_bps": 1_000_000})[0] == 409
    assert server.problem("PATCH", f"{path}/endpoints/none", {})[0] == 409


async def test_everybody_follows_another_profile_without_a_new_offer(server: Server, clip: Clip) -> None:
    session = server.create(2)
    path = f"/sessions/{session['id']}"
    server.call("POST", f"{path}/start")
    async with joined(server, session, clip) as endpoints:
        await until(lambda: all(each.sending for each in endpoints), "told at the beginning")
        delegate = endpoints[1]
        answer = await asyncio.to_thread(server.call, "PUT", f"{path}/profile", {"profile": "mien-nui"})
        assert answer["profile"] == "mien-nui"

        def follows(endpoint: SyntheticEndpoint, audio: int) -> bool:
            return bool(endpoint.sending and endpoint.sending["audio_bitrate_bps"] == audio)

        await until(lambda: follows(delegate, MOUNTAIN_DELEGATE_AUDIO), "the delegate was told")
        await until(lambda: follows(endpoints[0], 32_000), "the centre was told")
        await until(lambda: delegate.permitted() == ["q", "h"], "two layers")
        assert [each["max_bitrate_bps"] for each in delegate.sending["camera"]["encodings"]][:2] == [90_000, 250_000]
        await until(lambda: "f" not in delegate.result.source.active, "the largest layer stopped")
        view = await asyncio.to_thread(server.call, "GET", path)
        limits = [each["limits"] for each in view["endpoints"]]
        assert limits[1] == {"up_bps": 450_000, "down_bps": 1_500_000, "minimum_bps": 240_000}
        assert all(each["stats"]["estimate_bps"] <= each["limits"]["down_bps"] for each in view["endpoints"])
        assert view["site"]["in_limit_bps"] == 28_500_000


async def test_caps_of_one_endpoint_are_told_to_that_one_alone(server: Server, clip: Clip) -> None:
    session = server.create(2)
    path = f"/sessions/{session['id']}"
    server.call("POST", f"{path}/start")
    async with joined(server, session, clip) as endpoints:
        await until(lambda: all(each.sending for each in endpoints), "told at the beginning")
        others = [each.sending for each in (endpoints[0], endpoints[2])]
        where = f"{path}/endpoints/{session['endpoints'][1]['id']}"
        await asyncio.to_thread(server.call, "PATCH", where, {"cap_up_bps": 1_000_000, "cap_down_bps": 300_000})
        await until(lambda: endpoints[1].sending["cap_bps"] == 1_000_000, "told of the cap")
        await until(lambda: endpoints[1].permitted() == ["q", "h"], "the largest layer is not to be sent")
        assert [each.sending for each in (endpoints[0], endpoints[2])] == others
        await asyncio.sleep(2.5)  # what is measured is of the last second
        found = (await asyncio.to_thread(server.endpoints, session))["Xã 1"]
        assert found["limits"] == {"up_bps": 1_000_000, "down_bps": 300_000, "minimum_bps": 300_000}
        assert found["stats"]["estimate_bps"] <= 300_000
        await asyncio.to_thread(server.call, "PATCH", where, {"cap_up_bps": None, "cap_down_bps": None})
        await until(lambda: endpoints[1].sending["cap_bps"] == 2_400_000, "the cap is gone")


async def test_a_page_that_has_not_offered_yet_is_told_too(server: Server) -> None:
    session = server.create(1)
    path = f"/sessions/{session['id']}"
    async with aiohttp.ClientSession() as client, client.ws_connect(f"{server.base}/api/v1/signal") as socket:
        await socket.send_json({"type": "hello", "token": session["endpoints"][1]["token"]})
        welcome = await socket.receive_json()
        assert [each["active"] for each in welcome["sending"]["camera"]["encodings"]] == [True] * 3
        await asyncio.to_thread(server.call, "PUT", f"{path}/profile", {"profile": "mien-nui"})
        while (message := await socket.receive_json())["type"] != "sending":
            pass
        encodings = message["sending"]["camera"]["encodings"]
        assert [(each["rid"], each["active"]) for each in encodings] == [("q", True), ("h", True), ("x0", False)]
        assert message["sending"]["camera"]["width"] == 640


async def test_an_observers_page_is_told_to_send_nothing(server: Server) -> None:
    session = server.create(1)
    observer = server.call("POST", f"/sessions/{session['id']}/endpoints", {"name": "Quan sát", "role": "observer"})
    async with aiohttp.ClientSession() as client, client.ws_connect(f"{server.base}/api/v1/signal") as socket:
        await socket.send_json({"type": "hello", "token": observer["token"]})
        sending = (await socket.receive_json())["sending"]
        assert (sending["audio_bitrate_bps"], sending["cap_bps"]) == (0, 0)
        assert sending["camera"]["encodings"] == sending["screen"]["encodings"] == []


def test_sessions_take_up_a_stored_change_at_once_and_a_changed_file_soon(server: Server) -> None:
    server.call("PUT", "/profiles/thay-doi", {"text": own("thay-doi")})
    body = {"title": "x", "kind": "rehearsal", "profile": "thay-doi", "central": {"name": "a"}}
    session = server.call("POST", "/sessions", body)
    path = f"/sessions/{session['id']}"
    server.call("POST", f"{path}/start")

    def limits() -> dict[str, int]:
        found: dict[str, int] = server.call("GET", path)["endpoints"][0]["limits"]
        return found

    assert limits()["up_bps"] == 4_000_000
    server.call("PUT", "/profiles/thay-doi", {"text": own("thay-doi", cap_up_bps="3_000_000")})
    assert limits()["up_bps"] == 3_000_000
    file = server.data / "profiles" / "thay-doi.toml"
    file.write_text(own("thay-doi", cap_up_bps="2_000_000"))
    wait_for(lambda: limits()["up_bps"] == 2_000_000, "the changed file is taken up")
    file.write_text(own("thay-doi", cap_up_bps="1"))
    fault = wait_for(lambda: server.call("GET", path)["profile_fault"], "the wrong file is named")
    assert "roles.central.cap_up_bps = 1" in fault
    assert limits()["up_bps"] == 2_000_000  # the running profile stays
    broken = next(each for each in server.call("GET", "/profiles")["profiles"] if each["name"] == "thay-doi")
    assert not broken["ok"]
    assert "cap_up_bps = 1" in broken["fault"]
    assert server.problem("PUT", f"{path}/profile", {"profile": "thay-doi"})[1]["code"] == "invalid_profile"
    file.write_text(own("thay-doi", cap_up_bps="1_500_000"))
    wait_for(lambda: limits()["up_bps"] == 1_500_000, "the mended file is taken up")
    assert server.call("GET", path)["profile_fault"] == ""
    server.end(path)


def test_what_was_changed_is_in_force_after_a_kill_and_a_lost_profile_ends_no_session(tmp_path: Path) -> None:
    running = Server(tmp_path / "data", free_port())
    running.start()
    try:
        session = running.create(1)
        path = f"/sessions/{session['id']}"
        running.call("POST", f"{path}/start")
        running.call("PUT", "/profiles/xa-a", {"text": own("xa-a", cap_down_bps="9_000_000")})
        running.call("PUT", f"{path}/profile", {"profile": "xa-a"})
        where = f"{path}/endpoints/{session['endpoints'][1]['id']}"
        running.call("PATCH", where, {"profile": "mien-nui", "cap_up_bps": 300_000})
        before = running.call("GET", path)
        running.kill()
        running.start()
        after = running.call("GET", path)
        assert after["state"] == "interrupted"
        assert after["profile"] == "xa-a"
        assert [each["limits"] for each in after["endpoints"]] == [each["limits"] for each in before["endpoints"]]
        assert after["endpoints"][0]["limits"]["down_bps"] == 9_000_000
        assert (after["endpoints"][1]["profile"], after["endpoints"][1]["cap_up_bps"]) == ("mien-nui", 300_000)
        running.kill()
        (running.data / "profiles" / "xa-a.toml").unlink()
        running.start()
        lost = running.call("GET", path)
        assert lost["state"] == "interrupted"
        assert "there is no such profile" in lost["profile_fault"]
        assert lost["endpoints"][0]["limits"]["down_bps"] == 24_000_000  # of the default profile
        assert "a profile is not taken" in running.log.read_text()
    finally:
        running.stop()
    assert "Traceback" not in running.log.read_text()

"""Who may have a recording, for a purpose only, and every attempt is in the log."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

import pytest

from signalling.tokens import Tokens
from tests.browser.harness import Server, free_port
from tests.recorder.made import make_sealed

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("custody") / "data"
    make_sealed(data)
    running = Server(data, free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def token(server: Server, role: str, name: str) -> str:
    return Tokens.of_data_directory(server.data).issue(role=role, hours=1, name=name)


@pytest.mark.parametrize("body", [{}, {"purpose": ""}, {"purpose": "   "}])
def test_without_a_purpose_nothing_is_played(server: Server, body: dict[str, str]) -> None:
    status, problem = server.problem("POST", "/recordings/s1/access", body)
    assert (status, problem["errors"][0]["pointer"]) == (422, "/purpose")


def test_a_use_is_in_the_log_with_person_purpose_and_result(server: Server) -> None:
    archivist = token(server, "archivist", "Trần Văn Bình")
    granted = server.call("POST", "/recordings/s1/access", {"purpose": "Trích lục theo yêu cầu"}, token=archivist)
    track = server.call("GET", "/recordings/s1")["tracks"][0]
    with urllib.request.urlopen(f"{server.base}{track['url']}?access={granted['access']}", timeout=10) as response:
        assert len(response.read()) == track["bytes"]
    log = server.call("GET", "/recordings/s1/access-log", token=archivist)
    assert log["whole"]
    use = log["uses"][-1]
    assert (use["what"], use["purpose"], use["result"]) == ("play", "Trích lục theo yêu cầu", "ok")
    assert use["who"] == {"identity": "archivist:Trần Văn Bình", "name": "Trần Văn Bình", "role": "archivist"}


def test_who_runs_the_machine_does_not_watch_and_the_attempt_is_logged(server: Server) -> None:
    admin = token(server, "admin", "Quản trị")
    url = server.call("GET", "/recordings/s1")["tracks"][0]["url"].removeprefix("/api/v1")
    status, problem = server.problem("POST", "/recordings/s1/access", {"purpose": "tò mò"}, token=admin)
    assert (status, problem["code"]) == (403, "forbidden")
    assert server.problem("GET", url, token=admin)[0] == 403
    found = server.call("GET", "/audit", token=token(server, "auditor", "ATTT"))["entries"]
    refused = [(each["action"], each["actor"]) for each in found if each["result"] == "refused"]
    assert sorted(refused) == [("get_file", "Quản trị"), ("grant_access", "Quản trị")]


def test_a_file_fetched_with_a_bearer_token_is_logged_each_time(server: Server) -> None:
    url = server.call("GET", "/recordings/s1")["tracks"][0]["url"]
    request = urllib.request.Request(
        f"{server.base}{url}?purpose=Sao%20l%C6%B0u", headers={"Authorization": f"Bearer {server.token}"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        response.read()
    use = server.call("GET", "/recordings/s1/access-log")["uses"][-1]
    assert (use["what"], use["purpose"]) == ("download", "Sao lưu")
    assert use["facts"]["path"].startswith("tracks/")


def test_the_log_of_what_never_was_is_no_log_and_a_changed_one_says_so(server: Server) -> None:
    assert server.problem("GET", "/recordings/nothing/access-log")[0] == 404
    path = server.data / "custody.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    line = json.loads(lines[0])
    line["purpose"] = "khác"
    kept = path.read_bytes()
    path.write_bytes(json.dumps(line).encode() + b"\n" + b"".join(lines[1:]))
    log = server.call("GET", "/recordings/s1/access-log")
    assert not log["whole"]
    assert log["fault"].startswith("line 1:")
    path.write_bytes(kept)

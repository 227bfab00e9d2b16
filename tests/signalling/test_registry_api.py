"""The registry over HTTP, and a store with 160 rooms and 1,000 past sessions."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.harness import Server, free_port

pytestmark = pytest.mark.timeout(90)
ROOM = {
    "name": "Xã Đô Lương",
    "level": "xa",
    "organisation": "UBND xã Đô Lương",
    "place": "Khối 3",
    "room": "Phòng tiếp dân",
    "line": "30-5",
    "technician": "Nguyễn Văn A",
    "phone": "0912 000 111",
    "equipment": "Camera Logitech, micro để bàn",
    "note": "",
    "main": True,
    "active": True,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("registry") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def send(server: Server, path: str, body: bytes | None = None, method: str = "POST") -> tuple[int, str]:
    request = urllib.request.Request(
        f"{server.base}/api/v1{path}",
        method=method,
        data=body,
        headers={"Authorization": f"Bearer {server.token}", "Content-Type": "text/csv"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_room_is_added_found_changed_and_removed(server: Server) -> None:
    room = server.call("POST", "/registry", ROOM)
    assert {name: room[name] for name in ROOM} == ROOM
    assert server.call("GET", f"/registry/{room['id']}") == room
    for words in ("do luong", "Nguyễn", "khoi 3"):
        found = server.call("GET", f"/registry?q={urllib.parse.quote(words)}")
        assert [each["id"] for each in found["endpoints"]] == [room["id"]]
    status, problem = server.problem("POST", "/registry", ROOM)
    assert (status, problem["code"]) == (409, "name_taken")
    changed = server.call("PUT", f"/registry/{room['id']}", {**ROOM, "name": "Xã Bạch Ngọc", "active": False})
    assert (changed["id"], changed["name"]) == (room["id"], "Xã Bạch Ngọc")
    assert server.call("GET", "/registry?active=yes")["total"] == 0
    assert send(server, f"/registry/{room['id']}", method="DELETE")[0] == 204
    for method in ("GET", "PUT"):
        status, problem = server.problem(method, f"/registry/{room['id']}", ROOM if method == "PUT" else None)
        assert (status, problem["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"name": " "}, "/name"), ({"level": "huyen"}, "/level"), ({"phone": "1" * 65}, "/phone"), ({"x": 1}, "/x")],
)
def test_a_wrong_room_is_refused_with_its_field(server: Server, change: dict[str, Any], pointer: str) -> None:
    status, problem = server.problem("POST", "/registry", {**ROOM, **change})
    assert (status, problem["errors"][0]["pointer"]) == (422, pointer)


def test_a_file_with_a_fault_imports_nothing_and_names_line_and_column(server: Server) -> None:
    before = server.call("GET", "/registry")["total"]
    text = "Tên điểm cầu;Cấp;Điện thoại\nXã Mới A;Xã;0912\nXã Mới B;Huyện;0913\n;Xã;\n"
    status, answer = send(server, "/registry/import", text.encode())
    problem = json.loads(answer)
    assert (status, problem["code"], problem["count"]) == (422, "invalid_csv", 2)
    assert [(each["line"], each["column"], each["number"]) for each in problem["errors"]] == [
        (3, "Cấp", 2),
        (4, "Tên điểm cầu", 1),
    ]
    assert all(each["vi"] and each["en"] for each in problem["errors"])
    assert server.call("GET", "/registry")["total"] == before
    status, answer = send(server, "/registry/import", "Tên,Cấp\nXã,xã\n".encode("utf-16"))
    assert (status, json.loads(answer)["code"]) == (422, "not_utf8")


def test_the_communes_are_imported_exported_and_imported_again(server: Server) -> None:
    lines = [f"Xã {number:03},Xã,UBND xã {number:03}" for number in range(130)]
    text = "\r\n".join(["Tên điểm cầu,Cấp,Cơ quan", *lines]).encode()
    assert json.loads(send(server, "/registry/import?check=true", text)[1]) == {
        "stored": False,
        "rows": 130,
        "added": 0,
        "renewed": 0,
        "total": 0,
    }
    assert json.loads(send(server, "/registry/import", text)[1])["added"] == 130
    status, exported = send(server, "/registry/export.csv", method="GET")
    assert (status, len(exported.splitlines())) == (200, 131)
    again = json.loads(send(server, "/registry/import", exported.encode())[1])
    assert (again["added"], again["renewed"], again["total"]) == (0, 130, 130)
    page = server.call("GET", "/registry?level=xa&limit=100&offset=100")
    assert (len(page["endpoints"]), page["total"]) == (30, 130)
    for query in ("level=huyen", "limit=x", "limit=501", "offset=-1"):
        assert server.problem("GET", f"/registry?{query}")[1]["code"] == "invalid_query"

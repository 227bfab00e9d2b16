"""Documents of a case through the API: handed in, opened by those who may, shown in rooms and taken back at once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from signalling.tokens import Tokens
from tests.browser.harness import Server, free_port
from tests.signalling.pages import PageSocket

pytestmark = pytest.mark.timeout(120)

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"


def form_of(content: bytes, name: str, **fields: str) -> tuple[bytes, str]:
    """A form with a file, as a browser sends it."""
    parts = [
        f'--X\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--X\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return b"".join(parts) + head + content + b"\r\n--X--\r\n", "multipart/form-data; boundary=X"


class Papers:
    """A session with a citizen at Xã 1, and tokens of roles."""

    def __init__(self, server: Server) -> None:
        self.server = server
        signer = Tokens.of_data_directory(server.data)
        roles = ("secretary", "chair", "operator", "observer", "archivist", "technician", "delegate")
        self.tokens = {role: signer.issue(role=role, hours=1, name=role, unit="Xã 2") for role in roles}
        self.session = server.create(2, lobby=False)
        self.path = f"/sessions/{self.session['id']}"
        self.centre, self.xa1, self.xa2 = self.session["endpoints"]
        for endpoint in self.session["endpoints"]:
            self.tokens[endpoint["name"]] = endpoint["token"]
        here = {"name": "Ông A", "endpoint_id": self.xa1["id"]}
        self.call("POST", "/citizens", here)

    def call(self, method: str, path: str, body: Any = None, *, by: str = "secretary") -> Any:
        return self.server.call(method, self.path + path, body, token=self.tokens[by])

    def hand_in(self, content: bytes = PDF, name: str = "Đơn.pdf", *, by: str = "secretary", **fields: str) -> Any:
        body, kind = form_of(content, name, **fields)
        return json.loads(self._ask("POST", "/documents", by, body, kind)[1])

    def open(self, document: str, by: str) -> tuple[int, bytes]:
        return self._ask("GET", f"/documents/{document}/content", by)

    def who_may_open(self, document: str) -> str:
        return " ".join(sorted(by for by in self.tokens if self.open(document, by)[0] == 200))

    def _ask(self, method: str, path: str, by: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self.tokens[by]}"} | ({"Content-Type": kind} if kind else {})
        asked = urllib.request.Request(
            f"{self.server.base}/api/v1{self.path}{path}", method=method, data=body, headers=headers
        )
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("documents") / "data"
    data.mkdir()
    config = data / "diemcau.toml"
    config.write_text("[documents]\nmax_mb = 1\n")
    running = Server(data, free_port(), "--config", str(config))
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


@pytest.fixture
def papers(server: Server) -> Papers:
    return Papers(server)


def test_a_document_is_kept_with_its_hash_and_opened_by_those_who_may(papers: Papers) -> None:
    kept = papers.hand_in(visibility="chu_tri", from_whom="Ông A", pages="3", endpoint_id=papers.xa1["id"])
    assert (kept["name"], kept["media_type"], kept["bytes"]) == ("Đơn.pdf", "application/pdf", len(PDF))
    assert kept["sha256"] == hashlib.sha256(PDF).hexdigest()
    file = papers.server.data / "documents" / papers.session["id"] / f"{kept['id']}.pdf"
    assert file.read_bytes() == PDF
    assert file.stat().st_mode & 0o077 == 0
    # Xã 1: it was handed in there. The centre's page is the chair's.
    assert papers.who_may_open(kept["id"]) == "Trung tâm Xã 1 archivist chair secretary"
    papers.call("PATCH", f"/documents/{kept['id']}", {"visibility": "co_quan"})
    assert papers.who_may_open(kept["id"]) == "Trung tâm Xã 1 archivist chair delegate operator secretary"
    papers.call("PATCH", f"/documents/{kept['id']}", {"visibility": "tat_ca"})
    assert "technician" in papers.who_may_open(kept["id"])
    assert "observer" in papers.who_may_open(kept["id"])
    assert papers.open(kept["id"], "Xã 2")[0] == 403  # a room has what is shown to it, and nothing else


def test_each_opening_is_in_the_audit_log(papers: Papers) -> None:
    kept = papers.hand_in(visibility="chu_tri")
    papers.open(kept["id"], "chair")
    papers.open(kept["id"], "observer")
    auditor = Tokens.of_data_directory(papers.server.data).issue(role="auditor", hours=1, name="a")
    found = papers.server.call("GET", "/audit?action=open_document", token=auditor)["entries"]
    mine = [(each["role"], each["result"]) for each in found if kept["id"] in each["object"]]
    assert mine == [("observer", "refused"), ("chair", "ok")]


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"PK\x03\x04 docx", "Đơn.docx", 415, "unsupported_media_type"),
        (b"<script>alert(1)</script>", "x.pdf", 415, "unsupported_media_type"),
        (b"", "x.pdf", 422, "empty"),
        (PDF + bytes(1_000_000), "x.pdf", 413, "too_large"),
    ],
)
def test_what_is_no_document_is_refused_and_leaves_nothing(
    papers: Papers, content: bytes, name: str, status: int, code: str
) -> None:
    body, kind = form_of(content, name)
    found, answer = papers._ask("POST", "/documents", "secretary", body, kind)
    assert (found, json.loads(answer)["code"]) == (status, code)
    assert not list((papers.server.data / "documents" / papers.session["id"]).glob("*"))


def test_the_form_is_described(server: Server) -> None:
    with urllib.request.urlopen(f"{server.base}/api/openapi.json", timeout=10) as answer:
        operation = json.load(answer)["paths"]["/api/v1/sessions/{id}/documents"]["post"]
    schema = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert schema["required"] == ["file"]
    assert {"visibility", "from_whom", "endpoint_id", "file"} <= set(schema["properties"])


def test_a_wrong_field_leaves_no_file(papers: Papers) -> None:
    for fields in ({"visibility": "moi_nguoi"}, {"item_id": "none"}, {"unknown": "1"}):
        body, kind = form_of(PDF, "x.pdf", **fields)
        assert papers._ask("POST", "/documents", "secretary", body, kind)[0] in (404, 422)
    assert not list((papers.server.data / "documents" / papers.session["id"]).glob("*"))


def test_a_room_hands_in_for_the_chair_and_sees_its_own_alone(papers: Papers) -> None:
    papers.hand_in(visibility="tat_ca")
    mine = papers.hand_in(b"\xff\xd8\xff\xe0 jpeg", "ảnh.jpg", by="Xã 1", visibility="tat_ca", from_whom="Ông A")
    assert (mine["visibility"], mine["endpoint_id"]) == ("chu_tri", papers.xa1["id"])
    assert [each["id"] for each in papers.call("GET", "/documents", by="Xã 1")["documents"]] == [mine["id"]]
    assert papers.call("GET", "/documents", by="Xã 2")["documents"] == []
    names = {each["name"]: each["may_open"] for each in papers.call("GET", "/documents", by="operator")["documents"]}
    assert names == {"Đơn.pdf": True, "ảnh.jpg": False}


def test_what_was_taken_out_is_opened_by_nobody_else_and_stays_known(papers: Papers) -> None:
    kept = papers.hand_in(visibility="tat_ca")
    status, problem = papers.server.problem(
        "POST", f"{papers.path}/documents/{kept['id']}/remove", {"reason": " "}, token=papers.tokens["secretary"]
    )
    assert (status, problem["code"]) == (422, "reason_needed")
    left = papers.call("POST", f"/documents/{kept['id']}/remove", {"reason": "sai hồ sơ"})
    assert left["documents"] == []
    assert papers.who_may_open(kept["id"]) == "chair secretary"
    (gone,) = papers.call("GET", "/documents?removed=1")["documents"]
    assert (gone["removed_by"], gone["removed_reason"]) == ("secretary", "sai hồ sơ")


def test_an_altered_file_is_not_handed_out(papers: Papers) -> None:
    kept = papers.hand_in(PDF + bytes(700_000))  # more than other bodies may have
    file = papers.server.data / "documents" / papers.session["id"] / f"{kept['id']}.pdf"
    file.write_bytes(file.read_bytes().replace(b"Catalog", b"Katalog"))
    status, answer = papers.open(kept["id"], "secretary")
    assert (status, json.loads(answer)["code"]) == (500, "damaged_file")


def test_a_shown_document_reaches_the_rooms_it_is_for_and_is_taken_back_at_once(papers: Papers) -> None:
    kept = papers.hand_in(visibility="co_quan", pages="2")
    body = {"document_id": kept["id"]}
    early = papers.server.problem("PUT", f"{papers.path}/presentation", body, token=papers.tokens["chair"])
    assert (early[0], early[1]["code"]) == (409, "not_open")
    papers.server.call("POST", f"{papers.path}/start")

    async def watch() -> None:
        async with (
            PageSocket(papers.server, papers.xa1["token"]) as citizens,
            PageSocket(papers.server, papers.xa2["token"]) as office,
            PageSocket(papers.server, papers.centre["token"]) as centre,
        ):

            async def do(*what: Any, **more: Any) -> Any:
                return await asyncio.to_thread(papers.call, *what, **more)

            shown = await do("PUT", "/presentation", {"document_id": kept["id"]}, by="chair")
            assert shown["shown"]["rooms"] == sorted([papers.centre["id"], papers.xa2["id"]])
            await office.until(lambda: office.room["document"])
            assert (office.room["document"]["name"], office.room["document"]["page"]) == ("Đơn.pdf", 1)
            await citizens.until(lambda: citizens.room["document_hidden"])
            assert citizens.room["document"] is None
            assert "Đơn" not in json.dumps(citizens.newest, ensure_ascii=False)
            opened = [await asyncio.to_thread(papers.open, kept["id"], by) for by in ("Xã 1", "Xã 2")]
            assert [status for status, _ in opened] == [403, 200]
            await do("PUT", "/presentation", {"document_id": kept["id"], "page": 2}, by="operator")
            await office.until(lambda: office.room["document"]["page"] == 2)
            await do("PATCH", f"/documents/{kept['id']}", {"visibility": "chu_tri"})
            await office.until(lambda: office.room["document"] is None)
            assert office.room["document_hidden"]
            await centre.until(lambda: centre.room["document"] and centre.room["document"]["desk_only"])
            await do("DELETE", "/presentation", by="secretary")
            await office.until(lambda: not office.room["document_hidden"])
            await centre.until(lambda: centre.room["document"] is None)
            assert (await asyncio.to_thread(papers.open, kept["id"], "Xã 2"))[0] == 403

    asyncio.run(watch())
    events = papers.server.call("GET", f"{papers.path}/events")["events"]
    told = [each for each in events if each["kind"].startswith("document_")]
    assert [each["kind"] for each in told] == [
        "document_added",
        "document_shown",
        "document_page",
        "document_changed",
        "document_hidden",
    ]
    assert "Đơn.pdf" not in json.dumps(told, ensure_ascii=False)


def test_a_room_shows_its_own_documents_where_that_is_allowed(papers: Papers) -> None:
    foreign, mine = papers.hand_in(visibility="tat_ca"), papers.hand_in(by="Xã 2")
    papers.server.call("POST", f"{papers.path}/start")

    def refused(document: dict[str, Any], by: str = "Xã 2") -> Any:
        body = {"document_id": document["id"]}
        status, problem = papers.server.problem("PUT", f"{papers.path}/presentation", body, token=papers.tokens[by])
        return status, problem["code"]

    assert refused(mine) == (403, "not_allowed")
    papers.call("PUT", "/presentation/rooms", {"on": True}, by="chair")
    assert papers.call("PUT", "/presentation", {"document_id": mine["id"]}, by="Xã 2")["shown"]["by"] == "Xã 2"
    assert refused(foreign) == (403, "not_visible")
    papers.call("PUT", "/presentation", {"document_id": foreign["id"]}, by="Trung tâm")
    assert refused(foreign) == (403, "not_own")  # it is on its screen now, and still the chair's to show
    assert papers.open(foreign["id"], "Trung tâm")[0] == 200
    page = papers.server.problem(
        "PUT", f"{papers.path}/presentation", {"document_id": "none"}, token=papers.tokens["chair"]
    )
    assert page[0] == 404
    papers.server.end(papers.path)
    assert papers.open(foreign["id"], "Trung tâm")[0] == 403

"""A session's case through the API: who writes what, what is filled in, what the recording hears, when it is closed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from signalling.tokens import Tokens
from tests.browser.harness import Server, free_port

pytestmark = pytest.mark.timeout(120)

NUMBER = "040080001234"


class Reception:
    """A live rehearsal with a script, and tokens of roles."""

    def __init__(self, server: Server, tokens: dict[str, str]) -> None:
        self.server, self.tokens = server, tokens
        self.session = server.create(2)
        self.path = f"/sessions/{self.session['id']}"
        items = [{"title": "Công dân A trình bày"}, {"title": "Kết luận"}]
        self.items = server.call("PUT", f"{self.path}/script", {"items": items})["items"]
        self.centre, self.xa1, self.xa2 = self.session["endpoints"]

    def call(self, method: str, path: str, body: Any = None, *, role: str = "secretary", token: str = "") -> Any:
        return self.server.call(method, self.path + path, body, token=token or self.tokens[role])

    def refused(self, method: str, path: str, body: Any = None, *, role: str = "", token: str = "") -> tuple[int, str]:
        status, problem = self.server.problem(method, self.path + path, body, token=token or self.tokens[role])
        return status, problem["code"]

    def start(self) -> None:
        self.server.call("POST", f"{self.path}/start")
        self.server.call("POST", f"{self.path}/script/{self.items[0]['id']}/start")

    def markers(self) -> list[str]:
        return [each["text"] for each in self.server.call("GET", f"{self.path}/markers")["markers"]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("case") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


@pytest.fixture(scope="module")
def tokens(server: Server) -> dict[str, str]:
    signer = Tokens.of_data_directory(server.data)
    roles = ("secretary", "chair", "operator", "observer", "archivist", "admin", "auditor")
    found = {role: signer.issue(role=role, hours=1, name=role) for role in roles}
    for name, unit in (("delegate", "Xã 1"), ("stranger", "Xã khác")):
        found[name] = signer.issue(role="delegate", hours=1, name=name, unit=unit)
    return found


@pytest.fixture
def reception(server: Server, tokens: dict[str, str]) -> Reception:
    return Reception(server, tokens)


def citizen(reception: Reception, **more: Any) -> dict[str, Any]:
    return {"name": "Lô Thị Đào", "endpoint_id": reception.xa1["id"], "id_number": "040 080 001234", **more}


def test_a_number_is_whole_for_the_secretary_and_the_chair_alone(reception: Reception) -> None:
    added = reception.call("POST", "/citizens", citizen(reception, address="Bản Đôm", checked_by="Cán bộ xã"))
    assert added["id_number"] == NUMBER
    assert added["checked_at"] is not None
    assert added["acknowledged_at"] is None
    shown = {}
    for role in ("chair", "operator", "observer", "archivist", "delegate"):
        (one,) = reception.call("GET", "/citizens", role=role)["citizens"]
        shown[role] = (one["id_number"], one["address"])
    masked = "••••••1234"
    assert shown == {
        "chair": (NUMBER, "Bản Đôm"),
        "operator": (masked, ""),
        "observer": (masked, ""),
        "archivist": (masked, "Bản Đôm"),
        "delegate": (masked, "Bản Đôm"),
    }
    assert reception.refused("GET", "/citizens", role="stranger") == (403, "not_own")
    assert reception.refused("GET", "/citizens", role="auditor") == (403, "forbidden")


def test_an_officer_enters_who_sits_in_his_room_and_sees_no_other(reception: Reception) -> None:
    token = reception.xa2["token"]
    reception.call("POST", "/citizens", citizen(reception))
    mine = reception.call("POST", "/citizens", {"name": "Ông Bình", "id_number": NUMBER}, token=token)
    assert (mine["endpoint_id"], mine["id_number"]) == (reception.xa2["id"], "••••••1234")
    assert [each["name"] for each in reception.call("GET", "/citizens", token=token)["citizens"]] == ["Ông Bình"]
    assert reception.refused("POST", "/citizens", citizen(reception), token=token) == (403, "not_own")
    told = reception.call("PATCH", f"/citizens/{mine['id']}", {"acknowledged": True}, token=token)
    assert told["acknowledged_at"] is not None
    assert told["notice_version"] == reception.server.call("GET", f"{reception.path}/room")["notice_version"]
    both = reception.call("GET", "/case")["citizens"]
    assert [each["id_number"] for each in both] == [NUMBER, NUMBER]
    left = reception.call("POST", f"/citizens/{mine['id']}/remove", {"reason": "nhầm"}, token=token)
    assert left["citizens"] == []


def test_a_note_knows_its_time_the_item_that_runs_and_who_speaks(reception: Reception) -> None:
    reception.start()
    reception.server.call("POST", f"{reception.path}/endpoints/{reception.xa1['id']}/call", {})
    begun = time.time()
    note = reception.call("POST", "/notes", {"text": "Gia đình tôi có đất", "kind": "noi_dung", "mark": True})
    assert note["item_id"] == reception.items[0]["id"]
    assert (note["endpoint_id"], note["speaker"]) == (reception.xa1["id"], "Xã 1")
    assert 0 <= note["record_s"] <= time.time() - begun + 60
    other = reception.call("POST", "/notes", {"text": "x", "item_id": "", "endpoint_id": "", "speaker": "Bà Hoa"})
    assert (other["item_id"], other["endpoint_id"], other["speaker"]) == ("", "", "Bà Hoa")
    assert "Nội dung công dân trình bày – Xã 1" in reception.markers()
    changed = reception.call("PATCH", f"/notes/{other['id']}", {"text": "y"})
    assert (changed["at"], changed["text"]) == (other["at"], "y")
    assert changed["edited_at"] is not None
    events = reception.server.call("GET", f"{reception.path}/events")["events"]
    assert [each["kind"] for each in events if each["kind"].startswith("note")] == [
        "note_taken",
        "note_taken",
        "note_changed",
    ]
    assert "Gia đình" not in json.dumps(events, ensure_ascii=False)


def test_chair_and_delegate_comment_and_observers_read(reception: Reception) -> None:
    own = reception.call("POST", "/notes", {"text": "Sửa câu này", "kind": "noi_dung"}, role="chair")
    assert (own["kind"], own["author"]) == ("gop_y", "chair")
    assert reception.call("PATCH", f"/notes/{own['id']}", {"text": "Sửa lại"}, role="chair")["text"] == "Sửa lại"
    assert reception.refused("PATCH", f"/notes/{own['id']}", {"text": "x"}, role="delegate") == (403, "not_own")
    assert reception.refused("POST", "/notes", {"text": "x"}, role="observer") == (403, "forbidden")
    assert reception.refused("POST", "/notes", {"text": "x"}, role="stranger") == (403, "not_own")
    assert [each["text"] for each in reception.call("GET", "/notes", role="observer")["notes"]] == ["Sửa lại"]
    assert reception.refused("GET", "/notes", role="operator") == (403, "forbidden")


def test_an_outcome_a_refusal_and_a_move_to_in_person_reach_the_recording(reception: Reception) -> None:
    reception.start()
    first, last = (each["id"] for each in reception.items)
    refused = {"outcome": "tu_choi", "refusal_ground": "da_giai_quyet"}
    assert reception.refused("PUT", f"/matters/{first}", refused, role="secretary") == (422, "ground_needed")
    words = "Đã giải quyết, đã giải thích nhiều lần"
    matter = reception.call("POST", "/refusal", {"ground": "da_giai_quyet", "text": words}, role="chair")
    assert (matter["item_id"], matter["outcome"], matter["result"]) == (first, "tu_choi", words)
    concluded = reception.call("PUT", f"/matters/{first}", {"outcome": "da_ket_luan", "summary": "Đất ở"})
    assert (concluded["refusal_ground"], concluded["summary"]) == ("", "Đất ở")
    moved = reception.call("POST", "/in-person", {"item_id": last, "reason": "Công dân đề nghị"}, role="chair")
    assert moved == {"item_id": last, "outcome": "tiep_truc_tiep", "asked": False}
    item = reception.server.call("GET", f"{reception.path}/script")["items"][1]
    assert (item["state"], item["reason"]) == ("waived", "Chuyển sang tiếp trực tiếp: Công dân đề nghị")
    asked = reception.call("POST", "/in-person", {"reason": "không muốn ghi hình"}, token=reception.xa1["token"])
    assert asked["asked"] is True
    notes = [each["text"] for each in reception.call("GET", "/notes")["notes"]]
    assert notes == ["Công dân tại Xã 1 đề nghị được tiếp trực tiếp: không muốn ghi hình"]
    texts = reception.markers()
    for text in ("Kết quả: từ chối tiếp – Công dân A trình bày", "Công dân đề nghị được tiếp trực tiếp"):
        assert text in texts
    assert reception.refused("POST", "/refusal", {"ground": "khac", "text": "x"}, role="operator")[0] == 403


def test_conclusions_have_an_owner_and_a_deadline_and_run_on_after_the_end(reception: Reception) -> None:
    reception.start()
    body = {"task": "Trả lời bằng văn bản", "owner": "UBND xã 1", "deadline": "2020-01-15"}
    added = reception.call("POST", "/conclusions", body)
    assert added["overdue"] is True
    assert added["item_id"] == reception.items[0]["id"]
    assert reception.refused("POST", "/conclusions", body, role="chair") == (403, "forbidden")
    later = reception.call("PATCH", f"/conclusions/{added['id']}", {"deadline": "2999-12-31"})
    assert later["overdue"] is False
    reception.server.call("POST", f"{reception.path}/end", {"waive": "hết giờ"})
    done = reception.call("PUT", f"/conclusions/{added['id']}/done", {"done": True, "note": "CV 12"})
    assert (done["done_at"] is not None, done["done_note"]) == (True, "CV 12")
    assert reception.call("POST", "/notes", {"text": "ghi sau buổi tiếp"})["record_s"] is not None


def test_a_closed_case_is_read_only(reception: Reception) -> None:
    reception.call("POST", "/citizens", citizen(reception))
    added = reception.call("POST", "/conclusions", {"task": "t", "owner": "o", "item_id": ""})
    reception.server.call("POST", f"{reception.path}/cancel", {"reason": "thử"})
    for method, path, body in (
        ("POST", "/citizens", citizen(reception)),
        ("POST", "/notes", {"text": "x"}),
        ("PUT", "/matters/-", {"summary": "x"}),
        ("DELETE", f"/conclusions/{added['id']}", None),
        ("POST", "/refusal", {"ground": "khac", "text": "x"}),
    ):
        assert reception.refused(method, path, body, role="secretary") == (409, "read_only"), path
    case = reception.call("GET", "/case")
    assert (case["read_only"], len(case["citizens"])) == ("read_only", 1)
    assert reception.call("PUT", f"/conclusions/{added['id']}/done", {"done": True})["done_at"]


def test_what_is_wrong_is_refused_with_its_place(reception: Reception) -> None:
    for path, body, status in (
        ("/citizens", citizen(reception, birth_year=1066), 422),
        ("/citizens", citizen(reception, id_number="12/34"), 422),
        ("/citizens", citizen(reception, endpoint_id="none"), 404),
        ("/citizens", {"name": "Không có điểm cầu"}, 422),
        ("/notes", {"text": "x", "item_id": "none"}, 404),
        ("/notes", {"text": "  "}, 422),
        ("/conclusions", {"task": "t", "owner": "o", "deadline": "mai"}, 422),
    ):
        assert reception.refused("POST", path, body, role="secretary")[0] == status, (path, body)
    revoked = reception.xa1["token"]
    reception.server.call("POST", f"{reception.path}/endpoints/{reception.xa1['id']}/link/renew")
    assert reception.refused("GET", "/citizens", token=revoked) == (401, "link_revoked")

"""A session's course over HTTP: from draft to archive, refusals in both languages, two operators at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reception.lifecycle import Action, Course, SessionState, possible_actions
from reception.marks import Mark
from reception.store import Store
from tests.browser.harness import Server, free_port

pytestmark = pytest.mark.timeout(90)
PLAN = {
    "host_organisation": "UBND xã Đô Lương",
    "competent_level": "xa",
    "coordinating_bodies": ["UBND tỉnh Nghệ An"],
    "chair_name": "Nguyễn Văn A",
    "chair_office": "Chủ tịch UBND xã",
    "secretary": "Lê Thị B",
    "operators": ["Trần Văn C"],
    "matter_class": 3,
    "reason_online": "nhieu_cap_xa_dia_ly",
    "group_size": 12,
    "representatives": 3,
    "appointment_paper": True,
    "planned_minutes": 30,
    "no_state_secrets": True,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("course") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def create(server: Server, kind: str = "dinh_ky", **plan: Any) -> tuple[dict[str, Any], str]:
    body = {
        "title": "Tiếp công dân về đất đai",
        "kind": kind,
        "central": {"name": "Xã Đô Lương", "organisation": "UBND xã Đô Lương"},
        "delegates": [{"name": "Trụ sở tỉnh", "people": [{"name": "Phạm D", "office": "Chánh Thanh tra"}]}],
        **plan,
    }
    session = server.call("POST", "/sessions", body)
    return session, f"/sessions/{session['id']}"


def post(server: Server, path: str, **body: Any) -> Any:
    return server.call("POST", path, body)


def waive_all(server: Server, session: dict[str, Any]) -> None:
    for endpoint in session["endpoints"]:
        post(server, f"/sessions/{session['id']}/endpoints/{endpoint['id']}/waiver", reason="đã gọi điện kiểm tra")


def test_a_session_walks_from_draft_to_the_archive_and_each_step_asks_for_what_it_needs(server: Server) -> None:
    session, path = create(server)
    assert session["number"].startswith("TCD-20")
    status, problem = server.problem("POST", f"{path}/submit")
    assert (status, problem["code"]) == (409, "not_ready")
    assert [each["code"] for each in problem["unmet"]] == [
        *("no_host", "no_chair", "no_class", "no_reason", "state_secrets"),
    ]
    assert "Chưa ghi người chủ trì." in problem["reason_vi"]
    assert "The chair is missing." in problem["reason_en"]
    assert server.call("PATCH", f"{path}/plan", PLAN)["plan"]["chair_name"] == "Nguyễn Văn A"
    assert post(server, f"{path}/submit")["state"] == "awaiting_approval"
    assert server.problem("POST", f"{path}/approve", {"approver": "Hồ E"})[1]["unmet"][0]["code"] == "no_document"
    approved = post(server, f"{path}/approve", approver="Hồ E", document_no="45/QĐ-UBND")
    assert approved["state"] == "scheduled"
    assert approved["plan"]["approval"]["document_no"] == "45/QĐ-UBND"
    assert post(server, f"{path}/check")["state"] == "technical_check"
    codes = [each["code"] for each in server.problem("POST", f"{path}/ready")[1]["unmet"]]
    assert codes == ["preflight", "preflight", "recorder"]
    waive_all(server, session)
    marks = server.call("POST", f"{path}/recorder-test")["marks"]
    assert marks[0]["mark"] == "recorder_tested"
    assert marks[0]["detail"].endswith("MB/s")
    assert post(server, f"{path}/ready")["state"] == "ready"
    assert server.problem("POST", f"{path}/start")[1]["unmet"][0]["code"] == "notice"
    post(server, f"{path}/notice", text_version="2026-1")
    items = [{"title": "Khai mạc", "speaker": "Chủ trì", "minutes": 5}, {"title": "Kết luận"}]
    script = server.call("PUT", f"{path}/script", {"items": items})
    assert [each["state"] for each in script["items"]] == ["pending", "pending"]
    live = post(server, f"{path}/start")
    assert (live["state"], live["recording"]["state"]) == ("live", "recording")
    assert "“Khai mạc”; “Kết luận”" in server.problem("POST", f"{path}/end")[1]["reason_vi"]
    assert post(server, f"{path}/end", waive="hết thời gian")["state"] == "ended"
    script = server.call("GET", f"{path}/script")["items"]
    assert {(each["state"], each["reason"]) for each in script} == {("waived", "hết thời gian")}
    codes = [each["code"] for each in server.problem("POST", f"{path}/archive")[1]["unmet"]]
    assert codes == ["minutes", "package", "retention"]
    assert server.call("PATCH", f"{path}/plan", {"retention": "vinh_vien"})["plan"]["retention"] == "vinh_vien"


async def test_what_was_kept_is_archived_and_then_only_read(server: Server) -> None:
    session, path = create(server, **PLAN, retention="15_nam")
    store = await Store.open(server.data / "diemcau.sqlite")
    for action in (Action.SUBMIT, Action.APPROVE, Action.CHECK, Action.READY, Action.START, Action.END):
        await store.act(session["id"], action)
    await store.course.set_mark(session["id"], Mark.MINUTES_FINAL, actor="B")
    for medium in ("disk", "usb"):
        await store.course.set_mark(session["id"], Mark.PACKAGE_VERIFIED, subject=medium, actor="B")
    await store.close()
    assert post(server, f"{path}/archive")["state"] == "archived"
    for method, suffix, body in (("PATCH", "/plan", {"retention": "5_nam"}), ("PUT", "/script", {"items": []})):
        status, problem = server.problem(method, f"{path}{suffix}", body)
        assert (status, problem["code"]) == (409, "archived")
        assert "chỉ còn xem được" in problem["reason_vi"]
        assert "only be read" in problem["reason_en"]
    assert "chỉ còn xem được" in server.problem("POST", f"{path}/end")[1]["reason_vi"]


WAYS: dict[str, list[tuple[SessionState, Action | None]]] = {  # through every state, none left out
    "to the archive": [
        (SessionState.DRAFT, None),
        (SessionState.AWAITING_APPROVAL, Action.SUBMIT),
        (SessionState.SCHEDULED, Action.APPROVE),
        (SessionState.TECHNICAL_CHECK, Action.CHECK),
        (SessionState.READY, Action.READY),
        (SessionState.LIVE, Action.START),
        (SessionState.PAUSED, Action.PAUSE),
        (SessionState.INTERRUPTED, Action.INTERRUPT),
        (SessionState.ENDED, Action.END),
        (SessionState.ARCHIVED, Action.ARCHIVE),
    ],
    "put off and called off": [
        (SessionState.POSTPONED, Action.POSTPONE),
        (SessionState.CANCELLED, Action.CANCEL),
    ],
}


@pytest.mark.parametrize(("kind", "course"), [("dinh_ky", Course.REGULAR), ("dot_xuat", Course.AD_HOC)])
async def test_every_illegal_transition_is_refused_over_http_in_both_languages(
    server: Server, kind: str, course: Course
) -> None:
    assert {state for way in WAYS.values() for state, _ in way} == set(SessionState)
    store = await Store.open(server.data / "diemcau.sqlite")
    for way in WAYS.values():
        session, path = create(server, kind)
        for state, action in way:
            if action is not None:
                await store.act(session["id"], action)
            refused_in(server, path, state, course)
    await store.close()


def refused_in(server: Server, path: str, state: SessionState, course: Course) -> None:
    for action in set(Action) - set(possible_actions(state, course)):
        status, problem = server.problem("POST", f"{path}/{action}")
        assert (status, problem["code"]) == (409, "illegal_transition"), (state, action)
        assert problem["reason_vi"] != problem["reason_en"]
        assert any(letter in problem["reason_vi"] for letter in "ạảãàáầấậẩẫăằắặẳẵđ"), problem["reason_vi"]
        assert problem["reason_en"].isascii(), problem["reason_en"]
    assert server.call("GET", path)["state"] == state


def test_an_ad_hoc_session_is_live_after_one_approval_by_name_and_a_short_check(server: Server) -> None:
    session, path = create(server, "dot_xuat", **PLAN)
    approved = post(server, f"{path}/approve", approver="Nguyễn Văn A")
    assert (approved["state"], approved["plan"]["approval"]["oral"]) == ("technical_check", True)
    waive_all(server, session)
    post(server, f"{path}/notice")
    actions = {each["action"]: each["unmet"] for each in server.call("GET", f"{path}/course")["actions"]}
    assert actions["start"] == []
    assert post(server, f"{path}/start")["state"] == "live"
    marks = {each["mark"]: each["by"] for each in server.call("GET", f"{path}/course")["marks"]}
    assert marks["recorder_tested"] == "hệ thống"
    server.end(path)


def test_the_course_says_what_is_possible_missing_and_unusual(server: Server) -> None:
    session, path = create(server, **{**PLAN, "chair_office": "Phó Chủ tịch UBND xã", "operators": []})
    course = server.call("GET", f"{path}/course")
    assert (course["state"], course["course"], course["next"]) == ("draft", "regular", "submit")
    assert {each["action"]: each["unmet"] for each in course["actions"]} == {"submit": [], "postpone": [], "cancel": []}
    assert [each["code"] for each in course["warnings"]] == ["deputy_chair", "few_operators", "no_start"]
    assert course["recommended_operators"] == 1
    assert [each["result"] for each in course["checks"]] == ["missing", "missing"]
    assert course["disk_needed_bytes"] > 0
    assert session["endpoints"][1]["people"] == [{"name": "Phạm D", "office": "Chánh Thanh tra"}]


def test_lines_that_do_not_carry_the_endpoints_keep_a_session_from_its_approval(server: Server) -> None:
    text = server.call("GET", "/profiles/30-5")["text"].replace('name = "30-5"', 'name = "hep"')
    narrow = text.replace("up_bps = 30_000_000 ", "up_bps = 4_000_000 ", 1)
    server.call("PUT", "/profiles/hep", {"text": narrow})
    delegates = [{"name": f"Xã {number}"} for number in range(1, 11)]
    _, path = create(server, delegates=delegates, profile="hep", **PLAN)
    post(server, f"{path}/submit")
    problem = server.problem("POST", f"{path}/approve", {"approver": "E", "document_no": "1"})[1]
    assert [each["code"] for each in problem["unmet"]] == ["bandwidth"]


def test_what_was_approved_changes_only_in_a_draft(server: Server) -> None:
    _, path = create(server, **PLAN)
    post(server, f"{path}/submit")
    status, problem = server.problem("PATCH", f"{path}/plan", {"chair_name": "Người khác"})
    assert (status, problem["code"]) == (409, "plan_fixed")
    assert "chair_name" in problem["reason_vi"]
    start = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    assert server.call("PATCH", f"{path}/plan", {"planned_start": start, "chair_name": "Nguyễn Văn A"})
    assert post(server, f"{path}/revise", reason="đổi người chủ trì")["state"] == "draft"
    assert server.call("PATCH", f"{path}/plan", {"chair_name": "Người khác"})["plan"]["chair_name"] == "Người khác"


def test_a_postponed_session_gets_a_new_date_and_a_cancelled_one_none(server: Server) -> None:
    _, path = create(server, **PLAN)
    post(server, f"{path}/submit")
    post(server, f"{path}/approve", approver="E", document_no="1")
    assert server.problem("POST", f"{path}/postpone")[1]["unmet"][0]["code"] == "no_why"
    assert post(server, f"{path}/postpone", reason="bão số 9")["state"] == "postponed"
    date = (datetime.now(UTC) + timedelta(days=7)).replace(microsecond=0)
    again = post(server, f"{path}/reschedule", planned_start=date.isoformat())
    assert (again["state"], datetime.fromisoformat(again["plan"]["planned_start"])) == ("scheduled", date)
    assert post(server, f"{path}/cancel", reason="công dân rút đơn")["state"] == "cancelled"
    assert server.problem("POST", f"{path}/reschedule")[1]["code"] == "illegal_transition"


def test_a_scheduled_session_goes_to_its_check_by_itself_an_hour_before(server: Server) -> None:
    _, path = create(server, **PLAN, planned_start=(datetime.now(UTC) + timedelta(minutes=50)).isoformat())
    post(server, f"{path}/submit")
    post(server, f"{path}/approve", approver="E", document_no="1")
    end = time.monotonic() + 45
    while (now := server.call("GET", path))["state"] != "technical_check" and time.monotonic() < end:
        time.sleep(0.5)
    assert now["state"] == "technical_check"
    (told,) = [each for each in server.call("GET", f"{path}/events")["events"] if each["kind"] == "check"]
    assert told["actor"] == "hệ thống"


def test_who_acts_on_an_old_version_is_told_who_changed_what(server: Server) -> None:
    session = server.create(1)
    path, seen = f"/sessions/{session['id']}", session["version"]
    post(server, f"{path}/start", version=seen)
    status, problem = server.problem("POST", f"{path}/end", {"version": seen})
    assert (status, problem["code"], problem["version"]) == (409, "stale_version", seen + 1)
    assert [(each["kind"], each["actor"]) for each in problem["changes"]] == [("start", "Cán bộ điều phối")]
    assert "Cán bộ điều phối đã bắt đầu buổi tiếp lúc" in problem["reason_vi"]
    assert "started the session at" in problem["reason_en"]
    assert server.call("GET", path)["state"] == "live"
    status, problem = server.problem("PATCH", f"{path}/plan", {"note": "x", "version": seen})
    assert (status, problem["code"]) == (409, "stale_version")
    assert server.end(f"{path}", version=seen + 1)["state"] == "ended"


def test_of_many_orders_at_once_one_is_carried_out_and_the_others_are_told(server: Server) -> None:
    session = server.create(1)
    path = f"/sessions/{session['id']}"
    post(server, f"{path}/start")
    version = server.call("GET", path)["version"]
    done: list[str] = []

    def order() -> None:
        try:
            post(server, f"{path}/pause", version=version)
            done.append("done")
        except OSError:  # urllib's HTTPError
            done.append("refused")

    threads = [threading.Thread(target=order) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["done", *["refused"] * 7]
    assert [each["kind"] for each in server.call("GET", f"{path}/events")["events"]].count("pause") == 1
    server.end(path)


def test_the_second_operator_hears_at_once_what_the_first_does(server: Server) -> None:
    session = server.create(1)
    path = f"/sessions/{session['id']}"
    last = server.call("GET", f"{path}/events")["last"]
    heard: list[Any] = []
    second = threading.Thread(target=lambda: heard.append(server.call("GET", f"{path}/events?after={last}&wait=20")))
    second.start()
    time.sleep(0.3)
    post(server, f"{path}/start")
    second.join(25)
    assert [(each["kind"], each["actor"]) for each in heard[0]["events"]] == [("start", "Cán bộ điều phối")]
    assert heard[0]["events"][0]["facts"]["state"] == "live"
    endpoint = session["endpoints"][1]["id"]
    server.call("POST", f"{path}/endpoints/{endpoint}/mute")
    told = server.call("GET", f"{path}/events?after={heard[0]['last']}&wait=5")["events"]
    assert [(each["kind"], each["endpoint_id"], each["actor"]) for each in told] == [
        ("mute", endpoint, "Cán bộ điều phối"),
    ]
    assert server.call("GET", f"{path}/events?after={told[-1]['id']}&wait=1")["events"] == []
    assert server.problem("GET", f"{path}/events?after=x")[1]["code"] == "invalid_query"
    server.end(path)


def test_the_list_is_paged_filtered_and_searched_without_diacritics(server: Server) -> None:
    mine = [create(server, title=f"Giải phóng mặt bằng {number}", **PLAN)[0]["id"] for number in range(3)]
    rehearsal = server.create(1)["id"]
    first = server.call("GET", "/sessions?q=giai+phong+mat+bang&limit=2")
    assert (first["total"], [each["id"] for each in first["sessions"]]) == (3, [mine[2], mine[1]])
    rest = server.call("GET", "/sessions?q=giai+phong+mat+bang&limit=2&offset=2")["sessions"]
    assert [each["id"] for each in rest] == [mine[0]]
    found = server.call("GET", "/sessions?q=tru+so+tinh+mat+bang&state=draft&kind=dinh_ky&day=today")
    assert found["total"] == 3
    assert server.call("GET", "/sessions?q=mat+bang&from=2020-01-01&to=2020-02-01")["total"] == 0
    ids = [each["id"] for each in server.call("GET", "/sessions?rehearsals=no&limit=500")["sessions"]]
    assert rehearsal not in ids
    for query in ("state=zz", "day=x", "limit=0", "limit=501", "offset=-1", "rehearsals=x", "order=x", "kind=x"):
        status, problem = server.problem("GET", f"/sessions?{query}")
        assert (status, problem["code"]) == (400, "invalid_query"), query
        assert query.partition("=")[0] in problem["detail"]


def test_an_endpoints_delegates_are_named_and_a_commune_can_host(server: Server) -> None:
    session, path = create(server, **PLAN)
    assert [each["role"] for each in session["endpoints"]] == ["central", "delegate"]
    assert session["endpoints"][0]["organisation"] == "UBND xã Đô Lương"
    people = [{"name": "Bùi G", "office": "Phó Chánh Văn phòng"}]
    eid = session["endpoints"][1]["id"]
    changed = server.call("PUT", f"{path}/endpoints/{eid}/people", {"people": people})
    assert changed["endpoints"][1]["people"] == people
    assert changed["version"] == session["version"] + 1


def test_a_commune_hosts_with_the_province_departments_and_the_central_government_as_guests(server: Server) -> None:
    rooms = [
        {"name": "Xã Bạch Ngọc", "level": "xa", "organisation": "UBND xã Bạch Ngọc"},
        {"name": "Trụ sở tỉnh 2", "level": "tinh", "organisation": "UBND tỉnh"},
        {"name": "Sở Tài nguyên", "level": "so_nganh", "organisation": "Sở Tài nguyên"},
        {"name": "Ban TCD Trung ương", "level": "trung_uong", "organisation": "Thanh tra Chính phủ"},
    ]
    ids = {each["name"]: server.call("POST", "/registry", each)["id"] for each in rooms}
    seats: list[dict[str, Any]] = [
        {"name": each["name"], "registered_id": ids[each["name"]], "organisation": each["organisation"]}
        for each in rooms
    ]
    host, *others = seats
    others[-1]["guest"] = True
    bodies = [each["organisation"] for each in others]
    watching = [{"name": "Ban Nội chính", "guest": True}]
    plan = {**PLAN, "coordinating_bodies": bodies}
    _, path = create(server, **plan, central=host, delegates=others, observers=watching)
    answers = [{"title": f"Ý kiến của {body}", "speaker": body, "minutes": 10} for body in bodies]
    script = server.call("PUT", f"{path}/script", {"items": answers})["items"]
    assert [each["speaker"] for each in script] == bodies, "each body has its place in the running order"
    found = server.call("GET", path)["endpoints"]
    assert [(each["role"], each["organisation"], each["guest"]) for each in found] == [
        ("central", "UBND xã Bạch Ngọc", False),
        ("delegate", "UBND tỉnh", False),
        ("delegate", "Sở Tài nguyên", False),
        ("delegate", "Thanh tra Chính phủ", True),
        ("observer", "", True),
    ]
    expiry = {each["guest"]: datetime.fromisoformat(each["link_expires_at"]) for each in found}
    assert expiry[True] < expiry[False], "a guest's link lives shorter"


def test_every_room_sees_the_seconds_pass_before_the_start_and_it_can_be_called_off(server: Server) -> None:
    session = server.create(1)
    path = f"/sessions/{session['id']}"
    told = post(server, f"{path}/countdown", seconds=60, version=session["version"])
    assert told["state"] == "draft"
    ends = datetime.fromisoformat(server.call("GET", f"{path}/room")["starting_at"])
    assert timedelta(seconds=50) < ends - datetime.now(UTC) < timedelta(seconds=61)
    server.call("DELETE", f"{path}/countdown")
    assert server.call("GET", f"{path}/room")["starting_at"] is None
    post(server, f"{path}/countdown", seconds=0.3)
    end = time.monotonic() + 20
    while server.call("GET", path)["state"] != "live" and time.monotonic() < end:
        time.sleep(0.1)
    assert server.call("GET", path)["state"] == "live"
    assert server.call("GET", f"{path}/room")["starting_at"] is None
    assert server.problem("POST", f"{path}/countdown", {})[1]["code"] == "illegal_transition"
    server.end(path)
    kinds = [each["kind"] for each in server.call("GET", f"{path}/events")["events"]]
    assert [kind for kind in kinds if "countdown" in kind] == ["countdown", "countdown_off", "countdown"]


def test_what_stands_in_the_way_is_said_before_the_countdown(server: Server) -> None:
    _, path = create(server, "dot_xuat", **PLAN)
    post(server, f"{path}/approve", approver="Nguyễn Văn A")
    status, problem = server.problem("POST", f"{path}/countdown", {})
    assert (status, problem["code"]) == (409, "not_ready")
    assert {each["code"] for each in problem["unmet"]} == {"preflight", "notice"}
    assert server.call("GET", f"{path}/room")["starting_at"] is None

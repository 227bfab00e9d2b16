"""A session from ended to archived on its page, by a secretary and an archivist; then it is searched for and opened."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from reception.case_records import Citizen, Note
from reception.case_store import CaseStore
from reception.lifecycle import Action
from reception.records import Seating
from reception.session_plan import Approval, Person
from reception.store import Store
from tests.browser.accessibility import serious_faults
from tests.browser.harness import Server, free_port
from tests.browser.test_storage import opened, say, shot
from tests.recorder.made import make_sealed
from tests.recorder.mounts import needs_root, small_disk

pytestmark = [pytest.mark.browser, needs_root, pytest.mark.timeout(180)]
WAY = (Action.SUBMIT, Action.APPROVE, Action.CHECK, Action.READY, Action.START, Action.END)
SEATS = [
    Seating(name="Xã Đô Lương", role="central"),
    Seating(name="Trụ sở tỉnh", role="delegate", people=(Person(name="Phạm Thị Dung", office="Chánh Thanh tra"),)),
]
PLAN = {
    "host_organisation": "UBND xã Đô Lương",
    "competent_level": "xa",
    "chair_name": "Nguyễn Văn An",
    "chair_office": "Chủ tịch UBND xã",
    "secretary": "Lê Thị Bình",
    "matter_class": 3,
}


async def fill(data: Path) -> str:
    """A session that has ended, with a citizen and a note, and one to come that is approved; the first one's id."""
    store = await Store.open(data / "diemcau.sqlite")
    ids = []
    for title, way in (("Tiếp công dân về đất đai", WAY), ("Tiếp công dân định kỳ tháng 12", WAY[:2])):
        plan = PLAN | {"planned_start": datetime.now(UTC) + timedelta(days=3)}
        made = await store.create_session(title=title, kind="dinh_ky", profile="30-5", endpoints=SEATS, plan=plan)
        approved = {"approval": Approval(name="Hồ E", document_no="45/QĐ-UBND")}
        for action in way:
            await store.act(made.id, action, plan=approved if action is Action.APPROVE else None)
        ids.append(made.id)
    case, place = CaseStore(store, keys=data / "keys"), (await store.session(ids[0])).endpoints[1].id
    citizen = Citizen(session_id=ids[0], endpoint_id=place, name="Vi Thị Ngọc Ánh", id_number="040123456789")
    await case.add_citizen(citizen, actor="Bình")
    await case.add_note(Note(session_id=ids[0], text="Đề nghị cấp lại sổ đỏ", author="Bình"))
    await store.close()
    made_recording = make_sealed(data)
    made_recording.rename(made_recording.with_name(ids[0]))
    return ids[0]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[Server, str]]:
    """A server with the session, and its id."""
    data, found = tmp_path / "data", []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(fill(data))))  # apart from Playwright's loop
    thread.start()
    thread.join()
    config = tmp_path / "c.toml"
    config.write_text(f'[storage]\nmount_roots = ["{tmp_path}/media"]\n', encoding="utf-8")
    with small_disk(tmp_path / "media" / "USB", 24):
        running = Server(data, free_port(), "--config", str(config))
        running.start()
        yield running, found[0]
        running.stop()
        assert "Traceback" not in running.log.read_text()


def sign(page: Page, number: int, state: str) -> None:
    row = page.get_by_test_id(f"signature-{number}")
    row.get_by_text(state, exact=True).click()


def test_a_secretary_and_an_archivist_take_a_session_to_the_archive(
    browser: BrowserContext, kept: tuple[Server, str]
) -> None:
    server, session = kept
    page = opened(browser, server, f"/sessions/{session}/archive", "secretary", "Lê Thị Bình")
    expect(page.get_by_test_id("minutes-missing")).to_contain_text("Phạm Thị Dung chưa có tình trạng ký")
    for number in (0, 1, 2):
        sign(page, number, "Đã ký")
        expect(page.get_by_test_id(f"signature-{number}")).to_contain_text("Lê Thị Bình,")
    sign(page, 3, "Từ chối ký")
    say(page, "Không đồng ý với kết luận")
    expect(page.get_by_test_id("signature-3")).to_contain_text("Không đồng ý với kết luận")
    shot(page, "archive-minutes")
    assert serious_faults(page) == []
    page.get_by_test_id("finalise-minutes").click()
    expect(page.get_by_test_id("minutes-final")).to_contain_text("1/BB-TCD")
    page.get_by_test_id("make-package").click()
    expect(page.get_by_test_id("medium-original").get_by_test_id("medium-state")).to_have_text(
        "Đã kiểm chứng", timeout=30_000
    )
    page = opened(browser, server, f"/sessions/{session}/archive", "archivist", "Trần Văn Cường")
    expect(page.get_by_test_id("archive-session")).to_be_disabled()
    page.get_by_test_id("copy-package").click()
    say(page, "Giao nộp lưu trữ cơ quan")
    expect(page.get_by_test_id("medium-disk").get_by_test_id("medium-state")).to_have_text(
        "Đã kiểm chứng", timeout=30_000
    )
    page.get_by_test_id("session-retention").click()
    page.get_by_role("option", name="Vĩnh viễn").click()
    expect(page.get_by_test_id("step-retention")).to_contain_text("Lưu vĩnh viễn")
    shot(page, "archive-ready")
    assert serious_faults(page) == []
    page.get_by_test_id("archive-session").click()
    expect(page.get_by_test_id("archived")).to_contain_text("Trần Văn Cường")
    assert server.call("GET", f"/sessions/{session}")["state"] == "archived"
    shot(page, "archived")


def test_a_session_is_searched_for_and_its_file_opened_and_anybody_reads_the_schedule(
    browser: BrowserContext, kept: tuple[Server, str]
) -> None:
    server, session = kept
    page = opened(browser, server, "/search", "archivist", "Trần Văn Cường")
    page.get_by_test_id("search-q").fill("cap lai so do")
    page.get_by_test_id("search").click()
    expect(page.get_by_test_id("found")).to_have_count(1)
    expect(page.get_by_test_id("hit-note")).to_contain_text("Đề nghị cấp lại sổ đỏ")
    shot(page, "search")
    assert serious_faults(page) == []
    page.get_by_test_id("open-file").click()
    page.get_by_test_id("purpose").fill("Trích lục theo đơn của công dân")
    page.get_by_test_id("ask-file").click()
    expect(page.get_by_test_id("file")).to_contain_text("••••••6789")
    shot(page, "file")
    assert serious_faults(page) == []
    log = server.call("GET", f"/recordings/{session}/access-log")["uses"]
    assert [(each["what"], each["who"]["name"]) for each in log] == [("file", "Trần Văn Cường")]
    public = browser.new_page()
    public.goto(f"{server.base}/lich-tiep-cong-dan")
    expect(public.get_by_test_id("announced")).to_have_count(1)
    expect(public.get_by_test_id("announced")).to_contain_text("Chủ tịch UBND xã Nguyễn Văn An")
    expect(public.locator("body")).not_to_contain_text("Tiếp công dân định kỳ tháng 12")
    shot(public, "schedule")
    assert serious_faults(public) == []

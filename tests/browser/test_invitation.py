"""An endpoint's invitation by its own link, answered, seen by the operator; the record of a destruction, to print."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from playwright.sync_api import BrowserContext, expect

from reception.lifecycle import Action
from reception.records import Seating
from reception.session_plan import Approval
from reception.store import Store
from signalling.tokens import Tokens
from tests.browser.accessibility import serious_faults
from tests.browser.harness import Server, free_port, wait_for
from tests.browser.test_storage import opened, shot
from tests.recorder.made import make_sealed

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
START = (datetime.now(UTC) + timedelta(days=3)).replace(hour=2, minute=30, second=0, microsecond=0)  # 09:30 in Vietnam


async def fill(data: Path) -> str:
    """An approved session to come; its id."""
    store = await Store.open(data / "diemcau.sqlite")
    plan = {"planned_start": START, "planned_minutes": 90, "chair_name": "Nguyễn Văn An", "chair_office": "Chủ tịch"}
    seats = [Seating(name="Xã Đô Lương", role="central"), Seating(name="Xã Anh Sơn", role="delegate")]
    made = await store.create_session(
        title="Tiếp công dân định kỳ", kind="dinh_ky", profile="30-5", endpoints=seats, plan=plan
    )
    await store.act(made.id, Action.SUBMIT)
    approved = {"approval": Approval(name="Hồ E", document_no="45/QĐ-UBND")}
    await store.act(made.id, Action.APPROVE, plan=approved)
    await store.close()
    return made.id


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[Server, str]]:
    """A server with the session and with a sealed recording, s1."""
    data, found = tmp_path / "data", []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(fill(data))))  # apart from Playwright's loop
    thread.start()
    thread.join()
    make_sealed(data)
    running = Server(data, free_port())
    running.start()
    yield running, found[0]
    running.stop()
    assert "Traceback" not in running.log.read_text()


def test_an_endpoint_reads_its_invitation_saves_it_and_answers(
    browser: BrowserContext, kept: tuple[Server, str], tmp_path: Path
) -> None:
    server, session = kept
    operator = Tokens.of_data_directory(server.data).issue(role="operator", hours=1, name="Điều phối")
    seats: list[dict[str, Any]] = server.call("GET", f"/sessions/{session}", token=operator)["endpoints"]
    place = next(each for each in seats if each["name"] == "Xã Anh Sơn")
    page = browser.new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{server.base}/invitation#{place['token']}")
    letter = page.get_by_test_id("letter")
    expect(letter).to_contain_text("Tiếp công dân định kỳ")
    expect(letter).to_contain_text("Nguyễn Văn An")
    expect(letter).to_contain_text(START.astimezone().strftime("%Y"))
    assert place["token"] not in page.url
    with page.expect_download() as saved:
        page.get_by_test_id("save-ics").click()
    calendar = icalendar.Calendar.from_ical(Path(saved.value.path()).read_bytes())
    (event,) = calendar.walk("VEVENT")
    assert event["DTSTART"].dt == START
    assert event["DTEND"].dt == START + timedelta(minutes=90)
    assert place["token"] in str(event["URL"])
    assert serious_faults(page) == []
    page.get_by_test_id("reply-by").fill("Phạm Thị Dung")
    page.get_by_test_id("reply-people").fill("Phạm Thị Dung, Chủ tịch UBND xã")
    page.get_by_test_id("accept").click()
    expect(page.get_by_test_id("reply")).to_contain_text("Phạm Thị Dung")
    shot(page, "invitation")
    console = opened(browser, server, f"/sessions/{session}/prepare", "operator", "Điều phối")
    line = console.get_by_test_id("invitation").filter(has_text="Xã Anh Sơn")
    expect(line).to_contain_text("Phạm Thị Dung")
    page.reload()  # the link is kept by the tab
    expect(page.get_by_test_id("reply")).to_contain_text("Phạm Thị Dung")


def test_the_record_of_a_destruction_names_both_persons_and_the_seal(
    browser: BrowserContext, kept: tuple[Server, str]
) -> None:
    server, _ = kept
    signer = Tokens.of_data_directory(server.data)
    binh = signer.issue(role="archivist", hours=1, name="Trần Văn Bình")
    hoa = signer.issue(role="chair", hours=1, name="Lê Thị Hoa")
    path, reason = "/recordings/s1", {"reason": "Hết thời hạn lưu trữ"}
    retention = {"retention": "chay_thu_30_ngay", "reason": "Theo danh mục"}
    server.call("PUT", f"{path}/retention", retention, token=binh)
    server.call("POST", f"{path}/deletion", reason, token=binh)
    server.call("POST", f"{path}/deletion/approve", {"reason": "Đồng ý"}, token=hoa)

    def record() -> dict[str, Any]:
        found: list[dict[str, Any]] = server.call("GET", "/storage/destructions", token=binh)["destructions"]
        return found[0] if found else {"state": ""}

    wait_for(lambda: record()["state"] == "done", "it is destroyed")
    page = opened(browser, server, "/destructions/s1", "archivist", "Trần Văn Bình")
    sheet = page.get_by_test_id("destruction-record")
    for words in ("Trần Văn Bình", "Lê Thị Hoa", "Hết thời hạn lưu trữ", record()["seal"], "journal/000001.journal"):
        expect(sheet).to_contain_text(words)
    assert serious_faults(page) == []
    shot(page, "destruction-record")
    page.goto(f"{server.base}/destructions/nothing")
    expect(page.get_by_role("alert")).to_be_visible()

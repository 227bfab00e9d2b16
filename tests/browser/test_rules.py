"""House rules and regulation in real Chromium: written by an administrator, shown to an endpoint that waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.accessibility import serious_faults
from tests.browser.harness import Seat, Server, free_port
from tests.browser.test_floor import knock
from tests.browser.test_storage import opened, shot

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
RULES = "Điều 1. Phạm vi điều chỉnh\nQuy chế này quy định việc tiếp công dân trực tuyến.\nĐiều 2. Nguyên tắc\n" * 8


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("rules") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def test_a_regulation_is_written_in_versions_and_read_where_an_endpoint_waits(
    browser: BrowserContext, server: Server
) -> None:
    session = server.create(1, lobby=True)
    place = next(each for each in session["endpoints"] if each["name"] == "Xã 1")
    admin = opened(browser, server, "/rules", "admin", "Quản trị")
    for text in ("Bản đầu của quy chế.", RULES):
        admin.get_by_test_id("edit-quy_che").click()
        admin.get_by_test_id("quy_che-vi").fill(text)
        admin.get_by_test_id("save-quy_che").click()
        expect(admin.get_by_test_id("edit-quy_che")).to_be_visible()
    expect(admin.get_by_test_id("shown-as")).to_contain_text("2026-1; QC-2")
    shot(admin, "rules-admin")
    assert serious_faults(admin) == []
    admin.get_by_test_id("read-QC-1").click()
    expect(admin.get_by_test_id("older-version")).to_contain_text("Bản đầu của quy chế.")
    seat = Seat(browser, server, place)
    knock(seat)
    form = seat.page.get_by_test_id("notice-form")
    expect(form.get_by_test_id("regulation")).to_contain_text("Điều 1. Phạm vi điều chỉnh")
    shot(seat.page, "rules-endpoint")
    assert serious_faults(seat.page) == []
    seat.page.get_by_test_id("notice-tick").check()
    seat.page.get_by_test_id("notice-name").fill("Cán Bộ A")
    seat.page.get_by_test_id("notice-send").click()
    expect(seat.page.get_by_test_id("notice-done")).to_contain_text("Cán Bộ A")
    kept = server.call("GET", f"/sessions/{session['id']}/room")["notices"][place["id"]]
    assert kept["version"] == "2026-1; QC-2"

"""No serious fault for people with a screen reader or weak sight: the console while a session runs, endpoint pages."""

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.accessibility import serious_faults
from tests.browser.harness import Seat, Server, wait_for
from tests.browser.test_floor import knock, open_console

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_the_console_with_everything_open(server: Server, browser: BrowserContext) -> None:
    session = server.create(2, lobby=True)
    centre, delegate = (Seat(browser, server, endpoint) for endpoint in session["endpoints"][:2])
    centre.enter()
    knock(delegate)
    path = f"/sessions/{session['id']}"
    console = open_console(server, browser, session)
    console.get_by_test_id("lobby-bar").wait_for()
    server.call("POST", f"{path}/endpoints/{delegate.endpoint['id']}/call")
    server.call("POST", f"{path}/endpoints/{session['endpoints'][2]['id']}/raise_hand")
    server.call("POST", f"{path}/alarms", {"kind": "disorder", "endpoint_id": delegate.endpoint["id"], "note": "x"})
    console.get_by_test_id("alarm").first.wait_for()
    assert serious_faults(console) == []
    console.get_by_test_id("alarm-playbook").first.click()
    console.get_by_test_id("incident").wait_for()
    assert serious_faults(console) == []
    console.keyboard.press("Escape")
    console.get_by_test_id("incident").wait_for(state="hidden")
    console.get_by_test_id("roll-call").click()
    console.get_by_test_id("roll-add").first.click()
    assert serious_faults(console) == []
    console.keyboard.press("Escape")
    console.get_by_test_id("roll-add").first.wait_for(state="hidden")
    console.get_by_test_id("announce").click()
    console.get_by_test_id("announce-send").wait_for()
    assert serious_faults(console) == []


def test_the_pages_of_endpoints(server: Server, browser: BrowserContext) -> None:
    session = server.create(2, lobby=True)
    made = server.call("POST", f"/sessions/{session['id']}/endpoints", {"name": "Thanh tra", "role": "observer"})
    centre, first, second = (Seat(browser, server, endpoint) for endpoint in session["endpoints"])
    assert serious_faults(first.page) == []
    centre.enter()
    knock(first)
    assert serious_faults(first.page) == []
    watcher = Seat(browser, server, made)
    watcher.page.get_by_test_id("observer-entrance").wait_for()
    assert serious_faults(watcher.page) == []
    knock(second)
    server.call("POST", f"/sessions/{session['id']}/admit_all")
    first.page.get_by_test_id("hand-button").click()
    centre.page.get_by_test_id("chair-view").click()
    centre.page.get_by_test_id("chair-next").wait_for()
    wait_for(lambda: not centre.page.get_by_test_id("chair-next").is_disabled(), "a hand is up")
    assert serious_faults(centre.page) == []
    assert serious_faults(first.page) == []
    first.page.get_by_test_id("more-button").click()
    first.page.get_by_test_id("open-drawer").click()
    first.page.get_by_test_id("drawer-pin").wait_for()
    first.page.get_by_test_id("audio-only").wait_for(state="hidden")
    assert serious_faults(first.page) == []
    with centre.page.expect_popup() as opened:
        centre.page.get_by_test_id("open-tv").click()
    opened.value.locator(".tv").wait_for()
    assert serious_faults(opened.value) == []

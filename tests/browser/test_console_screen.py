"""An operator with ten endpoints needs one screen: nothing that matters lies below its edge, at both usual sizes."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.harness import Server
from tests.browser.test_floor import open_console

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
SIZES = ((1920, 1080), (1366, 768))
CARDS = ("recording-panel", "site-panel", "queue", "script", "alarm", "end-session")


def test_ten_endpoints_need_one_screen(server: Server, browser: BrowserContext) -> None:
    session = server.create(9)
    path = f"/sessions/{session['id']}"
    server.call("POST", f"{path}/start")
    server.call(
        "POST", f"{path}/alarms", {"kind": "disorder", "endpoint_id": session["endpoints"][1]["id"], "note": "x"}
    )
    console = open_console(server, browser, session)
    console.get_by_test_id("alarm").first.wait_for()
    for width, height in SIZES:
        console.set_viewport_size({"width": width, "height": height})
        for card in CARDS:
            expect(console.get_by_test_id(card).first).to_be_in_viewport()
        for endpoint in session["endpoints"]:
            expect(console.get_by_test_id(f"endpoint-card-{endpoint['id']}")).to_be_in_viewport(ratio=0.9)
        assert console.evaluate("document.documentElement.scrollHeight - window.innerHeight") <= 0

"""No serious fault for people with a screen reader or weak sight on any page with something on it; none asks in vain.

Pages of a room with media, the console's drawers and dialogs: test_accessible_rooms.py.
"""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from benchmarks.pages.routes import PAGES
from benchmarks.pages.visiting import PDF, form_with_file
from signalling.tokens import Tokens
from tests.browser.accessibility import serious_faults
from tests.browser.harness import Server, free_port
from tests.recorder.made import make_sealed

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
# What web/src/routes.ts has asked ahead for a page is what the page asks, word for word.
ALL_TAKEN = """() => {
  const named = (kind) => performance.getEntriesByType("mark").map((mark) => mark.name)
    .filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  const taken = named("taken:");
  return named("asked-ahead:").every((path) => taken.includes(path));
}"""
ROOM = {"name": "Xã Đô Lương", "level": "xa", "organisation": "UBND xã Đô Lương", "place": "Đô Lương"}
FULL = {
    "title": "Tiếp công dân định kỳ",
    "kind": "dinh_ky",
    "central": {"name": "Trụ sở tỉnh", "people": [{"name": "Nguyễn Văn A", "office": "Chủ tịch"}]},
    "delegates": [{"name": "Xã Đô Lương"}, {"name": "Trung ương", "guest": True}],
    "chair_name": "Nguyễn Văn A",
    "chair_office": "Phó Chủ tịch",
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """With a recording, before it starts."""
    make_sealed(tmp_path / "data")
    running = Server(tmp_path / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def filled(server: Server) -> tuple[dict[str, str], dict[str, str]]:
    """Samples and tokens for the pages: rooms, a survey, a draft, a live session with somebody at the door, users."""
    issuer = Tokens.of_data_directory(server.data)
    roles = ("chair", "secretary", "admin", "auditor")
    tokens = {"operator": server.token} | {role: issuer.issue(role=role, hours=1, name=role) for role in roles}
    server.call("POST", "/registry", ROOM)
    survey = server.call("POST", "/readiness/link", {"name": ROOM["name"]})["token"]
    visit = server.call("GET", "/survey", token=survey)["visit"]
    values = {"network.down_mbps": 4.9, "lighting.luma": 20, "network.protocol": "udp"}
    server.call("POST", f"/survey?visit={visit}", {"values": values}, token=survey)
    draft = server.call("POST", "/sessions", FULL)
    live = server.create(2, lobby=True)
    path = f"/sessions/{live['id']}"
    server.call("POST", f"{path}/start")
    server.call("POST", f"{path}/incidents", {"kind": "disorder", "note": "Làm ồn"})
    server.call("POST", f"{path}/back-channel", {"text": "Kiểm tra lại micro"})
    observer = server.call("POST", f"{path}/endpoints", {"name": "Thanh tra", "role": "observer"})
    invited = server.call("POST", "/users", {"name": "thuky", "role": "secretary"}, token=tokens["admin"])
    token = invited["url"].partition("#")[2]
    server.call("POST", "/setup", {"token": token, "password": "Cay-Nho-7-Xanh"}, token="")
    signed_in = server.call("POST", "/login", {"name": "thuky", "password": "Cay-Nho-7-Xanh", "bearer": True}, token="")
    invited = server.call("POST", "/users", {"name": "daibieu", "role": "delegate"}, token=tokens["admin"])
    tokens |= {
        "account": signed_in["token"],
        "endpoint": live["endpoints"][1]["token"],
        "tv": observer["token"],
        "survey": survey,
        "setup": invited["url"].partition("#")[2],
    }
    name = urllib.parse.quote(ROOM["name"])
    samples = {"draft": draft["id"], "live": live["id"], "incident": "1", "recording": "s1"}
    samples |= {"past": live["id"], "eid": draft["endpoints"][1]["id"]}
    samples["chapter"] = server.call("GET", "/help")["groups"][0]["chapters"][0]["id"]
    samples["document"] = handed_in(server, live["id"], tokens["secretary"])
    return samples | {"survey": f"?name={name}&visit={visit}"}, tokens


def handed_in(server: Server, session_id: str, token: str) -> str:
    """A document of the case."""
    data, kind = form_with_file(PDF, "don.pdf", from_whom="Trần Văn X")
    asked = urllib.request.Request(
        f"{server.base}/api/v1/sessions/{session_id}/documents",
        method="POST",
        data=data,
        headers={"Authorization": f"Bearer {token}", "Content-Type": kind},
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return str(json.load(answer)["id"])


def faults_of_all(server: Server, browser: BrowserContext) -> dict[str, Any]:
    samples, tokens = filled(server)
    found: dict[str, Any] = {}
    page = browser.new_page()
    page.goto(server.base)
    expect(page.get_by_label("Tên đăng nhập")).to_be_visible()
    found["sign in"] = serious_faults(page)
    for each in PAGES:
        page.close()
        page = browser.new_page()
        url = each.url(server.base, samples, tokens)
        if each.pattern == "/readiness/print":
            url = url.replace("#", f"{samples['survey']}#", 1)
        page.goto(url)
        page.locator(each.ready).first.wait_for()
        page.wait_for_function(ALL_TAKEN, timeout=4000)
        found[each.pattern] = serious_faults(page)
        for name, open_it in OPENED.get(each.pattern, {}).items():
            open_it(page)
            found[f"{each.pattern}: {name}"] = serious_faults(page)
    return found


def _step(field: str) -> Callable[[Page], None]:
    def open_it(page: Page) -> None:
        page.get_by_test_id("next-step").click()
        page.locator(field).first.wait_for()

    return open_it


def _played(page: Page) -> None:
    page.get_by_test_id("purpose").fill("Kiểm tra chất lượng")
    page.get_by_test_id("ask-access").click()
    page.get_by_test_id("play").wait_for()


def _dialog(button: str) -> Callable[[Page], None]:
    def open_it(page: Page) -> None:
        page.get_by_test_id(button).click()
        expect(page.get_by_role("dialog").first).to_be_visible()

    return open_it


OPENED: dict[str, dict[str, Callable[[Page], None]]] = {
    "/sessions/new": {
        "endpoints": _step('[data-testid="delegate-1"]'),
        "matter": _step('[data-testid="host"]'),
        "script": _step("#script"),
    },
    "/sessions/:id": {"technical channel": _dialog("back-channel")},
    "/registry": {"a room": _dialog("add-room")},
    "/users": {"a user": _dialog("new-user")},
    "/recordings/:id": {"player": _played},
}


def test_no_page_has_a_serious_fault(server: Server, browser: BrowserContext) -> None:
    found = faults_of_all(server, browser)
    lines = [f"{name}: {' '.join(fault.split())}" for name, faults in found.items() for fault in faults]
    assert not lines, "\n".join(lines)

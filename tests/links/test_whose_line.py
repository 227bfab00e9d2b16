"""Whose line is it, on lines that are shaped for real: the operator's page in Chromium says it in plain words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.links.site import BASE, FAR, FAR_IN, NEAR, SERVER, SITE_OUT, Processes, call, free, shape, site

pytestmark = [
    pytest.mark.links,
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("tc"), reason="needs root and iproute2"),
]

NEAR_NAMES = ["Trung tâm", "Xã Môn Sơn", "Xã Tam Quang", "Xã Keng Đu"]
FAR_NAME = "Xã Mường Típ"
CALM_S, TROUBLE_S = 15, 45


class Console:
    """The operator's page."""

    def __init__(self, processes: Processes, token: str, session_id: str) -> None:
        link = f"{BASE}/sessions/{session_id}#token={token}"
        self._process = processes.python(SERVER, "tests.links.browser", "console", link)
        assert listen(self._process)["joined"]

    def look(self) -> Any:
        """What it shows now."""
        assert self._process.stdin is not None
        self._process.stdin.write("look\n")
        self._process.stdin.flush()
        return listen(self._process)

    def alarms_over(self, seconds: int) -> list[Any]:
        """Every alarm that it showed, looked at once a second."""
        found: list[Any] = []
        for _ in range(seconds):
            found += self.look()["alarms"]
            time.sleep(1)
        return found

    def alarms_until(self, words: str, seconds: int) -> list[Any]:
        """The same, ending with the first that has these words in it; fails if there is none."""
        found: list[Any] = []
        for _ in range(seconds):
            found += self.look()["alarms"]
            if any(words in each["text"] for each in found):
                return found
            time.sleep(1)
        raise AssertionError(f"“{words}” was not said within {seconds} s, but {found}")


def listen(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


@pytest.fixture
def processes() -> Iterator[Processes]:
    running = Processes()
    with site():
        try:
            yield running
        finally:
            running.end()


def begin(processes: Processes, data: str) -> Console:
    """Three synthetic delegates and the centre on free lines, a real browser in the far place, all is well."""
    token = processes.serve(data)
    delegates = [{"name": name} for name in [*NEAR_NAMES[1:], FAR_NAME]]
    body = {"title": "Đường truyền", "kind": "rehearsal", "central": {"name": NEAR_NAMES[0]}, "delegates": delegates}
    session = call(token, "POST", "/sessions", body)
    *near, far = session["endpoints"]
    tokens = [each["token"] for each in near]
    assert listen(processes.python(NEAR, "tests.links.watcher", "send", BASE, "240", *tokens))["joined"]
    assert listen(processes.python(FAR, "tests.links.browser", "seat", far["join_url"]))["joined"]
    call(token, "POST", f"/sessions/{session['id']}/start")
    console = Console(processes, token, session["id"])
    time.sleep(CALM_S)
    assert not lines(console.look()["alarms"], "")
    return console


def lines(alarms: list[Any], name: str) -> list[str]:
    """What of it blames a line, an endpoint's of this name or the site's."""
    return [each["text"] for each in alarms if "_line" in each["kind"] and name in each["text"]]


def test_the_endpoint_behind_a_narrow_line_is_named_and_nobody_else(processes: Processes) -> None:
    with tempfile.TemporaryDirectory() as data:
        console = begin(processes, data)
        shape(FAR_IN, 700)
        alarms = console.alarms_until(f"Điểm cầu {FAR_NAME}: đường truyền hẹp", TROUBLE_S)
        alarms += console.alarms_over(15)
        for name in [*NEAR_NAMES, "Đường truyền của trung tâm"]:
            assert not lines(alarms, name), alarms
        rows = {row[0].split("\n")[0]: row for row in console.look()["rows"]}
        assert rows[FAR_NAME][1].lower() == "đường truyền điểm cầu"
        assert "đường truyền yếu" in rows[FAR_NAME][8]
        free(FAR_IN)
        end = time.monotonic() + TROUBLE_S
        while lines(console.look()["alarms"], FAR_NAME):
            assert time.monotonic() < end, "the trouble is over and still told"
            time.sleep(1)


def test_the_sites_line_is_named_and_no_endpoints(processes: Processes) -> None:
    with tempfile.TemporaryDirectory() as data:
        console = begin(processes, data)
        shape(SITE_OUT, 2500)
        alarms = console.alarms_until("Đường truyền của trung tâm đang gặp sự cố", TROUBLE_S)
        alarms += console.alarms_over(20)
        assert not [each for each in alarms if each["kind"].startswith("endpoint_line")], alarms

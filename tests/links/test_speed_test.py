"""The line that the technical check tells is the line that is there: shaped for real between network namespaces."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.links.site import FAR, FAR_IN, FAR_OUT, Processes, call, shape, site

pytestmark = [
    pytest.mark.links,
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("tc"), reason="needs root and iproute2"),
]


@pytest.fixture
def processes() -> Iterator[Processes]:
    with site():
        running = Processes()
        yield running
        running.end()


def measured(processes: Processes, token: str) -> dict[str, Any]:
    """The line as a new endpoint in the far place finds it."""
    names = {"central": {"name": "Trung tâm"}, "delegates": [{"name": "Bản xa"}]}
    session = call(token, "POST", "/sessions", {"title": "Đo", "kind": "rehearsal", **names})
    endpoint = session["endpoints"][1]
    browser = processes.python(FAR, "tests.links.browser", "check", endpoint["join_url"])
    assert browser.stdout is not None
    assert json.loads(browser.stdout.readline()) == {"measured": True}
    browser.terminate()
    view = call(token, "GET", f"/sessions/{session['id']}/preflight")
    far = next(each for each in view["endpoints"] if each["endpoint_id"] == endpoint["id"])
    return {check["key"]: check["value"] for item in far["items"] for check in item["checks"]}


@pytest.mark.parametrize(
    ("down_kbit", "up_kbit"),
    [
        (3000, 1500),
        pytest.param(1000, 2500, marks=pytest.mark.slow),
        pytest.param(4500, 700, marks=pytest.mark.slow),
    ],
)
def test_the_speed_told_is_the_lines_within_a_fifth(processes: Processes, down_kbit: int, up_kbit: int) -> None:
    with tempfile.TemporaryDirectory() as data:
        token = processes.serve(data)
        shape(FAR_IN, down_kbit)
        shape(FAR_OUT, up_kbit)
        values = measured(processes, token)
        processes.end()
    assert abs(1000 * values["network.down_mbps"] / down_kbit - 1) < 0.2, values
    assert abs(1000 * values["network.up_mbps"] / up_kbit - 1) < 0.2, values
    assert values["network.protocol"] == "udp"
    assert values["network.loss_down_percent"] < 3
    assert values["network.loss_up_percent"] < 3

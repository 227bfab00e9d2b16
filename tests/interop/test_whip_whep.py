"""Clients that nobody here wrote: GStreamer publishes by WHIP, aiortc watches by WHEP and publishes by WHIP."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import Island

pytestmark = [pytest.mark.links, pytest.mark.timeout(180)]

HERE = Path(__file__).parent
SYSTEM_PYTHON = "/usr/bin/python3"


def aiortc(island: Island, mode: str, path: str, token: str, seconds: int) -> subprocess.Popen[str]:
    return island.start(
        sys.executable, str(HERE / "aiortc_client.py"), mode, f"{island.base}{path}", token, str(seconds)
    )


def has_gstreamer() -> bool:
    probe = "import gi; gi.require_version('GstWebRTC', '1.0'); from gi.repository import GstWebRTC"
    return subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def publisher_of(island: Island, session: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = island.call("GET", f"/sessions/{session['id']}")["endpoints"][1]
    return found


def test_gstreamer_publishes_by_whip_and_aiortc_watches_by_whep(island: Island) -> None:
    assert has_gstreamer(), "install python3-gst-1.0 gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice"
    session = island.create(1)
    central, camera = session["endpoints"]
    island.call("POST", f"/sessions/{session['id']}/start")
    script = str(HERE / "gstreamer_whip.py")
    url = f"{island.base}/whip/{session['id']}"
    publisher = island.start(SYSTEM_PYTHON, script, url, camera["token"], "25")
    time.sleep(5)
    watcher = aiortc(island, "watch", f"/whep/{session['id']}/{camera['id']}", central["token"], 8)
    seen = json.loads(island.output(watcher))
    live = publisher_of(island, session)
    printed = island.output(publisher)
    assert "201" in printed
    assert "connected" in printed
    assert live["flowing"], (live, printed)
    assert seen["status"] == 201
    assert seen["seen"].get("VideoFrame", 0) > 40, seen
    assert seen["seen"].get("AudioFrame", 0) > 100, seen
    assert seen["seen"]["width"] == 640
    assert seen["deleted"] == 200


def test_aiortc_publishes_by_whip_and_leaves_by_delete(island: Island) -> None:
    session = island.create(1)
    island.call("POST", f"/sessions/{session['id']}/start")
    publisher = aiortc(island, "publish", f"/whip/{session['id']}", session["endpoints"][1]["token"], 6)
    time.sleep(5)
    assert publisher_of(island, session)["flowing"]
    done = json.loads(island.output(publisher))
    assert (done["status"], done["state"], done["deleted"]) == (201, "connected", 200)
    assert publisher_of(island, session)["state"] == "left"


def test_a_second_camera_by_whip_is_recorded_as_a_track_of_its_own(island: Island) -> None:
    session = island.create(1)
    identifier, token = session["id"], session["endpoints"][1]["token"]
    island.call("POST", f"/sessions/{identifier}/start")
    first = aiortc(island, "publish", f"/whip/{identifier}", token, 12)
    second = aiortc(island, "camera2", f"/whip/{identifier}?source=camera2", token, 8)
    done = json.loads(island.output(second))
    assert (done["status"], done["state"], done["deleted"]) == (201, "connected", 200)
    assert json.loads(island.output(first))["deleted"] == 200
    refused = json.loads(island.output(aiortc(island, "publish", f"/whip/{identifier}?source=camera2", token, 1)))
    assert refused["status"] == 422, "no second microphone"
    island.call("POST", f"/sessions/{identifier}/end")
    for _ in range(60):
        view = island.call("GET", f"/recordings/{identifier}")
        if view["state"] == "done":
            break
        time.sleep(0.5)
    assert {track["source"] for track in view["tracks"]} == {"room", "camera2"}
    assert {track["endpoint_name"] for track in view["tracks"]} == {"Xã 1"}
    assert all(track["duration_s"] > 4 for track in view["tracks"])


def test_a_token_of_another_session_does_nothing(island: Island) -> None:
    first, second = island.create(1), island.create(1)
    stranger = aiortc(island, "publish", f"/whip/{first['id']}", second["endpoints"][1]["token"], 1)
    answer = json.loads(island.output(stranger))
    assert answer["status"] == 403
    assert json.loads(answer["body"])["code"] == "forbidden"

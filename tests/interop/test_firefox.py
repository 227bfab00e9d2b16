"""Firefox ESR sees and is seen, beside synthetic endpoints that send real VP8."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.interop.conftest import Island

pytestmark = [pytest.mark.links, pytest.mark.browser, pytest.mark.timeout(180)]


def test_firefox_sees_and_is_seen(island: Island) -> None:
    assert shutil.which("firefox-esr"), "install firefox-esr"
    session = island.create(2)
    _, firefox, *_ = session["endpoints"]
    others = [each["token"] for each in session["endpoints"] if each is not firefox]
    watch = [sys.executable, "-m", "tests.links.watcher", "send", island.base, "45", *others]
    synthetic = island.start(*watch)
    assert synthetic.stdout is not None
    assert json.loads(synthetic.stdout.readline()) == {"joined": True}
    island.call("POST", f"/sessions/{session['id']}/start")
    url = f"{island.base}/join?debug=1#{firefox['token']}"
    client = island.start(sys.executable, str(Path(__file__).parent / "firefox_client.py"), url, "12")
    seen = json.loads(island.output(client, timeout_s=100))
    synthetic.terminate()
    island.output(synthetic)
    assert seen["state"] == "connected"
    pictures = [each for each in seen["streams"] if each["type"] == "inbound-rtp" and each["kind"] == "video"]
    voices = [each for each in seen["streams"] if each["type"] == "inbound-rtp" and each["kind"] == "audio"]
    sent = [each for each in seen["streams"] if each["type"] == "outbound-rtp" and each["kind"] == "video"]
    assert sum(1 for each in pictures if each["frames"] > 50) == 2, seen
    assert sum(1 for each in voices if each["packets"] > 200) == 2, seen
    assert sum(each["frames"] for each in sent) > 50, seen

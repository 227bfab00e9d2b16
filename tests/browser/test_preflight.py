"""The technical check in real Chromium, whose devices are files: good ones, bad ones, and some between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Playwright

from tests.browser.checks import RATE, CheckPage, chromium, picture_file, sound_file, write_wave
from tests.browser.harness import Seat, Server, free_port, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests here: each makes its own session."""
    running = Server(tmp_path_factory.mktemp("server") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text(), running.log.read_text()


def devices(picture: Path, sound: Path) -> list[str]:
    return [f"--use-file-for-fake-video-capture={picture}", f"--use-file-for-fake-audio-capture={sound}"]


def good_picture(directory: Path) -> Path:
    return picture_file(directory / "good.y4m", luma=120, noise=60, moving=True)


def good_sound(directory: Path) -> Path:
    return sound_file(directory / "good.wav", loud=0.25)


@pytest.mark.slow
def test_a_good_room_is_measured_answered_signed_and_ready(
    server: Server, playwright_driver: Playwright, tmp_path: Path
) -> None:
    session = server.create(1, kind="dinh_ky")
    path = f"/sessions/{session['id']}/preflight"
    central, delegate = session["endpoints"]
    waive = {"item": "*", "name": "Trần Thị B", "reason": "Không tham gia phép thử"}
    server.call("POST", f"{path}/waive", {**waive, "endpoint_id": central["id"]})
    with chromium(playwright_driver, *devices(good_picture(tmp_path), good_sound(tmp_path))) as context:
        check = CheckPage(context, server, delegate)
        check.run()
        values = check.values()
        bad = {key: found for key, found in values.items() if found[1] == "fail"}
        assert not bad
        for key in ("lighting.luma", "camera.height", "camera.frozen_percent", "audio.peak_dbfs", "network.protocol"):
            assert values[key][1] == "pass", (key, values[key])
        for key in ("network.down_mbps", "network.up_mbps"):
            assert 2.0 < values[key][0] <= 5.3, (key, values[key])  # never more than the profile's line
        assert values["software.decode_fps"][0] > 10
        page = check.page
        page.get_by_test_id("technician-name").fill("Nguyễn Văn A")
        for question in page.locator("[data-testid^=question-]").all():
            question.get_by_role("button").first.click()
            wait_for(lambda q=question: q.locator("[aria-pressed=true]").count() == 1, "the answer is kept")
        page.get_by_test_id("sign-site").click()
        page.get_by_test_id("signed-site").wait_for()
        assert server.call("GET", path)["blocking"] == [delegate["id"]]  # nobody has heard it yet

        panel = context.new_page()
        panel.goto(f"{server.base}/#token={server.token}")
        panel.get_by_test_id("new-session").wait_for()
        panel.goto(f"{server.base}/sessions/{session['id']}/preflight")
        panel.get_by_test_id("operator-name").fill("Lê Văn C")
        card = panel.get_by_test_id(f"preflight-{delegate['id']}")
        card.get_by_test_id("heard").click()
        wait_for(lambda: card.get_attribute("data-state") in ("pass", "warn"), "the endpoint is ready")
        assert "sẵn sàng" in panel.get_by_test_id("gate").inner_text()
        view = server.call("GET", path)
        assert view["ready"]
        signed = next(each for each in view["endpoints"] if each["endpoint_id"] == delegate["id"])
        assert signed["site"]["name"] == "Nguyễn Văn A"
        panel.goto(f"{server.base}/sessions/{session['id']}/preflight/print")
        sheet = panel.locator(".record-sheet").filter(has_text="Xã 1")
        assert "BIÊN BẢN KIỂM THỬ KỸ THUẬT" in sheet.inner_text()
        assert "Nguyễn Văn A" in sheet.inner_text()
        assert check.errors == []


PICTURES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "black": (
        {"luma": 16, "noise": 0, "moving": False},
        {"lighting.luma": "fail", "lighting.contrast": "fail", "camera.black_percent": "fail"},
    ),
    "dim": (
        {"luma": 62, "noise": 30, "moving": True},
        {"lighting.luma": "warn", "camera.black_percent": "pass", "camera.frozen_percent": "pass"},
    ),
    "frozen": (
        {"luma": 120, "noise": 60, "moving": False},
        {"lighting.luma": "pass", "camera.black_percent": "pass", "camera.frozen_percent": "fail"},
    ),
    "small": (
        {"luma": 120, "noise": 60, "moving": True, "size": (320, 192)},
        {"lighting.luma": "pass", "camera.frozen_percent": "pass", "camera.height": "fail"},
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_bad_picture_is_told(server: Server, playwright_driver: Playwright, tmp_path: Path, name: str) -> None:
    kind, expected = PICTURES[name]
    picture = picture_file(tmp_path / "bad.y4m", **kind)
    session = server.create(1)
    with chromium(playwright_driver, *devices(picture, good_sound(tmp_path))) as context:
        values = CheckPage(context, server, session["endpoints"][1]).measure("picture")
    assert {key: values[key][1] for key in expected} == expected, values


SOUNDS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "silent": ({"loud": 0.0, "quiet": 0.0}, {"audio.peak_dbfs": "fail", "audio.clipping_percent": "pass"}),
    "faint": ({"loud": 0.03}, {"audio.peak_dbfs": "warn", "audio.noise_dbfs": "pass"}),
    "clipping": ({"loud": 0.9, "clipped": True}, {"audio.clipping_percent": "fail", "audio.peak_dbfs": "warn"}),
    "noisy": ({"loud": 0.3, "quiet": 0.05}, {"audio.noise_dbfs": "fail", "audio.peak_dbfs": "pass"}),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_a_bad_sound_is_told(server: Server, playwright_driver: Playwright, tmp_path: Path, name: str) -> None:
    kind, expected = SOUNDS[name]
    sound = sound_file(tmp_path / "bad.wav", **kind)
    session = server.create(1)
    with chromium(playwright_driver, *devices(good_picture(tmp_path), sound)) as context:
        values = CheckPage(context, server, session["endpoints"][1]).measure("sound")
    assert {key: values[key][1] for key in expected} == expected, values


def test_the_tone_that_returns_is_heard_and_a_voice_is_not_taken_for_it(
    server: Server, playwright_driver: Playwright, tmp_path: Path
) -> None:
    """A file cannot answer the speaker, but it can hold the tone that the page plays, as the room would return it."""
    time = np.arange(int(0.5 * RATE)) / RATE
    slope = (3200 - 700) / 0.5
    fade = np.minimum(1, np.minimum(time / 0.02, (0.5 - time) / 0.02))
    tone = 0.2 * fade * np.sin(2 * np.pi * (700 * time + slope * time * time / 2))
    noise = 0.01 * np.random.default_rng(3).standard_normal(RATE)
    noise[: tone.size] += tone
    session = server.create(2)
    returned = write_wave(tmp_path / "returned.wav", noise)
    for sound, endpoint, expected in ((returned, 1, "echo"), (good_sound(tmp_path), 2, "not_heard")):
        with chromium(playwright_driver, *devices(good_picture(tmp_path), sound)) as context:
            values = CheckPage(context, server, session["endpoints"][endpoint]).measure("loop")
        assert values["audio.loop"][0] == expected


@pytest.mark.slow
def test_the_recorder_is_tried_and_the_clip_played_back(
    server: Server, playwright_driver: Playwright, tmp_path: Path
) -> None:
    session = server.create(1)
    with chromium(playwright_driver, *devices(good_picture(tmp_path), good_sound(tmp_path))) as context:
        check = CheckPage(context, server, session["endpoints"][0])
        check.page.evaluate("steps => window.__check(steps)", ["clip"])
        wait_for(lambda: "storage.clip_played" in check.values(), "the clip is played to its end")
        values = check.values()
    assert values["storage.clip_played"] == (True, "pass")
    assert values["storage.clip_sound"] == (True, "pass")
    assert 8 <= values["storage.clip_seconds"][0] <= 12
    assert values["storage.clip_fps"][0] > 10
    assert values["storage.write_mb_s"][0] > 0
    assert values["storage.free_ratio"][0] > 0
    assert [path.suffix for path in (server.data / "preflight").iterdir()] == [".webm"]
    assert server.call("GET", "/recordings")["recordings"] == []


@pytest.mark.slow
def test_all_lines_are_measured_at_once(server: Server, playwright_driver: Playwright, tmp_path: Path) -> None:
    names = {"central": {"name": "Trung tâm"}, "delegates": [{"name": "Xã 1"}, {"name": "Xã 2"}]}
    session = server.call("POST", "/sessions", {"title": "Đo", "kind": "rehearsal", "profile": "mien-nui", **names})
    path = f"/sessions/{session['id']}/preflight"
    with chromium(playwright_driver) as context:
        seats = [Seat(context, server, endpoint) for endpoint in session["endpoints"][1:]]
        assert server.call("GET", f"{path}/joint")["phase"] == "none"
        begun = server.call("POST", f"{path}/joint", {})["joint"]
        assert begun["phase"] == "waiting"
        assert server.problem("POST", f"{path}/joint", {})[1]["code"] == "joint_test_runs"
        wait_for(lambda: server.call("GET", f"{path}/joint")["phase"] == "running", "it runs")
        wait_for(lambda: server.call("GET", f"{path}/joint")["phase"] == "done", "it ends", timeout_s=60)
        found = server.call("GET", f"{path}/joint")
        assert [seat.errors for seat in seats] == [[], []]
    states = {each["endpoint_id"]: each for each in found["endpoints"]}
    assert [states[each["id"]]["state"] for each in session["endpoints"]] == ["waiting", "done", "done"]
    measured = [states[each["id"]] for each in session["endpoints"][1:]]
    for way in ("down", "up"):
        each = [endpoint["values"][f"network.{way}_mbps"] for endpoint in measured]
        asked = [endpoint[f"asked_{way}_mbps"] for endpoint in measured]
        assert all(0.5 * want < got <= 1.06 * want for got, want in zip(each, asked, strict=True)), (way, each, asked)
        assert 0.6 * sum(each) < found[f"{way}_mbps"] <= 1.06 * sum(asked)
        assert sum(endpoint[f"asked_{way}_mbps"] for endpoint in found["endpoints"]) <= found[f"line_{way}_mbps"] + 0.01
    view = server.call("GET", path)
    kept = {each["endpoint_id"]: each for each in view["endpoints"]}[measured[0]["endpoint_id"]]
    network = next(item for item in kept["items"] if item["item"] == "network")
    assert next(check for check in network["checks"] if check["key"] == "network.joint_percent")["value"] > 50

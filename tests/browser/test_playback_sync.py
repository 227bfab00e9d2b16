"""Flashes of a known recording seen again on the playback page: all tiles together, after seeks and at every speed."""

from __future__ import annotations

import io
import json
import math
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page

from recorder.depacketize.frames import Frame
from recorder.muxer import TrackFile
from tests.browser.harness import Server, free_port, wait_for
from tests.recorder.flashes import NAMES, FlashingEndpoint, flashing_recording
from tests.recorder.made import WALL_OFFSET_US

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

BEGUN_MS = WALL_OFFSET_US // 1000 + 1_000_000
LONG_S = 45.0
GAP = {"cause": "server killed", "from_ms": BEGUN_MS + 30_000, "to_ms": BEGUN_MS + 33_000}
EVENTS = [
    (2.0, {"kind": "speak", "endpoint_id": "e0"}),
    (12.0, {"kind": "speak", "endpoint_id": "e1"}),
    (18.0, {"kind": "marker", "text": "Khiếu nại về đất đai", "category": "marker", "by": "operator"}),
    (20.0, {"kind": "speak", "endpoint_id": "e2"}),
    (33.0, GAP),
    (36.0, {"kind": "marker", "text": "Kết luận của người chủ trì", "category": "item_end", "by": "operator"}),
]
# When each tile's picture becomes light: seconds of the page's clock, by the name of the file that is shown.
WATCH = """() => {
  window.flashes = {};
  for (const video of document.querySelectorAll('.pb-tile video')) {
    const canvas = Object.assign(document.createElement('canvas'), {width: 4, height: 4});
    const context = canvas.getContext('2d', {willReadFrequently: true});
    const seen = window.flashes[video.dataset.file] = [];
    let lit = true;
    const look = (now, frame) => {
      context.drawImage(video, 0, 0, 4, 4);
      const level = context.getImageData(2, 2, 1, 1).data[0];
      if (level > 150 && !lit) seen.push(frame.expectedDisplayTime / 1000);
      lit = level > 120;
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  }
}"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("playback") / "data"
    stays = [[(0.0, LONG_S)], [(0.0, LONG_S)], [(1.0, LONG_S)], [(3.0, 14.0), (24.0, LONG_S)]]
    flashing_recording(directory, [FlashingEndpoint(number, each) for number, each in enumerate(stays)], events=EVENTS)
    return directory


@contextmanager
def playing(data: Path, browser: BrowserContext, recording: str) -> Iterator[Page]:
    """The playback page of a recording, with leave to play it."""
    server = Server(data, free_port())
    server.start()
    errors: list[str] = []
    try:
        opened = browser.new_page()
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.goto(f"{server.base}/recordings/{recording}#token={server.token}")
        opened.get_by_test_id("purpose").fill("Kiểm tra chất lượng bản ghi")
        opened.get_by_test_id("ask-access").click()
        opened.get_by_test_id("playback-video-0").wait_for()
        yield opened
        opened.close()
    finally:
        server.stop()
    assert not errors


@pytest.fixture
def page(data: Path, browser: BrowserContext) -> Iterator[Page]:
    """That of the recording with the flashes."""
    with playing(data, browser, "s1") as opened:
        yield opened


def at(page: Page) -> float:
    """The playback's time, seconds."""
    return float(page.get_by_test_id("playback-time").get_attribute("data-seconds") or "nan")


def reached(page: Page, moment: float) -> None:
    wait_for(lambda: abs(at(page) - moment) < 0.06, f"{moment} s is reached: {at(page)}", timeout_s=10)


def zero_of(seen: list[float], number: int, speed: float) -> float:
    """Where in its second this tile's recording began, by the flashes that were seen (recording's seconds, 0 to 1)."""
    phase = FlashingEndpoint(number, []).phase_s
    turns = [2 * math.pi * ((each * speed - phase) % 1.0) for each in seen]
    middle = math.atan2(statistics.fmean(map(math.sin, turns)), statistics.fmean(map(math.cos, turns)))
    return middle / (2 * math.pi) % 1.0


def apart(zeros: list[float]) -> float:
    """The largest distance on the circle of one second."""
    return max(abs((a - b + 0.5) % 1.0 - 0.5) for a in zeros for b in zeros)


def together(page: Page, speed: float, *, flashes: int = 5) -> None:
    """All tiles' flashes fit one clock within 100 ms."""
    page.evaluate(WATCH)
    shown: dict[str, int] = {
        page.locator(f"[data-testid=playback-video-{number}]").get_attribute("data-file") or "": number
        for number in range(4)
    }

    def seen() -> dict[str, list[float]]:
        found: dict[str, Any] = page.evaluate("window.flashes")
        return {name: found.get(name, [])[1:] for name in shown}

    wait_for(lambda: all(len(each) >= flashes for each in seen().values()), f"flashes: {seen()}", timeout_s=40)
    zeros = [zero_of(each, shown[name], speed) for name, each in seen().items()]
    assert apart(zeros) < 0.1, zeros


def choose_speed(page: Page, name: str) -> None:
    page.get_by_test_id("speed").click()
    page.get_by_role("option", name=name, exact=True).click()


def test_all_tiles_show_the_same_moment_after_seeks_and_at_every_speed(page: Page) -> None:
    page.get_by_test_id("play").click()
    wait_for(lambda: at(page) > 3.5, "everybody is there")
    together(page, 1.0)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    wait_for(lambda: at(page) > 3.5, "everybody is there")
    choose_speed(page, "0,5×")
    together(page, 0.5, flashes=3)
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    wait_for(lambda: at(page) > 25, "the fourth is back, in its second file", timeout_s=20)
    choose_speed(page, "1,5×")
    together(page, 1.5)


def test_one_jumps_by_marker_turn_and_gap(page: Page) -> None:
    page.get_by_test_id("next-marker").click()
    reached(page, 18.0)
    page.keyboard.press("m")
    reached(page, 36.0)
    page.keyboard.press("Shift+M")
    reached(page, 18.0)
    page.keyboard.press("Home")
    for moment in (2.0, 12.0, 20.0):
        page.keyboard.press("t")
        reached(page, moment)
    page.get_by_test_id("previous-turn").click()
    reached(page, 12.0)
    page.keyboard.press("g")
    reached(page, 30.0)
    page.get_by_test_id("tab-marker").click()
    page.locator(".pb-jumps button", has_text="Kết luận của người chủ trì").click()
    reached(page, 36.0)
    assert "máy chủ dừng đột ngột (3 giây)" in page.get_by_test_id("gap-labels").inner_text()
    page.get_by_test_id("tab-turn").click()
    assert NAMES["e2"] in page.locator(".pb-jumps").inner_text()


def test_the_large_one_is_chosen_and_each_has_its_sound(page: Page) -> None:
    def box(index: int) -> float:
        found = page.get_by_test_id(f"tile-{index}").bounding_box()
        assert found is not None
        return found["width"]

    assert page.locator(".pb-tile").count() == 4, "one tile for each endpoint, whatever number of files it has"
    large = box(0)
    assert large > 2 * box(2)
    page.get_by_test_id("tile-2").get_by_role("button").first.click()
    assert abs(box(2) - large) < 2
    page.keyboard.press("2")
    assert abs(box(1) - large) < 2
    page.keyboard.press("0")
    assert max(box(index) for index in range(4)) - min(box(index) for index in range(4)) < 2
    page.keyboard.press("2")
    page.keyboard.press("x")
    page.get_by_test_id("tab-sound").click()
    slider = page.get_by_role("slider", name=f"Âm lượng của {NAMES['e2']}")
    slider.focus()
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    sound = "v => [v.muted, Math.round(100 * v.volume)]"
    found = [page.get_by_test_id(f"tile-{index}").locator("video").first.evaluate(sound) for index in range(3)]
    assert found == [[False, 100], [True, 100], [True, 70]], "the second was silenced, the third has not come in yet"
    assert at(page) == 0, "the slider took the keys"


def test_a_tile_goes_on_with_the_file_of_its_endpoints_next_stay(page: Page) -> None:
    page.keyboard.press("t")
    page.keyboard.press("t")
    reached(page, 12.0)
    first = page.get_by_test_id("playback-video-3").get_attribute("data-file")
    page.get_by_test_id("play").click()
    wait_for(lambda: at(page) > 15, "its stay is over", timeout_s=20)
    assert "Không có hình, tiếng lúc này" in page.get_by_test_id("tile-3").inner_text()
    choose_speed(page, "2×")
    wait_for(lambda: at(page) > 25, "it is back", timeout_s=30)
    second = page.get_by_test_id("playback-video-3")
    assert second.get_attribute("data-file") != first
    wait_for(lambda: second.evaluate("v => !v.paused && v.currentTime > 0.5"), "it plays")
    wait_for(lambda: at(page) >= LONG_S - 0.5, "the end", timeout_s=40)
    time.sleep(1)
    assert page.locator(".pb-tile video").evaluate_all("all => all.every(v => v.paused)")


def many_large_files(data: Path, count: int) -> None:
    """A recording of so many endpoints whose files are larger than what a browser takes at once; all the same file."""
    tracks = data / "recordings" / "many" / "tracks"
    tracks.mkdir(parents=True)
    with av.open(io.BytesIO(), "w", format="webm") as container:
        stream: Any = container.add_stream("libvpx", rate=25, options={"deadline": "realtime", "cpu-used": "8"})
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 320, 180, "yuv420p", 20_000_000
        noise = np.random.default_rng(1).integers(0, 255, (270, 320), dtype=np.uint8)
        packets = [*stream.encode(av.VideoFrame.from_ndarray(noise, format="yuv420p")), *stream.encode(None)]
    picture = Frame(data=bytes(packets[0]), keyframe=True, timestamp=0, arrival_s=0.0, width=320, height=180)
    first = TrackFile(tracks / "001.webm", video=("VP8", 320, 180), audio=False, title="many")
    for index in range(25 * 40):
        first.write_frame(picture, index / 25)
    first.close()
    assert first.path.stat().st_size > 8 << 20
    session = {"title": "Mười hai điểm cầu", "kind": "rehearsal", "endpoints": {}}
    lines: list[dict[str, Any]] = [{"type": "part", "session": session, "wall_ms": BEGUN_MS}]
    for number in range(1, count + 1):
        path = tracks / f"{number:03d}.webm"
        if number > 1:
            path.hardlink_to(first.path)
        facts = {"endpoint_id": f"e{number}", "endpoint_name": f"Xã {number}", "source": "room", "video": "VP8"}
        facts |= {"offset_ms": 0, "duration_ms": 40_000, "width": 320, "height": 180, "audio": False, "bytes": 1}
        lines.append({"type": "track", "path": f"tracks/{path.name}", **facts})
    lines.append({"type": "seal", "hash": "00", "files": [], "start_ms": BEGUN_MS, "end_ms": BEGUN_MS + 40_000})
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    (tracks.parent / "manifest.jsonl").write_text(text)


def test_a_dozen_large_files_play_at_once(tmp_path: Path, browser: BrowserContext) -> None:
    many_large_files(tmp_path, 12)
    with playing(tmp_path, browser, "many") as page:
        page.get_by_test_id("play").click()
        moving = "all => all.filter(v => !v.paused && v.currentTime > 1).length"
        videos = page.locator(".pb-tile video")
        wait_for(lambda: videos.evaluate_all(moving) == 12, "all of them play", timeout_s=40)
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        later = moving.replace("1)", "20)")
        wait_for(lambda: videos.evaluate_all(later) == 12, "and go on after a jump", timeout_s=40)

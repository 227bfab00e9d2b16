"""Take the screenshots: `python -m scripts.screenshots [NAME …]`. Needs the built web app and Chromium."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
from pathlib import Path

import aiohttp
from playwright.async_api import Browser, Page, async_playwright

from benchmarks.running import RunningServer
from scripts.screenshots.shots import SHOTS, Shot
from scripts.screenshots.stage import Stage, camera_file, destroy_one, end, go_live, prepare, small_png

OUT = Path("docs/images/vi")
MANIFEST = OUT / "manifest.json"
MOST_BYTES = 150_000
PASSWORD = "Suoi-Lon-8-Trong"
# Devices by names as a room has them, in place of the browser's fake ones.
DEVICES = """
const names = { videoinput: "Camera hội nghị USB", audioinput: "Micro cổ ngỗng", audiooutput: "Loa TV (HDMI)" };
const found = navigator.mediaDevices?.enumerateDevices.bind(navigator.mediaDevices);
if (found) navigator.mediaDevices.enumerateDevices = async () =>
  (await found()).map((each) => {
    const { deviceId, groupId, kind } = each;
    const label = each.label && names[kind] + (/fake_.*_[2-9]|Input 2|Output 2/.test(each.label) ? " 2" : "");
    return { deviceId, groupId, kind, label };
  });
"""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
]


def address(shot: Shot, stage: Stage) -> str:
    """The whole address of a shot, with the token of whoever looks."""
    path = shot.path if isinstance(shot.path, str) else shot.path(stage)
    if path.startswith("http"):
        return path.replace("/join#", "/tv#") if shot.role == "tv" else path
    for name, session in stage.sessions.items():
        path = path.replace(f"{{{name}}}", session["id"])
    for name in ("document", "incident"):
        path = path.replace(f"{{{name}}}", stage.links.get(name, ""))
    if shot.role == "account":
        return f"{stage.server.base}{path}#token={account_token(stage)}"
    return f"{stage.server.base}{path}" + (f"#token={stage.token(shot.role)}" if shot.role else "")


def account_token(stage: Stage) -> str:
    """The secretary signs in with an account of her own."""
    token = stage.links.get("account")
    if not token:
        setup = stage.links["setup secretary"].partition("#")[2]
        stage.call("POST", "/setup", {"token": setup, "password": PASSWORD})
        credentials = {"name": "thuky.hoa", "password": PASSWORD, "bearer": True}
        token = stage.links["account"] = stage.call("POST", "/login", credentials)["token"]
    return token


async def take(browser: Browser, shot: Shot, stage: Stage) -> int:
    """One picture, written; its size in bytes."""
    context = await browser.new_context(
        viewport={"width": shot.width, "height": shot.height}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )
    await context.add_init_script(DEVICES)
    page = await context.new_page()
    try:
        if shot.role == "centre" and stage.scene is not None:
            await stage.scene.actors[0].leave()  # the browser takes the seat
        await page.goto(address(shot, stage))
        await settled(page)
        if shot.act is not None:
            await shot.act(page, stage)
        await page.wait_for_timeout(4000 if shot.role == "tv" else 800)
        data = small_png(await page.screenshot(), MOST_BYTES)
    finally:
        await context.close()
    (OUT / f"{shot.name}.png").write_bytes(data)
    return len(data)


async def settled(page: Page) -> None:
    """Something is there, and what loads has loaded."""
    await page.locator("h1, h2, main").first.wait_for()
    await page.wait_for_timeout(1800)


async def take_all(wanted: list[Shot]) -> int:
    """All of them; how many did not work."""
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    failed = 0
    server = await asyncio.to_thread(
        RunningServer, settings={"storage.retention.rehearsal_days": 1, "storage.mount_roots": ["/media/diemcau"]}
    )
    try:
        async with aiohttp.ClientSession() as client, async_playwright() as driver:
            camera = await asyncio.to_thread(camera_file, server.data / "camera.y4m")
            flags = [*FLAGS, f"--use-file-for-fake-video-capture={camera}"]
            browser = await driver.chromium.launch(executable_path=chromium, args=flags)
            stage = Stage(server, client)
            await asyncio.to_thread(prepare, stage)
            await go_live(stage)
            for shot in sorted(wanted, key=lambda each: each.after):
                if shot.after and stage.scene is not None and "ended" not in stage.links:
                    await end(stage)
                    await destroy_one(stage)
                    stage.links["ended"] = "yes"
                try:
                    print(f"{shot.name}.png  {await take(browser, shot, stage) // 1000} kB", flush=True)
                except Exception as error:
                    failed += 1
                    print(f"{shot.name}: {error}", file=sys.stderr, flush=True)
            await browser.close()
            if stage.scene is not None:
                await stage.scene.close()
    finally:
        await asyncio.to_thread(server.stop)
    return failed


def write_manifest() -> None:
    """Which picture shows which route, for those that are there."""
    entries = [
        {"file": f"{shot.name}.png", "route": shot.route, "title": shot.title}
        for shot in SHOTS
        if (OUT / f"{shot.name}.png").exists()
    ]
    MANIFEST.write_text(json.dumps(entries, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    """Exit 1 if one did not work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these")
    names = parser.parse_args().names
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    failed = asyncio.run(take_all(wanted))
    write_manifest()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

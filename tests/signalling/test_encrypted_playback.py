"""Encrypted tracks over HTTP: any byte range, decrypted on the way; a missing key is told."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder.encrypted_file import open_media
from recorder.master_key import Keyring
from tests.browser.harness import Server, free_port
from tests.recorder.made import make_sealed

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("encrypted") / "data"
    make_sealed(data, encrypted=True)
    running = Server(data, free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def fetch(server: Server, url: str, byte_range: str = "") -> tuple[int, dict[str, str], bytes]:
    headers = {"Authorization": f"Bearer {server.token}", **({"Range": byte_range} if byte_range else {})}
    request = urllib.request.Request(server.base + url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def track(server: Server) -> tuple[str, bytes]:
    """Its address, and what it holds."""
    (view,) = server.call("GET", "/recordings/s1")["tracks"]
    (path,) = (server.data / "recordings" / "s1" / "tracks").iterdir()
    with open_media(path, Keyring.of(server.data)) as file:
        return view["url"], file.read()


def test_the_whole_file_and_any_range_come_decrypted(server: Server) -> None:
    url, plain = track(server)
    status, headers, body = fetch(server, url)
    assert (status, headers["Content-Type"], headers["Accept-Ranges"]) == (200, "video/webm", "bytes")
    assert body == plain
    size = len(plain)
    for asked, start, stop in (
        ("bytes=0-", 0, size),
        ("bytes=0-0", 0, 1),
        ("bytes=65530-65545", 65530, 65546),
        ("bytes=-100", size - 100, size),
        (f"bytes={size - 5}-{size + 100}", size - 5, size),
    ):
        status, headers, body = fetch(server, url, asked)
        assert (status, headers["Content-Range"]) == (206, f"bytes {start}-{stop - 1}/{size}"), asked
        assert body == plain[start:stop]
    status, headers, _ = fetch(server, url, f"bytes={size}-")
    assert (status, headers["Content-Range"]) == (416, f"bytes */{size}")


def test_without_its_key_the_answer_says_so_and_verification_goes_on(server: Server) -> None:
    url, plain = track(server)
    key = server.data / "keys" / "master.key"
    kept = key.read_bytes()
    key.unlink()
    try:
        status, _, body = fetch(server, url)
        problem = json.loads(body)
        assert (status, problem["code"]) == (409, "key_unavailable")
        assert "master key" in problem["detail"]
        assert server.call("GET", "/recordings/s1/verify")["verdict"] == "whole"
    finally:
        key.write_bytes(kept)
    assert fetch(server, url)[2] == plain


def test_an_altered_track_is_damaged_not_garbage(server: Server, tmp_path: Path) -> None:
    url, _ = track(server)
    (path,) = (server.data / "recordings" / "s1" / "tracks").iterdir()
    kept = path.read_bytes()
    path.chmod(0o644)
    try:
        path.write_bytes(kept[:500] + bytes((kept[500] ^ 1,)) + kept[501:])
        status, _, body = fetch(server, url, "bytes=0-10")
        assert (status, json.loads(body)["code"]) == (500, "damaged_file")
    finally:
        path.write_bytes(kept)

"""A real S3 server on loopback for tests: versitygw (Go), else s3s-fs (Rust); `make tools` builds one."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from benchmarks.running import free_port
from config.storage import S3Settings

ROOT = Path(__file__).parents[3]
ACCESS, SECRET, BUCKET = "diemcau-test", "diemcau-test-secret", "diemcau"
PLACES = (ROOT / ".tools" / "bin", Path.home() / "go" / "bin", Path.home() / ".cargo" / "bin")


def find_server() -> Path | None:
    for name in ("versitygw", "s3s-fs"):
        for place in PLACES:
            if (place / name).exists():
                return place / name
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def needed_server() -> Path:
    found = find_server()
    if found is None:
        pytest.skip("no S3 server: `make tools` builds versitygw (needs Go 1.25) or s3s-fs (needs cargo)")
    return found


class S3Server:
    """The server with one bucket; what it stores outlives it."""

    def __init__(self, directory: Path) -> None:
        self._binary = needed_server()
        self.port = free_port()
        self.directory = directory
        (directory / BUCKET).mkdir(parents=True)
        self._sidecar = directory.with_name(f"meta-{directory.name}")
        self._sidecar.mkdir()
        self._process: subprocess.Popen[bytes] | None = None

    def settings(self, **changes: object) -> S3Settings:
        facts: dict[str, object] = {
            "url": f"http://127.0.0.1:{self.port}",
            "bucket": BUCKET,
            "access_key_id": ACCESS,
            "secret_access_key": SECRET,
            "timeout_s": 5.0,
            "retry_first_s": 0.2,
            "retry_longest_s": 1.0,
        }
        return S3Settings.model_validate(facts | changes)

    def start(self) -> None:
        if self._binary.name == "versitygw":
            own = ["--port", f"127.0.0.1:{self.port}", "--access", ACCESS, "--secret", SECRET, "--quiet"]
            arguments = [*own, "posix", "--sidecar", str(self._sidecar), str(self.directory)]
        else:
            own = ["--host", "127.0.0.1", "--port", str(self.port), "--access-key", ACCESS, "--secret-key", SECRET]
            arguments = [*own, str(self.directory)]
        self._process = subprocess.Popen(
            [str(self._binary), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
        )
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, "the S3 server did not start"
            time.sleep(0.05)
        raise AssertionError("the S3 server does not listen")

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def path(self, name: str) -> Path:
        """Where it keeps an object."""
        return self.directory / BUCKET / "recordings" / name

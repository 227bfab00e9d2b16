"""A server on a full store, its lists timed over HTTP and its pages in real Chromium."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from benchmarks.pages.filling import ACCOUNT, PASSWORD
from benchmarks.pages.routes import Page
from benchmarks.running import free_port
from signalling.tokens import Tokens

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
PATIENCE_MS = 15_000
SIZE: ViewportSize = {"width": 1366, "height": 768}
LIVE_DELEGATES = 10
ROOM = "Xã Mẫu 001"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"

LISTS = (
    ("sessions, past", "operator", "/sessions?state=ended,archived,cancelled&rehearsals=no&limit=25"),
    ("sessions, all, 500", "operator", "/sessions?limit=500"),
    ("sessions, found by words", "operator", "/sessions?q=mau 017&limit=25"),
    ("a session", "operator", "/sessions/{live}"),
    ("console", "operator", "/sessions/{live}/console"),
    ("registry", "operator", "/registry?limit=200"),
    ("readiness", "operator", "/readiness"),
    ("recordings", "chair", "/recordings?limit=50"),
    ("recordings, found by words", "chair", "/recordings?text=noi dung 7&endpoint=mau 017&limit=50"),
    ("a recording", "chair", "/recordings/{recording}"),
    ("storage", "operator", "/storage"),
    ("users", "admin", "/users"),
    ("audit log", "auditor", "/audit"),
    ("events", "operator", "/sessions/{past}/events"),
)


class FullServer:
    """`diemcau serve` on a data directory that is filled before it starts."""

    def __init__(self, keep: Path | None = None, *, database: str = "") -> None:
        """keep: a directory that stays; None: one that is thrown away. database: a URL in place of a SQLite file."""
        self._environment = dict(os.environ) | ({"DIEMCAU_DATABASE": database} if database else {})
        self._temporary = None if keep is not None else tempfile.TemporaryDirectory(prefix="diemcau-pages-")
        self.data = keep if keep is not None else Path(str(self._temporary.name if self._temporary else ""))
        self.data.mkdir(parents=True, exist_ok=True)
        self.filled = (self.data / "diemcau.sqlite").exists()
        self.base = ""
        self.samples: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            if self._process.stdout is not None:
                self._process.stdout.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    def start(self) -> None:
        """Start, sign roles in, make a live session of 1 + 10 and a draft. Raises RuntimeError: it did not start."""
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        command = [
            str(Path(sys.executable).with_name("diemcau")),
            "serve",
            "--port",
            str(port),
            "--data",
            str(self.data),
        ]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=self._environment
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "#token=" in line:
                break
        else:
            raise RuntimeError("the server did not start")
        issuer = Tokens.of_data_directory(self.data)
        for role in ("operator", "chair", "secretary", "admin", "auditor"):
            self.tokens[role] = issuer.issue(role=role, hours=2, name=f"{role}-1", console=role == "operator")
        self._make_samples()

    def _make_samples(self) -> None:
        past, _ = self.get("operator", "/sessions?state=ended&limit=1")
        self.samples["past"] = self.samples["recording"] = past["sessions"][0]["id"]
        draft = self.post("/sessions", _session("dinh_ky", "Buổi tiếp sắp tới"))
        live = self.post("/sessions", _session("rehearsal", "Buổi đang diễn ra") | {"lobby": True})
        self.samples |= {"draft": draft["id"], "live": live["id"], "incident": "1", "eid": draft["endpoints"][1]["id"]}
        book, _ = self.get("operator", "/help")
        self.samples["chapter"] = book["groups"][0]["chapters"][0]["id"]
        self.samples["document"] = self._hand_in(live["id"])
        self.post(f"/sessions/{live['id']}/start", {})
        self.post(f"/sessions/{live['id']}/incidents", {"kind": "disorder"})
        self.tokens["endpoint"] = live["endpoints"][1]["token"]
        observer = self.post(f"/sessions/{live['id']}/endpoints", {"name": "Giám sát", "role": "observer"})
        self.tokens["tv"] = observer["token"]
        invited = self.post("/users", {"name": f"moi.{secrets.token_hex(3)}", "role": "delegate"}, role="admin")
        self.tokens["setup"] = invited["url"].partition("#")[2]
        signed_in = self.post("/login", {"name": ACCOUNT, "password": PASSWORD, "bearer": True})
        self.tokens["account"] = signed_in["token"]
        self.tokens["survey"] = self.post("/readiness/link", {"name": ROOM})["token"]
        history, _ = self.get("operator", f"/readiness/history?name={quote(ROOM)}")
        self.samples["survey"] = f"?name={quote(ROOM)}&visit={history['surveys'][0]['visit']}"

    def get(self, role: str, path: str) -> tuple[Any, int]:
        """An answer and its size, bytes."""
        data = self._ask("GET", role, path, None)
        return json.loads(data), len(data)

    @property
    def cpu_s(self) -> float:
        """What the server's own process has used so far, without the programs that it started."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def file(self, role: str, path: str) -> bytes:
        """An answer that is a file."""
        return self._ask("GET", role, path, None)

    def post(self, path: str, body: Any, *, role: str = "operator") -> Any:
        """An order's answer."""
        return json.loads(self._ask("POST", role, path, body))

    def _hand_in(self, session_id: str) -> str:
        """A document of the case; its id."""
        data, kind = form_with_file(PDF, "don.pdf", from_whom="Trần Văn X")
        answer = json.loads(self._ask("POST", "secretary", f"/sessions/{session_id}/documents", data, kind=kind))
        return str(answer["id"])

    def _ask(self, method: str, role: str, path: str, body: Any, *, kind: str = "application/json") -> bytes:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + "/api/v1" + quote(path, safe="/?&=,%"),
            method=method,
            data=data,
            headers={"Authorization": f"Bearer {self.tokens[role]}", "Content-Type": kind},
        )
        with urllib.request.urlopen(request, timeout=180) as response:
            found: bytes = response.read()
        return found


def form_with_file(content: bytes, name: str, **fields: str) -> tuple[bytes, str]:
    """A form as a browser sends it, and its content type."""
    parts = [
        f'--X\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--X\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return b"".join(parts) + head + content + b"\r\n--X--\r\n", "multipart/form-data; boundary=X"


def _session(kind: str, title: str) -> dict[str, Any]:
    names = [{"name": f"Xã Mẫu {number:03d}"} for number in range(1, LIVE_DELEGATES + 1)]
    return {"title": title, "kind": kind, "central": {"name": "Trụ sở tiếp công dân tỉnh 1"}, "delegates": names}


def time_list(server: FullServer, role: str, path: str, *, rounds: int) -> tuple[list[float], int]:
    """ms of each round, and the answer's size; after one that is not counted, for the server's first look."""
    times, size = [], 0
    server.get(role, path.format(**server.samples))
    for _ in range(rounds):
        begun = time.perf_counter()
        _, size = server.get(role, path.format(**server.samples))
        times.append(1000 * (time.perf_counter() - begun))
    return times, size


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """One page's. kind: "page", in a browser that has the app already, or "first visit", in one that has nothing of it.

    times_ms: from the start of the navigation until its content is drawn. fault: why it never came, "" where it did.
    """

    page: Page
    kind: str
    times_ms: list[float]
    fault: str = ""


def visits(server: FullServer, pages: Sequence[Page], *, rounds: int) -> Iterator[Visits]:
    """Each page, each time in a new tab of a browser that runs: one that has the app in its cache, and an empty one."""
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as profile:
        chromium: dict[str, Any] = {"executable_path": CHROMIUM, "headless": True, "args": list(FLAGS)}
        kept = driver.chromium.launch_persistent_context(profile, viewport=SIZE, **chromium)
        kept.new_page().goto(server.base, wait_until="networkidle")
        for page in pages:
            yield _visited(page, "page", [partial(_visit, kept, server, page)] * rounds)
        kept.close()
        browser = driver.chromium.launch(**chromium)
        for page in pages:
            yield _visited(page, "first visit", [partial(_first_visit, browser, server, page)] * rounds)
        browser.close()


def _visited(page: Page, kind: str, visits: Sequence[Callable[[], float]]) -> Visits:
    times, fault = [], ""
    for visit in visits:
        try:
            times.append(visit())
        except PlaywrightError as error:
            fault = str(error).splitlines()[0]
    return Visits(page=page, kind=kind, times_ms=times, fault=fault)


def _first_visit(browser: Browser, server: FullServer, page: Page) -> float:
    context = browser.new_context(viewport=SIZE)
    try:
        return _visit(context, server, page)
    finally:
        context.close()


def _visit(context: BrowserContext, server: FullServer, page: Page) -> float:
    url = page.url(server.base, server.samples, server.tokens)
    if page.pattern == "/readiness/print":
        address, _, token = url.partition("#")
        url = f"{address}{server.samples['survey']}#{token}"
    tab = context.new_page()
    try:
        tab.goto(url, wait_until="commit")
        tab.wait_for_selector(page.ready, state="visible", timeout=PATIENCE_MS)
        found: float = tab.evaluate("performance.now()")
    finally:
        tab.close()
    return found

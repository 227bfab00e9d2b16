"""Signing in, accounts and users through the API of a real server."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest

from config.models import ServerSettings, Settings
from reception.permissions import Role
from reception.second_factor import code_at
from reception.store import Store
from signalling.people import People
from tests.browser.harness import Server, free_port

pytestmark = pytest.mark.timeout(90)
GOOD, OTHER = "Cay-Nho-7-Xanh", "Suoi-Lon-8-Trong"
DIEMCAU = Path(sys.executable).with_name("diemcau")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("accounts") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


class Browser:
    """What a browser does of HTTP: keeps the cookie, says where its page is from."""

    def __init__(self, server: Server) -> None:
        self.server, self.cookie, self.set_cookie = server, "", ""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        sent = {"Origin": self.server.base} | ({"Cookie": self.cookie} if self.cookie else {}) | headers
        data = None if body is None else json.dumps(body).encode()
        url = f"{self.server.base}/api/v1{path}"
        request = urllib.request.Request(url, method=method, data=data, headers=sent)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                if response.headers["Set-Cookie"]:
                    self.set_cookie = response.headers["Set-Cookie"]
                    found = SimpleCookie(self.set_cookie)["diemcau"]
                    self.cookie = f"diemcau={found.value}" if found.value else ""
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


def command(server: Server, *arguments: str, standard_input: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(DIEMCAU), *arguments, "--data", str(server.data)],
        input=standard_input,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def add_user(server: Server, name: str, role: str, password: str = GOOD) -> None:
    async def add() -> None:
        store = await Store.open(server.data / "diemcau.sqlite")
        settings = Settings(server=ServerSettings(data=server.data))
        await People(store, settings).accounts.add(name=name, role=Role(role), password=password)
        await store.close()

    asyncio.run(add())


def secret_of(view: dict[str, str]) -> bytes:
    text = view["secret"]
    return base64.b32decode(text + "=" * (-len(text) % 8))


def set_second_factor(browser: Browser) -> bytes:
    _, view = browser.call("POST", "/account/second-factor")
    assert view["qr"].startswith("data:image/svg+xml")
    secret = secret_of(view)
    status, codes = browser.call("POST", "/account/second-factor/confirm", {"code": code_at(secret, now=time.time())})
    assert (status, len(codes["codes"])) == (200, 10)
    return secret


def test_the_first_start_makes_the_administrator_by_a_link_that_counts_once(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", free_port())
    server.start()
    try:
        process = server.process
        assert process is not None
        assert process.stdout is not None
        url = next(line.strip() for line in process.stdout if "/setup#" in line)
        browser, token = Browser(server), url.partition("#")[2]
        assert browser.call("POST", "/setup/look", {"token": token})[1]["kind"] == "first_admin"
        body = {"token": token, "name": "quantri.an", "full_name": "Nguyễn Văn An", "password": GOOD}
        status, problem = browser.call("POST", "/setup", body | {"password": "matkhau1234"})
        assert (status, problem["code"]) == (422, "weak_password")
        status, entered = browser.call("POST", "/setup", body)
        assert (status, entered["role"], entered["pending"]) == (200, "admin", "second_factor")
        assert browser.call("POST", "/setup", body)[1]["code"] == "link_void"
        status, problem = browser.call("GET", "/users")
        assert (status, problem["code"], problem["pending"]) == (403, "account_unfinished", "second_factor")
        set_second_factor(browser)
        status, users = browser.call("GET", "/users")
        assert [each["name"] for each in users["users"]] == ["quantri.an"]
        server.stop()
        server.start()
        assert process.stdout is not None
        assert "/setup#" not in command(server, "user", "list").stdout
    finally:
        server.stop()


def test_the_cookie_is_for_this_site_and_no_script(server: Server) -> None:
    add_user(server, "chutri", "chair")
    browser = Browser(server)
    elsewhere = browser.call("POST", "/login", {"name": "chutri", "password": GOOD}, Origin="http://evil.example")
    assert elsewhere[1]["code"] == "wrong_origin"
    status, entered = browser.call("POST", "/login", {"name": " ChuTri ", "password": GOOD})
    assert (status, entered["role"], entered["token"], entered["pending"]) == (200, "chair", None, "")
    flags = {part.strip().lower() for part in browser.set_cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/"} <= flags
    assert browser.call("GET", "/me")[1]["permissions"]["run_session"] == "full"
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        status, problem = browser.call("POST", "/account/sign-out-others", **headers)
        assert (status, problem["code"]) == (403, "wrong_origin")
    cookie = browser.cookie
    assert browser.call("POST", "/logout")[0] == 200
    assert browser.cookie == ""
    assert browser.call("GET", "/me")[1]["code"] == "token_needed"
    browser.cookie = cookie
    assert browser.call("GET", "/me")[1]["code"] == "signed_out"


def test_a_program_signs_in_with_a_bearer_token(server: Server) -> None:
    add_user(server, "thuky", "secretary")
    browser = Browser(server)
    _, entered = browser.call("POST", "/login", {"name": "thuky", "password": GOOD, "bearer": True})
    assert browser.cookie == ""
    assert server.call("GET", "/me", token=entered["token"])["role"] == "secretary"
    body = {"title": "Buổi thử", "kind": "rehearsal", "central": {"name": "Trung tâm"}}
    assert server.call("POST", "/sessions", body, token=entered["token"])["state"] == "draft"


def test_an_operator_cannot_do_without_a_second_factor(server: Server) -> None:
    add_user(server, "dieuphoi", "operator")
    browser = Browser(server)
    assert browser.call("POST", "/login", {"name": "dieuphoi", "password": GOOD})[1]["pending"] == "second_factor"
    assert browser.call("GET", "/sessions")[1]["code"] == "account_unfinished"
    secret = set_second_factor(browser)
    assert browser.call("GET", "/sessions")[0] == 200
    status, problem = Browser(server).call("POST", "/login", {"name": "dieuphoi", "password": GOOD})
    assert (status, problem["code"]) == (401, "code_needed")
    code = code_at(secret, now=time.time() + 30)
    again = Browser(server)
    assert again.call("POST", "/login", {"name": "dieuphoi", "password": GOOD, "code": code})[0] == 200
    assert len(again.call("GET", "/account")[1]["sign_ins"]) == 2
    again.call("POST", "/account/sign-out-others")
    assert browser.call("GET", "/sessions")[1]["code"] == "signed_out"
    assert again.call("GET", "/recordings/none/files/x")[1]["code"] == "forbidden"


def test_failures_lock_out_and_the_administrator_unlocks(server: Server) -> None:
    add_user(server, "luutru", "archivist")
    wrong = {"name": "luutru", "password": "wrong"}
    codes = [Browser(server).call("POST", "/login", wrong)[1]["code"] for _ in range(6)]
    assert codes == 5 * ["bad_credentials"] + ["locked_out"]
    status, problem = Browser(server).call("POST", "/login", {"name": "luutru", "password": GOOD})
    assert (status, problem["code"]) == (401, "locked_out")
    assert "phút" in problem["reason_vi"]
    assert command(server, "user", "unlock", "luutru").returncode == 0
    assert Browser(server).call("POST", "/login", {"name": "luutru", "password": GOOD})[0] == 200


def test_an_administrator_makes_changes_resets_and_locks_a_user(server: Server) -> None:
    add_user(server, "quantri", "admin")
    admin = Browser(server)
    admin.call("POST", "/login", {"name": "quantri", "password": GOOD})
    set_second_factor(admin)
    status, made = admin.call("POST", "/users", {"name": "daibieu", "role": "delegate", "unit": "Xã 1"})
    assert (status, made["user"]["has_password"]) == (201, False)
    assert admin.call("POST", "/users", {"name": "daibieu", "role": "chair"})[1]["code"] == "name_taken"
    assert admin.call("POST", "/users", {"name": "x", "role": "king"})[1]["code"] == "invalid_body"
    token = made["url"].partition("#")[2]
    user = Browser(server)
    assert user.call("POST", "/setup", {"token": token, "password": GOOD})[1]["unit"] == "Xã 1"
    path = f"/users/{made['user']['id']}"
    assert admin.call("PATCH", path, {"role": "technician", "unit": "Xã 2"})[1]["role"] == "technician"
    assert user.call("GET", "/me")[1]["code"] == "signed_out"
    user.call("POST", "/login", {"name": "daibieu", "password": GOOD})
    admin.call("PATCH", path, {"must_change": True})
    assert user.call("GET", "/me")[1]["code"] == "signed_out"
    assert user.call("POST", "/login", {"name": "daibieu", "password": GOOD})[1]["pending"] == "password"
    assert user.call("GET", "/sessions")[1]["pending"] == "password"
    assert user.call("POST", "/account/password", {"current": GOOD, "new": OTHER})[1]["pending"] == ""
    assert user.call("GET", "/sessions")[0] == 200
    _, reset = admin.call("POST", f"{path}/reset", {"second_factor": True})
    assert Browser(server).call("POST", "/login", {"name": "daibieu", "password": OTHER})[0] == 401
    assert user.call("POST", "/setup", {"token": reset["url"].partition("#")[2], "password": GOOD})[0] == 200
    assert admin.call("PATCH", path, {"locked": True})[1]["locked"] is True
    assert user.call("GET", "/me")[1]["code"] == "signed_out"
    assert Browser(server).call("POST", "/login", {"name": "daibieu", "password": GOOD})[1]["code"] == "locked"
    assert admin.call("PATCH", "/users/none", {"locked": True})[0] == 404


def test_the_log_has_who_did_it_and_who_was_refused_and_stays_whole(server: Server) -> None:
    auditor = command(server, "token", "--role", "auditor", "--name", "An toàn").stdout.strip()
    delegate = command(server, "token", "--role", "delegate", "--name", "Đại biểu A").stdout.strip()
    session = server.create(1)
    assert server.problem("POST", f"/sessions/{session['id']}/start", token=delegate)[0] == 403
    found = server.call("GET", f"/audit?object=sessions/{session['id']}", token=auditor)["entries"]
    assert [(each["actor"], each["action"], each["result"]) for each in found] == [
        ("Đại biểu A", "start_session", "refused")
    ]
    created = server.call("GET", "/audit?action=create_session&result=ok", token=auditor)["entries"][0]
    assert (created["role"], created["address"], created["actor"]) == ("operator", "127.0.0.1", "Cán bộ điều phối")
    add_user(server, "giamsat", "observer")
    Browser(server).call("POST", "/login", {"name": "giamsat", "password": "wrong"})
    failed = server.call("GET", "/audit?action=login", token=auditor)["entries"][0]
    assert (failed["result"], failed["facts"]["account"]) == ("refused", "giamsat")
    assert server.call("GET", "/audit/verify", token=auditor)["whole"] is True
    for query in ("since=yesterday", "result=x", "before=-1"):
        assert server.problem("GET", f"/audit?{query}", token=auditor)[1]["code"] == "invalid_query"
    kept = json.dumps(server.call("GET", "/audit", token=auditor))
    assert GOOD not in kept
    assert session["endpoints"][0]["token"] not in kept


def test_the_log_is_verified_and_exported_on_the_console(server: Server, tmp_path: Path) -> None:
    done = command(server, "user", "add", "kythuat", "--role", "technician", "--password-stdin", standard_input=GOOD)
    assert done.returncode == 0, done.stderr
    assert Browser(server).call("POST", "/login", {"name": "kythuat", "password": GOOD})[0] == 200
    verified = command(server, "audit", "verify", "--json")
    state = json.loads(verified.stdout)
    assert (verified.returncode, state["whole"]) == (0, True)
    export = tmp_path / "audit.jsonl"
    assert command(server, "audit", "export", "-o", str(export)).returncode == 0
    assert command(server, "audit", "verify", str(export), "--head", state["head"]).returncode == 0
    lines = export.read_text().splitlines()
    export.write_text("\n".join([*lines[:2], lines[2].replace('"result":"', '"result":"x'), *lines[3:]]))
    broken = command(server, "audit", "verify", str(export))
    assert (broken.returncode, "3" in broken.stdout) == (1, True)
    assert command(server, "audit", "verify", "--head", "f" * 64).returncode == 1
    syslog = command(server, "audit", "export", "--format", "syslog").stdout.splitlines()
    assert len(syslog) >= len(lines)
    assert all(line.startswith("<1") and " @cee: {" in line for line in syslog)


def test_console_commands_refuse_what_is_wrong(server: Server) -> None:
    for arguments in (
        ("user", "add", "Sai Tên", "--role", "chair"),
        ("user", "add", "x1", "--role", "king"),
        ("user", "lock", "nobody"),
        ("token", "--role", "king"),
    ):
        done = command(server, *arguments)
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr

"""Every route for every role, through the API. A route that is not in CASES fails: give it a row."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from config.models import RecordingSettings, ServerSettings, Settings
from reception.permissions import PEOPLE, Role
from reception.store import Store
from recorder.service import Recorder
from sfu.server import MediaServer
from signalling.app import ROUTES, make_app
from signalling.services import Services
from signalling.tokens import Tokens

ALL = " ".join(PEOPLE)
STAFF = "operator chair secretary"
VIEWERS = f"admin {STAFF} technician delegate observer archivist auditor"
CATALOGUE = f"{STAFF} observer archivist auditor"
DOCUMENTS = f"{STAFF} technician delegate observer archivist endpoint"
PLAYERS = "chair secretary observer archivist"
CASE_PAPERS = ("minutes", "conclusion", "refusal", "receipt", "register")
PAPER_READERS = f"{STAFF} technician delegate observer archivist endpoint"
REPORT_READERS = f"admin {STAFF} observer archivist auditor"
# (method, path): the roles that may. Those who may for their own only are tested further below as well.
CASES: dict[tuple[str, str], str] = {
    ("POST", "/api/v1/sessions"): "operator secretary",
    ("GET", "/api/v1/sessions"): VIEWERS,
    ("GET", "/api/v1/sessions/{id}"): VIEWERS,
    ("POST", "/api/v1/sessions/{id}/start"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/countdown"): "operator chair",
    ("DELETE", "/api/v1/sessions/{id}/countdown"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/pause"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/resume"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/interrupt"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/end"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/submit"): "operator secretary",
    ("POST", "/api/v1/sessions/{id}/revise"): "operator secretary",
    ("POST", "/api/v1/sessions/{id}/reschedule"): "operator secretary",
    ("POST", "/api/v1/sessions/{id}/postpone"): "operator secretary",
    ("POST", "/api/v1/sessions/{id}/cancel"): "operator secretary",
    ("POST", "/api/v1/sessions/{id}/approve-orally"): "operator secretary",
    ("POST", "/api/v1/sessions/{id}/check"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/ready"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/approve"): "chair",
    ("POST", "/api/v1/sessions/{id}/archive"): "secretary archivist",
    ("POST", "/api/v1/sessions/{id}/notice"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/recorder-test"): "operator",
    ("GET", "/api/v1/sessions/{id}/course"): VIEWERS,
    ("PATCH", "/api/v1/sessions/{id}/plan"): "operator secretary",
    ("GET", "/api/v1/sessions/{id}/script"): VIEWERS,
    ("PUT", "/api/v1/sessions/{id}/script"): "operator secretary",
    ("PUT", "/api/v1/sessions/{id}/endpoints/{eid}/people"): "operator secretary",
    ("POST", "/api/v1/sessions/{id}/endpoints/{eid}/waiver"): "operator chair",
    ("GET", "/api/v1/sessions/{id}/events"): VIEWERS,
    ("GET", "/api/v1/registry"): VIEWERS,
    ("POST", "/api/v1/registry"): "admin operator",
    ("POST", "/api/v1/registry/import"): "admin operator",
    ("GET", "/api/v1/registry/export.csv"): "admin operator technician auditor",
    ("GET", "/api/v1/registry/{room}"): VIEWERS,
    ("PUT", "/api/v1/registry/{room}"): "admin operator",
    ("DELETE", "/api/v1/registry/{room}"): "admin operator",
    ("POST", "/api/v1/sessions/{id}/endpoints"): "operator secretary",
    ("POST", "/api/v1/sessions/{id}/endpoints/{eid}/{action}"): "operator chair",
    ("GET", "/api/v1/sessions/{id}/console"): "admin operator chair auditor",
    ("GET", "/api/v1/profiles"): f"admin {STAFF} technician auditor",
    ("POST", "/api/v1/profiles/check"): "admin operator technician auditor",
    ("GET", "/api/v1/profiles/{name}"): f"admin {STAFF} technician auditor",
    ("PUT", "/api/v1/profiles/{name}"): "admin operator",
    ("PUT", "/api/v1/sessions/{id}/profile"): "operator",
    ("PATCH", "/api/v1/sessions/{id}/endpoints/{eid}"): "operator",
    ("GET", "/api/v1/me"): f"{ALL} endpoint survey media",
    ("GET", "/api/v1/join"): f"{ALL} endpoint survey media",
    ("POST", "/api/v1/simulate"): "admin operator chair auditor",
    ("GET", "/api/v1/recordings"): CATALOGUE,
    ("GET", "/api/v1/recordings/{id}"): CATALOGUE,
    ("GET", "/api/v1/recordings/{id}/verify"): CATALOGUE,
    ("GET", "/api/v1/recording-key"): CATALOGUE,
    ("POST", "/api/v1/recordings/{id}/access"): PLAYERS,
    ("GET", "/api/v1/recordings/{id}/files/{path}"): f"{PLAYERS} media",
    ("POST", "/api/v1/sessions/{id}/endpoints/{eid}/link/renew"): "operator secretary",
    ("POST", "/api/v1/sessions/{id}/endpoints/{eid}/link/revoke"): "operator secretary",
    ("GET", "/api/v1/recordings/{id}/derivatives"): CATALOGUE,
    ("POST", "/api/v1/recordings/{id}/derivatives"): "archivist",
    ("DELETE", "/api/v1/recordings/{id}/derivatives/{job}"): "archivist",
    ("GET", "/api/v1/sessions/{id}/room"): VIEWERS,
    ("PUT", "/api/v1/sessions/{id}/lobby"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/script/{item}/{action}"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/admit_all"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/mute_all"): "operator chair",
    ("PUT", "/api/v1/sessions/{id}/layout"): "operator chair",
    ("PUT", "/api/v1/sessions/{id}/queue"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/queue/next"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/queue/stop"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/queue/extend"): "operator chair",
    ("GET", "/api/v1/sessions/{id}/watch"): "admin operator chair auditor",
    ("GET", "/api/v1/playbooks"): "admin operator chair auditor",
    ("POST", "/api/v1/sessions/{id}/alarms"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/alarms/{alarm}/take"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/alarms/{alarm}/done"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/incidents"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/incidents/{incident}/steps/{step}"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/incidents/{incident}/notes"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/incidents/{incident}/close"): "operator chair",
    ("PUT", "/api/v1/sessions/{id}/incidents/{incident}/violation"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/announcements"): "operator chair",
    ("DELETE", "/api/v1/sessions/{id}/announcements/{announcement}"): "operator chair",
    ("PUT", "/api/v1/sessions/{id}/attendance/{eid}"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/recording/restart"): "operator",
    ("GET", "/api/v1/sessions/{id}/snapshots"): "operator chair",
    ("GET", "/api/v1/sessions/{id}/back-channel"): "operator technician",
    ("POST", "/api/v1/sessions/{id}/back-channel"): "operator technician",
    ("GET", "/api/v1/sessions/{id}/confidence"): "operator",
    ("GET", "/api/v1/sessions/{id}/markers"): VIEWERS,
    ("POST", "/api/v1/sessions/{id}/markers"): STAFF,
    ("GET", "/api/v1/sessions/{id}/preflight"): f"{VIEWERS} endpoint",
    ("POST", "/api/v1/sessions/{id}/preflight"): "operator technician endpoint",
    ("POST", "/api/v1/sessions/{id}/preflight/sign"): "operator technician endpoint",
    ("POST", "/api/v1/sessions/{id}/preflight/waive"): "operator chair",
    ("POST", "/api/v1/sessions/{id}/preflight/line"): "technician endpoint",
    ("POST", "/api/v1/sessions/{id}/preflight/clip"): "technician endpoint",
    ("GET", "/api/v1/preflight/clips/{name}"): "operator technician endpoint",
    ("POST", "/api/v1/sessions/{id}/preflight/storage"): "operator technician endpoint",
    ("POST", "/api/v1/sessions/{id}/preflight/joint"): "operator",
    ("GET", "/api/v1/sessions/{id}/preflight/joint"): f"{VIEWERS} endpoint",
    ("GET", "/api/v1/survey"): "survey",
    ("POST", "/api/v1/survey"): "survey",
    ("POST", "/api/v1/survey/sign"): "survey",
    ("POST", "/api/v1/survey/line"): "survey",
    ("GET", "/api/v1/readiness"): "admin operator auditor",
    ("GET", "/api/v1/readiness/history"): "admin operator auditor",
    ("GET", "/api/v1/readiness/survey"): "admin operator auditor",
    ("POST", "/api/v1/readiness/link"): "operator",
    ("GET", "/api/v1/recordings/{id}/access-log"): CATALOGUE,
    ("GET", "/api/v1/sessions/{id}/space"): VIEWERS,
    ("POST", "/api/v1/storage/speed-check"): "operator",
    ("GET", "/api/v1/storage"): f"admin {STAFF} archivist auditor",
    ("POST", "/api/v1/recordings/{id}/copies"): "operator archivist",
    ("DELETE", "/api/v1/storage/jobs/{job}"): "operator archivist",
    ("POST", "/api/v1/storage/eject"): "operator archivist",
    ("POST", "/api/v1/storage/fixity"): "operator archivist",
    ("GET", "/api/v1/storage/destructions"): CATALOGUE,
    ("GET", "/api/v1/recordings/{id}/export"): "archivist",
    ("GET", "/api/v1/sessions/{id}/procedure"): f"{STAFF} technician delegate observer archivist auditor endpoint",
    ("POST", "/api/v1/sessions/{id}/procedure/{step}/waive"): "operator chair",
    ("GET", "/api/v1/rules"): f"{ALL} endpoint survey media",
    ("GET", "/api/v1/rules/{kind}/{number}"): f"{ALL} endpoint survey media",
    ("POST", "/api/v1/rules/{kind}"): "admin",
    ("GET", "/api/v1/export-requests"): "chair secretary delegate observer archivist",
    ("POST", "/api/v1/sessions/{id}/export-requests"): "secretary delegate observer",
    ("POST", "/api/v1/export-requests/{request}/approve"): "chair",
    ("POST", "/api/v1/export-requests/{request}/refuse"): "chair",
    ("POST", "/api/v1/export-requests/{request}/carry-out"): "archivist",
    ("GET", "/api/v1/export-requests/{request}/file"): "secretary delegate observer",
    ("POST", "/api/v1/export-requests/{request}/access"): "secretary delegate observer",
    ("GET", "/api/v1/recordings/{id}/storage"): CATALOGUE,
    ("PUT", "/api/v1/recordings/{id}/retention"): "chair archivist",
    ("PUT", "/api/v1/recordings/{id}/hold"): "chair archivist",
    ("POST", "/api/v1/recordings/{id}/deletion"): "archivist",
    ("POST", "/api/v1/recordings/{id}/deletion/approve"): "chair archivist",
    ("POST", "/api/v1/recordings/{id}/deletion/withdraw"): "chair archivist",
    ("GET", "/api/v1/sessions/{id}/minutes"): "chair secretary delegate observer",
    ("PUT", "/api/v1/sessions/{id}/minutes/signatures"): "secretary",
    ("POST", "/api/v1/sessions/{id}/minutes/final"): "secretary",
    ("POST", "/api/v1/sessions/{id}/minutes/reopen"): "secretary",
    ("POST", "/api/v1/sessions/{id}/minutes/scans"): "secretary",
    ("GET", "/api/v1/sessions/{id}/minutes/scans/{scan}"): "chair secretary delegate observer",
    ("GET", "/api/v1/sessions/{id}/minutes/document"): "chair secretary delegate observer",
    ("GET", "/api/v1/sessions/{id}/archive"): "secretary archivist",
    ("POST", "/api/v1/sessions/{id}/archive/package"): "secretary archivist",
    ("PUT", "/api/v1/sessions/{id}/archive/retention"): "secretary archivist",
    ("GET", "/api/v1/sessions/{id}/invitations"): VIEWERS,
    ("GET", "/api/v1/search"): VIEWERS,
    ("POST", "/api/v1/sessions/{id}/file"): "chair secretary archivist",
    ("GET", "/api/v1/sessions/{id}/endpoints/{eid}/invitation"): "operator secretary technician chair delegate",
    ("GET", "/api/v1/sessions/{id}/endpoints/{eid}/invitation.ics"): "operator secretary technician chair delegate",
    ("GET", "/api/v1/invitation"): f"{ALL} endpoint survey media",
    ("GET", "/api/v1/invitation.ics"): f"{ALL} endpoint survey media",
    ("POST", "/api/v1/invitation/reply"): f"{ALL} endpoint survey media",
    ("GET", "/api/v1/sessions/{id}/case"): "chair secretary delegate observer",
    ("GET", "/api/v1/sessions/{id}/matters"): "chair secretary delegate observer",
    ("PUT", "/api/v1/sessions/{id}/matters/{item}"): "secretary",
    ("GET", "/api/v1/sessions/{id}/notes"): "chair secretary delegate observer",
    ("POST", "/api/v1/sessions/{id}/notes"): "chair secretary delegate",
    ("PATCH", "/api/v1/sessions/{id}/notes/{note}"): "chair secretary delegate",
    ("DELETE", "/api/v1/sessions/{id}/notes/{note}"): "chair secretary delegate",
    ("GET", "/api/v1/sessions/{id}/conclusions"): "chair secretary delegate observer",
    ("POST", "/api/v1/sessions/{id}/conclusions"): "secretary",
    ("PATCH", "/api/v1/sessions/{id}/conclusions/{conclusion}"): "secretary",
    ("DELETE", "/api/v1/sessions/{id}/conclusions/{conclusion}"): "secretary",
    ("PUT", "/api/v1/sessions/{id}/conclusions/{conclusion}/done"): "secretary",
    ("GET", "/api/v1/sessions/{id}/citizens"): f"{STAFF} technician delegate observer archivist endpoint",
    ("POST", "/api/v1/sessions/{id}/citizens"): "chair secretary technician endpoint",
    ("PATCH", "/api/v1/sessions/{id}/citizens/{citizen}"): "chair secretary technician endpoint",
    ("POST", "/api/v1/sessions/{id}/citizens/{citizen}/remove"): "chair secretary technician endpoint",
    ("POST", "/api/v1/sessions/{id}/refusal"): "chair secretary",
    ("POST", "/api/v1/sessions/{id}/in-person"): "chair secretary technician endpoint",
    ("GET", "/api/v1/sessions/{id}/documents"): DOCUMENTS,
    ("POST", "/api/v1/sessions/{id}/documents"): f"{STAFF} technician delegate endpoint",
    ("GET", "/api/v1/sessions/{id}/documents/{document}"): DOCUMENTS,
    ("GET", "/api/v1/sessions/{id}/documents/{document}/content"): DOCUMENTS,
    ("PATCH", "/api/v1/sessions/{id}/documents/{document}"): STAFF,
    ("POST", "/api/v1/sessions/{id}/documents/{document}/remove"): STAFF,
    ("PUT", "/api/v1/sessions/{id}/presentation"): f"{STAFF} technician delegate endpoint",
    ("DELETE", "/api/v1/sessions/{id}/presentation"): f"{STAFF} technician delegate endpoint",
    ("PUT", "/api/v1/sessions/{id}/presentation/rooms"): STAFF,
    ("GET", "/api/v1/sessions/{id}/papers"): VIEWERS,
    **{("GET", f"/api/v1/sessions/{{id}}/papers/{kind}"): PAPER_READERS for kind in CASE_PAPERS},
    **{("GET", f"/api/v1/sessions/{{id}}/papers/{kind}"): VIEWERS for kind in ("plan", "sheet", "equipment", "annex")},
    ("GET", "/api/v1/paper-templates"): VIEWERS,
    ("GET", "/api/v1/paper-templates/{name}"): VIEWERS,
    ("PUT", "/api/v1/paper-templates/{name}"): "admin operator",
    ("DELETE", "/api/v1/paper-templates/{name}"): "admin operator",
    ("GET", "/api/v1/reports/statistics"): REPORT_READERS,
    ("GET", "/api/v1/reports/statistics/file"): REPORT_READERS,
    ("GET", "/api/v1/reports/annex/file"): REPORT_READERS,
    ("GET", "/api/v1/reports/equipment/file"): REPORT_READERS,
    ("GET", "/api/v1/reports/register/file"): f"{STAFF} observer archivist",
    ("GET", "/api/v1/account"): ALL,
    ("POST", "/api/v1/account/password"): ALL,
    ("POST", "/api/v1/account/second-factor"): ALL,
    ("POST", "/api/v1/account/second-factor/confirm"): ALL,
    ("POST", "/api/v1/account/second-factor/remove"): ALL,
    ("POST", "/api/v1/account/recovery-codes"): ALL,
    ("POST", "/api/v1/account/sign-out-others"): ALL,
    ("GET", "/api/v1/users"): "admin auditor",
    ("POST", "/api/v1/users"): "admin",
    ("PATCH", "/api/v1/users/{uid}"): "admin",
    ("POST", "/api/v1/users/{uid}/reset"): "admin",
    ("POST", "/api/v1/users/{uid}/unlock"): "admin",
    ("GET", "/api/v1/audit"): "auditor",
    ("GET", "/api/v1/audit/summary"): "observer auditor",
    ("GET", "/api/v1/audit/verify"): "auditor",
    ("GET", "/api/v1/audit/export"): "auditor",
}
BODIES: dict[str, Any] = {"/api/v1/simulate": {"profile": "none"}}  # instead of an empty one, which would do it
OPEN = {  # what needs no token
    ("GET", "/api/v1/time"),
    ("GET", "/api/v1/public/schedule"),
    ("GET", "/lich-tiep-cong-dan.json"),
    ("GET", "/lich-tiep-cong-dan.ics"),
    ("POST", "/api/v1/login"),
    ("POST", "/api/v1/logout"),
    ("POST", "/api/v1/setup/look"),
    ("POST", "/api/v1/setup"),
    ("GET", "/api/v1/help"),
    ("GET", "/api/v1/help/chapters/{chapter}"),
    ("GET", "/api/v1/help/search"),
}
ROLES = [role for role in Role if role is not Role.NOBODY]


def clean(path: str) -> str:
    return path.replace(":.+}", "}")


class Api:
    """The application behind a test server, without media."""

    def __init__(self, client: TestClient[Any, Any], services: Services) -> None:
        self.client, self.services = client, services

    async def call(
        self, method: str, path: str, role: str | None, body: Any = None, **claims: Any
    ) -> tuple[int, dict[str, Any]]:
        headers = {}
        if role is not None:
            headers["Authorization"] = f"Bearer {self.services.tokens.issue(role=role, hours=1, **claims)}"
        async with self.client.request(method, path, headers=headers, json=body) as answer:
            return answer.status, await answer.json() if answer.content_type.endswith("json") else {}

    async def session(self) -> dict[str, Any]:
        names = [{"name": "Xã A"}, {"name": "Xã B"}]
        body = {"title": "t", "kind": "rehearsal", "central": {"name": "Trung tâm"}, "delegates": names}
        return (await self.call("POST", "/api/v1/sessions", "operator", body))[1]


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    store = await Store.open(tmp_path / "store.sqlite")
    settings = Settings(server=ServerSettings(data=tmp_path), recording=RecordingSettings(rehearsals=False))
    services = Services(
        settings,
        store=store,
        media=MediaServer(settings.media, host="127.0.0.1", port=1),
        recorder=Recorder(settings.recording, data=tmp_path),
        tokens=Tokens(b"s" * 32),
    )
    async with TestClient(TestServer(make_app(services, version="0"))) as client:
        yield Api(client, services)
    await services.background.drain(timeout_s=5.0)
    await store.close()


def test_every_route_has_its_row_and_needs_a_token() -> None:
    routes = {(route.method, clean(route.path)): route for route in ROUTES}
    assert set(routes) == set(CASES) | OPEN
    assert {key for key, route in routes.items() if route.permission is None} == OPEN


async def faults_of(api: Api, case: tuple[str, str], may: set[str]) -> list[str]:
    method, template = case
    path = re.sub(r"{\w+}", "none", template.replace("{action}", "mute"))
    body: Any = BODIES.get(template, {})
    found = []
    for role in ROLES:
        claims = {"session_id": "none", "endpoint_id": "none"} if role in (Role.ENDPOINT, Role.MEDIA) else {}
        status, answer = await api.call(method, path, role, body, **claims)
        refused = (status, answer.get("code")) == (403, "forbidden") and bool(answer["detail"])
        if refused if role in may else not refused:
            found.append(f"{method} {path} as {role}: {status} {answer}")
        if status in (401, 500):
            found.append(f"{method} {path} as {role}: {status}")
    status, answer = await api.call(method, path, None, {})
    return found if (status, answer["code"]) == (401, "token_needed") else [*found, f"{method} {path}: {status}"]


async def test_who_may_and_who_may_not(api: Api) -> None:
    found = [fault for case, roles in CASES.items() for fault in await faults_of(api, case, set(roles.split()))]
    assert not found, "\n".join(found)


async def test_a_technician_sees_the_sessions_of_the_own_endpoint_with_the_own_link_alone(api: Api) -> None:
    session = await api.session()
    for role in ("technician", "delegate"):
        for unit, here in (("xã a", True), ("Xã C", False), ("", False)):
            _, listed = await api.call("GET", "/api/v1/sessions", role, unit=unit)
            status, answer = await api.call("GET", f"/api/v1/sessions/{session['id']}", role, unit=unit)
            assert [each["id"] for each in listed["sessions"]] == ([session["id"]] if here else [])
            assert (status, answer.get("code")) == ((200, None) if here else (403, "not_own"))
            if here:
                shown = {each["name"]: bool(each["join_url"] and each["token"]) for each in answer["endpoints"]}
                assert shown == {"Trung tâm": False, "Xã A": True, "Xã B": False}


async def test_links_are_shown_to_those_who_hand_them_out(api: Api) -> None:
    session = await api.session()
    assert all(each["join_url"] for each in session["endpoints"])
    for role, shown in {
        "operator": True,
        "secretary": True,
        "auditor": False,
        "admin": False,
        "observer": False,
    }.items():
        _, answer = await api.call("GET", f"/api/v1/sessions/{session['id']}", role)
        assert {bool(each["token"]) for each in answer["endpoints"]} == {shown}, role
        _, listed = await api.call("GET", "/api/v1/sessions", role)
        assert {bool(each["join_url"]) for each in listed["sessions"][0]["endpoints"]} == {shown}, role


async def test_the_token_of_one_recording_opens_no_other_and_only_in_the_address(api: Api) -> None:
    token = api.services.tokens.issue(role="media", hours=1, session_id="one")
    operator = api.services.tokens.issue(role="chair", hours=1)
    for path, status in (
        (f"/api/v1/recordings/one/files/x?access={token}", 404),
        (f"/api/v1/recordings/two/files/x?access={token}", 403),
        (f"/api/v1/recordings/one/files/x?access={operator}", 401),
        (f"/api/v1/recordings/one?access={token}", 401),
        ("/api/v1/recordings/one/files/x?access=nonsense", 401),
    ):
        async with api.client.get(path) as answer:
            assert answer.status == status, path


async def test_me_says_how_far_each_permission_goes(api: Api) -> None:
    _, admin = await api.call("GET", "/api/v1/me", "admin", name="Quản trị")
    assert admin["name"] == "Quản trị"
    assert admin["permissions"]["manage_users"] == "full"
    assert "play_recording" not in admin["permissions"]
    console = {True: (await api.call("GET", "/api/v1/me", "operator", console=True))[1]["permissions"]}
    console[False] = (await api.call("GET", "/api/v1/me", "operator"))[1]["permissions"]
    assert console[True] == console[False] | {
        "play_recording": "read",
        "export_recording": "full",
        "approve_session": "full",
        "archive_session": "full",
    }


async def test_an_operators_account_does_not_play_what_the_servers_console_may(api: Api) -> None:
    for console, path in itertools.product((True, False), ("access", "files/x")):
        method = "POST" if path == "access" else "GET"
        body = {"purpose": "thử quyền"}
        status, _ = await api.call(method, f"/api/v1/recordings/none/{path}", "operator", body, console=console)
        assert status == (404 if console else 403)

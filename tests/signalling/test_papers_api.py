"""Papers and reports over HTTP and from the command line, against what the store says."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import func, select

from config.models import PapersSettings, ServerSettings, Settings
from reception.audit import AuditFilter
from reception.case_records import Citizen, Conclusion
from reception.case_tables import MatterRow
from reception.lifecycle import Action
from reception.preflight_store import SURVEY, PreflightStore
from reception.records import RegisteredEndpoint
from reception.store import Store
from reception.tables import SessionRow
from recorder.service import Recorder
from sfu.server import MediaServer
from signalling.app import make_app
from signalling.services import Services
from signalling.tokens import Tokens

pytestmark = pytest.mark.timeout(120)
NUMBER = "040123456789"
API = "/api/v1"


class Api:
    """The application behind a test server, without media."""

    def __init__(self, client: TestClient[Any, Any], services: Services) -> None:
        self.client, self.services = client, services

    async def get(self, path: str, role: str = "secretary", **claims: Any) -> tuple[int, Any, dict[str, str]]:
        token = self.services.tokens.issue(role=role, hours=1, **claims)
        headers = {"Authorization": f"Bearer {token}"}
        async with self.client.get(f"{API}{path}", headers=headers) as answer:
            body = await answer.json() if answer.content_type.endswith("json") else await answer.read()
            return answer.status, body, dict(answer.headers)


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    store = await Store.open(tmp_path / "diemcau.sqlite")
    papers = PapersSettings(soffice=str(tmp_path / "none"))
    settings = Settings(server=ServerSettings(data=tmp_path), papers=papers)
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


async def held(api: Api, kind: str = "rehearsal", *, level: str = "tinh", matters: int = 0, chosen: int = 3) -> str:
    """A session that began and ended, with so many matters: its id."""
    services = api.services
    plan = {
        "host_organisation": "Ban Tiếp công dân tỉnh",
        "competent_level": level,
        "matter_class": chosen,
        "chair_name": "Nguyễn Văn Anh",
    }
    seats = [("Trụ sở tỉnh", "central"), ("Xã Tương Dương", "delegate")]
    record = await services.store.create_session(title="Buổi", kind=kind, profile="30-5", endpoints=seats, plan=plan)
    async with services.store.begin() as session:
        row = await session.get(SessionRow, record.id)
        assert row is not None
        row.state, row.started_at = "live", datetime(2026, 11, 30, 1, tzinfo=UTC)
    await services.store.act(record.id, Action.END)
    for number in range(matters):
        item = f"i{number}"
        values = {"summary": f"Việc {number}", "outcome": "tu_choi" if number else "da_ket_luan"}
        ground = {"refusal_ground": "da_giai_quyet", "result": "Đã trả lời"} if number else {}
        await services.case.put_matter(record.id, item, {**values, **ground}, actor="T")
        citizen = Citizen(
            session_id=record.id,
            endpoint_id=record.endpoints[1].id,
            name=f"Công Dân {number}",
            item_id=item,
            id_number=NUMBER,
            address="Bản Can",
            times="nhieu_lan" if number else "lan_dau",
        )
        await services.case.add_citizen(citizen, actor="T")
    if matters:
        task = Conclusion(session_id=record.id, task="Rà soát", owner="Sở", deadline=date(2026, 1, 1), by="T")
        await services.case.add_conclusion(task)
    return record.id


def words(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    return "\n".join(element.text or "" for element in document.element.body.iter() if element.tag.endswith("}t"))


async def test_statistics_agree_with_the_store(api: Api) -> None:
    await held(api, "dinh_ky", matters=2)
    await held(api, "dot_xuat", matters=1, level="xa", chosen=6)
    await held(api, "rehearsal", matters=3)
    _, found, _ = await api.get("/reports/statistics")
    async with api.services.store.begin() as session:
        real = SessionRow.kind != "rehearsal"
        sessions = await session.scalar(select(func.count()).select_from(SessionRow).where(real))
        query = select(func.count()).select_from(MatterRow).join(SessionRow, SessionRow.id == MatterRow.session_id)
        matters = await session.scalar(query.where(real))
        refused = await session.scalar(query.where(real, MatterRow.outcome == "tu_choi"))
    total = found["total"]
    assert (total["sessions"], total["matters"], total["refused"]) == (sessions, matters, refused) == (2, 3, 1)
    assert (total["people"], total["first"], total["repeated"], total["overdue"]) == (3, 2, 1, 2)
    assert found["places"] == ["Ban Tiếp công dân tỉnh"]
    for query, count in (
        ("from=2026-11-30&to=2026-11-30", 2),
        ("from=2026-12-01", 0),
        ("level=xa", 1),
        ("class=3", 1),
        ("result=tu_choi", 1),
        ("result=chuyen", 0),
        ("place=Ban%20Ti%E1%BA%BFp%20c%C3%B4ng%20d%C3%A2n%20t%E1%BB%89nh", 2),
    ):
        status, found, _ = await api.get(f"/reports/statistics?{query}")
        assert (status, found["sessions"]) == (200, count), query


async def test_files_of_a_period_say_the_same_figures(api: Api) -> None:
    await held(api, "dinh_ky", matters=2)
    await held(api, "rehearsal", matters=3)
    _, content, _ = await api.get("/reports/statistics/file?format=csv", "observer")
    whole = content.decode("utf-8-sig").splitlines()[1].split(",")
    assert whole[:7] == ["Toàn bộ", "Tổng cộng", "1", "1", "0", "0", "2"]
    _, content, headers = await api.get("/reports/statistics/file?format=xlsx&from=2026-11-01&to=2026-11-30", "chair")
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    figures = dict(zip([cell.value for cell in sheet[6]], [cell.value for cell in sheet[7]], strict=True))
    assert (figures["Số buổi"], figures["Số vụ việc"], figures["Từ chối tiếp"]) == (1, 2, 1)
    assert "thong-ke-2026-11-01-2026-11-30.xlsx" in headers["Content-Disposition"]
    _, content, _ = await api.get("/reports/register/file?format=csv")
    lines = content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert NUMBER not in content.decode()
    assert "••••••6789" in lines[1]
    assert "Bản Can" in lines[1]
    _, content, _ = await api.get("/reports/register/file?format=csv", "observer")
    assert "Bản Can" not in content.decode()
    room = RegisteredEndpoint(name="Xã Kỳ Sơn", level="xa", organisation="UBND xã Kỳ Sơn", equipment="Poly")
    await api.services.store.registry.put(room)
    surveys = PreflightStore(api.services.store.database)
    await surveys.add_run(SURVEY, room.name, {"software.browser": "Chromium 140"}, kind="self", by="KTV", visit="v1")
    _, content, _ = await api.get("/reports/equipment/file?format=csv", "operator")
    assert (
        content.decode("utf-8-sig").splitlines()[1].startswith("Xã Kỳ Sơn,Cấp xã,UBND xã Kỳ Sơn,,,Poly,Chromium 140,")
    )
    _, content, _ = await api.get("/reports/annex/file?format=csv&table=buoi_tiep", "operator")
    assert len(content.decode().splitlines()) == 2


async def test_papers_of_a_session_are_listed_and_downloaded_and_each_download_is_noted(api: Api) -> None:
    session = await held(api, "dinh_ky", matters=2)
    _, listed, _ = await api.get(f"/sessions/{session}/papers")
    found = {each["kind"]: each for each in listed["papers"]}
    assert set(found) == {
        *("minutes", "conclusion", "refusal", "receipt", "register", "plan", "sheet", "equipment", "annex"),
    }
    assert found["refusal"]["count"] == 1
    assert found["receipt"]["why_not"] == "Chưa tiếp nhận tài liệu."
    assert found["minutes"]["formats"] == ["docx"]  # there is no LibreOffice here
    assert "LibreOffice" in listed["no_pdf"]
    status, content, headers = await api.get(f"/sessions/{session}/papers/minutes")
    text = words(content)
    assert (status, NUMBER in text, "••••••6789" in text, "Rà soát" in text) == (200, False, True, True)
    assert headers["Content-Type"].endswith("wordprocessingml.document")
    entries = await api.services.audit.log.entries(AuditFilter(action="get_paper_minutes"), limit=5)
    assert entries[0].object == f"sessions/{session}/papers/minutes"
    assert entries[0].facts["sha256"] == headers["X-Content-SHA256"]
    for kind in found:
        status, content, _ = await api.get(f"/sessions/{session}/papers/{kind}?format=docx")
        assert (status, content[:2]) == (200, b"PK"), kind


async def test_who_may_have_which_paper(api: Api) -> None:
    session = await held(api, "dinh_ky", matters=1)
    path = f"/sessions/{session}/papers"
    _, listed, _ = await api.get(path, "auditor")
    assert {each["kind"] for each in listed["papers"]} == {"plan", "sheet", "equipment", "annex"}
    assert (await api.get(f"{path}/minutes", "auditor"))[1]["code"] == "forbidden"
    masked = words((await api.get(f"{path}/minutes", "operator"))[1])
    assert "Công Dân 0" in masked
    assert "Bản Can" not in masked
    unit = {"unit": "Xã Tương Dương"}
    own = words((await api.get(f"{path}/minutes", "technician", **unit))[1])
    assert "(Bản in cho điểm cầu Xã Tương Dương)" in own
    assert "Bản Can" in own
    assert (await api.get(f"{path}/minutes", "technician", unit="Xã khác"))[0] == 403
    centre = (await api.services.store.session(session)).endpoints[0].id
    assert (await api.get(f"{path}/minutes?endpoint={centre}", "technician", **unit))[1]["code"] == "not_own"
    other = {"unit": "Trụ sở tỉnh"}
    assert "Bản Can" in (await api.get(f"{path}/register?format=csv", "technician", **unit))[1].decode()
    assert "Bản Can" not in (await api.get(f"{path}/register?format=csv", "technician", **other))[1].decode()
    assert (await api.get("/reports/register/file", "technician", **unit))[0] == 403
    assert (await api.get("/reports/statistics", "delegate", **unit))[0] == 403


@pytest.mark.parametrize(
    ("path", "status", "code", "said"),
    [
        ("sheet?format=xlsx", 400, "invalid_query", "docx, pdf"),
        ("sheet?format=pdf", 501, "no_pdf", "LibreOffice"),
        ("minutes?endpoint=none", 404, "not_found", ""),
        ("annex?format=csv&table=none", 400, "invalid_query", "buoi_tiep"),
        ("nothing", 404, "not_found", ""),
    ],
)
async def test_what_cannot_be_had_says_why(api: Api, path: str, status: int, code: str, said: str) -> None:
    session = await held(api)
    answer = await api.get(f"/sessions/{session}/papers/{path}")
    assert (answer[0], answer[1]["code"]) == (status, code)
    assert said in answer[1].get("reason_vi", "")


async def test_a_report_asked_for_wrongly_names_the_parameter(api: Api) -> None:
    for query, name in (
        ("from=hôm%20nay", "from"),
        ("class=7", "class"),
        ("level=huyen", "level"),
        ("result=x", "result"),
    ):
        status, problem, _ = await api.get(f"/reports/statistics?{query}")
        assert (status, problem["code"]) == (400, "invalid_query")
        assert problem["reason_vi"].startswith(f"{name}:")
    status, problem, _ = await api.get("/reports/statistics?from=2026-12-01&to=2026-11-01")
    assert (status, problem["reason_vi"]) == (400, "from: không sau ngày cuối.")


async def test_a_broken_template_of_the_office_names_file_place_and_remedy(api: Api) -> None:
    session = await held(api)
    own = api.services.data / "templates" / "phieu-buoi-tiep.docx"
    own.parent.mkdir()
    document = Document()
    document.add_paragraph("Chủ tọa: {{ chiar }}")
    document.save(str(own))
    status, problem, _ = await api.get(f"/sessions/{session}/papers/sheet")
    assert (status, problem["code"], problem["template"]) == (409, "broken_template", own.name)
    assert "Chủ tọa: {{ chiar }}" in problem["place"]
    assert "ý bạn là “chair”?" in problem["reason_vi"]
    own.unlink()
    assert (await api.get(f"/sessions/{session}/papers/sheet"))[0] == 200


async def test_the_offices_own_texts_are_cited_and_wrong_ones_named(api: Api) -> None:
    session = await held(api)
    own = api.services.data / "texts" / "legal.toml"
    own.parent.mkdir()
    shipped = Path("config/texts/legal.toml").read_text(encoding="utf-8")
    changed = shipped.replace('version = "2026-1"', 'version = "xã-7"').replace('name = "" ', 'name = "UBND xã Mẫu" ')
    own.write_text(changed, encoding="utf-8")
    _, content, _ = await api.get(f"/sessions/{session}/papers/minutes")
    assert "UBND XÃ MẪU" in words(content)
    assert (await api.get(f"/sessions/{session}/papers"))[1]["texts_version"] == "xã-7"
    own.write_text(changed.replace("result_notice_days = 10", "result_notice_days = 100"), encoding="utf-8")
    status, problem, _ = await api.get(f"/sessions/{session}/papers/minutes")
    assert (status, problem["code"]) == (409, "invalid_texts")
    assert "limits.result_notice_days" in problem["reason_vi"]


async def test_the_command_line_makes_the_same_papers(api: Api, tmp_path: Path) -> None:
    session = await held(api, "dinh_ky", matters=2)
    code = (await api.services.store.session(session)).code

    def diemcau(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("diemcau")), "paper", *arguments, "--data", str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)

    made = diemcau("make", code, "minutes", "-o", "bb.docx", "--endpoint", "Xã Tương Dương")
    assert (made.returncode, made.stdout.strip()) == (0, "bb.docx"), made.stderr
    assert "(Bản in cho điểm cầu Xã Tương Dương)" in words((tmp_path / "bb.docx").read_bytes())
    figures = json.loads(diemcau("report", "--json", "--class", "3").stdout)
    assert (figures["sessions"], figures["total"]["matters"], figures["total"]["refused"]) == (1, 2, 1)
    wrong = diemcau("make", code, "minutes", "--endpoint", "Xã khác")
    assert (wrong.returncode, "Xã Tương Dương" in wrong.stderr) == (1, True)
    assert diemcau("make", code, "minutes", "--format", "xlsx").returncode == 2
    assert diemcau("report", "--class", "9").returncode == 1
    assert "của cơ quan" in diemcau("templates", "--copy", "thong-ke.xlsx").stdout
    entries = await api.services.audit.log.entries(AuditFilter(action="get_paper_minutes"), limit=5)
    assert [each.actor for each in entries] == ["console"]


async def test_an_office_puts_its_own_template_and_texts_in_force_and_takes_them_away(api: Api) -> None:
    session = await held(api)
    path = f"{API}/paper-templates/phieu-buoi-tiep.docx"
    headers = {"Authorization": f"Bearer {api.services.tokens.issue(role='admin', hours=1)}"}

    async def put(document: bytes, where: str = path) -> tuple[int, dict[str, Any]]:
        async with api.client.put(where, data=io.BytesIO(document), headers=headers) as answer:
            return answer.status, await answer.json()

    def template(text: str) -> bytes:
        document, file = Document(), io.BytesIO()
        document.add_paragraph(text)
        document.save(file)
        return file.getvalue()

    status, problem = await put(template("Chủ tọa: {{ chiar }}"))
    assert (status, problem["code"]) == (409, "broken_template")
    assert "Chủ tọa: {{ chiar }}" in problem["place"]
    assert (await put(b"x" * 5_000_001))[1]["code"] == "too_large"
    assert not (api.services.data / "templates").exists()  # what is refused changes nothing
    own = template("CỦA XÃ MẪU: {{ chair }}")
    status, listed = await put(own)
    assert (status, [each["name"] for each in listed["templates"] if each["own"]]) == (200, ["phieu-buoi-tiep.docx"])
    _, content, _ = await api.get(f"/sessions/{session}/papers/sheet")
    assert words(content) == "CỦA XÃ MẪU: Nguyễn Văn Anh"
    assert (await api.get("/paper-templates/phieu-buoi-tiep.docx"))[1] == own
    async with api.client.delete(path, headers=headers) as answer:
        assert not any(each["own"] for each in (await answer.json())["templates"])
    texts = f"{API}/paper-templates/legal.toml"
    _, shipped, _ = await api.get("/paper-templates/legal.toml")
    status, problem = await put(shipped.replace(b"result_notice_days = 10", b"result_notice_days = 0"), texts)
    assert (status, problem["code"]) == (409, "invalid_texts")
    assert (await put(shipped.replace(b'"2026-1"', b'"2027-1"'), texts))[1]["texts_version"] == "2027-1"
    (api.services.data / "texts" / "legal.toml").write_text("version = 1")
    assert "legal.toml" in (await api.get("/paper-templates"))[1]["texts_fault"]
    assert (await put(b"", f"{API}/paper-templates/..%2Fkeys"))[0] == 404

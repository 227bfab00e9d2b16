"""Papers as files: filled, read back, opened by LibreOffice; what a broken template says."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from config.words import Words
from reception.papers.compose import period_paper, session_paper
from reception.papers.docx_file import fill_docx
from reception.papers.faults import BrokenTemplate, NoPdf
from reception.papers.kinds import PAPERS, TEMPLATES
from reception.papers.render import office_program, to_pdf
from reception.papers.statistics import Selection
from reception.papers.templates import find_template, shipped_folder
from reception.papers.xlsx_file import fill_xlsx
from tests.reception.papers.known import FACTS, NUMBER, RECORDING, TEXTS, other

needs_office = pytest.mark.skipif(not office_program(), reason="LibreOffice is not installed")
LIMIT_S = 120.0


def text_of(path: Path) -> str:
    """Every paragraph and cell of a DOCX, in order."""
    document = Document(str(path))
    return "\n".join(element.text or "" for element in document.element.body.iter() if element.tag.endswith("}t"))


def converted(path: Path, kind: str) -> Path:
    """What LibreOffice makes of it."""
    profile = (path.parent / "profile").as_uri()
    command = [office_program(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, str(path)]
    subprocess.run(command, cwd=path.parent, check=True, capture_output=True, timeout=LIMIT_S)
    return path.with_suffix(f".{kind.partition(':')[0]}")


def docx(tmp_path: Path, kind: str, **more: Any) -> Path:
    output = tmp_path / f"{kind}.docx"
    content = session_paper(kind, FACTS, **more)
    fill_docx(shipped_folder() / PAPERS[kind].template(PAPERS[kind].formats[0]), content.for_docx(), output)
    return output


def xlsx(tmp_path: Path, kind: str) -> Path:
    output = tmp_path / f"{kind}.xlsx"
    sessions = [FACTS, other(1, matter_class=3)]
    content = period_paper(kind, sessions, Selection(), TEXTS, now=FACTS.now)
    fill_xlsx(shipped_folder() / f"{PAPERS[kind].file}.xlsx", content.context, content.for_xlsx(), output)
    return output


def test_every_template_named_is_there_and_no_other() -> None:
    assert sorted(each.name for each in shipped_folder().iterdir()) == sorted(TEMPLATES)


def test_the_minutes_as_a_file_say_what_was_said(tmp_path: Path) -> None:
    text = text_of(docx(tmp_path, "minutes"))
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "BIÊN BẢN",
        "12/BB-TCD",
        "Bồi thường đất <5.000 m²> & tái định cư",
        "diện tích {{ title }}",  # what a citizen says is never taken for a field
        "Từ chối ký (lý do: Chưa đồng ý)",
        "1 phút 03 giây",
        RECORDING.seal[:8],
    ):
        assert said in text, said
    assert NUMBER not in text


def test_the_minutes_are_in_times_new_roman_13(tmp_path: Path) -> None:
    style = Document(str(docx(tmp_path, "minutes"))).styles["Normal"]
    assert (style.font.name, style.font.size.pt) == ("Times New Roman", 13)


@needs_office
def test_libreoffice_opens_the_minutes_and_reads_the_same_text(tmp_path: Path) -> None:
    text = converted(docx(tmp_path, "minutes"), "txt:Text (encoded):UTF8").read_text("utf-8-sig")
    for said in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "1. Khai mạc", "Lô Văn Tám", "••••••6789", "Điểm chỉ"):
        assert said in text, said
    assert "{" not in text.replace("{{ title }}", "")


@needs_office
def test_libreoffice_makes_a_pdf_of_a4_pages(tmp_path: Path) -> None:
    pdf = tmp_path / "out.pdf"
    to_pdf(docx(tmp_path, "sheet"), pdf, program=office_program(), limit_s=LIMIT_S)
    (page,) = PdfReader(pdf).pages
    assert "TCD-2026-11-0001" in page.extract_text()
    width, height = (float(each) / 72 * 25.4 for each in page.mediabox[2:])
    assert (round(width), round(height)) == (210, 297)


@needs_office
def test_libreoffice_opens_a_workbook_and_reads_the_same_cells(tmp_path: Path) -> None:
    path = xlsx(tmp_path, "statistics")
    sheet = load_workbook(path).worksheets[0]
    rows = list(
        csv.reader(io.StringIO(converted(path, "csv:Text - txt - csv (StarCalc):44,34,76").read_text("utf-8-sig")))
    )
    heads = next(row for row in rows if row[0] == "Phạm vi")
    whole = dict(zip(heads, rows[rows.index(heads) + 1], strict=True))
    assert (whole["Số buổi"], whole["Số người"], whole["Số vụ việc"], whole["Quá hạn"]) == ("2", "7", "2", "0")
    assert sheet.cell(7, heads.index("Số người") + 1).value == 7


def test_a_workbook_has_a_sheet_for_each_table_with_numbers_as_numbers(tmp_path: Path) -> None:
    book = load_workbook(xlsx(tmp_path, "annex"))
    assert book.sheetnames == ["Theo điểm cầu", "Theo buổi tiếp", "Gián đoạn và khoảng thiếu", "Sự cố theo nguyên nhân"]
    sheet = book["Theo buổi tiếp"]
    heads = [cell.value for cell in sheet[6]]
    row = {head: sheet.cell(8, number) for number, head in enumerate(heads, start=1)}
    assert row["Bắt đầu"].value == datetime(2026, 11, 30, 8, 0)
    assert row["Bắt đầu"].number_format == "dd/mm/yyyy hh:mm"
    assert (row["Thời gian mở (giây)"].value, row["Dung lượng (MB)"].value) == (3600, 123.4)
    assert row["Bản ghi phủ"].value == pytest.approx(99.5)
    below = [cell.value for cell in book["Theo điểm cầu"]["A"] if isinstance(cell.value, str)]
    assert below[-2].startswith("Độ sẵn sàng = ")  # what stands below the rows in the template moved down with them
    assert sheet["A6"].font.b
    assert not sheet["A8"].font.b


def test_the_offices_own_template_wins(tmp_path: Path) -> None:
    name = "bien-ban.docx"
    assert not find_template(name, tmp_path).own
    own = tmp_path / "templates" / name
    own.parent.mkdir()
    document = Document(str(shipped_folder() / name))
    document.add_paragraph("UBND TỈNH MẪU – {{ code }}")
    document.save(str(own))
    found = find_template(name, tmp_path)
    assert found.own
    fill_docx(found.path, session_paper("minutes", FACTS).for_docx(), tmp_path / "out.docx")
    assert "UBND TỈNH MẪU – TCD-2026-11-0001" in text_of(tmp_path / "out.docx")


@pytest.mark.parametrize(
    ("written", "place", "what", "meant"),
    [
        ("Chủ tọa: {{ chiar }}", "Chủ tọa: {{ chiar }}", "không có trường “chiar”", "chair"),
        ("{% for c in citizens %}{{ c.naem }}{% endfor %}", "c.naem", "không có trường “naem”", "name"),
        ("Kết: {{ chair", "{{ chair", "thẻ viết sai", ""),
        ("{%p if chair %}", "", "thiếu thẻ đóng", ""),
        ("Tổng {{ 1 // 0 }}", "Tổng {{ 1 // 0 }}", "không điền được", ""),
        ("{{ code.__class__.__mro__ }}", "__class__", "không điền được", ""),
    ],
)
def test_a_broken_template_is_named_with_place_and_remedy(
    tmp_path: Path, written: str, place: str, what: str, meant: str
) -> None:
    document = Document()
    document.add_paragraph("Một dòng đúng: {{ code }}")
    document.add_paragraph(written)
    document.save(str(tmp_path / "bien-ban.docx"))
    with pytest.raises(BrokenTemplate) as raised:
        fill_docx(tmp_path / "bien-ban.docx", session_paper("minutes", FACTS).for_docx(), tmp_path / "out.docx")
    fault = raised.value.fault
    assert fault.template == "bien-ban.docx"
    assert place in fault.place.vi
    assert what in fault.what.vi
    assert meant in fault.what.vi
    assert "diemcau paper check" in fault.remedy.vi
    assert not (tmp_path / "out.docx").exists()


def test_a_file_that_is_no_docx_or_xlsx_says_so(tmp_path: Path) -> None:
    for name in ("bien-ban.docx", "thong-ke.xlsx"):
        (tmp_path / name).write_text("không phải")
    with zipfile.ZipFile(tmp_path / "zip.docx", "w") as archive:
        archive.writestr("x", "y")
    for name in ("bien-ban.docx", "zip.docx"):
        with pytest.raises(BrokenTemplate, match="cannot be read as DOCX"):
            fill_docx(tmp_path / name, {}, tmp_path / "out")
    with pytest.raises(BrokenTemplate, match="cannot be read as XLSX"):
        fill_xlsx(tmp_path / "thong-ke.xlsx", {}, [], tmp_path / "out")


def test_a_broken_workbook_is_named_with_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "thong-ke.xlsx"
    shutil.copyfile(shipped_folder() / path.name, path)
    content = period_paper("statistics", [FACTS], Selection(), TEXTS, now=FACTS.now)

    def fault() -> Words:
        with pytest.raises(BrokenTemplate) as raised:
            fill_xlsx(path, content.context, content.for_xlsx(), tmp_path / "out.xlsx")
        return raised.value.fault.words

    book = load_workbook(path)
    book.worksheets[0]["A4"] = "{{ preiod }}"
    book.save(path)
    assert "mau!A4" in fault().vi
    assert "“period”" in fault().vi
    book.worksheets[0]["A4"], book.worksheets[0]["A7"] = "", ""
    book.save(path)
    assert "{{ rows }}" in fault().vi


def test_without_libreoffice_or_in_time_there_is_no_pdf_and_it_is_said(tmp_path: Path) -> None:
    path = docx(tmp_path, "sheet")
    with pytest.raises(NoPdf, match="not installed"):
        to_pdf(path, tmp_path / "out.pdf", program="", limit_s=5)
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nsleep 60\n")
    slow.chmod(0o755)
    with pytest.raises(NoPdf, match="did not end within"):
        to_pdf(path, tmp_path / "out.pdf", program=str(slow), limit_s=0.3)
    wrong = tmp_path / "wrong"
    wrong.write_text("#!/bin/sh\necho 'no filter'\n")
    wrong.chmod(0o755)
    with pytest.raises(NoPdf, match="no filter"):
        to_pdf(path, tmp_path / "out.pdf", program=str(wrong), limit_s=5)

"""The look of the papers' XLSX templates, for scripts/make_paper_templates.py."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

SPAN = "A{0}:H{0}"
THIN = Side(style="thin", color="808080")


def make_sheet(path: Path, title: str, *, font: str) -> None:
    """One sheet: the head, {{ columns }}, {{ rows }} and what stands below them."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "mau"
    lines = [
        ("{{ parent }}", Font(name=font, size=11), "left"),
        ("{{ office }}", Font(name=font, size=11, bold=True), "left"),
        (title, Font(name=font, size=14, bold=True), "center"),
        ("{{ period }}", Font(name=font, size=11, bold=True), "center"),
        ("{{ table.title }}", Font(name=font, size=12, bold=True), "left"),
    ]
    for number, (text, look, align) in enumerate(lines, start=1):
        sheet.merge_cells(SPAN.format(number))
        cell = sheet.cell(number, 1, text)
        cell.font, cell.alignment = look, Alignment(horizontal=align, vertical="center")
    head, body = sheet.cell(6, 1, "{{ columns }}"), sheet.cell(7, 1, "{{ rows }}")
    border = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
    head.font, head.border = Font(name=font, size=11, bold=True), border
    head.fill = PatternFill("solid", fgColor="E8EDF3")
    head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    body.font, body.border = Font(name=font, size=11), border
    body.alignment = Alignment(vertical="top", wrap_text=True)
    sheet.row_dimensions[6].height = 48
    for number, text in ((9, "{{ table.note }}"), (10, "Lập lúc {{ made_at }}, văn bản dẫn chiếu {{ texts_version }}")):
        sheet.merge_cells(SPAN.format(number))
        cell = sheet.cell(number, 1, text)
        cell.font = Font(name=font, size=10, italic=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A7"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    book.properties.creator = "Điểm Cầu"
    book.properties.created = book.properties.modified = datetime(2026, 1, 1)
    book.save(path)

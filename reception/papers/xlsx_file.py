"""Fills an XLSX template (openpyxl): fields in cells, and tables that grow. Imported only by the process that does it.

A cell may hold fields as a DOCX template does ({{ title }}). The cell {{ columns }} becomes the headings of a table and
{{ rows }}, below it, its rows, both with the look that these cells have in the template; what stands below moves down.
The first sheet is the pattern of every table that has no sheet of its own, named by the table's key.
"""

from __future__ import annotations

import copy
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2.sandbox import SandboxedEnvironment
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from config.words import Words
from reception.papers.faults import BrokenTemplate, TemplateFault, remedy, unreadable
from reception.papers.filling import clean, environment, explained, field_names

COLUMNS, ROWS = "{{ columns }}", "{{ rows }}"
NUMBER_FORMATS = {
    "count": "#,##0",
    "number": "#,##0.00",
    "percent": '0.0"%"',
    "day": "dd/mm/yyyy",
    "moment": "dd/mm/yyyy hh:mm",
}
SHEET_NAME = 31  # characters at most
_BAD_IN_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def fill_xlsx(template: Path, context: Mapping[str, Any], tables: Sequence[Mapping[str, Any]], output: Path) -> None:
    """Write the workbook, a sheet for each table. Raises BrokenTemplate naming template, cell and remedy; OSError.

    tables: {key, title, note, columns: [{key, title, width, format}], rows: [[value]]}, dates as ISO text.
    """
    try:
        book = load_workbook(template)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BrokenTemplate(unreadable(template.name, str(error).strip("'\""))) from None
    pattern = book.worksheets[0]
    own = {sheet.title: sheet for sheet in book.worksheets[1:]}
    run = environment(escape=False)
    sheets = []
    for number, table in enumerate(tables):
        sheet = own.get(table["key"]) or (pattern if number == 0 else book.copy_worksheet(pattern))
        sheets.append((sheet, table))
    for sheet, table in sheets:
        _Sheet(template.name, sheet, run, clean({**context, "table": table})).fill(table)
        sheet.title = str(table["title"]).translate(_BAD_IN_NAME)[:SHEET_NAME]
    if pattern not in [sheet for sheet, _ in sheets]:
        book.remove(pattern)
    book.active = 0
    book.save(output)


class _Sheet:
    """One sheet that is being filled."""

    def __init__(self, template: str, sheet: Worksheet, run: SandboxedEnvironment, facts: Mapping[str, Any]) -> None:
        self._template, self._sheet, self._run, self._facts = template, sheet, run, facts

    def fill(self, table: Mapping[str, Any]) -> None:
        heads = rows = None
        for line in list(self._sheet.iter_rows()):
            for cell in line:
                if isinstance(cell, MergedCell) or not isinstance(cell.value, str):
                    continue
                text = " ".join(cell.value.split())
                if text == COLUMNS:
                    heads = cell
                elif text == ROWS:
                    rows = cell
                elif "{{" in text or "{%" in text:
                    cell.value = self._filled(cell)
        if heads is None or rows is None or rows.row <= heads.row:
            missing = COLUMNS if heads is None else ROWS
            raise BrokenTemplate(
                TemplateFault(
                    template=self._template,
                    place=Words(f"trang “{self._sheet.title}”", f"sheet “{self._sheet.title}”"),
                    what=Words(f"không có ô {missing}", f"there is no cell {missing}"),
                    remedy=remedy(self._template),
                )
            )
        self._table(heads, rows, table)

    def _filled(self, cell: Cell) -> str:
        try:
            return self._run.from_string(str(cell.value)).render(self._facts)
        except Exception as error:
            where = f"{self._sheet.title}!{cell.coordinate}"
            fault = TemplateFault(
                template=self._template,
                place=Words(f"ô {where}", f"cell {where}"),
                what=explained(error, field_names(self._facts)),
                remedy=remedy(self._template),
            )
            raise BrokenTemplate(fault) from error

    def _table(self, heads: Cell, body: Cell, table: Mapping[str, Any]) -> None:
        columns, rows = table["columns"], table["rows"]
        self._move_down(body.row, max(0, len(rows) - 1))
        heads_look, body_look = _look(heads), _look(body)
        body.value = None
        for place, column in enumerate(columns):
            cell = self._cell(heads.row, heads.column + place)
            cell.value = column["title"]
            _dress(cell, heads_look)
            self._sheet.column_dimensions[get_column_letter(cell.column)].width = column["width"]
        for number, values in enumerate(rows):
            for place, (column, value) in enumerate(zip(columns, values, strict=True)):
                cell = self._cell(body.row + number, body.column + place)
                _dress(cell, body_look)
                _put(cell, value, column["format"])
        last = get_column_letter(heads.column + len(columns) - 1)
        self._sheet.print_title_rows = f"{heads.row}:{heads.row}"
        self._sheet.auto_filter.ref = f"{heads.coordinate}:{last}{body.row + max(len(rows), 1) - 1}"

    def _cell(self, row: int, column: int) -> Cell:
        cell = self._sheet.cell(row, column)
        assert isinstance(cell, Cell)
        return cell

    def _move_down(self, row: int, count: int) -> None:
        """What stands below a row goes down by so many rows: cells with their looks, merged areas, heights."""
        if not count or self._sheet.max_row <= row:
            return
        merged = [each for each in self._sheet.merged_cells.ranges if each.min_row > row]
        for each in merged:
            self._sheet.unmerge_cells(each.coord)
        heights = {
            number: self._sheet.row_dimensions[number].height for number in range(row + 1, self._sheet.max_row + 1)
        }
        last = get_column_letter(self._sheet.max_column)
        self._sheet.move_range(f"A{row + 1}:{last}{self._sheet.max_row}", rows=count)
        for number, height in heights.items():
            self._sheet.row_dimensions[number].height = None
            self._sheet.row_dimensions[number + count].height = height
        for each in merged:
            each.shift(row_shift=count)
            self._sheet.merge_cells(each.coord)


def _look(cell: Cell) -> Any:
    """Font, lines, colour and alignment of a cell in one."""
    return copy.copy(cell._style)  # type: ignore[attr-defined]


def _dress(cell: Cell, look: Any) -> None:
    cell._style = copy.copy(look)  # type: ignore[attr-defined]


def _put(cell: Cell, value: Any, kind: str) -> None:
    """A value of its kind; a text is never taken for a formula."""
    if value is None or value == "":
        cell.value = None
        return
    if kind in ("day", "moment") and isinstance(value, str):
        value = _moment(value)
    if isinstance(value, str):
        cell.value, cell.data_type = clean(value), "s"
        return
    if kind == "percent":
        value = 100 * value
    cell.value = value
    if kind in NUMBER_FORMATS:
        cell.number_format = NUMBER_FORMATS[kind]


def _moment(text: str) -> date | datetime:
    """In Vietnam, and without a zone: spreadsheets know none."""
    if len(text) == len("2026-11-30"):
        return date.fromisoformat(text)
    from reception.event_words import VIETNAM

    return datetime.fromisoformat(text).astimezone(VIETNAM).replace(tzinfo=None)

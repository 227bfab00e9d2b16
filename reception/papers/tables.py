"""Papers that are tables (pure), and their CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from reception.papers import words as w

BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
Cell = str | int | float | date | datetime | None
Format = Literal["text", "count", "number", "percent", "day", "moment"]
UNKNOWN = "–"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column. width: in characters. percent: of a share, 0 to 1."""

    key: str
    title: str
    width: int = 14
    format: Format = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under columns. note: what stands below."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Cell], ...]
    note: str = ""


def shown(column: Column, value: Cell) -> str:
    """A cell as people read it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return w.day(value) if column.format == "day" else w.stamp(value)
    if isinstance(value, date):
        return w.day(value)
    if isinstance(value, str):
        return value
    if column.format == "percent":
        return f"{w.number(100 * value, 1)} %"
    return w.number(value, 0 if isinstance(value, int) or column.format == "count" else 2)


def plain(column: Column, value: Cell) -> str:
    """A cell as a program reads it: points in numbers, shares as per cent, dates as people here write them."""
    if isinstance(value, bool) or value is None or isinstance(value, str | date):
        return _harmless(shown(column, value))
    if column.format == "percent":
        return f"{100 * value:.2f}"
    return str(value) if isinstance(value, int) else f"{value:.3f}".rstrip("0").rstrip(".")


def _harmless(text: str) -> str:
    """A text that a spreadsheet would take for a formula, so that it does not."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_text(table: Table) -> str:
    """The table as CSV: UTF-8 with a byte order mark, commas, CRLF (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.title for column in table.columns])
    for row in table.rows:
        writer.writerow([plain(column, row.get(column.key)) for column in table.columns])
    return BOM + out.getvalue()


def joined(tables: Sequence[Table], heading: str) -> Table:
    """Tables of the same columns but for the first as one; a column before says of which each row is."""
    first = tables[0]
    name, value, *rest = (Column(key="_table", title=heading, width=24), *first.columns)
    value = Column(key="_value", title="Giá trị", width=30)
    rows = tuple(
        {**row, "_table": table.title, "_value": row.get(table.columns[0].key)}
        for table in tables
        for row in table.rows
    )
    return Table(key="tat_ca", title=first.title, columns=(name, value, *rest), rows=rows)


def for_template(table: Table) -> dict[str, object]:
    """The table as a DOCX template is given it. rows: by the columns' keys; cells: the same in the columns' order."""
    rows = [{column.key: _seen(column, row.get(column.key)) for column in table.columns} for row in table.rows]
    return {
        "key": table.key,
        "title": table.title,
        "note": table.note,
        "columns": [column.title for column in table.columns],
        "rows": rows,
        "cells": [list(row.values()) for row in rows],
    }


def _seen(column: Column, value: Cell) -> str:
    return UNKNOWN if value is None else shown(column, value)


def for_sheet(table: Table) -> dict[str, object]:
    """The table as an XLSX template is given it; dates as ISO text."""
    return {
        "key": table.key,
        "title": table.title,
        "note": table.note,
        "columns": [
            {"key": each.key, "title": each.title, "width": each.width, "format": each.format} for each in table.columns
        ],
        "rows": [[_as_json(row.get(column.key)) for column in table.columns] for row in table.rows],
    }


def _as_json(value: Cell) -> str | int | float | None:
    return value.isoformat() if isinstance(value, date) else value

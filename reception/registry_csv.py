"""The registry as a CSV file (pure): read with every fault by line and column, and written for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from config.words import NOTHING, Words
from reception.records import RegisteredEndpoint
from reception.search_text import search_text
from reception.session_plan import LEVELS

SIZES = {  # columns in order, with the most characters each may have
    "name": 120,
    "level": 16,
    "organisation": 200,
    "place": 200,
    "room": 120,
    "line": 120,
    "technician": 120,
    "phone": 64,
    "equipment": 1000,
    "note": 5000,
    "main": 8,
}
COLUMNS = tuple(SIZES)
TITLES = {  # what a column may be called beside its name; the first is written
    "name": ("Tên điểm cầu", "Điểm cầu", "Tên"),
    "level": ("Cấp",),
    "organisation": ("Cơ quan", "Đơn vị", "Cơ quan, đơn vị"),
    "place": ("Địa điểm", "Địa chỉ"),
    "room": ("Phòng",),
    "line": ("Đường truyền",),
    "technician": ("Kỹ thuật viên", "Cán bộ kỹ thuật", "contact", "Liên hệ"),
    "phone": ("Điện thoại", "Số điện thoại"),
    "equipment": ("Thiết bị", "Trang thiết bị"),
    "note": ("Ghi chú",),
    "main": ("Điểm cầu chính",),
}
LEVEL_WORDS = {
    "trung_uong": ("Trung ương", "TW"),
    "tinh": ("Tỉnh", "Cấp tỉnh"),
    "xa": ("Xã", "Phường", "Cấp xã", "Xã, phường"),
    "so_nganh": ("Sở, ban, ngành", "Sở ngành", "Sở"),
}
YES, NO = ("có", "x", "yes", "true", "1"), ("không", "", "no", "false", "0")
MAX_ROWS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFault:
    """What is wrong, and where. line: from 1. column: as the file calls it; number: from 1, 0: the whole line."""

    line: int
    column: str
    number: int
    value: str
    words: Words

    def __str__(self) -> str:
        place = f"{self.line}:{self.number}: {self.column}" if self.number else f"{self.line}"
        return f"{place}: {self.words}"


def read_rooms(text: str) -> tuple[list[RegisteredEndpoint], list[CsvFault]]:
    """The rooms of a CSV text with a line of titles; with any fault they are not to be used."""
    text = text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rooms: list[RegisteredEndpoint] = []
    faults: list[CsvFault] = []
    seen: dict[str, int] = {}
    try:
        titles = next(reader, [])
        keys, faults = _keys(titles)
        if faults:
            return [], faults
        while True:
            line = reader.line_num + 1
            row = next(reader, None)
            if row is None:
                break
            if not any(cell.strip() for cell in row):
                continue
            values, wrong = _row(row, titles, keys, line, seen)
            faults += wrong
            if not wrong:
                rooms.append(_room(values))
    except csv.Error as error:
        faults.append(_fault(reader.line_num, words=Words(f"không phải CSV: {error}", f"not CSV: {error}")))
    if not rooms and not faults:
        faults.append(_fault(1, words=Words("không có dòng nào", "there are no rows")))
    if len(rooms) > MAX_ROWS:
        faults.append(_fault(MAX_ROWS + 2, words=Words(f"nhiều nhất {MAX_ROWS} dòng", f"{MAX_ROWS} rows at most")))
    return rooms, faults


def _delimiter(text: str) -> str:
    """A comma, or what spreadsheets write where the comma stands in numbers."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _keys(titles: Sequence[str]) -> tuple[list[str], list[CsvFault]]:
    """Which column is which; "" never."""
    names = {search_text([title]): key for key, words in TITLES.items() for title in (key, *words)}
    keys, faults = [], []
    for number, title in enumerate(titles, start=1):
        key = names.get(search_text([title]), "")
        if not key:
            known = ", ".join(COLUMNS)
            words = Words(f"không có cột này; các cột: {known}", f"there is no such column; there are: {known}")
            faults.append(_fault(1, title, number, title, words))
        elif key in keys:
            faults.append(_fault(1, title, number, title, Words("cột có hai lần", "the column stands twice")))
        keys.append(key)
    for key in ("name", "level"):
        if key not in keys:
            words = Words(f"thiếu cột {key} ({TITLES[key][0]})", f"the column {key} is missing")
            faults.append(_fault(1, key, 0, "", words))
    return keys, faults


def _row(
    row: Sequence[str], titles: Sequence[str], keys: Sequence[str], line: int, seen: dict[str, int]
) -> tuple[dict[str, str], list[CsvFault]]:
    if len(row) != len(titles):
        words = Words(
            f"có {len(row)} ô, dòng đầu có {len(titles)} cột", f"{len(row)} cells, the first line has {len(titles)}"
        )
        return {}, [_fault(line, words=words)]
    values, faults = {}, []
    for number, (key, title, cell) in enumerate(zip(keys, titles, row, strict=True), start=1):
        value = cell.strip()
        wrong = _wrong(key, value, line, seen)
        if wrong is not None:
            faults.append(_fault(line, title, number, value, wrong))
        values[key] = value
    return values, faults


def _wrong(key: str, value: str, line: int, seen: dict[str, int]) -> Words | None:
    if len(value) > SIZES[key] and key != "level":
        return Words(f"nhiều nhất {SIZES[key]} ký tự", f"{SIZES[key]} characters at most")
    if key == "level" and level_of(value) is None:
        known = "; ".join(f"{words[0]} ({level})" for level, words in LEVEL_WORDS.items())
        return Words(f"phải là một trong: {known}", f"must be one of {', '.join(LEVELS)}")
    if key == "main" and value.casefold() not in (*YES, *NO):
        return Words("phải là có hoặc không", "must be yes or no")
    if key != "name":
        return None
    if not value:
        return Words("không được để trống", "must not be empty")
    before = seen.setdefault(value, line)
    if before != line:
        return Words(f"đã có ở dòng {before}", f"stands in line {before} already")
    return None


def level_of(text: str) -> str | None:
    """The level that a word means; None: none."""
    wanted = search_text([text.replace("_", " ")])
    for level, words in LEVEL_WORDS.items():
        if wanted in {search_text([word.replace("_", " ")]) for word in (level, *words)}:
            return level
    return None


def _room(values: Mapping[str, str]) -> RegisteredEndpoint:
    room = RegisteredEndpoint(name=values["name"], level=level_of(values["level"]) or "")
    rest: dict[str, Any] = {key: value for key, value in values.items() if key not in ("name", "level", "main")}
    return replace(room, main=values.get("main", "").casefold() in YES, **rest)


def _fault(line: int, column: str = "", number: int = 0, value: str = "", words: Words = NOTHING) -> CsvFault:
    return CsvFault(line=line, column=column, number=number, value=value[:80], words=words)


def write_rooms(rooms: Iterable[RegisteredEndpoint], *, titles: bool = True) -> str:
    """The rooms as CSV that `read_rooms` reads again, with a mark so that spreadsheets take it for UTF-8.

    titles: columns in Vietnamese, else by their names.
    """
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow([TITLES[key][0] if titles else key for key in COLUMNS])
    for room in rooms:
        cells = [getattr(room, key) for key in COLUMNS if key != "main"]
        writer.writerow([_harmless(cell) for cell in cells] + ["có" if room.main else "không"])
    return out.getvalue()


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f" {cell}" if cell[:1] in ("=", "+", "-", "@") else cell

"""The registry as a file: every fault by line and column, and what is written is read again."""

from __future__ import annotations

import pytest

from reception.records import RegisteredEndpoint
from reception.registry_csv import level_of, read_rooms, write_rooms

ROOM = RegisteredEndpoint(
    name="Xã Đô Lương",
    level="xa",
    organisation="UBND xã Đô Lương",
    place="Thị trấn, khối 3",
    room="Phòng 2",
    line="30-5",
    technician="Nguyễn Văn A",
    phone="+84 912 000 111",
    equipment='Camera; micro "để bàn"',
    note="hai\ndòng",
    main=True,
)


def test_what_is_written_is_read_again_by_both_kinds_of_titles() -> None:
    for titles in (True, False):
        assert read_rooms(write_rooms([ROOM], titles=titles)) == ([ROOM], [])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_files_are_read_with_a_mark_and_any_delimiter(delimiter: str) -> None:
    lines = ["\ufeffTên điểm cầu,Cấp,Địa điểm,Liên hệ", "Xã A,Xã,chợ,B", ",,,", "Sở Y tế,Sở ngành,,"]
    text = "\r\n".join(line.replace(",", delimiter) for line in lines)
    rooms, faults = read_rooms(text)
    assert faults == []
    assert [(each.name, each.level, each.place, each.technician) for each in rooms] == [
        ("Xã A", "xa", "chợ", "B"),
        ("Sở Y tế", "so_nganh", "", ""),
    ]


@pytest.mark.parametrize(
    ("text", "line", "number", "column", "says"),
    [
        ("name,level\n,xa\n", 2, 1, "name", "must not be empty"),
        ("name,level\nA,huyen\n", 2, 2, "level", "must be one of trung_uong, tinh, xa, so_nganh"),
        ("name,level\nA,xa\nB,xa\nA,xa\n", 4, 1, "name", "stands in line 2 already"),
        ("name,level,zzz\nA,xa,1\n", 1, 3, "zzz", "there is no such column"),
        ("name,level,Cấp\nA,xa,xa\n", 1, 3, "Cấp", "the column stands twice"),
        ("name,place\nA,b\n", 1, 0, "level", "the column level is missing"),
        ("name,level\nA,xa,b\n", 2, 0, "", "3 cells, the first line has 2"),
        (f"level,name\nxa,{'A' * 121}\n", 2, 2, "name", "120 characters at most"),
        ('name,level,note\n"A\nB",xa,x\nC,xx,\n', 4, 2, "level", "must be one of"),
        ("name,level,main\nA,xa,maybe\n", 2, 3, "main", "must be yes or no"),
        ('name,level\n"A,xa\n', 2, 0, "", "not CSV"),
        ("name,level\n", 1, 0, "", "there are no rows"),
    ],
)
def test_a_fault_has_line_and_column(text: str, line: int, number: int, column: str, says: str) -> None:
    _, (fault,) = read_rooms(text)
    assert (fault.line, fault.number, fault.column) == (line, number, column)
    assert says in fault.words.en
    assert fault.words.vi
    assert str(fault).startswith(f"{line}:{number}: {column}" if number else f"{line}")


def test_every_fault_is_told_at_once() -> None:
    _, faults = read_rooms("name,level\n,xx\nA,yy\n")
    assert [(each.line, each.column) for each in faults] == [(2, "name"), (2, "level"), (3, "level")]


def test_no_cell_becomes_a_formula() -> None:
    text = write_rooms([RegisteredEndpoint(name="=1+1", level="xa")])
    assert "\r\n =1+1," in text
    assert read_rooms(text)[0][0].name == "=1+1"


@pytest.mark.parametrize(
    ("words", "level"),
    [("Trung ương", "trung_uong"), ("TINH", "tinh"), ("phường", "xa"), ("Sở, ban, ngành", "so_nganh"), ("huyện", None)],
)
def test_levels_are_known_by_their_words(words: str, level: str | None) -> None:
    assert level_of(words) == level

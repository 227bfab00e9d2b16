"""The permission table against REQUIREMENTS §4.5, cell by cell."""

from __future__ import annotations

import pytest

from reception.permissions import (
    PEOPLE,
    READING,
    TABLE,
    WRITING,
    Extent,
    Permission,
    Role,
    extent,
    extents,
    own_only,
    roles_with,
    same_unit,
)

# Columns: QTHT, Điều phối, KTV, Chủ trì, Thư ký, Đại biểu, Giám sát, Lưu trữ, ATTT. Written down apart from the table.
MATRIX = """
manage_users        X - - - - - - - r
register_endpoints  X X o - - - - - r
edit_session        - X - r X - - - -
approve_session     - - - X - - - - -
preflight           - X o - - - r - -
waive_preflight     - R - X - - - - -
run_session         - O - X - - - - -
moderate            - X - X - - - - -
publish_media       - - o X - o - - -
raise_hand          - - o - - o - - -
share_document      - X a X X a - - -
see_identity        - m o X X u m r -
write_minutes       - - - c X c r - -
private_room        - - - X i i - - -
control_recorder    - X - - - - - - -
play_recording      - - - X X q s X -
export_recording    - - - A q - q X -
retention           - - - A - - - 2 r
read_audit          - - - - - - S - X
"""
CODES = {
    "-": Extent.NONE,
    "X": Extent.FULL,
    "r": Extent.READ,
    "o": Extent.OWN,
    "u": Extent.OWN_UNIT,
    "m": Extent.MASKED,
    "R": Extent.WITH_REASON,
    "O": Extent.ON_ORDER,
    "a": Extent.IF_ALLOWED,
    "c": Extent.COMMENT,
    "i": Extent.BY_INVITE,
    "q": Extent.REQUEST,
    "s": Extent.SUBORDINATE,
    "A": Extent.APPROVE,
    "2": Extent.TWO_PERSON,
    "S": Extent.SUMMARY,
}
CELLS = [
    (line.split()[0], role, code)
    for line in MATRIX.strip().splitlines()
    for role, code in zip(PEOPLE, line.split()[1:], strict=True)
]


@pytest.mark.parametrize(("permission", "role", "code"), CELLS)
def test_a_cell_is_as_required(permission: str, role: Role, code: str) -> None:
    assert extent(role, Permission(permission)) is CODES[code]


def test_every_row_of_the_requirements_is_in_the_table_and_every_permission_has_a_row() -> None:
    assert len(CELLS) == 19 * 9
    assert set(TABLE) == set(Permission)


def test_who_administers_neither_plays_nor_reads_the_audit_log() -> None:
    for console in (False, True):
        may = extents(Role.ADMIN, console=console)
        forbidden = {Permission.PLAY_RECORDING, Permission.EXPORT_RECORDING, Permission.READ_AUDIT}
        assert not forbidden & set(may)
        assert not {Permission.RETENTION, Permission.VIEW_RECORDINGS} & set(may)


@pytest.mark.parametrize("role", [Role.ENDPOINT, Role.SURVEY, Role.MEDIA])
def test_a_link_is_for_its_own_only(role: Role) -> None:
    assert all(own_only(each) for each in extents(role).values())


def test_nobody_may_nothing() -> None:
    assert extents(Role.NOBODY) == {}
    assert extents(Role.NOBODY, console=True) == {}


CONSOLES = {
    Permission.PLAY_RECORDING,
    Permission.EXPORT_RECORDING,
    Permission.APPROVE_SESSION,
    Permission.ARCHIVE_SESSION,
}


def test_the_servers_console_adds_what_one_person_alone_needs_to_an_operator_and_nothing_to_anybody_else() -> None:
    for role in Role:
        added = set(extents(role, console=True)) - set(extents(role))
        assert added == (CONSOLES if role is Role.OPERATOR else set())


def test_reading_and_doing_are_told_apart() -> None:
    assert roles_with(Permission.MANAGE_USERS, READING) == [Role.ADMIN, Role.AUDITOR]
    assert roles_with(Permission.MANAGE_USERS, WRITING) == [Role.ADMIN]
    assert Extent.COMMENT not in WRITING
    assert not {Extent.NONE, Extent.REQUEST, Extent.SUMMARY} & (READING | WRITING)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Xã 1", "xã  1 ", True), ("Xã 1", "Xã 2", False), ("", "", False), ("ĐÔ LƯƠNG", "Đô Lương", True)],
)
def test_units_are_compared_as_people_write_them(one: str, other: str, same: bool) -> None:
    assert same_unit(one, other) is same

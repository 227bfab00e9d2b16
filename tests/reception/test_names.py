"""Vietnamese alphabetical order."""

import random

import pytest

from reception.names import alphabetical, by_given_name


@pytest.mark.parametrize(
    "ordered",
    [
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["an", "ăn", "ân", "ba", "da", "đa", "ê a", "la", "oa", "ôi", "ơi", "ta", "ưa", "va", "xa", "ya"],
        ["Bản", "Bạn bè", "Bảng", "Bắc", "Bận"],
        ["Xã Anh Sơn", "Xã Ân Phú", "Xã Diễn Châu", "Xã Đô Lương", "Xã Yên Thành"],
        ["10 xã", "2 xã", "a"],
    ],
)
def test_letters_first_then_tones(ordered: list[str]) -> None:
    mixed = list(ordered)
    random.Random(1).shuffle(mixed)
    assert sorted(mixed, key=alphabetical) == ordered


def test_people_are_ordered_by_their_given_name() -> None:
    ordered = ["Lê Thị An", "Nguyễn Văn Ánh", "Trần Ân", "Lê Bình", "Đỗ Dũng", "Lê Đạt", "Bùi On", "Lò Ôn", "Vũ Ơn"]
    mixed = ordered[::-1]
    assert sorted(mixed, key=by_given_name) == ordered


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert alphabetical("Ế")[:2] == alphabetical("E\u0302\u0301")[:2]

"""What a password must be."""

from __future__ import annotations

import pytest

from reception.passwords import Weakness, weakness_of, words


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("Ngan-1a", Weakness.SHORT),
        ("x" * 129, Weakness.LONG),
        ("cá rô kho tộ", Weakness.PLAIN),
        ("caynhoxanhtuoi", Weakness.PLAIN),
        ("Matkhau@123", Weakness.GUESSABLE),
        ("Password1234!", Weakness.GUESSABLE),
        ("Aaaaaaaaaa1!", Weakness.GUESSABLE),
        ("Abcdefgh123456!", Weakness.GUESSABLE),
        ("Qwertyuiop9876!", Weakness.GUESSABLE),
        ("DiemCau@2026", Weakness.GUESSABLE),
        ("Nguyen-Van-An-9", Weakness.LIKE_NAME),
        ("vanan.dieuphoi!A1", Weakness.LIKE_NAME),
        ("Cay-Nho-7-Xanh", None),
        ("cây nhỏ xanh tươi bên suối", None),
        ("hF7#kQ2!vB", None),
    ],
)
def test_a_password_is_good_or_says_why_not(password: str, weakness: Weakness | None) -> None:
    assert weakness_of(password, names=("vanan", "Nguyễn Văn An"), minimum=10) is weakness


@pytest.mark.parametrize("weakness", Weakness)
def test_each_reason_is_told_in_both_languages(weakness: Weakness) -> None:
    vi, en = words(weakness, minimum=12)
    assert vi != en
    assert "{" not in vi + en

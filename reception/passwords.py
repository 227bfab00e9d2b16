"""What a password must be (pure). Long rather than odd, and nothing that is guessed first."""

from __future__ import annotations

from enum import StrEnum

from reception.search_text import search_text

MAX_LENGTH = 128  # more is no safer and costs hashing time
LONG_ENOUGH = 16  # from here on kinds of characters do not matter
KINDS_NEEDED = 3
RUN = 4  # as many neighbours of one row make a run: 1234, abcd, qwer, 4321
GUESSED = (
    "matkhau",
    "password",
    "passw0rd",
    "diemcau",
    "tiepdan",
    "tiepcongdan",
    "congdan",
    "vietnam",
    "admin",
    "quantri",
)
ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    PLAIN = "plain"  # too few kinds of characters for its length
    GUESSABLE = "guessable"  # a word that is tried first, or little more than one character or run
    LIKE_NAME = "like_name"


_WORDS = {
    Weakness.SHORT: ("Mật khẩu phải có ít nhất {minimum} ký tự.", "A password has at least {minimum} characters."),
    Weakness.LONG: (f"Mật khẩu có tối đa {MAX_LENGTH} ký tự.", f"A password has at most {MAX_LENGTH} characters."),
    Weakness.PLAIN: (
        f"Mật khẩu dưới {LONG_ENOUGH} ký tự phải có ít nhất 3 trong 4 loại: chữ thường, chữ hoa, chữ số, ký tự khác.",
        f"A password of less than {LONG_ENOUGH} characters has three of: small letters, capitals, digits, others.",
    ),
    Weakness.GUESSABLE: (
        "Mật khẩu này dễ đoán. Hãy dùng vài từ không liên quan đến nhau.",
        "This password is easily guessed. Take a few words that have nothing to do with each other.",
    ),
    Weakness.LIKE_NAME: (
        "Mật khẩu không được chứa tên đăng nhập hoặc họ tên.",
        "A password does not contain the user's name.",
    ),
}


def words(weakness: Weakness, *, minimum: int) -> tuple[str, str]:
    """The reason in Vietnamese and English."""
    vi, en = _WORDS[weakness]
    return vi.format(minimum=minimum), en.format(minimum=minimum)


def weakness_of(password: str, *, names: tuple[str, ...], minimum: int) -> Weakness | None:
    """Why the password is refused; None if it is good. names: the user's, which it must not contain."""
    if len(password) < minimum:
        return Weakness.SHORT
    if len(password) > MAX_LENGTH:
        return Weakness.LONG
    plain = _plain(password)
    if any(len(part) >= 4 and part in plain for name in names for part in (_plain(name), *map(_plain, name.split()))):
        return Weakness.LIKE_NAME
    if _guessable(plain):
        return Weakness.GUESSABLE
    if len(password) < LONG_ENOUGH and _kinds(password) < KINDS_NEEDED:
        return Weakness.PLAIN
    return None


def _plain(text: str) -> str:
    """Small letters and digits, without diacritics."""
    return "".join(each for each in search_text([text]) if each.isalnum())


def _guessable(plain: str) -> bool:
    rest = plain
    for word in GUESSED:
        rest = rest.replace(word, "")
    return len(set(rest)) < 4 or len(_without_runs(rest)) < 4


def _without_runs(text: str) -> str:
    """What stays when each run of neighbours is taken for one character."""
    kept = ""
    position = 0
    while position < len(text):
        length = _run(text, position)
        kept += text[position]
        position += length if length >= RUN else 1
    return kept


def _run(text: str, start: int) -> int:
    longest = 1
    for row in (*ROWS, *(each[::-1] for each in ROWS)):
        length = 1
        while text[start : start + length + 1] in row and start + length < len(text):
            length += 1
        longest = max(longest, length)
    return longest


def _kinds(password: str) -> int:
    tests = (str.islower, str.isupper, str.isdigit, lambda each: not each.isalnum())
    return sum(any(test(each) for each in password) for test in tests)

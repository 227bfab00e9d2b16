"""The order of the Vietnamese alphabet, for names and titles (pure).

aăâbcdđeêghiklmnoôơpqrstuưvxy, foreign letters at their place in the Latin one; within a letter the tones as in
dictionaries: none, huyền, hỏi, ngã, sắc, nặng. People are ordered by their given name, the last word, as in lists here.
A library that knows it (ICU) weighs more than all the rest of the server.
"""

from __future__ import annotations

import unicodedata

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: number for number, letter in enumerate(ALPHABET, start=1)}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền, hỏi, ngã, sắc, nặng
_SHAPES = {"\u0306", "\u0302", "\u031b"}  # of ă; â ê ô; ơ ư: these make letters of their own

Key = tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...], str]


def alphabetical(text: str) -> Key:
    """The key by which texts are in Vietnamese order: letters of all words first, then tones, then the text itself."""
    words = [_letters(word) for word in text.split()]
    letters = tuple(tuple(letter for letter, _ in word) for word in words)
    tones = tuple(tuple(tone for _, tone in word) for word in words)
    return letters, tones, text


def by_given_name(name: str) -> tuple[Key, Key]:
    """The key of a person's name, the given name first: "Lê Thị An" before "Nguyễn Văn Ánh" before "Lê Bình"."""
    words = name.split()
    return alphabetical(" ".join(words[-1:])), alphabetical(" ".join(words[:-1]))


def _letters(word: str) -> list[tuple[int, int]]:
    """(place in the alphabet, tone) of each letter; what is no letter comes before all letters, in the order of its
    code."""
    found: list[tuple[int, int]] = []
    for base, marks in _clusters(unicodedata.normalize("NFD", word.casefold())):
        shape = "".join(mark for mark in marks if mark in _SHAPES)
        letter = unicodedata.normalize("NFC", base + shape)
        tone = next((_TONES[mark] for mark in marks if mark in _TONES), 0)
        rank = _RANK.get(letter) or _RANK.get(base)
        found.append((rank, tone) if rank else (ord(base) - 0x110000, tone))
    return found


def _clusters(decomposed: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for each in decomposed:
        if unicodedata.combining(each) and found:
            found[-1][1].append(each)
        else:
            found.append((each, []))
    return found

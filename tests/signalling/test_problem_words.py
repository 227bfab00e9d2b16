"""Whatever is refused is said in both languages: each problem has its words in Vietnamese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import signalling
from reception.permissions import Role
from signalling.problem_words import REASONS_VI, ROLES_VI
from signalling.problems import Problem

SOURCES = sorted(Path(signalling.__file__).parent.rglob("*.py"))


def problems_of(path: Path) -> Iterator[tuple[int, str]]:
    """Line and code of each Problem that brings no words of its own."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem"):
            continue
        if any(keyword.arg in ("reason_vi", None) for keyword in node.keywords) or len(node.args) < 2:
            continue
        code = node.args[1]
        if isinstance(code, ast.Constant):
            yield node.lineno, str(code.value)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_problem_has_words_in_vietnamese(path: Path) -> None:
    missing = [f"{path.name}:{line}: {code}" for line, code in problems_of(path) if code not in REASONS_VI]
    assert missing == [], "give them reason_vi, or a row in signalling/problem_words.py"


def test_every_role_has_a_name() -> None:
    assert set(ROLES_VI) | {"nobody"} == set(Role)


def test_a_problem_says_its_own_words_where_it_has_them() -> None:
    assert Problem(404, "not_found", "x").reason_vi == REASONS_VI["not_found"]
    assert Problem(409, "not_found", "x", reason_vi="Không có điểm cầu này.").reason_vi == "Không có điểm cầu này."

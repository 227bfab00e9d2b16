"""The script's items: one runs, what is left out has a reason."""

from collections.abc import Callable

import pytest

from reception.script_run import ItemChange, ScriptError, following, reopen, running, skip, start, stop
from reception.session_plan import ScriptItem

ITEMS = [ScriptItem(id=name, title=name) for name in ("a", "b", "c")]


def after(items: list[ScriptItem], changes: list[ItemChange]) -> list[ScriptItem]:
    """As the store has it then."""
    states = {each.item_id: each.state for each in changes}
    return [ScriptItem(id=each.id, title=each.title, state=states.get(each.id, each.state)) for each in items]


def states(items: list[ScriptItem]) -> list[str]:
    return [each.state for each in items]


def test_one_item_runs_and_the_next_ends_it() -> None:
    first = after(ITEMS, start(ITEMS, "a"))
    assert states(first) == ["running", "pending", "pending"]
    second = after(first, start(first, "b"))
    assert states(second) == ["done", "running", "pending"]
    third = after(second, stop(second, "b"))
    assert states(third) == ["done", "done", "pending"]
    fourth = after(third, skip(third, "c", reason=" Hết giờ "))
    assert states(fourth) == ["done", "done", "waived"]
    assert states(after(fourth, reopen(fourth, "c"))) == ["done", "done", "pending"]


@pytest.mark.parametrize(
    ("given", "runs", "comes"),
    [
        (["pending", "pending", "pending"], None, "a"),
        (["running", "pending", "pending"], "a", "b"),
        (["done", "waived", "pending"], None, "c"),
        (["pending", "running", "pending"], "b", "c"),
        (["pending", "done", "done"], None, "a"),
        (["done", "done", "waived"], None, None),
    ],
)
def test_what_runs_and_what_comes_next(given: list[str], runs: str | None, comes: str | None) -> None:
    items = [ScriptItem(id=name, title=name, state=state) for name, state in zip("abc", given, strict=True)]
    now, then = running(items), following(items)
    assert (now.id if now else None) == runs
    assert (then.id if then else None) == comes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda: start(ITEMS, "x"), "no_item"),
        (lambda: start(after(ITEMS, start(ITEMS, "a")), "a"), "item_runs"),
        (lambda: stop(ITEMS, "a"), "item_not_running"),
        (lambda: skip(ITEMS, "a", reason=" "), "reason_needed"),
        (lambda: skip(after(ITEMS, skip(ITEMS, "a", reason="x")), "a", reason="y"), "item_over"),
        (lambda: reopen(ITEMS, "a"), "item_open"),
    ],
)
def test_what_is_not_possible_says_why(change: Callable[[], object], code: str) -> None:
    with pytest.raises(ScriptError) as caught:
        change()
    assert caught.value.code == code
    assert caught.value.reason_vi

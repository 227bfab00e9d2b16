"""Hands and turns."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from reception.speaking_queue import QueueError, SpeakingQueue

T0 = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def later(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def with_hands(*names: str) -> SpeakingQueue:
    queue = SpeakingQueue()
    for index, name in enumerate(names):
        queue = queue.raise_hand(name, now=later(index))
    return queue


def order(queue: SpeakingQueue) -> list[str]:
    return [hand.endpoint_id for hand in queue.hands]


ABC = with_hands("a", "b", "c")


@pytest.mark.parametrize(
    ("change", "hands", "speaks"),
    [
        (lambda q: q, ["a", "b", "c"], None),
        (lambda q: q.raise_hand("b", now=later(9)), ["a", "b", "c"], None),
        (lambda q: q.lower_hand("b"), ["a", "c"], None),
        (lambda q: q.lower_hand("x"), ["a", "b", "c"], None),
        (lambda q: q.move("c", 0), ["c", "a", "b"], None),
        (lambda q: q.move("a", 9), ["b", "c", "a"], None),
        (lambda q: q.next(now=later(5)), ["b", "c"], "a"),
        (lambda q: q.next(now=later(5)).next(now=later(7)), ["c"], "b"),
        (lambda q: q.invite("c", now=later(5)), ["a", "b"], "c"),
        (lambda q: q.invite("x", now=later(5)), ["a", "b", "c"], "x"),
        (lambda q: q.invite("a", now=later(5)).raise_hand("a", now=later(6)), ["b", "c"], "a"),
        (lambda q: q.next(now=later(5)).stop(now=later(6)), ["b", "c"], None),
        (lambda q: q.next(now=later(5)).stop(now=later(6)).raise_hand("a", now=later(7)), ["b", "c", "a"], None),
        (lambda q: q.next(now=later(5)).forget("a", now=later(6)), ["b", "c"], None),
        (lambda q: q.next(now=later(5)).forget("b", now=later(6)), ["c"], "a"),
    ],
)
def test_the_queue(change: Callable[[SpeakingQueue], SpeakingQueue], hands: list[str], speaks: str | None) -> None:
    queue = change(ABC)
    assert order(queue) == hands
    assert (queue.turn.endpoint_id if queue.turn else None) == speaks
    assert SpeakingQueue.model_validate(queue.model_dump(mode="json")) == queue


def test_a_turn_has_its_time_and_is_remembered() -> None:
    queue = ABC.next(now=T0, minutes=3).extend(2)
    assert queue.turn is not None
    assert queue.turn.due_at == later(5)
    queue = queue.next(now=later(4))
    assert [(turn.endpoint_id, turn.ended_at) for turn in queue.past] == [("a", later(4))]
    assert queue.turn is not None
    assert queue.turn.minutes == queue.minutes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda: SpeakingQueue().next(now=T0), "nobody_waits"),
        (lambda: ABC.move("x", 0), "no_hand"),
        (lambda: ABC.extend(1), "nobody_speaks"),
        (lambda: ABC.invite("a", now=T0, minutes=0), "minutes"),
        (lambda: ABC.invite("a", now=T0, minutes=61), "minutes"),
    ],
)
def test_what_is_not_possible_says_why(change: Callable[[], SpeakingQueue], code: str) -> None:
    with pytest.raises(QueueError) as caught:
        change()
    assert caught.value.code == code
    assert caught.value.reason_vi
    assert caught.value.reason_en

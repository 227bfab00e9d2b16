"""What is wrong becomes an alarm once, and stays until it went or somebody dealt with it."""

from datetime import UTC, datetime, timedelta

import pytest

from reception.alarm_texts import TEXTS, filled, text_of
from reception.alarms import AlarmBook, Condition, UnknownAlarm
from reception.playbooks import KINDS, PLAYBOOKS

T0 = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
LOST = Condition(key="endpoint_line/a", kind="endpoint_line.no_contact", level="critical", endpoint_id="a")
DISK = Condition(key="disk_low", kind="disk_low", values={"left": "2 giờ"})


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def after(*steps: tuple[float, list[Condition]]) -> AlarmBook:
    book = AlarmBook()
    for second, conditions in steps:
        book = book.update(conditions, now=at(second))
    return book


@pytest.mark.parametrize(
    ("steps", "alarms"),
    [
        ([(0, [])], []),
        ([(0, [LOST]), (1, [LOST])], [("endpoint_line/a", 0, None)]),
        ([(0, [LOST]), (5, [])], [("endpoint_line/a", 0, 5)]),
        ([(0, [LOST]), (5, []), (20, [LOST])], [("endpoint_line/a", 0, None)]),
        ([(0, [LOST]), (5, []), (60, [LOST])], [("endpoint_line/a", 0, 5), ("endpoint_line/a", 60, None)]),
        ([(0, [DISK]), (1, [DISK, LOST])], [("disk_low", 0, None), ("endpoint_line/a", 1, None)]),
    ],
)
def test_the_course_of_alarms(
    steps: list[tuple[float, list[Condition]]], alarms: list[tuple[str, float, float | None]]
) -> None:
    book = after(*steps)
    found = [(each.key, each.since, each.over_at) for each in book.alarms]
    assert found == [(key, at(since), None if over is None else at(over)) for key, since, over in alarms]
    assert AlarmBook.model_validate(book.model_dump(mode="json")) == book


def test_numbers_of_a_standing_alarm_are_renewed() -> None:
    less = DISK.model_copy(update={"values": {"left": "1 giờ"}, "level": "critical"})
    (alarm,) = after((0, [DISK]), (9, [less])).alarms
    assert (alarm.values, alarm.level, alarm.since) == ({"left": "1 giờ"}, "critical", T0)


def test_the_list_has_the_worst_first_and_forgets_what_went_unless_it_has_an_owner() -> None:
    book = after((0, [DISK]), (1, [DISK, LOST]))
    assert [each.key for each in book.to_do(now=at(1))] == ["endpoint_line/a", "disk_low"]
    gone = book.take("1", owner="An").update([], now=at(2))
    assert [each.key for each in gone.to_do(now=at(3))] == ["endpoint_line/a", "disk_low"]
    assert [each.key for each in gone.to_do(now=at(200))] == ["disk_low"]
    assert gone.done("1", by="An", now=at(201), note="Đã thay dây").to_do(now=at(202)) == []


def test_what_is_done_does_not_ring_again_while_it_lasts() -> None:
    book = after((0, [LOST])).done("1", by="An", now=at(1)).update([LOST], now=at(2))
    assert book.to_do(now=at(3)) == []
    assert book.alarms[0].done_by == "An"
    again = book.update([], now=at(4)).update([LOST], now=at(90))
    assert [each.id for each in again.to_do(now=at(90))] == ["2"]


def test_what_people_report_stays_until_somebody_deals_with_it_and_is_not_doubled() -> None:
    disorder = Condition(key="disorder/a", kind="disorder", endpoint_id="a")
    book = AlarmBook().report(disorder, by="Xã 1", now=T0).report(disorder, by="Xã 1", now=at(5))
    book = book.update([], now=at(500))
    (alarm,) = book.to_do(now=at(500))
    assert (alarm.reported_by, alarm.over_at) == ("Xã 1", None)
    with pytest.raises(UnknownAlarm):
        book.take("9", owner="An")


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_each_alarm_says_state_cause_and_action_and_opens_a_playbook(kind: str) -> None:
    text = TEXTS[kind]
    for words in (text.state, text.cause, text.action):
        told = filled(words, {"name": "Xã 1"})
        assert told.vi
        assert told.en
        assert "{" not in told.vi + told.en
    assert text.playbook in PLAYBOOKS


def test_every_playbook_is_reachable_from_an_alarm_and_has_a_click() -> None:
    assert {text.playbook for text in TEXTS.values()} == set(KINDS) == set(PLAYBOOKS)
    for playbook in PLAYBOOKS.values():
        assert any(step.action for step in playbook.steps)
        assert len({step.key for step in playbook.steps}) == len(playbook.steps)


def test_families_and_unknown_kinds_have_words_too() -> None:
    assert text_of("site_line.loss_down") is TEXTS["site_line"]
    assert filled(text_of("nothing").state, {"kind": "nothing"}).en == "–: trouble (nothing)."

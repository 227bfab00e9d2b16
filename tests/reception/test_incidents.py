"""The incident log, announcements and roll call."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from reception.announcements import Announcements
from reception.attendance import Attendance, Person
from reception.incidents import IncidentError, IncidentLog, Violation
from reception.playbooks import PLAYBOOKS

T0 = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def opened() -> IncidentLog:
    return IncidentLog().begin("picture", by="An", now=T0, endpoint_id="a", alarm_id="7", note="Mất hình")[0]


def test_an_incident_from_its_alarm_to_its_outcome() -> None:
    log = opened().add("1", by="An", now=T0, step="ask_camera").add("1", by="Bình", now=T0, text="Đã gọi")
    log = log.close("1", by="An", now=T0 + timedelta(minutes=2), outcome=" Camera bị rút dây ")
    (incident,) = log.incidents
    assert [(each.step, each.text) for each in incident.entries] == [
        ("", "Mất hình"),
        ("ask_camera", ""),
        ("", "Đã gọi"),
    ]
    assert (incident.outcome, incident.closed_by) == ("Camera bị rút dây", "An")
    assert IncidentLog.model_validate(log.model_dump(mode="json")) == log


def test_an_alarm_opens_one_incident_and_another_when_that_is_closed() -> None:
    log, same = opened().begin("picture", by="Bình", now=T0, alarm_id="7")
    assert (len(log.incidents), same.id) == (1, "1")
    log, other = log.close("1", by="An", now=T0, outcome="x").begin("picture", by="An", now=T0, alarm_id="7")
    assert (len(log.incidents), other.id) == (2, "2")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda: opened().find("9"), "no_incident"),
        (lambda: opened().step("1", "nothing"), "no_step"),
        (lambda: opened().close("1", by="An", now=T0, outcome=" "), "outcome"),
        (lambda: opened().close("1", by="An", now=T0, outcome="x").add("1", by="An", now=T0), "closed"),
    ],
)
def test_what_is_not_possible_says_why(change: Callable[[], object], code: str) -> None:
    with pytest.raises(IncidentError) as caught:
        change()
    assert caught.value.code == code
    assert caught.value.reason_vi


def test_announcements_are_shown_to_all_or_one_until_withdrawn() -> None:
    said = Announcements().say("Tất cả", by="An", now=T0).say("Riêng a", by="An", now=T0, endpoint_id="a")
    assert [each.text for each in said.shown_to("a")] == ["Tất cả", "Riêng a"]
    assert [each.text for each in said.shown_to("b")] == ["Tất cả"]
    assert [each.text for each in said.withdraw("1", now=T0).shown_to("a")] == ["Riêng a"]


def test_the_roll_call_counts_who_is_present() -> None:
    people = (
        Person(name="Nguyễn Văn A", capacity="citizen", present=True),
        Person(name="Trần Thị B", present=False),
        Person(name="Lê C"),
    )
    called = Attendance().put("a", people, by="An", now=T0).put("b", people[:1], by="An", now=T0)
    assert called.present() == 2
    assert Attendance.model_validate(called.model_dump(mode="json")) == called


def test_a_record_of_a_violation_belongs_to_disorder_and_does_the_playbooks_step() -> None:
    violation = Violation(persons="Trần Văn X", conduct="Gây ồn, không chấp hành")
    log, _ = IncidentLog().begin("disorder", by="An", now=T0)
    log = log.record_violation("1", violation, by="An", now=T0)
    (incident,) = log.incidents
    assert incident.violation is not None
    assert (incident.violation.persons, incident.violation.by, incident.violation.at) == ("Trần Văn X", "An", T0)
    assert [entry.step for entry in incident.entries] == ["record"]
    assert "record" in {step.key for step in PLAYBOOKS["disorder"].steps}
    closed = log.close("1", by="An", now=T0, outcome="x").record_violation("1", violation, by="Bình", now=T0)
    assert closed.incidents[0].violation is not None, "it is often written when all is over"
    with pytest.raises(IncidentError) as caught:
        opened().record_violation("1", violation, by="An", now=T0)
    assert caught.value.code == "no_violation"

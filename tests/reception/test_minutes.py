"""Whose signature is expected, and what keeps minutes from being final."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reception.lifecycle import SessionState
from reception.minutes import Signatory, Signature, open_points, signatories, with_expected
from reception.minutes_store import NumberTaken
from reception.records import EndpointRecord, SessionRecord
from reception.session_plan import Person, SessionPlan
from reception.store import Store

AT = datetime(2026, 11, 30, 1, tzinfo=UTC)


def session(*endpoints: EndpointRecord, **plan: str) -> SessionRecord:
    return SessionRecord(
        id="s",
        title="t",
        kind="dinh_ky",
        profile="30-5",
        state=SessionState.ENDED,
        created_at=AT,
        started_at=AT,
        ended_at=AT,
        spotlight=None,
        endpoints=endpoints,
        plan=SessionPlan(**plan),  # type: ignore[arg-type]
    )


def seat(name: str, role: str = "delegate", *people: Person, removed: bool = False) -> EndpointRecord:
    return EndpointRecord(id=name, session_id="s", name=name, role=role, people=people, removed=removed)


def test_chair_and_secretary_sign_at_the_centre_delegates_at_theirs_and_observers_nowhere() -> None:
    record = session(
        seat("tt", "central"),
        seat("a", "delegate", Person(name="Dung", office="Chánh Thanh tra")),
        seat("b"),
        seat("gs", "observer"),
        seat("x", removed=True),
        chair_name="An",
        secretary="Bình",
    )
    citizens = [Signatory(endpoint_id="b", person="Khiếu", capacity="Công dân")]
    found = [(each.endpoint_id, each.person, each.capacity) for each in signatories(record, citizens)]
    assert found == [
        ("tt", "An", "Người chủ trì"),
        ("tt", "Bình", "Thư ký"),
        ("a", "Dung", "Chánh Thanh tra"),
        ("b", "Khiếu", "Công dân"),
    ]


def test_who_is_named_twice_signs_once_and_keeps_the_first_capacity() -> None:
    record = session(seat("tt", "central", Person(name="An", office="Chủ tịch")), chair_name="An")
    assert [(each.person, each.capacity) for each in signatories(record)] == [("An", "Người chủ trì")]


def test_what_is_noted_is_kept_even_of_somebody_nobody_expected() -> None:
    record = session(seat("tt", "central"), seat("a"), chair_name="An")
    stored = [
        Signature(session_id="s", endpoint_id="a", person="Em", capacity="Phó", state="da_ky"),
        Signature(session_id="s", endpoint_id="tt", person="An", state="tu_choi_ky", reason="bận"),
    ]
    found = [(each.endpoint_id, each.person, each.capacity, each.state) for each in with_expected(record, stored)]
    assert found == [
        ("tt", "An", "Người chủ trì", "tu_choi_ky"),
        ("a", "", "Đại diện điểm cầu", "chua_ky"),
        ("a", "Em", "Phó", "da_ky"),
    ]


def test_every_endpoint_and_the_seal_are_needed() -> None:
    record = session(seat("tt", "central"), seat("a"), chair_name="An")
    left = Signature(session_id="s", endpoint_id="a", person="", left_out=True, reason="vắng")
    codes = [each.code for each in open_points(record, with_expected(record, [left]), sealed=False)]
    assert codes == ["unsigned", "no_signatory", "recording"]
    stored = [
        Signature(session_id="s", endpoint_id="tt", person="An", state="da_ky"),
        Signature(session_id="s", endpoint_id="a", person="", state="diem_chi"),
    ]
    assert open_points(record, with_expected(record, stored), sealed=True) == []


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "store.sqlite")
    yield opened
    await opened.close()


async def test_a_number_is_given_once_a_year(store: Store) -> None:
    ids = []
    for number in range(3):
        made = await store.create_session(
            title=str(number), kind="dinh_ky", profile="30-5", endpoints=[("x", "central")]
        )
        ids.append(made.id)
    now = datetime.now(UTC)
    assert await store.minutes.suggested_number(now=now) == "1/BB-TCD"
    facts = {"sha256": "a" * 64, "recording_hash": "b" * 64, "actor": "Bình"}
    first = await store.minutes.finalise(ids[0], number="1/BB-TCD", **facts)
    assert (first.final, first.number, first.recording_hash) == (True, "1/BB-TCD", "b" * 64)
    assert await store.minutes.suggested_number(now=now) == "2/BB-TCD"
    assert await store.minutes.suggested_number(now=now + timedelta(days=400)) == "1/BB-TCD"
    with pytest.raises(NumberTaken):
        await store.minutes.finalise(ids[1], number="1/BB-TCD", **facts)
    assert not (await store.minutes.of(ids[1])).final
    await store.minutes.finalise(ids[1], number="BB-đặc biệt", **facts)
    assert await store.minutes.suggested_number(now=now) == "2/BB-TCD"
    again = await store.minutes.reopen(ids[0], actor="Bình", reason="sai")
    assert (again.final, again.number, again.sha256) == (False, "1/BB-TCD", "")


async def test_signatures_scans_and_replies_are_kept_with_who_and_when(store: Store) -> None:
    made = await store.create_session(title="t", kind="dinh_ky", profile="30-5", endpoints=[("x", "central")])
    place = made.endpoints[0].id
    given = Signature(session_id=made.id, endpoint_id=place, person="Khiếu", state="diem_chi")
    await store.minutes.put_signature(given, actor="Bình")
    await store.minutes.put_signature(given, actor="Lan")
    (kept,) = await store.minutes.signatures(made.id)
    assert (kept.state, kept.entered_by, kept.at is not None) == ("diem_chi", "Lan", True)
    scan = await store.minutes.add_scan(made.id, name="a.pdf", size=3, sha256="c" * 64, actor="Bình")
    assert (await store.minutes.of(made.id)).scans == (scan,)
    await store.invitations.reply(made.id, place, accepted=True, by="Em")
    await store.invitations.reply(made.id, place, accepted=False, by="Em", text="bận")
    reply = (await store.invitations.replies(made.id))[place]
    assert (reply.accepted, reply.note) == (False, "bận")
    kinds = [event.kind for event in await store.events(made.id)]
    assert kinds == ["create", "signature", "signature", "minutes_scan", "invitation_accepted", "invitation_declined"]

"""The minutes of a session and who signs them (pure): whose signature is expected, what keeps them from being final."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from config.words import Words
from reception.guards import CHECKED_ROLES, Unmet
from reception.records import SessionRecord

UNSIGNED, SIGNED, FINGERPRINT, REFUSED = "chua_ky", "da_ky", "diem_chi", "tu_choi_ky"
SIGNATURE_STATES = (UNSIGNED, SIGNED, FINGERPRINT, REFUSED)
DRAFT, FINAL = "draft", "final"
CHAIR, SECRETARY, SITE = "Người chủ trì", "Thư ký", "Đại diện điểm cầu"
CITIZEN_CAPACITY = "Công dân"
NUMBER_SUFFIX = "/BB-TCD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Whether somebody at an endpoint signed. person "": whoever speaks for the endpoint, no name is known.

    state: chua_ky, da_ky, diem_chi or tu_choi_ky (with `reason`). entered_by: who noted it at the centre. left_out: of
    somebody who was expected and has nothing to sign (was not there); `reason` says why.
    """

    session_id: str
    endpoint_id: str
    person: str
    capacity: str = ""
    state: str = UNSIGNED
    reason: str = ""
    at: datetime | None = None
    entered_by: str = ""
    left_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A scan of the signed paper (PDF), which stays as it was handed in."""

    id: str
    name: str
    bytes: int
    sha256: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """The minutes of a session. state: draft or final.

    sha256: of the DOCX that was made when they became final, "" where none was. recording_hash: the seal of the
    recording (SHA-256 of its manifest's last line) that they speak of.
    """

    session_id: str
    number: str = ""
    state: str = DRAFT
    finalised_at: datetime | None = None
    finalised_by: str = ""
    sha256: str = ""
    recording_hash: str = ""
    scans: tuple[Scan, ...] = field(default=())

    @property
    def final(self) -> bool:
        """Whether they can no longer be changed."""
        return self.state == FINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Somebody whose signature is expected."""

    endpoint_id: str
    person: str
    capacity: str


def signatories(record: SessionRecord, citizens: Iterable[Signatory] = ()) -> list[Signatory]:
    """Who is expected to sign, endpoint by endpoint: chair and secretary at the centre, those named for each endpoint,
    and its citizens; where nobody is named, whoever speaks for it. An observer signs nothing."""
    more = list(citizens)
    found: list[Signatory] = []
    for endpoint in record.endpoints:
        if endpoint.removed or endpoint.role not in CHECKED_ROLES:
            continue
        here: list[tuple[str, str]] = []
        if endpoint.role == "central":
            here += [(record.plan.chair_name, CHAIR), (record.plan.secretary, SECRETARY)]
        here += [(each.name, each.office or SITE) for each in endpoint.people]
        here += [(each.person, each.capacity) for each in more if each.endpoint_id == endpoint.id]
        named = dict.fromkeys(person for person, _ in here if person) or {"": None}
        capacities = dict(reversed(here))
        found += [
            Signatory(endpoint_id=endpoint.id, person=person, capacity=capacities.get(person) or SITE)
            for person in named
        ]
    return found


def with_expected(
    record: SessionRecord, stored: Sequence[Signature], citizens: Iterable[Signatory] = ()
) -> list[Signature]:
    """All signatures of the minutes in the order of the endpoints: what is stored, and who is still expected."""
    known = {(each.endpoint_id, each.person): each for each in stored}
    found: list[Signature] = []
    for each in signatories(record, citizens):
        kept = known.pop((each.endpoint_id, each.person), None)
        empty = Signature(session_id=record.id, endpoint_id=each.endpoint_id, person=each.person)
        capacity = (kept.capacity if kept else "") or each.capacity
        found.append(replace(kept or empty, capacity=capacity))
    order = {each.id: place for place, each in enumerate(record.endpoints)}
    return sorted([*found, *known.values()], key=lambda each: order.get(each.endpoint_id, len(order)))


def open_points(record: SessionRecord, signatures: Sequence[Signature], *, sealed: bool) -> list[Unmet]:
    """What keeps the minutes from being final. signatures: of with_expected; sealed: the session's recording is."""
    found: list[Unmet] = []
    needed = [each for each in signatures if not each.left_out]
    for endpoint in record.endpoints:
        if endpoint.removed or endpoint.role not in CHECKED_ROLES:
            continue
        here = [each for each in needed if each.endpoint_id == endpoint.id]
        if not here:
            vi = f"“{endpoint.name}”: chưa có ai ký biên bản."
            en = f"“{endpoint.name}”: nobody signs the minutes there."
            found.append(Unmet(code="no_signatory", place="signatures", words=Words(vi, en), endpoint_id=endpoint.id))
        for each in here:
            if each.state == UNSIGNED:
                who = each.person or each.capacity
                vi = f"“{endpoint.name}”: {who} chưa có tình trạng ký."
                en = f"“{endpoint.name}”: it is not noted whether {who} signed."
                found.append(Unmet(code="unsigned", place="signatures", words=Words(vi, en), endpoint_id=endpoint.id))
    if not sealed:
        found.append(Unmet(code="recording", place="recording", words=_NOT_SEALED))
    return found


def number_of(sequence: int) -> str:
    """The minutes' number in the year: "12/BB-TCD"."""
    return f"{sequence}{NUMBER_SUFFIX}"


_NOT_SEALED = Words(
    "Bản ghi chưa được niêm phong: chờ máy ghi hoàn tất bản ghi.",
    "The recording is not sealed yet: wait until the recorder has completed it.",
)

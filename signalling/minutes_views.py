"""What the API takes and says of minutes and signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints, model_validator

from reception.minutes import REFUSED, Minutes, Scan, Signature
from signalling.bodies import Body
from signalling.course_views import UnmetView

PersonName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Number = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
StateName = Literal["chua_ky", "da_ky", "diem_chi", "tu_choi_ky"]


class SignatureBody(Body):
    """A signature's state. person "": whoever speaks for the endpoint. reason: why somebody refused, or is left out.

    left_out: somebody who was expected has nothing to sign.
    """

    endpoint_id: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    person: PersonName = ""
    capacity: Text = ""
    state: StateName = "chua_ky"
    reason: Reason = ""
    left_out: bool = False

    @model_validator(mode="after")
    def _reasoned(self) -> SignatureBody:
        if self.state == REFUSED and not self.reason:
            raise ValueError("reason: why the person refused to sign must be written down")
        if self.left_out and not self.reason:
            raise ValueError("reason: why the person has nothing to sign must be written down")
        return self


class FinaliseBody(Body):
    """number: of the minutes; the next of the year where none is given."""

    number: Number = ""


class ReopenBody(Body):
    """Why final minutes become a draft again."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]


class SignatureView(BaseModel):
    """A signature as it stands. entered: whether anything was noted yet."""

    endpoint_id: str
    endpoint: str
    person: str
    capacity: str
    state: str
    reason: str
    at: datetime | None
    entered_by: str
    left_out: bool

    @classmethod
    def of(cls, signature: Signature, endpoint: str) -> SignatureView:
        """The same for the API. endpoint: its name."""
        values = {name: getattr(signature, name) for name in cls.model_fields if name != "endpoint"}
        return cls(**values, endpoint=endpoint)


class ScanView(BaseModel):
    """A scan of the signed paper."""

    id: str
    name: str
    bytes: int
    sha256: str
    at: datetime
    by: str
    url: str

    @classmethod
    def of(cls, scan: Scan, session_id: str) -> ScanView:
        """The same for the API."""
        values = {name: getattr(scan, name) for name in cls.model_fields if name != "url"}
        return cls(**values, url=f"/api/v1/sessions/{session_id}/minutes/scans/{scan.id}")


class MinutesView(BaseModel):
    """The minutes. missing: what keeps them from being final. sha256: of the DOCX; document: where it is, "" if none.

    recording_hash: of the recording's manifest; while they are a draft, as it is now, "" while it is not sealed.
    """

    session_id: str
    number: str
    suggested_number: str
    state: str
    finalised_at: datetime | None
    finalised_by: str
    sha256: str
    document: str
    recording_hash: str
    signatures: list[SignatureView]
    missing: list[UnmetView]
    scans: list[ScanView]

    @classmethod
    def facts_of(cls, minutes: Minutes) -> dict[str, object]:
        """What the record and this have alike."""
        same = ("session_id", "number", "state", "finalised_at", "finalised_by", "sha256")
        scans = [ScanView.of(each, minutes.session_id) for each in minutes.scans]
        return {**{name: getattr(minutes, name) for name in same}, "scans": scans}

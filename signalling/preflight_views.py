"""What the API says and hears of technical checks and surveys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from reception.preflight import Assessment, CheckResult, ItemResult, Signature
from signalling.views import Body, Name

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=1000)]
ItemName = Literal["*", "lighting", "network", "audio", "display", "software", "camera", "storage", "power", "security"]


class Measured(Body):
    """Values by key. `endpoint_id`: whose; an endpoint's own token needs none."""

    endpoint_id: str = Field(default="", max_length=32)
    values: dict[str, bool | float | str] = Field(min_length=1, max_length=80)


class Sign(Body):
    """An answer to what cannot be measured, or (`check` "site" or "centre") the name under the result."""

    endpoint_id: str = Field(default="", max_length=32)
    check: str = Field(min_length=1, max_length=40)
    answer: Literal["yes", "no", "na"] = "yes"
    note: str = Field(default="", max_length=1000)
    name: Name


class Waive(Body):
    """Go on without an item ("*": without all). `withdraw`: take it back; the reason is then not needed."""

    endpoint_id: str = Field(min_length=1, max_length=32)
    item: ItemName
    name: Name
    reason: Reason | None = None
    withdraw: bool = False

    @property
    def needs_reason(self) -> bool:
        """Whether who may do this for a reason alone must give one."""
        return not self.withdraw


class LimitsView(BaseModel):
    """From pass_from to pass_to it passes; below fail_below, above fail_above it fails; else it warns."""

    pass_from: float | None
    pass_to: float | None
    fail_below: float | None
    fail_above: float | None


class CheckView(BaseModel):
    """One check. `value` null: never measured or answered. `by`: who measured or signed it."""

    key: str
    verdict: str
    value: bool | float | str | None
    unit: str
    required: bool
    manual: bool
    other_side: bool
    limits: LimitsView | None
    at: datetime | None
    by: str
    note: str
    expired: bool

    @classmethod
    def of(cls, result: CheckResult) -> CheckView:
        """From the rules' result."""
        check, limits = result.check, result.limits
        return cls(
            key=check.key,
            verdict=result.verdict.value,
            value=result.value,
            unit=check.unit,
            required=check.required,
            manual=check.manual,
            other_side=check.other_side,
            limits=LimitsView(**limits.model_dump()) if limits else None,
            at=result.at,
            by=result.by,
            note=result.note,
            expired=result.expired,
        )


class SignatureView(BaseModel):
    """A name, and when."""

    name: str
    at: datetime

    @classmethod
    def of(cls, signature: Signature | None) -> SignatureView | None:
        """None stays None."""
        return cls(name=signature.name, at=signature.at) if signature else None


class WaiverView(SignatureView):
    """Who answers for going on, and why."""

    reason: str


class ItemView(BaseModel):
    """One of the items. `verdict`: pass, warn, fail or not_measured."""

    item: str
    verdict: str
    waiver: WaiverView | None
    checks: list[CheckView]

    @classmethod
    def of(cls, result: ItemResult) -> ItemView:
        """From the rules' result."""
        waiver = result.waiver
        return cls(
            item=result.item.value,
            verdict=result.verdict.value,
            waiver=WaiverView(name=waiver.name, at=waiver.at, reason=waiver.reason) if waiver else None,
            checks=[CheckView.of(each) for each in result.checks],
        )


class AssessmentView(BaseModel):
    """An endpoint's result. `state`: pass, warn, fail, missing or waived."""

    state: str
    site: SignatureView | None
    centre: SignatureView | None
    expires_at: datetime | None
    items: list[ItemView]

    @classmethod
    def facts_of(cls, assessment: Assessment) -> dict[str, object]:
        """The fields, for this class and those made of it."""
        return {
            "state": assessment.state.value,
            "site": SignatureView.of(assessment.site),
            "centre": SignatureView.of(assessment.centre),
            "expires_at": assessment.expires_at,
            "items": [ItemView.of(each) for each in assessment.items],
        }


class EndpointPreflight(AssessmentView):
    """The same with whose it is. `needed`: the session waits for it before it goes live."""

    endpoint_id: str
    name: str
    role: str
    needed: bool


class ServerTime(BaseModel):
    """The server's clock, UTC."""

    now: datetime


class JointEndpoint(BaseModel):
    """An endpoint in a joint test: waiting, ready, running, done or failed; what it was to get and send, and did."""

    endpoint_id: str
    state: str
    asked_down_mbps: float
    asked_up_mbps: float
    values: dict[str, float | str]


class JointView(BaseModel):
    """A joint test: none, waiting, running or done. Sums over the endpoints that took part; percent of what was asked.

    line_down_mbps, line_up_mbps: the site's line in the profile, as endpoints see it.
    """

    id: str
    phase: str
    begins_in_s: float
    started_at: datetime | None = None
    line_down_mbps: float = 0
    line_up_mbps: float = 0
    down_mbps: float = 0
    up_mbps: float = 0
    down_percent: float = 0
    up_percent: float = 0
    endpoints: list[JointEndpoint]


class Oldest(BaseModel):
    """Browsers' versions that count as current, at least."""

    chromium: int
    firefox: int


class PreflightView(BaseModel):
    """Of a session. `ready`: nothing keeps it from going live; `blocking`: the endpoints that do."""

    session_id: str
    title: str
    kind: str
    profile: str
    ready: bool
    blocking: list[str]
    joint: JointView | None
    oldest: Oldest
    endpoints: list[EndpointPreflight]


class SurveyView(AssessmentView):
    """A survey of a registered endpoint. `visit`: which; `at`: when it was measured last, null: not yet."""

    name: str
    role: str
    visit: str
    at: datetime | None
    oldest: Oldest


class ReadinessRow(BaseModel):
    """A registered endpoint and a survey of it. `items`: item → verdict; speeds null: not measured."""

    name: str
    level: str
    organisation: str
    place: str
    state: str
    surveyed_at: datetime | None
    visit: str
    down_mbps: float | None
    up_mbps: float | None
    items: dict[str, str]


class Readiness(BaseModel):
    """All registered endpoints, by name."""

    endpoints: list[ReadinessRow]


class SurveyHistory(BaseModel):
    """Of one registered endpoint, newest first."""

    surveys: list[ReadinessRow]


class MakeSurveyLink(Body):
    """For which registered endpoint."""

    name: Name


class SurveyLink(BaseModel):
    """The link, and its token."""

    name: str
    url: str
    token: str
    expires_at: datetime

"""What the API takes and says of users, accounts and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from reception.audit_chain import AuditEntry, ChainVerdict
from reception.people import SECOND_FACTOR_ROLES, SignInRecord, UserRecord
from signalling.views import Body

RoleName = Literal[
    "admin", "operator", "technician", "chair", "secretary", "delegate", "observer", "archivist", "auditor"
]
Password = Annotated[str, Field(max_length=256)]
Code = Annotated[str, Field(max_length=40)]
UserName = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class SignInBody(Body):
    """Name and password; the code of the second factor where the account has one, or a recovery code.

    bearer: answer with a token for the Authorization header instead of a cookie.
    """

    name: UserName
    password: Password
    code: Code = ""
    bearer: bool = False


class SetupToken(Body):
    """A one-time link's token."""

    token: str = Field(max_length=100)


class Setup(SetupToken):
    """The password that the link is for; for the first administrator the name too."""

    password: Password
    name: UserName = ""
    full_name: Text = ""


class ChangePassword(Body):
    """The own password."""

    current: Password
    new: Password


class GivenCode(Body):
    """A code of the authenticator app; a recovery code only where the second factor is taken off."""

    code: Code


class NewUser(Body):
    """A user to be."""

    name: UserName
    full_name: Text = ""
    role: RoleName
    unit: Text = ""


class ChangeUser(Body):
    """What is left out stays. unit: the endpoint or office that the user belongs to."""

    full_name: Text | None = None
    role: RoleName | None = None
    unit: Text | None = None
    locked: bool | None = None
    must_change: bool | None = Field(default=None, description="a new password at the next sign-in")


class ResetUser(Body):
    """second_factor: take that off too, e.g. where the telephone is lost."""

    second_factor: bool = False


class SetupView(BaseModel):
    """What a one-time link is for."""

    kind: str
    name: str
    full_name: str
    role: str
    password_min: int
    expires_at: datetime


class SignedInView(BaseModel):
    """Signed in. pending: what is to be done first: "", password or second_factor. token: only where asked for."""

    name: str
    full_name: str
    role: str
    unit: str
    pending: str
    expires_at: datetime
    token: str | None = None


class SignInView(BaseModel):
    """A browser or program that is signed in."""

    created_at: datetime
    seen_at: datetime
    address: str
    agent: str
    here: bool


class AccountView(BaseModel):
    """The own account."""

    name: str
    full_name: str
    role: str
    unit: str
    pending: str
    second_factor: bool
    second_factor_needed: bool
    recovery_codes: int
    password_min: int
    idle_minutes: float
    sign_ins: list[SignInView]


class SecondFactorView(BaseModel):
    """What an authenticator app needs: `qr` is an image as a data: address, `secret` the same to type."""

    secret: str
    uri: str
    qr: str


class RecoveryCodes(BaseModel):
    """Shown this once."""

    codes: list[str]


class UserView(BaseModel):
    """A user as the administrator sees it."""

    id: str
    name: str
    full_name: str
    role: str
    unit: str
    created_at: datetime
    signed_in_at: datetime | None
    has_password: bool
    must_change: bool
    second_factor: bool
    locked: bool
    locked_until: datetime | None

    @classmethod
    def of(cls, user: UserRecord, *, now: datetime) -> UserView:
        """The same for the API."""
        until = user.locked_until if user.locked_until is not None and user.locked_until > now else None
        names = set(cls.model_fields) - {"locked_until"}
        return cls(**{name: getattr(user, name) for name in names}, locked_until=until)


class UserList(BaseModel):
    """All users, by name."""

    users: list[UserView]


class UserLink(BaseModel):
    """A user and the one-time link to hand over, shown this once."""

    user: UserView
    url: str
    expires_at: datetime


class Done(BaseModel):
    """It is done."""

    done: Literal[True] = True


class AuditEntryView(BaseModel):
    """An entry of the audit log."""

    sequence: int
    at: str
    actor: str
    actor_id: str
    role: str
    address: str
    action: str
    object: str
    result: str
    facts: dict[str, Any]
    previous: str
    hash: str

    @classmethod
    def of(cls, entry: AuditEntry) -> AuditEntryView:
        """The same for the API."""
        return cls(**{name: getattr(entry, name) for name in cls.model_fields})


class AuditList(BaseModel):
    """Newest first. more: there are older ones that match; ask with before = the last sequence number."""

    entries: list[AuditEntryView]
    more: bool


class AuditCount(BaseModel):
    """How often an action came to that result."""

    action: str
    result: str
    count: int


class AuditSummary(BaseModel):
    """Sums, no lines."""

    counts: list[AuditCount]


class AuditFault(BaseModel):
    """What is wrong with the chain, and at which entry."""

    kind: str
    sequence: int


class AuditVerdict(BaseModel):
    """The chain's state. head: the newest hash, to be kept elsewhere."""

    whole: bool
    entries: int
    sequence: int
    head: str
    faults: list[AuditFault]

    @classmethod
    def of(cls, verdict: ChainVerdict) -> AuditVerdict:
        """The same for the API."""
        faults = [AuditFault(kind=each.kind, sequence=each.sequence) for each in verdict.faults[:100]]
        return cls(
            whole=verdict.whole,
            entries=verdict.entries,
            sequence=verdict.sequence,
            head=verdict.head,
            faults=faults,
        )


def account_view(
    user: UserRecord, sign_ins: list[SignInRecord], *, here: str, password_min: int, idle_minutes: float
) -> AccountView:
    """The own account. here: the id of the sign-in that asks."""
    return AccountView(
        name=user.name,
        full_name=user.full_name,
        role=user.role,
        unit=user.unit,
        pending=user.pending,
        second_factor=user.second_factor,
        second_factor_needed=user.role in SECOND_FACTOR_ROLES,
        recovery_codes=user.recovery_codes,
        password_min=password_min,
        idle_minutes=idle_minutes,
        sign_ins=[
            SignInView(
                created_at=each.created_at,
                seen_at=each.seen_at,
                address=each.address,
                agent=each.agent,
                here=each.id == here,
            )
            for each in sign_ins
        ],
    )

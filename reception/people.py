"""Users and their sign-ins as facts (pure), apart from the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reception.permissions import Role

SECOND_FACTOR_ROLES = frozenset({Role.ADMIN, Role.OPERATOR})  # who cannot do without one
USER_NAME = r"^[a-z0-9][a-z0-9._\-]{1,39}$"


class Pending(StrEnum):
    """What a user must do before anything else."""

    NOTHING = ""
    PASSWORD = "password"  # noqa: S105
    SECOND_FACTOR = "second_factor"


class LinkKind(StrEnum):
    """What a one-time link is for."""

    FIRST_ADMIN = "first_admin"
    INVITATION = "invitation"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord:
    """A user. locked: by an administrator. locked_until: by failed sign-ins. unit: the endpoint or office of."""

    id: str
    name: str
    full_name: str
    role: Role
    unit: str
    created_at: datetime
    has_password: bool
    must_change: bool
    second_factor: bool
    recovery_codes: int
    locked: bool
    locked_until: datetime | None
    signed_in_at: datetime | None

    @property
    def pending(self) -> Pending:
        """What the user must do first."""
        if self.must_change:
            return Pending.PASSWORD
        if self.role in SECOND_FACTOR_ROLES and not self.second_factor:
            return Pending.SECOND_FACTOR
        return Pending.NOTHING

    @property
    def shown_name(self) -> str:
        """The name of the person, or that of the account where none was given."""
        return self.full_name or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRecord:
    """One browser or program that is signed in."""

    id: str
    user: UserRecord
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeLink:
    """What a one-time link is for. user: None where it makes the first administrator."""

    kind: LinkKind
    user: UserRecord | None
    expires_at: datetime


class AccountError(Exception):
    """Base of what accounts refuse. `code` is stable; the reasons are for people."""

    def __init__(self, code: str, reason_vi: str, reason_en: str) -> None:
        super().__init__(f"{reason_en} ({reason_vi})")
        self.code, self.reason_vi, self.reason_en = code, reason_vi, reason_en


class SignInRefused(AccountError):
    """The sign-in was refused."""


class Busy(AccountError):
    """Too many sign-ins at once."""

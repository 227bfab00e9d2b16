"""Users in the store: made, changed, locked. Links are in one_time_links.py, signing in is in sign_ins.py."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet
from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from config.models import AuthSettings
from reception.account_tables import FailureRow, OneTimeLinkRow, SignInRow, UserRow
from reception.passwords import weakness_of, words
from reception.people import USER_NAME, AccountError, Busy, UserRecord
from reception.permissions import PEOPLE, Role

T = TypeVar("T")
HASHING_AT_ONCE = 2  # 64 MiB and some 50 ms each
HASHING_WAITING = 40


class NoSuchUser(Exception):
    """No user of this id or name."""


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def utc_now() -> datetime:
    """Now."""
    return datetime.now(UTC)


def utc(at: datetime) -> datetime:
    """SQLite forgets the zone."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def account_key(data: Path) -> bytes:
    """The key that the secrets of second factors are encrypted with: DATA/keys/account.key, made at the first start."""
    path = data / "keys" / "account.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_suffix(".new")
        partial.touch(mode=0o600)
        partial.write_bytes(Fernet.generate_key())
        partial.replace(path)
    return path.read_bytes()


class Passwords:
    """Argon2id (RFC 9106, second choice), hashed beside the loop and only so many at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = asyncio.Semaphore(HASHING_AT_ONCE)
        self._waiting = 0
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """The hash, with salt and parameters in it. Raises Busy."""
        return await self._run(self._hasher.hash, password)

    async def check(self, hashed: str | None, password: str) -> bool:
        """Whether the password is right. Takes as long where there is no user. Raises Busy."""
        if hashed is None:
            if self._nobodys is None:
                self._nobodys = await self.hash(secrets.token_hex(16))
            await self._run(self._verify, self._nobodys, password)
            return False
        return await self._run(self._verify, hashed, password)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., T], *args: str) -> T:
        if self._waiting >= HASHING_WAITING:
            raise Busy("busy", "Quá nhiều lượt đăng nhập cùng lúc. Hãy thử lại sau.", "Too many sign-ins at once.")
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *args)
        finally:
            self._waiting -= 1


class Accounts:
    """The users. `clock` tells UTC."""

    def __init__(
        self,
        engine: AsyncEngine,
        settings: AuthSettings,
        *,
        key: bytes,
        clock: Callable[[], datetime] = utc_now,
        passwords: Passwords | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.transaction = async_sessionmaker(engine, expire_on_commit=False)
        self.passwords = passwords or Passwords()
        self.box = Fernet(key)

    # --- who there is ---

    async def users(self) -> list[UserRecord]:
        """All users, by name."""
        async with self.transaction() as session:
            rows = (await session.scalars(select(UserRow).order_by(UserRow.name))).all()
            failures = {row.name: row for row in await session.scalars(select(FailureRow))}
            return [user_record(row, failures.get(row.name)) for row in rows]

    async def user(self, user_id: str) -> UserRecord:
        """One user. Raises NoSuchUser."""
        async with self.transaction() as session:
            return await record_of(session, await user_row(session, user_id))

    async def named(self, name: str) -> UserRecord:
        """One user by name. Raises NoSuchUser."""
        async with self.transaction() as session:
            row = await session.scalar(select(UserRow).where(UserRow.name == name))
            if row is None:
                raise NoSuchUser(name)
            return await record_of(session, row)

    async def add(
        self, *, name: str, role: Role, full_name: str = "", unit: str = "", password: str | None = None
    ) -> UserRecord:
        """A new user; without a password until one is set by a one-time link. Raises AccountError."""
        row = self.new_row(name=name, role=role, full_name=full_name, unit=unit)
        row.password_hash = await self.hashed(password, (name, full_name)) if password is not None else None
        await self.insert(row)
        return await self.user(row.id)

    def new_row(self, *, name: str, role: Role, full_name: str, unit: str = "") -> UserRow:
        """A user to be. Raises AccountError."""
        if not re.match(USER_NAME, name) or role not in PEOPLE:
            raise AccountError(
                "bad_name",
                "Tên đăng nhập gồm 2 đến 40 ký tự: chữ thường không dấu, chữ số và các dấu . _ -",
                "A user's name has 2 to 40 characters: letters a to z, digits, and . _ -",
            )
        return UserRow(
            id=secrets.token_hex(8),
            name=name,
            full_name=full_name,
            role=role,
            unit=unit,
            created_at=self.clock(),
            recovery=[],
        )

    async def insert(self, row: UserRow, *, using: str | None = None) -> None:
        """Store a new user. using: the id of the one-time link that this uses up. Raises AccountError."""
        try:
            async with self.transaction.begin() as session:
                if using is not None:
                    await use_up(session, using)
                session.add(row)
        except IntegrityError:
            raise AccountError(
                "name_taken", f"Đã có tài khoản {row.name}.", f"There is a user {row.name} already."
            ) from None

    async def change(self, user_id: str, **changes: str | bool) -> UserRecord:
        """Set full_name, unit, role, locked or must_change. Role and lock end the user's sign-ins.

        Raises NoSuchUser, and AccountError where no administrator would be left.
        """
        async with self.transaction.begin() as session:
            row = await user_row(session, user_id, to_change=True)
            if row.role == Role.ADMIN and (changes.get("locked") or changes.get("role", row.role) != Role.ADMIN):
                await _must_not_be_the_last(session, row)
            for name, value in changes.items():
                setattr(row, name, value)
            if {"role", "locked", "must_change"} & set(changes):
                await session.execute(delete(SignInRow).where(SignInRow.user_id == user_id))
        return await self.user(user_id)

    async def unlock(self, user_id: str) -> UserRecord:
        """Forget failed sign-ins. Raises NoSuchUser."""
        async with self.transaction.begin() as session:
            row = await user_row(session, user_id)
            await session.execute(delete(FailureRow).where(FailureRow.name == row.name))
        return await self.user(user_id)

    async def hashed(self, password: str, names: tuple[str, ...]) -> str:
        """The hash of a new password. names: the user's. Raises AccountError if it is weak, Busy."""
        minimum = self.settings.password_min
        weakness = weakness_of(password, names=names, minimum=minimum)
        if weakness is not None:
            raise AccountError("weak_password", *words(weakness, minimum=minimum))
        return await self.passwords.hash(password)


async def _must_not_be_the_last(session: AsyncSession, row: UserRow) -> None:
    query = select(func.count()).where(UserRow.role == Role.ADMIN, UserRow.locked.is_(False), UserRow.id != row.id)
    if not await session.scalar(query):
        raise AccountError(
            "last_admin",
            "Đây là quản trị hệ thống duy nhất. Hãy tạo một quản trị khác trước.",
            "This is the only administrator: make another one first.",
        )


async def use_up(session: AsyncSession, link_id: str) -> None:
    """Take a one-time link away. Raises AccountError if somebody else just did."""
    result = await session.execute(delete(OneTimeLinkRow).where(OneTimeLinkRow.id == link_id))
    if cast("CursorResult[Any]", result).rowcount != 1:
        raise link_void()


def link_void() -> AccountError:
    """A one-time link is worth nothing."""
    return AccountError(
        "link_void",
        "Đường dẫn này đã được dùng, đã hết hạn hoặc không đúng. Hãy xin quản trị hệ thống đường dẫn mới.",
        "This link has been used, has expired or is not right. Ask the administrator for a new one.",
    )


async def user_row(session: AsyncSession, user_id: str | None, *, to_change: bool = False) -> UserRow:
    """The row. to_change: nobody else changes it until the transaction is over. Raises NoSuchUser."""
    if to_change:  # a write comes first: SQLite locks at the first write, not at a read
        await session.execute(update(UserRow).where(UserRow.id == user_id).values(name=UserRow.name))
    row = await session.get(UserRow, user_id) if user_id else None
    if row is None:
        raise NoSuchUser(user_id)
    return row


async def record_of(session: AsyncSession, row: UserRow) -> UserRecord:
    """The user with what failed sign-ins have done to it."""
    return user_record(row, await session.get(FailureRow, row.name))


def user_record(row: UserRow, failure: FailureRow | None) -> UserRecord:
    """The user as a fact."""
    until = failure.locked_until if failure is not None else None
    return UserRecord(
        id=row.id,
        name=row.name,
        full_name=row.full_name,
        role=Role(row.role),
        unit=row.unit,
        created_at=utc(row.created_at),
        has_password=row.password_hash is not None,
        must_change=row.must_change,
        second_factor=row.totp_confirmed,
        recovery_codes=len(row.recovery),
        locked=row.locked,
        locked_until=utc(until) if until is not None else None,
        signed_in_at=utc(row.signed_in_at) if row.signed_in_at is not None else None,
    )

"""Signing in and staying signed in: lock-out after failures, time-outs idle and absolute."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from reception.account_tables import FailureRow, SignInRow, UserRow
from reception.accounts import Accounts, record_of, token_hash, user_row, utc
from reception.own_account import OwnAccount
from reception.people import AccountError, SignInRecord, SignInRefused, UserRecord

PREFIX = "dcs_"  # tells a sign-in's token from a signed one
SEEN_EVERY = timedelta(seconds=20)  # how exact the idle time is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A token and whose it is."""

    token: str
    user: UserRecord
    expires_at: datetime


class SignIns:
    """Who is signed in."""

    def __init__(self, accounts: Accounts, own: OwnAccount) -> None:
        self._accounts = accounts
        self._own = own
        self._begin = accounts.transaction.begin

    async def sign_in(self, name: str, password: str, *, code: str, address: str, agent: str) -> SignedIn:
        """Raises SignInRefused: bad_credentials, locked_out, locked, code_needed, bad_code. Raises Busy."""
        name = name.strip().lower()[:40]
        async with self._accounts.transaction() as session:
            self._not_locked_out(await session.get(FailureRow, name))
            row = await session.scalar(select(UserRow).where(UserRow.name == name))
        right = await self._accounts.passwords.check(row.password_hash if row is not None else None, password)
        if row is None or not right:
            await self._failed(name)
            raise SignInRefused(
                "bad_credentials", "Tên đăng nhập hoặc mật khẩu không đúng.", "The name or the password is not right."
            )
        if row.locked:
            raise SignInRefused(
                "locked",
                "Tài khoản đã bị khóa. Hãy liên hệ quản trị hệ thống.",
                "The account is locked. Ask the administrator.",
            )
        if row.totp_confirmed:
            await self._second_factor(row, code)
        return await self.enter(row.id, address=address, agent=agent)

    async def enter(self, user_id: str, *, address: str, agent: str) -> SignedIn:
        """Sign in whose password has just been proved or set."""
        now, settings = self._accounts.clock(), self._accounts.settings
        token = PREFIX + secrets.token_urlsafe(32)
        expires = now + timedelta(hours=settings.absolute_hours)
        async with self._begin() as session:
            row = await session.get_one(UserRow, user_id)
            row.signed_in_at = now
            await session.execute(delete(FailureRow).where(FailureRow.name == row.name))
            await session.execute(delete(SignInRow).where(SignInRow.expires_at <= now))
            session.add(
                SignInRow(
                    id=token_hash(token),
                    user_id=user_id,
                    created_at=now,
                    seen_at=now,
                    expires_at=expires,
                    address=address[:64],
                    agent=agent[:200],
                )
            )
            user = await record_of(session, row)
        return SignedIn(token=token, user=user, expires_at=expires)

    async def _second_factor(self, row: UserRow, code: str) -> None:
        if not code.strip():
            raise SignInRefused(
                "code_needed", "Hãy nhập mã xác thực trên ứng dụng.", "Enter the code of your authenticator app."
            )
        try:
            async with self._begin() as session:
                self._own.take_any_code(await user_row(session, row.id, to_change=True), code)
        except AccountError as error:
            await self._failed(row.name)
            raise SignInRefused(error.code, error.reason_vi, error.reason_en) from None

    def _not_locked_out(self, failure: FailureRow | None) -> None:
        if failure is not None and failure.locked_until is not None:
            left = utc(failure.locked_until) - self._accounts.clock()
            if left > timedelta():
                minutes = int(left.total_seconds() // 60) + 1
                raise SignInRefused(
                    "locked_out",
                    f"Đăng nhập sai quá nhiều lần. Hãy thử lại sau {minutes} phút, hoặc nhờ quản trị hệ thống mở khóa.",
                    f"Too many failed sign-ins. Try again in {minutes} minutes, or ask the administrator to unlock.",
                )

    async def _failed(self, name: str) -> None:
        now, settings = self._accounts.clock(), self._accounts.settings
        window = timedelta(minutes=settings.lock_minutes)
        async with self._begin() as session:
            # Old ones are forgotten, so that names tried at random do not fill the table.
            await session.execute(delete(FailureRow).where(FailureRow.last_at < now - window))
            row = await session.get(FailureRow, name)
            if row is None:
                row = FailureRow(name=name, count=0, last_at=now)
                session.add(row)
            row.count += 1
            row.last_at = now
            if row.count >= settings.max_failures:
                row.count, row.locked_until = 0, now + window

    # --- while signed in ---

    async def find(self, token: str, *, background: bool = False) -> SignInRecord | None:
        """Whose token it is; None if it is none, timed out or signed out. background: nobody is at the page, which asks
        by itself: that does not keep it signed in.
        """
        now = self._accounts.clock()
        idle = timedelta(minutes=self._accounts.settings.idle_minutes)
        async with self._accounts.transaction() as session:
            row = await session.get(SignInRow, token_hash(token))
            if row is None or utc(row.expires_at) <= now or utc(row.seen_at) + idle <= now:
                return None
            user = await session.get(UserRow, row.user_id)
            if user is None or user.locked:
                return None
            found = await _record(session, row, user)
        if not background and now - found.seen_at >= SEEN_EVERY:
            async with self._begin() as session:
                await session.execute(update(SignInRow).where(SignInRow.id == found.id).values(seen_at=now))
        return found

    async def of_user(self, user_id: str) -> list[SignInRecord]:
        """Where the user is signed in, newest first."""
        now = self._accounts.clock()
        idle = timedelta(minutes=self._accounts.settings.idle_minutes)
        async with self._accounts.transaction() as session:
            user = await session.get_one(UserRow, user_id)
            query = select(SignInRow).where(SignInRow.user_id == user_id).order_by(SignInRow.created_at.desc())
            rows = (await session.scalars(query)).all()
            return [
                await _record(session, row, user)
                for row in rows
                if utc(row.expires_at) > now and utc(row.seen_at) + idle > now
            ]

    async def sign_out(self, token: str) -> None:
        """The token is worth nothing from now on."""
        async with self._begin() as session:
            await session.execute(delete(SignInRow).where(SignInRow.id == token_hash(token)))

    async def sign_out_others(self, user_id: str, *, kept: str) -> None:
        """Everywhere but where the sign-in `kept` (an id) is."""
        async with self._begin() as session:
            await session.execute(delete(SignInRow).where(SignInRow.user_id == user_id, SignInRow.id != kept))


async def _record(session: AsyncSession, row: SignInRow, user: UserRow) -> SignInRecord:
    return SignInRecord(
        id=row.id,
        user=await record_of(session, user),
        created_at=utc(row.created_at),
        seen_at=utc(row.seen_at),
        expires_at=utc(row.expires_at),
        address=row.address,
        agent=row.agent,
    )

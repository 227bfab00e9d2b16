"""One-time links: by them passwords are set, so that nobody ever has one that another chose."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from reception.account_tables import FailureRow, OneTimeLinkRow, SignInRow, UserRow
from reception.accounts import Accounts, link_void, record_of, token_hash, use_up, user_row, utc
from reception.people import LinkKind, OneTimeLink, UserRecord
from reception.permissions import Role


class OneTimeLinks:
    """The links."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._begin = accounts.transaction.begin

    async def make(self, user_id: str, kind: LinkKind, *, second_factor: bool = False) -> str:
        """The token of a link by which the user sets a password; earlier ones are void.

        A reset ends the sign-ins and the old password at once; with `second_factor` that too. Raises NoSuchUser.
        """
        async with self._begin() as session:
            row = await user_row(session, user_id, to_change=True)
            await session.execute(delete(OneTimeLinkRow).where(OneTimeLinkRow.user_id == user_id))
            if kind is LinkKind.RESET:
                row.password_hash = None
                await session.execute(delete(SignInRow).where(SignInRow.user_id == user_id))
            if second_factor:
                row.totp_secret, row.totp_confirmed, row.recovery = None, False, []
            return self._add(session, kind, user_id)

    async def first_admin(self) -> str | None:
        """The token of a link that makes the first administrator; None where there is one who can sign in."""
        async with self._begin() as session:
            await session.execute(delete(OneTimeLinkRow).where(OneTimeLinkRow.kind == LinkKind.FIRST_ADMIN))
            if await _administered(session):
                return None
            return self._add(session, LinkKind.FIRST_ADMIN, None)

    def _add(self, session: AsyncSession, kind: LinkKind, user_id: str | None) -> str:
        token = secrets.token_urlsafe(24)
        expires = self._accounts.clock() + timedelta(hours=self._accounts.settings.setup_hours)
        session.add(OneTimeLinkRow(id=token_hash(token), kind=kind, user_id=user_id, expires_at=expires))
        return token

    async def look(self, token: str) -> OneTimeLink:
        """What a link is for. Raises AccountError if it is used, void or too old."""
        async with self._accounts.transaction() as session:
            row = await session.get(OneTimeLinkRow, token_hash(token))
            if row is None or utc(row.expires_at) <= self._accounts.clock():
                raise link_void()
            if row.kind == LinkKind.FIRST_ADMIN and await _administered(session):
                raise link_void()
            user = await record_of(session, await user_row(session, row.user_id)) if row.user_id else None
            return OneTimeLink(kind=LinkKind(row.kind), user=user, expires_at=utc(row.expires_at))

    async def use(self, token: str, *, password: str, name: str = "", full_name: str = "") -> UserRecord:
        """Set the password that the link is for, once; of the first administrator the name too. Raises AccountError."""
        link, accounts = await self.look(token), self._accounts
        if link.user is None:
            row = accounts.new_row(name=name, full_name=full_name, role=Role.ADMIN)
            row.password_hash = await accounts.hashed(password, (name, full_name))
            await accounts.insert(row, using=token_hash(token))
            return await accounts.user(row.id)
        hashed = await accounts.hashed(password, (link.user.name, link.user.full_name))
        async with self._begin() as session:
            await use_up(session, token_hash(token))
            row = await user_row(session, link.user.id)
            row.password_hash, row.must_change = hashed, False
            await session.execute(delete(FailureRow).where(FailureRow.name == row.name))
        return await accounts.user(link.user.id)


async def _administered(session: AsyncSession) -> bool:
    """Whether there is an administrator who can sign in."""
    query = select(func.count()).where(UserRow.role == Role.ADMIN, UserRow.password_hash.is_not(None))
    return bool(await session.scalar(query))

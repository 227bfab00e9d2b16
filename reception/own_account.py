"""What users do with their own account: password, second factor, recovery codes."""

from __future__ import annotations

import secrets

from reception import second_factor
from reception.account_tables import UserRow
from reception.accounts import Accounts, user_row
from reception.people import AccountError, UserRecord


class OwnAccount:
    """The own account."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._begin = accounts.transaction.begin

    async def change_password(self, user_id: str, *, current: str, new: str) -> UserRecord:
        """Raises AccountError: the current one is wrong, the new one is weak or the same."""
        async with self._accounts.transaction() as session:
            row = await user_row(session, user_id)
        if not await self._accounts.passwords.check(row.password_hash, current):
            raise AccountError("wrong_password", "Mật khẩu hiện tại không đúng.", "The current password is not right.")
        if new == current:
            raise AccountError(
                "same_password", "Mật khẩu mới phải khác mật khẩu cũ.", "The new password must be another."
            )
        hashed = await self._accounts.hashed(new, (row.name, row.full_name))
        async with self._begin() as session:
            changed = await user_row(session, user_id, to_change=True)
            changed.password_hash, changed.must_change = hashed, False
        return await self._accounts.user(user_id)

    async def new_second_factor(self, user_id: str) -> tuple[bytes, str]:
        """(secret, name of the account) of a second factor that counts once confirm_second_factor has seen a code.

        Raises AccountError if there is one that counts.
        """
        secret = secrets.token_bytes(second_factor.SECRET_BYTES)
        async with self._begin() as session:
            row = await user_row(session, user_id, to_change=True)
            if row.totp_confirmed:
                raise AccountError(
                    "second_factor_set",
                    "Tài khoản đã có xác thực hai bước. Hãy tắt trước khi cài lại.",
                    "There is a second factor already: take it off before you set another.",
                )
            row.totp_secret, row.totp_step = self._accounts.box.encrypt(secret), 0
            return secret, row.name

    async def confirm_second_factor(self, user_id: str, code: str) -> list[str]:
        """The code of the authenticator app is right: from now on it counts. The recovery codes, shown this once.

        Raises AccountError.
        """
        async with self._begin() as session:
            row = await user_row(session, user_id, to_change=True)
            if row.totp_secret is None or row.totp_confirmed:
                raise AccountError(
                    "no_second_factor", "Hãy bắt đầu cài xác thực hai bước trước.", "Begin to set it first."
                )
            self._take_code(row, code)
            row.totp_confirmed = True
            return _new_recovery_codes(row)

    async def new_recovery_codes(self, user_id: str, code: str) -> list[str]:
        """Other recovery codes; the old ones are void. Raises AccountError."""
        async with self._begin() as session:
            row = await user_row(session, user_id, to_change=True)
            self._take_code(row, code)
            return _new_recovery_codes(row)

    async def remove_second_factor(self, user_id: str, code: str) -> UserRecord:
        """Take it off; who must have one is asked to set another before anything else. Raises AccountError."""
        async with self._begin() as session:
            row = await user_row(session, user_id, to_change=True)
            self.take_any_code(row, code)
            row.totp_secret, row.totp_confirmed, row.recovery = None, False, []
        return await self._accounts.user(user_id)

    def take_any_code(self, row: UserRow, code: str) -> None:
        """A code of the app, or a recovery code, which is then used up. Raises AccountError."""
        kept = second_factor.remaining(row.recovery, code, user_id=row.id)
        if kept is not None:
            row.recovery = kept
        else:
            self._take_code(row, code)

    def _take_code(self, row: UserRow, code: str) -> None:
        secret = self._accounts.box.decrypt(row.totp_secret) if row.totp_secret is not None else None
        now = self._accounts.clock().timestamp()
        step = second_factor.accepted_step(secret, code, now=now, after=row.totp_step) if secret else None
        if step is None:
            raise AccountError(
                "bad_code",
                "Mã không đúng. Hãy nhập mã mới nhất trên ứng dụng và kiểm tra giờ của điện thoại.",
                "The code is not right. Enter the newest one, and check the telephone's clock.",
            )
        row.totp_step = step


def _new_recovery_codes(row: UserRow) -> list[str]:
    codes = [
        second_factor.recovery_text(secrets.token_bytes(second_factor.RECOVERY_BYTES))
        for _ in range(second_factor.RECOVERY_CODES)
    ]
    row.recovery = [second_factor.recovery_hash(code, user_id=row.id) for code in codes]
    return codes

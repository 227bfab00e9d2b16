"""The users' side of the services, and from a sign-in to a bearer."""

from __future__ import annotations

from config.models import Settings
from reception.accounts import Accounts, account_key
from reception.one_time_links import OneTimeLinks
from reception.own_account import OwnAccount
from reception.people import SignInRecord
from reception.sign_ins import SignIns
from reception.store import Store
from signalling.tokens import Bearer


class People:
    """Users, their one-time links, their own accounts, who is signed in."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._base_url = settings.server.base_url
        self.accounts = Accounts(store.engine, settings.auth, key=account_key(settings.server.data))
        self.own = OwnAccount(self.accounts)
        self.links = OneTimeLinks(self.accounts)
        self.sign_ins = SignIns(self.accounts, self.own)

    def setup_url(self, token: str) -> str:
        """The address of a one-time link; the token is behind #, which no server sees or logs."""
        return f"{self._base_url}/setup#{token}"


def bearer_of_sign_in(record: SignInRecord) -> Bearer:
    """The signed-in user as a bearer."""
    user = record.user
    return Bearer(
        role=user.role,
        name=user.shown_name,
        user_id=user.id,
        unit=user.unit,
        expires_at=int(record.expires_at.timestamp()),
        sign_in=record.id,
        pending=user.pending.value,
    )

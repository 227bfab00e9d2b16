"""Users, their links and sign-ins: over a real store, with a clock that the test turns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from cryptography.fernet import Fernet
from sqlalchemy import text

from config.models import AuthSettings
from reception.accounts import Accounts, NoSuchUser, Passwords, account_key
from reception.one_time_links import OneTimeLinks
from reception.own_account import OwnAccount
from reception.people import AccountError, LinkKind, Pending, SignInRefused
from reception.permissions import Role
from reception.second_factor import code_at
from reception.sign_ins import PREFIX, SignedIn, SignIns
from reception.store import Store

GOOD, OTHER = "Cay-Nho-7-Xanh", "Suoi-Lon-8-Trong"
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


class World:
    """Everything of accounts, and the time."""

    def __init__(self, store: Store, settings: AuthSettings) -> None:
        self.store = store
        self.now = datetime(2026, 11, 30, 8, tzinfo=UTC)
        self.accounts = Accounts(
            store.engine, settings, key=Fernet.generate_key(), clock=lambda: self.now, passwords=Passwords(QUICK)
        )
        self.own = OwnAccount(self.accounts)
        self.links = OneTimeLinks(self.accounts)
        self.sign_ins = SignIns(self.accounts, self.own)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    async def enter(self, name: str = "an", password: str = GOOD, code: str = "") -> SignedIn:
        return await self.sign_ins.sign_in(name, password, code=code, address="10.0.0.1", agent="test")

    async def refused(self, name: str = "an", password: str = GOOD, code: str = "") -> str:
        with pytest.raises(SignInRefused) as refusal:
            await self.enter(name, password, code)
        assert refusal.value.reason_vi != refusal.value.reason_en
        return refusal.value.code


@pytest.fixture
async def world(tmp_path: Path, database: str) -> AsyncIterator[World]:
    store = await Store.open(tmp_path / "store.sqlite")
    yield World(store, AuthSettings(max_failures=3, lock_minutes=10, idle_minutes=30, absolute_hours=8))
    await store.close()


async def test_the_first_administrator_is_made_by_a_link_that_counts_once(world: World) -> None:
    first, second = await world.links.first_admin(), await world.links.first_admin()
    assert first is not None
    assert second is not None
    with pytest.raises(AccountError, match="link") as void:
        await world.links.use(first, name="an", password=GOOD)
    assert void.value.code == "link_void"
    with pytest.raises(AccountError) as weak:
        await world.links.use(second, name="an", password="matkhau123")
    assert weak.value.code == "weak_password"
    user = await world.links.use(second, name="an", full_name="Nguyễn Văn An", password=GOOD)
    assert (user.role, user.pending) == (Role.ADMIN, Pending.SECOND_FACTOR)
    with pytest.raises(AccountError):
        await world.links.use(second, name="binh", password=GOOD)
    assert await world.links.first_admin() is None


async def test_the_first_link_is_void_once_there_is_an_administrator(world: World) -> None:
    token = await world.links.first_admin()
    assert token is not None
    await world.accounts.add(name="binh", role=Role.ADMIN, password=GOOD)
    with pytest.raises(AccountError):
        await world.links.use(token, name="an", password=GOOD)


async def test_a_link_expires(world: World) -> None:
    token = await world.links.first_admin()
    assert token is not None
    world.later(hours=25)
    with pytest.raises(AccountError):
        await world.links.look(token)


@pytest.mark.parametrize("name", ["", "a", "An", "an nguyen", "../x", "an'--", "x" * 41, "đan"])
async def test_a_name_that_is_none_is_refused(world: World, name: str) -> None:
    with pytest.raises(AccountError) as refusal:
        await world.accounts.add(name=name, role=Role.CHAIR)
    assert refusal.value.code == "bad_name"


async def test_a_name_is_taken_once(world: World) -> None:
    await world.accounts.add(name="an", role=Role.CHAIR)
    with pytest.raises(AccountError) as refusal:
        await world.accounts.add(name="an", role=Role.SECRETARY)
    assert refusal.value.code == "name_taken"


async def test_an_invited_user_sets_the_password_and_signs_in(world: World) -> None:
    user = await world.accounts.add(name="an", role=Role.CHAIR, unit="Trung tâm")
    assert await world.refused() == "bad_credentials"
    token = await world.links.make(user.id, LinkKind.INVITATION)
    looked = await world.links.look(token)
    assert (looked.kind, looked.user and looked.user.name) == (LinkKind.INVITATION, "an")
    await world.links.use(token, password=GOOD)
    entered = await world.enter()
    assert entered.token.startswith(PREFIX)
    assert (entered.user.name, entered.user.pending, entered.user.unit) == ("an", Pending.NOTHING, "Trung tâm")
    found = await world.sign_ins.find(entered.token)
    assert found is not None
    assert (found.user.name, found.address) == ("an", "10.0.0.1")
    assert await world.sign_ins.find(entered.token + "x") is None


async def test_passwords_and_secrets_are_not_in_the_store(world: World) -> None:
    user = await world.accounts.add(name="an", role=Role.OPERATOR, password=GOOD)
    secret, _ = await world.own.new_second_factor(user.id)
    entered = await world.enter()
    async with world.store.engine.connect() as connection:
        rows = [
            str(row)
            for table in ("user_account", "sign_in", "one_time_link")
            for row in await connection.execute(text(f"SELECT * FROM {table}"))
        ]
    kept = "\n".join(rows)
    assert "$argon2id$" in kept
    assert not any(each in kept for each in (GOOD, entered.token, repr(secret)[2:-1]))


async def test_failures_lock_out_whoever_there_is_and_time_or_an_administrator_unlocks(world: World) -> None:
    user = await world.accounts.add(name="an", role=Role.CHAIR, password=GOOD)
    for name in ("an", "nobody"):
        assert [await world.refused(name, "wrong") for _ in range(4)] == 3 * ["bad_credentials"] + ["locked_out"]
    assert await world.refused() == "locked_out"
    assert (await world.accounts.user(user.id)).locked_until == world.now + timedelta(minutes=10)
    world.later(minutes=9)
    assert await world.refused() == "locked_out"
    world.later(minutes=2)
    assert (await world.enter()).user.locked_until is None
    for _ in range(3):
        await world.refused("an", "wrong")
    await world.accounts.unlock(user.id)
    await world.enter()


async def test_success_forgets_failures_and_old_failures_are_forgotten(world: World) -> None:
    await world.accounts.add(name="an", role=Role.CHAIR, password=GOOD)
    for _ in range(3):
        await world.refused("an", "wrong")
        await world.refused("an", "wrong")
        await world.enter()
    await world.refused("an", "wrong")
    await world.refused("an", "wrong")
    world.later(minutes=11)
    await world.refused("an", "wrong")
    await world.enter()


async def test_a_second_factor_is_asked_for_once_it_is_confirmed(world: World) -> None:
    user = await world.accounts.add(name="an", role=Role.OPERATOR, password=GOOD)
    assert (await world.enter()).user.pending is Pending.SECOND_FACTOR
    secret, name = await world.own.new_second_factor(user.id)
    assert name == "an"
    with pytest.raises(AccountError, match="code"):
        await world.own.confirm_second_factor(user.id, "000000")
    assert (await world.enter()).user.pending is Pending.SECOND_FACTOR
    codes = await world.own.confirm_second_factor(user.id, code_at(secret, now=world.now.timestamp()))
    assert len(set(codes)) == 10
    assert await world.refused() == "code_needed"
    assert await world.refused(code=code_at(secret, now=world.now.timestamp())) == "bad_code"  # it confirmed already
    world.later(seconds=30)
    assert (await world.enter(code=code_at(secret, now=world.now.timestamp()))).user.pending is Pending.NOTHING
    assert (await world.enter(code=codes[3])).user.recovery_codes == 9
    assert await world.refused(code=codes[3]) == "bad_code"
    world.later(seconds=30)
    await world.own.remove_second_factor(user.id, code_at(secret, now=world.now.timestamp()))
    assert (await world.enter()).user.pending is Pending.SECOND_FACTOR


async def test_wrong_codes_lock_out_too(world: World) -> None:
    user = await world.accounts.add(name="an", role=Role.CHAIR, password=GOOD)
    secret, _ = await world.own.new_second_factor(user.id)
    await world.own.confirm_second_factor(user.id, code_at(secret, now=world.now.timestamp()))
    assert [await world.refused(code="000000") for _ in range(4)] == 3 * ["bad_code"] + ["locked_out"]


async def test_who_does_nothing_is_signed_out_and_who_does_something_in_the_end_too(world: World) -> None:
    await world.accounts.add(name="an", role=Role.CHAIR, password=GOOD)
    idle = (await world.enter()).token
    world.later(minutes=29)
    assert await world.sign_ins.find(idle, background=True) is not None
    world.later(minutes=2)
    assert await world.sign_ins.find(idle) is None
    busy = (await world.enter()).token
    for _ in range(15):
        world.later(minutes=29)
        assert await world.sign_ins.find(busy) is not None
    world.later(hours=8 - 15 * 29 / 60)
    assert await world.sign_ins.find(busy) is None


async def test_signing_out_counts_for_one_and_for_the_others(world: World) -> None:
    user = await world.accounts.add(name="an", role=Role.CHAIR, password=GOOD)
    tokens = [(await world.enter()).token for _ in range(3)]
    assert len(await world.sign_ins.of_user(user.id)) == 3
    await world.sign_ins.sign_out(tokens[0])
    assert await world.sign_ins.find(tokens[0]) is None
    kept = await world.sign_ins.find(tokens[1])
    assert kept is not None
    await world.sign_ins.sign_out_others(user.id, kept=kept.id)
    assert await world.sign_ins.find(tokens[1]) is not None
    assert await world.sign_ins.find(tokens[2]) is None


async def test_who_is_locked_or_has_another_role_must_sign_in_anew(world: World) -> None:
    user = await world.accounts.add(name="an", role=Role.CHAIR, password=GOOD)
    for change in ({"role": Role.SECRETARY}, {"must_change": True}, {"locked": True}):
        token = (await world.enter()).token
        await world.accounts.change(user.id, **change)
        assert await world.sign_ins.find(token) is None
    assert await world.refused() == "locked"
    assert (await world.accounts.user(user.id)).pending is Pending.PASSWORD


async def test_a_reset_ends_password_and_sign_ins_at_once(world: World) -> None:
    user = await world.accounts.add(name="an", role=Role.OPERATOR, password=GOOD)
    secret, _ = await world.own.new_second_factor(user.id)
    await world.own.confirm_second_factor(user.id, code_at(secret, now=world.now.timestamp()))
    world.later(seconds=30)
    token = (await world.enter(code=code_at(secret, now=world.now.timestamp()))).token
    reset = await world.links.make(user.id, LinkKind.RESET, second_factor=True)
    assert await world.sign_ins.find(token) is None
    assert await world.refused() == "bad_credentials"
    await world.links.use(reset, password=OTHER)
    assert (await world.enter(password=OTHER)).user.pending is Pending.SECOND_FACTOR


async def test_the_own_password_is_changed_by_who_knows_it(world: World) -> None:
    user = await world.accounts.add(name="an", role=Role.CHAIR, password=GOOD)
    await world.accounts.change(user.id, must_change=True)
    for current, new, code in (
        ("x", OTHER, "wrong_password"),
        (GOOD, GOOD, "same_password"),
        (GOOD, "short", "weak_password"),
    ):
        with pytest.raises(AccountError) as refusal:
            await world.own.change_password(user.id, current=current, new=new)
        assert refusal.value.code == code
    assert (await world.own.change_password(user.id, current=GOOD, new=OTHER)).pending is Pending.NOTHING
    await world.enter(password=OTHER)


async def test_the_last_administrator_stays(world: World) -> None:
    one = await world.accounts.add(name="an", role=Role.ADMIN, password=GOOD)
    for change in ({"locked": True}, {"role": Role.OPERATOR}):
        with pytest.raises(AccountError) as refusal:
            await world.accounts.change(one.id, **change)
        assert refusal.value.code == "last_admin"
    await world.accounts.add(name="binh", role=Role.ADMIN, password=GOOD)
    assert (await world.accounts.change(one.id, role=Role.OPERATOR)).role is Role.OPERATOR


async def test_users_are_found_by_id_and_name(world: World) -> None:
    user = await world.accounts.add(name="an", role=Role.CHAIR)
    assert (await world.accounts.named("an")).id == user.id
    assert [each.name for each in await world.accounts.users()] == ["an"]
    with pytest.raises(NoSuchUser):
        await world.accounts.named("binh")
    with pytest.raises(NoSuchUser):
        await world.accounts.change("none", locked=True)


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    key = account_key(tmp_path)
    assert account_key(tmp_path) == key
    assert (tmp_path / "keys" / "account.key").stat().st_mode & 0o077 == 0

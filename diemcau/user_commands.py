"""`diemcau user`: accounts from the server's console."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from config.loader import load_settings
from config.models import Settings
from config.problems import ConfigError
from diemcau.profile_commands import ConfigOption, DataOption, print_problems
from reception.accounts import NoSuchUser
from reception.audit import AuditLog
from reception.people import AccountError, LinkKind, UserRecord
from reception.permissions import PEOPLE, Role
from reception.store import Store
from signalling.audit import Audit
from signalling.people import People
from signalling.tokens import Bearer

T = TypeVar("T")

user_app = typer.Typer(no_args_is_help=True, help="Users' accounts.")


@user_app.callback()
def _user() -> None:
    """Users' accounts."""


class Console:
    """The accounts of a data directory, and notes of what is done to them."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.people = People(store, settings)
        self.settings = settings
        self.audit = Audit(AuditLog(store.engine, keys=settings.server.data / "keys"))

    async def note(self, action: str, user: UserRecord, **facts: object) -> None:
        """Who sits at the server's console is known by the machine's own accounts."""
        bearer = Bearer(role=Role.ADMIN, name="console", console=True)
        await self.audit.note(bearer, action, object=f"users/{user.id}", facts={"account": user.name, **facts})


def run(work: Callable[[Console], Awaitable[T]], data: object, config: object) -> T:
    """Do something with the accounts; what is refused ends the command with 2."""
    from diemcau.logs import configure_logs

    try:
        settings = load_settings(config, overrides={"server.data": data})  # type: ignore[arg-type]
    except ConfigError as error:
        print_problems(error.problems)
        raise typer.Exit(2) from None
    configure_logs(settings.log.model_copy(update={"level": "warning"}))

    async def whole() -> T:
        store = await Store.open(settings.store_location)
        try:
            return await work(Console(store, settings))
        finally:
            await store.close()

    try:
        return asyncio.run(whole())
    except AccountError as error:
        typer.echo(f"{error.reason_vi} / {error.reason_en}", err=True)
    except NoSuchUser as error:
        typer.echo(f"Không có tài khoản {error}. / There is no user {error}.", err=True)
    raise typer.Exit(2)


@user_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="2 to 40 characters: a to z, digits, . _ -")],
    role: Annotated[str, typer.Option(help=f"one of {', '.join(PEOPLE)}")],
    full_name: Annotated[str, typer.Option(help="họ và tên")] = "",
    unit: Annotated[str, typer.Option(help="the endpoint or office that the user belongs to")] = "",
    password_stdin: Annotated[bool, typer.Option(help="read the password from standard input")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Create a user. Prints the one-time link by which the user sets the password."""
    if role not in PEOPLE:
        typer.echo(f"--role {role}: must be one of {', '.join(PEOPLE)}", err=True)
        raise typer.Exit(2)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None

    async def work(console: Console) -> None:
        people = console.people
        user = await people.accounts.add(name=name, role=Role(role), full_name=full_name, unit=unit, password=password)
        await console.note("create_user", user, role=role, unit=unit)
        typer.echo(f"{name}: {role}")
        if password is None:
            await _print_link(console, user, LinkKind.INVITATION)

    run(work, data, config)


async def _print_link(console: Console, user: UserRecord, kind: LinkKind, *, second_factor: bool = False) -> None:
    token = await console.people.links.make(user.id, kind, second_factor=second_factor)
    hours = console.settings.auth.setup_hours
    typer.echo(f"Đường dẫn dùng một lần, {hours:g} giờ / one-time link, {hours:g} hours:")
    typer.echo(console.people.setup_url(token))


@user_app.command("list")
def list_users(data: DataOption = None, config: ConfigOption = None) -> None:
    """All users: name, role, unit, what is the matter with them."""

    async def work(console: Console) -> None:
        now = console.people.accounts.clock()
        for user in await console.people.accounts.users():
            states = [
                "locked" if user.locked else "",
                "locked out" if user.locked_until is not None and user.locked_until > now else "",
                "" if user.has_password else "no password yet",
                "second factor" if user.second_factor else "",
            ]
            typer.echo("\t".join([user.name, user.role, user.unit, ", ".join(filter(None, states))]))

    run(work, data, config)


@user_app.command("reset")
def reset(
    name: str,
    second_factor: Annotated[bool, typer.Option(help="take the second factor off too")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Void the password; prints the one-time link by which the user sets another."""

    async def work(console: Console) -> None:
        user = await console.people.accounts.named(name)
        await console.note("reset_user", user, second_factor=second_factor)
        await _print_link(console, user, LinkKind.RESET, second_factor=second_factor)

    run(work, data, config)


@user_app.command("lock")
def lock(name: str, data: DataOption = None, config: ConfigOption = None) -> None:
    """Lock an account and end its sign-ins."""
    _change(name, data, config, locked=True)


@user_app.command("unlock")
def unlock(name: str, data: DataOption = None, config: ConfigOption = None) -> None:
    """Unlock an account, also after failed sign-ins."""
    _change(name, data, config, locked=False)


def _change(name: str, data: object, config: object, *, locked: bool) -> None:
    async def work(console: Console) -> None:
        accounts = console.people.accounts
        user = await accounts.named(name)
        await accounts.change(user.id, locked=locked)
        if not locked:
            await accounts.unlock(user.id)
        await console.note("change_user", user, locked=locked)
        typer.echo(f"{name}: {'locked' if locked else 'unlocked'}")

    run(work, data, config)

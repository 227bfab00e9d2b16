"""The command `diemcau`."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.panel import Panel

from config.library import ProfileLibrary, read_profile_file
from config.loader import check_settings_text, load_settings
from config.models import Settings
from config.problems import ConfigError
from config.words import hide_password
from diemcau import derivative_commands, guide_commands, recording_commands, simulation_commands
from diemcau.audit_commands import audit_app
from diemcau.endpoint_commands import endpoint_app
from diemcau.paper_commands import paper_app
from diemcau.profile_commands import ConfigOption, DataOption, check_file, print_problems, profile_app
from diemcau.store_commands import backup_command, restore_command, store_app
from diemcau.user_commands import user_app
from reception.permissions import PEOPLE
from reception.store_errors import StoreError
from signalling.tokens import Tokens

if TYPE_CHECKING:
    from diemcau.server import Listening

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Điểm Cầu: tiếp công dân trực tuyến.")
config_app = typer.Typer(no_args_is_help=True, help="Check and show configuration.")
app.add_typer(config_app, name="config")
derivative_commands.add_commands(recording_commands.recording_app)
app.add_typer(recording_commands.recording_app, name="recording")
app.add_typer(endpoint_app, name="endpoint")
app.add_typer(profile_app, name="profile")
app.add_typer(paper_app, name="paper")
app.add_typer(user_app, name="user")
app.add_typer(audit_app, name="audit")
app.add_typer(store_app, name="store")
app.command(name="backup")(backup_command)
app.command(name="restore")(restore_command)
app.command(name="simulate")(simulation_commands.simulate_command)
app.command(name="guides")(guide_commands.guides_command)

errors = Console(stderr=True)


def fail(message: str, code: int = 1) -> NoReturn:
    """Say what is wrong and end."""
    errors.print(message, style="bold red", markup=False, highlight=False)
    raise typer.Exit(code)


def settings_or_fail(config: Path | None, **overrides: object) -> Settings:
    """The settings, or exit 2 with one line per fault."""
    try:
        return load_settings(config, overrides={key.replace("__", "."): value for key, value in overrides.items()})
    except ConfigError as error:
        print_problems(error.problems)
        raise typer.Exit(2) from None


@app.command()
def serve(
    config: ConfigOption = None,
    host: Annotated[str | None, typer.Option(help="address for HTTP and media")] = None,
    port: Annotated[int | None, typer.Option(help="TCP port of HTTP, UDP port of media")] = None,
    data: DataOption = None,
    workers: Annotated[
        int | None,
        typer.Option(help="processes that share the sessions; worker i has UDP port P + 2i and TCP P + 2i + 1"),
    ] = None,
) -> None:
    """Run the server until Ctrl-C. HTTP on TCP port P, all media on UDP port P of H; a port more for each worker."""
    from diemcau.logs import configure_logs
    from diemcau.server import CannotStart, loop_factory
    from diemcau.server import serve as run
    from sfu.transport.ports import PortError

    settings = settings_or_fail(
        config, server__host=host, server__port=port, server__data=data, server__workers=workers
    )
    _check_default_profile(settings)
    configure_logs(settings.log)
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(run(settings, on_ready=_announce))
    except (CannotStart, PortError) as error:
        fail(str(error))


def _check_default_profile(settings: Settings) -> None:
    """A server whose sessions would have no profile does not start."""
    try:
        ProfileLibrary(settings.profiles_path).load(settings.default_profile)
    except ConfigError as error:
        typer.echo(f"default_profile = {settings.default_profile}:", err=True)
        print_problems(error.problems)
        raise typer.Exit(2) from None


def _announce(listening: Listening) -> None:
    """The operator's link, printed whole on a line of its own so that terminals make it clickable."""
    # docs/decisions/0008-links-of-the-console.md says why it stays beside the accounts.
    settings, server = listening.settings, listening.settings.server
    token = listening.tokens.issue(
        role="operator", hours=settings.auth.operator_hours, name="Cán bộ điều phối", console=True
    )
    link = f"{server.base_url}/#token={token}"
    console = Console(soft_wrap=True)
    udp, tcp = (", ".join(map(str, ports)) for ports in (listening.udp_ports, listening.tcp_ports))
    text = (
        f"Web: TCP {server.port}. Hình, tiếng / media: UDP {udp}, TCP {tcp}.\n"
        f"Dữ liệu: {server.data.resolve()}\n"
        f"Nhấn Ctrl-C để dừng. / Press Ctrl-C to stop."
    )
    console.print(Panel.fit(text, title="Điểm Cầu"))
    if settings.auth.console_link:
        console.print("Đường dẫn của cán bộ điều phối / The operator's link:")
        typer.echo(link)
    if listening.first_admin_url:
        hours = settings.auth.setup_hours
        console.print(f"Tạo quản trị hệ thống, một lần, trong {hours:g} giờ / To create the administrator, once:")
        typer.echo(listening.first_admin_url)
    sys.stdout.flush()


@app.command()
def token(
    role: Annotated[str, typer.Option(help=f"one of {', '.join(PEOPLE)}")] = "operator",
    ttl: Annotated[str, typer.Option(help="how long it is good for: 30m, 12h, 7d")] = "12h",
    name: Annotated[str, typer.Option(help="who uses it: stands in the audit log")] = "",
    unit: Annotated[str, typer.Option(help="the endpoint that a technician or delegate belongs to")] = "",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Print a bearer token for the API of the server on that data directory."""
    if role not in PEOPLE:
        fail(f"--role {role}: must be one of {', '.join(PEOPLE)}", 2)
    units = {"m": 1 / 60, "h": 1.0, "d": 24.0}
    if not ttl[:-1].replace(".", "", 1).isdigit() or ttl[-1:] not in units:
        fail(f"--ttl {ttl}: must be a number and a unit: 30m, 12h, 7d", 2)
    settings = settings_or_fail(config, server__data=data)
    tokens = Tokens.of_data_directory(settings.server.data)
    hours = float(ttl[:-1]) * units[ttl[-1]]
    typer.echo(tokens.issue(role=role, hours=hours, name=name or role, unit=unit, console=True))


@config_app.command("check")
def config_check(file: Annotated[Path, typer.Argument(help="a configuration or a profile")]) -> None:
    """Exit 0 if the file is valid, else 2 with one line per fault."""
    try:
        text = read_profile_file(file)
    except ConfigError as error:
        print_problems(error.problems)
        raise typer.Exit(2) from None
    if re.search(r"^\s*(\[+\s*)?(roles|site|codecs)\b", text, re.MULTILINE):
        check_file(text, str(file))
        return
    problems = check_settings_text(text, source=str(file))
    print_problems(problems)
    if problems:
        raise typer.Exit(2)
    typer.echo(f"{file}: OK (configuration)")


@config_app.command("show")
def config_show(config: ConfigOption = None) -> None:
    """Print the configuration in force as JSON."""
    settings = settings_or_fail(config)
    shown = settings.model_dump(mode="json")
    store = shown["storage"]["s3"]
    store |= {"secret_access_key": "*" * 8 if store["secret_access_key"] else ""}
    shown["database"] = hide_password(shown["database"])
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))


def main() -> None:
    """Entry point."""
    try:
        app()
    except StoreError as error:
        errors.print(f"{error.words.vi}\n{error.words.en}", style="bold red", markup=False, highlight=False)
        sys.exit(1)

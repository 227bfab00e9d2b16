"""`diemcau profile …`, and profiles named on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from config.library import ProfileLibrary, read_profile_file
from config.loader import load_settings
from config.problems import ConfigError, ConfigProblem
from config.profile import Profile
from config.profile_text import CheckedProfile, check_profile, parse_profile

profile_app = typer.Typer(no_args_is_help=True, help="Check, list and show bandwidth profiles.")
ConfigOption = Annotated[Path | None, typer.Option("--config", help="TOML file; see config/default.toml")]
DataOption = Annotated[Path | None, typer.Option("--data", help="directory of store, keys and recordings")]
WRONG = 2


def profile_of_option(chosen: str, *, data: Path | None = None) -> Profile:
    """A profile by name, or from a .toml file of whoever sits at this machine. Exits 2 with one line per fault."""
    try:
        if chosen.endswith(".toml"):
            return parse_profile(read_profile_file(Path(chosen)), source=chosen)
        return _library(None, data).load(chosen)
    except ConfigError as error:
        print_problems(error.problems)
        raise typer.Exit(WRONG) from None


def print_problems(problems: Iterable[ConfigProblem], *, before: str = "") -> None:
    """One line for each, on standard error."""
    for problem in problems:
        typer.echo(f"{before}{problem}", err=True)


def check_file(text: str, source: str) -> None:
    """Say what is wrong and what is to be watched. Exits 2 if anything is wrong."""
    checked = check_profile(text, source=source)
    _print_checked(checked)
    typer.echo(f"{source}: OK (profile)")


def _print_checked(checked: CheckedProfile) -> None:
    print_problems(checked.problems)
    print_problems(checked.warnings, before="lưu ý / warning: ")
    if checked.profile is None:
        raise typer.Exit(WRONG)


def _library(config: Path | None, data: Path | None) -> ProfileLibrary:
    """Raises ConfigError."""
    return ProfileLibrary(load_settings(config, overrides={"server.data": data}).profiles_path)


@profile_app.command("check")
def profile_check(file: Annotated[Path, typer.Argument(help="a profile's .toml file")]) -> None:
    """Exit 0 if the profile is valid, with warnings of what it cannot keep; else 2 with one line per fault."""
    try:
        text = read_profile_file(file)
    except ConfigError as error:
        print_problems(error.problems)
        raise typer.Exit(WRONG) from None
    check_file(text, str(file))


@profile_app.command("list")
def profile_list(config: ConfigOption = None, data: DataOption = None) -> None:
    """The product's profiles and those of the data directory."""
    library = _or_exit(config, data)
    for name in library.names():
        try:
            profile = library.load(name)
        except ConfigError as error:
            typer.echo(f"{name}: sai / wrong ({len(error.problems)}): diemcau profile show {name}")
        else:
            typer.echo(f"{name}: {profile.title.vi} / {profile.title.en}")


@profile_app.command("show")
def profile_show(
    name: Annotated[str, typer.Argument(help="a profile's name")], config: ConfigOption = None, data: DataOption = None
) -> None:
    """Print a profile's text, to copy and to change; what is wrong with it goes to standard error."""
    library = _or_exit(config, data)
    try:
        found = library.text(name)
    except ConfigError as error:
        print_problems(error.problems)
        raise typer.Exit(WRONG) from None
    typer.echo(found.text, nl=False)
    _print_checked(check_profile(found.text, source=found.source, name=name))


def _or_exit(config: Path | None, data: Path | None) -> ProfileLibrary:
    try:
        return _library(config, data)
    except ConfigError as error:
        print_problems(error.problems)
        raise typer.Exit(WRONG) from None

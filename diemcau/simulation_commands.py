"""`diemcau simulate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bandwidth.simulator import simulate
from diemcau.profile_commands import DataOption, profile_of_option


def simulate_command(
    profile: Annotated[str, typer.Option(help="name of a profile, or a .toml file")] = "30-5",
    delegates: Annotated[int, typer.Option(min=1, max=30, help="delegate endpoints")] = 5,
    site_mbps: Annotated[float | None, typer.Option(help="the site's line; the profile's if not given")] = None,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    plot: Annotated[Path | None, typer.Option(help="write a plot to this PNG file")] = None,
) -> None:
    """What each endpoint would send and get, what is cut first, how many endpoints fit."""
    from bandwidth.simulation_report import print_table, write_plot

    chosen = profile_of_option(profile, data=data)
    result = simulate(chosen, delegates=delegates, site_bps=int(site_mbps * 1e6) if site_mbps else None)
    if plot is not None:
        write_plot(result, plot)
    if as_json:
        typer.echo(json.dumps(result.to_json(), ensure_ascii=False, indent=2))
    else:
        print_table(result)

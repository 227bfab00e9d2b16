"""`diemcau simulate`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError

from bandwidth.simulation.case import LineChange, SimulationCase
from bandwidth.simulation.change_text import parse_change
from diemcau.profile_commands import DataOption, profile_of_option
from signalling.simulation_job import answer

PLOT_SUFFIXES = (".png", ".svg", ".pdf")
_OPTIONS = {
    "delegates": "--delegates",
    "seconds": "--seconds",
    "site_mbps": "--site-mbps",
    "delegate_mbps": "--delegate-mbps",
    "loss_percent": "--loss",
    "delay_ms": "--delay-ms",
    "queue_ms": "--queue-ms",
    "voices": "--voices",
    "seed": "--seed",
    "changes": "--event",
}


def simulate_command(
    profile: Annotated[str, typer.Option(help="name of a profile, or a .toml file")] = "30-5",
    delegates: Annotated[int, typer.Option(help="delegate endpoints, 1 to 30")] = 5,
    site_mbps: Annotated[
        float | None, typer.Option(help="the site's line both ways; the profile's if not given")
    ] = None,
    delegate_mbps: Annotated[float | None, typer.Option(help="each delegate's line both ways, likewise")] = None,
    loss: Annotated[float, typer.Option(help="percent of packets lost at random on delegates' lines, 0 to 30")] = 0.0,
    delay_ms: Annotated[float, typer.Option(help="delay of delegates' lines, one way, 0 to 1000")] = 20.0,
    queue_ms: Annotated[float, typer.Option(help="what waits on a full line at the most, 20 to 2000")] = 200.0,
    voices: Annotated[int, typer.Option(help="how many speak at once")] = 3,
    seconds: Annotated[float, typer.Option(help="virtual time, 10 to 120")] = 40.0,
    event: Annotated[
        list[str] | None, typer.Option(help='a line changes: "20s delegate-3 down 1Mb/s"; 0s: from the start; repeat')
    ] = None,
    check_fits: Annotated[bool, typer.Option(help="search in virtual time too how many fit; takes longer")] = False,
    seed: Annotated[int, typer.Option(help="of what is random")] = 1,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON; docs/simulator.md has the schema")] = False,
    plot: Annotated[Path | None, typer.Option(help="write curves to this file: .png, .svg or .pdf")] = None,
) -> None:
    """What each endpoint would send and get over time, what is cut first, how many endpoints fit."""
    from diemcau.simulation_report import print_report

    if plot is not None and plot.suffix not in PLOT_SUFFIXES:
        _refuse(f"--plot {plot}: must end in {', '.join(PLOT_SUFFIXES)}")
    values = {
        "delegates": delegates,
        "seconds": seconds,
        "site_mbps": site_mbps,
        "delegate_mbps": delegate_mbps,
        "loss_percent": loss,
        "delay_ms": delay_ms,
        "queue_ms": queue_ms,
        "voices": voices,
        "check_fits": check_fits,
        "seed": seed,
        "changes": [_change(text) for text in event or []],
    }
    result = answer(profile_of_option(profile, data=data), read_case(values))
    if plot is not None:
        from diemcau.simulation_plot import write_plot

        write_plot(result, plot)
    if as_json:
        typer.echo(json.dumps(result.model_dump(mode="json"), ensure_ascii=False, indent=2))
    else:
        print_report(result)


def read_case(values: Mapping[str, object]) -> SimulationCase:
    """The case; ends the program with a line for each option that is out of its range."""
    try:
        return SimulationCase.model_validate(values)
    except ValidationError as error:
        lines = []
        for fault in error.errors():
            field = str(fault["loc"][0]) if fault["loc"] else "changes"
            given = "" if field == "changes" else f" {values[field]}"
            lines.append(f"{_OPTIONS[field]}{given}: {_allowed(field) or fault['msg'].removeprefix('Value error, ')}")
        _refuse("\n".join(lines))


def _allowed(field: str) -> str:
    """The range of a number, from the model."""
    schema = SimulationCase.model_json_schema()["properties"][field]
    for part in (schema, *schema.get("anyOf", [])):
        if "minimum" in part and "maximum" in part:
            return f"must be from {part['minimum']:g} to {part['maximum']:g}"
    return ""


def _change(text: str) -> LineChange:
    try:
        return parse_change(text)
    except ValueError as error:
        _refuse(f'--event "{text}": {error}')


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)

"""A forecast for people: a table, a plot."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from bandwidth.simulator import Forecast


def print_table(forecast: Forecast) -> None:
    """To standard output."""
    used, media = forecast.site_used_bps / 1e6, forecast.site_media_bps / 1e6
    table = Table(
        title=f"{forecast.profile}: 1 + {forecast.delegates}, site {forecast.site_bps / 1e6:.0f} Mb/s, "
        f"{used:.1f} of {media:.1f} Mb/s for media used",
        caption=f"Every picture for up to {forecast.fits} delegates; cut first: {forecast.cut_first}",
    )
    for name in ("endpoint", "sends Mb/s", "gets Mb/s", "line down", "voices Mb/s", "stage", "thumbnails", "paused"):
        table.add_column(name, justify="left" if name == "endpoint" else "right")
    for each in forecast.endpoints:
        table.add_row(
            each.name,
            f"{each.sends_bps / 1e6:.2f}",
            f"{each.gets_bps / 1e6:.2f}",
            f"{each.line_down_bps / 1e6:.1f}",
            f"{each.audio_bps / 1e6:.2f}",
            f"{each.stage}p" if each.stage else "-",
            f"{each.thumbnails}p" if each.thumbnails else "-",
            str(each.paused),
        )
    Console(width=110).print(table)


def write_plot(forecast: Forecast, path: Path) -> None:
    """A bar for what each endpoint gets, over its line, as a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(10, 4.5), layout="constrained")
    names = [each.name for each in forecast.endpoints]
    axes.bar(names, [each.audio_bps / 1e6 for each in forecast.endpoints], label="voices", color="#b8860b")
    axes.bar(
        names,
        [(each.gets_bps - each.audio_bps) / 1e6 for each in forecast.endpoints],
        bottom=[each.audio_bps / 1e6 for each in forecast.endpoints],
        label="pictures",
        color="#1f4e79",
    )
    axes.set_ylabel("Mb/s received")
    axes.set_title(f"{forecast.profile}: 1 + {forecast.delegates}, site {forecast.site_bps / 1e6:.0f} Mb/s")
    axes.tick_params(axis="x", rotation=35)
    axes.legend()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)

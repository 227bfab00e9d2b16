"""Where templates lie: the office's own under DATA/templates, else the product's under config/templates."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

FOLDER = "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template's file. own: the office's."""

    name: str
    path: Path
    own: bool


def shipped_folder() -> Path:
    """The product's."""
    return Path(str(files("config").joinpath(FOLDER)))


def own_folder(data: Path) -> Path:
    """The office's; it need not exist."""
    return data / FOLDER


def find_template(name: str, data: Path) -> Template:
    """The one that is used. name: of the product's own list, never what somebody asked for."""
    own = own_folder(data) / name
    if own.is_file():
        return Template(name=name, path=own, own=True)
    return Template(name=name, path=shipped_folder() / name, own=False)

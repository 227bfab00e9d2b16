"""TOML text to checked models, with the line of every fault."""

import re
import tomllib
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from config.problems import ConfigError, ConfigProblem

Model = TypeVar("Model", bound=BaseModel)

_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.\-\"' ]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([\w\-]+(?:\s*\.\s*[\w\-]+)*)\s*=")
_UNKNOWN = "unknown key; see the documented defaults for the names that exist"


def parse_toml(text: str, *, source: str) -> dict[str, Any]:
    """The table that the text is. Raises ConfigError with the line of a syntax error."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place.group(1)) if place else text.count("\n") + 1
        message = f"not TOML: {error}"
        raise ConfigError(
            [ConfigProblem(source=source, line=line, key="(syntax)", value="", message=message)]
        ) from None


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """The line (from 1) of each key and table header; items of an array of tables are numbered from "0"."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        key = _KEY.match(line)
        if header:
            table = tuple(part.strip().strip("\"'") for part in header.group(2).split("."))
            if header.group(1) == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            lines.setdefault(table, number)
        elif key:
            path = (*table, *(part.strip() for part in key.group(1).split(".")))
            lines.setdefault(path, number)
    return lines


def validate(model: type[Model], values: dict[str, Any], *, text: str, source: str) -> Model:
    """The checked model. Raises ConfigError with one problem per fault, each with its line in `text`."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        lines = key_lines(text)
        problems = [_problem(dict(each), lines, source) for each in error.errors()]
        raise ConfigError(problems) from None


def _problem(error: dict[str, Any], lines: dict[tuple[str, ...], int], source: str) -> ConfigProblem:
    path = tuple(str(part) for part in error["loc"])
    line = next((lines[path[:size]] for size in range(len(path), 0, -1) if path[:size] in lines), 0)
    kind = error["type"]
    value = "" if kind == "missing" or isinstance(error["input"], dict) else repr(error["input"])
    if kind == "extra_forbidden":
        message = _UNKNOWN
    elif kind == "missing":
        message = "this key is required"
    else:
        message = str(error["msg"]).removeprefix("Value error, ")
    return ConfigProblem(source=source, line=line, key=".".join(path) or "(file)", value=value, message=message)

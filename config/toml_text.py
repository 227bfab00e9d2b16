"""TOML text to checked models, with the line of every fault."""

import json
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from config.allowed import TABLE, Schema, allowed, keys_at, schema_at
from config.problems import ConfigError, ConfigProblem
from config.words import NOTHING, Words, hide_password

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.\-\"' ]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([\w\-\"']+(?:\s*\.\s*[\w\-\"']+)*)\s*=")
SHOWN_CHARACTERS = 80  # of a value


def parse_toml(text: str, *, source: str) -> dict[str, Any]:
    """The table that the text is. Raises ConfigError with the line of a syntax error."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place.group(1)) if place else text.count("\n") + 1
        message = Words(f"không phải TOML: {error}", f"not TOML: {error}")
        raise ConfigError(
            [ConfigProblem(source=source, line=line, key="(syntax)", value="", message=message)]
        ) from None


def key_lines(text: str) -> dict[Path, int]:
    """The line (from 1) of each key and table header; items of an array of tables are numbered from "0"."""
    lines: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        key = _KEY.match(line)
        if header:
            table = _parts(header.group(2))
            if header.group(1) == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            lines.setdefault(table, number)
        elif key:
            lines.setdefault((*table, *_parts(key.group(1))), number)
    return lines


def _parts(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """Where the key stands; else the table around it, else the first table below it; 0 for none."""
    around = (lines[path[:size]] for size in range(len(path), 0, -1) if path[:size] in lines)
    below = (line for each, line in lines.items() if each[: len(path)] == path)
    return next(around, min(below, default=0))


def validate(model: type[Model], values: dict[str, Any], *, text: str, source: str, strict: bool = False) -> Model:
    """The checked model. Raises ConfigError with one problem per fault, each with its line in `text`.

    strict: numbers are no strings and truth values no numbers, as a file has it and the environment has not.
    """
    try:
        if strict:
            return model.model_validate_json(json.dumps(values, default=str), strict=True)
        return model.model_validate(values)
    except ValidationError as error:
        lines, schema = key_lines(text), model.model_json_schema()
        problems = [_problem(dict(each), lines, schema, source) for each in error.errors()]
        raise ConfigError(sorted(problems, key=lambda each: each.line)) from None


def shown(value: object) -> str:
    """A value as the file has it; "" for a whole table."""
    if isinstance(value, dict):
        return ""
    text = hide_password(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _problem(error: dict[str, Any], lines: Mapping[Path, int], schema: Schema, source: str) -> ConfigProblem:
    path = tuple(str(part) for part in error["loc"])
    node = schema_at(schema, path)
    may_be = allowed(node) if node is not None else NOTHING
    kind = error["type"]
    if kind == "extra_forbidden":
        message = _unknown(path[-1], keys_at(schema, path[:-1]))
    elif kind == "missing":
        message = Words(f"thiếu khóa này; phải là {may_be.vi}", f"this key is missing; it must be {may_be.en}")
    elif kind == "value_error" or not may_be.en:
        said = str(error["msg"]).removeprefix("Value error, ")
        message = Words(said, said)
    else:
        message = Words(f"phải là {may_be.vi}", f"must be {may_be.en}")
    return ConfigProblem(
        source=source,
        line=line_of(path, lines),
        key=".".join(path) or "(file)",
        value="" if kind == "missing" or may_be is TABLE else shown(error["input"]),
        message=message,
        allowed=may_be,
    )


def _unknown(key: str, known: list[str]) -> Words:
    """There is no such key: the nearest name that there is, or all of them."""
    near = get_close_matches(key, known, n=1)
    if near:
        return Words(f"không có khóa này; ý bạn là {near[0]}?", f"there is no such key; did you mean {near[0]}?")
    names = ", ".join(known)
    return Words(f"không có khóa này; ở đây có: {names}", f"there is no such key; here there are: {names}")

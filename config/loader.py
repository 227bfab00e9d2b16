"""One loader: the file, over it the environment, over it the command line."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.models import Settings
from config.problems import ConfigError, ConfigProblem
from config.toml_text import parse_toml, validate
from config.words import Words

PREFIX = "DIEMCAU_"
_IN_NO_SECTION = frozenset(name for name, field in Settings.model_fields.items() if field.annotation is str)


def load_settings(
    path: Path | None,
    *,
    overrides: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """The settings.

    path: a TOML file, None for the defaults.
    overrides: dotted keys ("server.port") from the command line; None values are left out.
    environment: variables DIEMCAU_SECTION__KEY, and DIEMCAU_KEY of a key in no section; the process's own if None.

    Raises ConfigError naming file, line, key, value and what is allowed.
    """
    text, source = _read(path)
    values = parse_toml(text, source=source)
    validate(Settings, values, text=text, source=source, strict=True)
    for name, value in sorted((os.environ if environment is None else environment).items()):
        key = name.removeprefix(PREFIX).lower()
        if name.startswith(PREFIX) and ("__" in name or key in _IN_NO_SECTION):
            _put(values, key.replace("__", "."), _from_text(value))
    for key, value in (overrides or {}).items():
        if value is not None:
            _put(values, key, value)
    return validate(Settings, values, text=text, source=source)


def check_settings_text(text: str, *, source: str) -> list[ConfigProblem]:
    """What is wrong with a configuration file's text; empty if nothing is."""
    try:
        validate(Settings, parse_toml(text, source=source), text=text, source=source, strict=True)
    except ConfigError as error:
        return error.problems
    return []


def _read(path: Path | None) -> tuple[str, str]:
    if path is None:
        return "", "configuration"
    try:
        return path.read_text(encoding="utf-8-sig"), str(path)
    except (OSError, UnicodeDecodeError) as error:
        message = Words(f"không đọc được: {error}", f"cannot be read: {error}")
        raise ConfigError([ConfigProblem(source=str(path), line=0, key="(file)", value="", message=message)]) from None


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    *sections, last = key.split(".")
    for section in sections:
        values = values.setdefault(section, {})
    values[last] = value


def _from_text(value: str) -> Any:
    """A list where the variable holds commas and brackets; pydantic reads numbers and booleans from text itself."""
    if value.startswith("[") and value.endswith("]"):
        return [part.strip().strip("\"'") for part in value[1:-1].split(",") if part.strip()]
    return value

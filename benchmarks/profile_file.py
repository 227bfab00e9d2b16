"""A bandwidth profile as a file that a server reads: for benchmarks whose lines are not the product's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from config.profile import Profile


def profile_text(profile: Profile) -> str:
    """The profile as a TOML file."""
    return "\n".join(_toml("", profile.model_dump())) + "\n"


def _toml(prefix: str, values: dict[str, Any]) -> Iterator[str]:
    """Plain values first, then tables, then arrays of tables."""
    tables = {key: value for key, value in values.items() if isinstance(value, dict)}
    arrays = {key: value for key, value in values.items() if isinstance(value, tuple) and isinstance(value[0], dict)}
    for key, value in values.items():
        if key not in tables and key not in arrays:
            yield f"{key} = {json.dumps(value, ensure_ascii=False)}"
    for key, value in tables.items():
        yield f"[{prefix}{key}]"
        yield from _toml(f"{prefix}{key}.", value)
    for key, value in arrays.items():
        for each in value:
            yield f"[[{prefix}{key}]]"
            yield from _toml(f"{prefix}{key}.", each)

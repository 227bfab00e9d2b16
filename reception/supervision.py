"""Which unit supervises which (pure): a superior one what is below it, in the order of the administration."""

from __future__ import annotations

RANKS = {"trung_uong": 3, "tinh": 2, "so_nganh": 1, "xa": 1}


def supervises(watcher: str, host: str) -> bool:
    """Whether a unit of the one level supervises those of the other; an unknown level neither does nor is."""
    return RANKS.get(watcher, 0) > RANKS.get(host, RANKS["trung_uong"])

"""Fixtures of all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.postgresql import MISSING, OnPostgreSql, programs

# How fast a loaded machine draws examples is nothing that a test may fail by.
settings.register_profile("diemcau", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("diemcau")

# Nor by how full its disk is: who tests what is said of that names thresholds of his own.
os.environ |= {
    "DIEMCAU_RECORDING__WARN_FREE_HOURS": "0",
    "DIEMCAU_RECORDING__CRITICAL_FREE_HOURS": "0",
    "DIEMCAU_STORAGE__EXPECTED_HOURS": "0.1",
    "DIEMCAU_STORAGE__REHEARSAL_HOURS": "0.05",
}

# DIEMCAU_TEST_DATABASE=postgresql: every test, with all that it stores in PostgreSQL; =sqlite: in SQLite alone.
# Without it: tests that take `database` run on both, all others on SQLite.
CHOSEN = os.environ.get("DIEMCAU_TEST_DATABASE", "")
DATABASES = [CHOSEN] if CHOSEN else ["sqlite", "postgresql"]


def pytest_configure(config: pytest.Config) -> None:
    """Whoever asks for PostgreSQL gets it, or is told: a run that skips everything proves nothing."""
    if CHOSEN not in ("", "sqlite", "postgresql"):
        raise pytest.UsageError(f"DIEMCAU_TEST_DATABASE={CHOSEN}: it is sqlite or postgresql, or not set")
    if CHOSEN == "postgresql" and programs() is None:
        raise pytest.UsageError(MISSING)


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Runs what takes it once on each database: "sqlite", "postgresql"."""
    if request.param == "sqlite" or CHOSEN:
        yield request.param
        return
    elsewhere = OnPostgreSql()
    with elsewhere.on():
        yield request.param
    elsewhere.clean()


@pytest.fixture(scope="module", autouse=CHOSEN == "postgresql")
def _everything_on_postgresql(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.node.get_closest_marker("own_databases"):
        yield
        return
    elsewhere = OnPostgreSql()
    with elsewhere.on():
        yield
    elsewhere.clean()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that are drawn anew in each process must not be part of a test's name, which all processes share."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None

"""Fixtures of all tests."""

from hypothesis import HealthCheck, settings

# How fast a loaded machine draws examples is nothing that a test may fail by.
settings.register_profile("diemcau", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("diemcau")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that are drawn anew in each process must not be part of a test's name, which all processes share."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None

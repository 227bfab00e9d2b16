"""Fixtures of all tests."""

from hypothesis import HealthCheck, settings

# How fast a loaded machine draws examples is nothing that a test may fail by.
settings.register_profile("diemcau", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("diemcau")

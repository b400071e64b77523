"""Fixtures for all tests. Those that need the local stack are in `tests/stack`."""

from hypothesis import HealthCheck, settings

settings.register_profile("visitbridge", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("visitbridge")

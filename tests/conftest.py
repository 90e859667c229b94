"""What every test shares."""

from hypothesis import HealthCheck, settings

# How fast a machine draws examples says nothing about the product: no test may fail for it.
settings.register_profile("idp", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("idp")

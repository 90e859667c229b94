"""Handlers of the admin API: a call in, a use case, its answer as a model."""

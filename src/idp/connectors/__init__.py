"""Connectors: what flows can call. `api` is the public interface, `registry` finds the types that are installed."""

"""Use cases: one module a journey. They join the pure cores with storage and connectors, and know no HTTP."""

"""One thin module an endpoint: it translates HTTP, and nothing else."""

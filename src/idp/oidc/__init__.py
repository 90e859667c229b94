"""The pure protocol core: what a request asks, what evidence earns, and what is still needed. No I/O."""

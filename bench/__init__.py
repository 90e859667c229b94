"""Measurements that anyone can repeat: `make bench`. What the figures mean is in docs/performance.md."""

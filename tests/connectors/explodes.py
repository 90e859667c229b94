"""Stands for a third-party package that breaks when it is imported."""

raise RuntimeError("this package is broken")

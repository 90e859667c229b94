"""The admin API: one table of operations, their models, and thin handlers over the use cases."""

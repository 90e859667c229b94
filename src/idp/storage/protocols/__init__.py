"""What the application asks of a store. `unit.py` ties the stores into one unit of work."""

"""The operators' console: its files, and how somebody comes in and goes out. What it shows comes from the admin API."""

"""The operators' console as a client of the provider: its sign-in, its sessions, and the first administrator."""

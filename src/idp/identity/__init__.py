"""Account rules: credentials, links, sessions, throttling, recovery, and whether a document is the owner's. No I/O."""

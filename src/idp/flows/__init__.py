"""The flow engine: flows as data, a static proof about them, and a pure state machine that runs them."""

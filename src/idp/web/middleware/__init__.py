"""Pure ASGI middleware: each wraps an application and looks at one thing. `stack` puts them in order."""

"""The Incode simulator: an ASGI application that behaves like Incode's Omni service, and nothing in it is real.

It imitates what is documented of the wire, the hosted page, the review desk and the webhooks, and can be told over HTTP
(`/__control/...`) to misbehave in every way a connector has to survive. It shares nothing with the provider but the
clock.
"""

"""A service asked over HTTP: method, address, headers and body are templates, the answer is mapped to a few fields."""

"""The account pages' use cases: what people see of their own account and change in it, one module a page."""

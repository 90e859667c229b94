"""The account pages, one module a page: `GET` shows, `POST` acts and redirects."""

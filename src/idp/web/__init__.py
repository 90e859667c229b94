"""The web layer: HTTP in, HTTP out. Pages, forms, cookies and middleware; route handlers only translate."""

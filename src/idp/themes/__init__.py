"""How pages look and speak for one operator or one client: design tokens, a logo, links and texts. No I/O."""

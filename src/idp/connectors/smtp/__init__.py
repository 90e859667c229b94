"""Mail: the texts (`render`) and the way out (`send`)."""

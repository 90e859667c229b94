"""What the admin API takes and answers, a module for each family of operations."""

"""What only the admin API does: permissions, the answers that are given again, and what operators look up."""

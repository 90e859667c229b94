"""Storage: protocols that the application speaks, and their SQL implementation."""

"""What one call asks for, brought from the live services into a small store with the local tables."""

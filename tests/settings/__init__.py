"""Settings and the start."""

"""A run folder, written and read in one place."""

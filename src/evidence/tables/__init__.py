"""Tables as files: their seal, what changed since, and rows that are added."""

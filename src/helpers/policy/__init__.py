"""Policy: events, the timeline, countries and detection (notebooks 4x)."""

"""The readers' site: a run folder turned into pages that need neither Python nor a network."""

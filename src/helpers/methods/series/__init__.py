"""Series of counts: interruptions, breaks and ordered outcomes."""

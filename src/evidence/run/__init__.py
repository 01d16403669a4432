"""Running notebooks: plan, reuse, workers, progress."""

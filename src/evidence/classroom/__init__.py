"""Learner's and instructor's versions of the notebooks, and their grading."""

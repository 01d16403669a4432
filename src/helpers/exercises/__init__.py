"""What a learner's notebook calls to check an answer."""

from helpers.exercises.check import check

__all__ = ["check"]

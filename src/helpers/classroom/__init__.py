"""The collection as a course: versions for learners and instructors, self-checks, grading."""

from helpers.classroom.selfcheck import check

__all__ = ["check"]

"""The terminal, or the file that stands for it."""

import sys


def console(**options):
    """Return a console that wraps to the terminal, or is wide enough for a file."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 140
    return Console(width=width, highlight=False, soft_wrap=not sys.stdout.isatty(), **options)


def counted(number, noun):
    """Return a number with its noun: "1 problem", "2 problems"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

"""What a person is told when a request cannot be carried out."""


class RequestError(Exception):
    """A request that is wrong: one clear line for each mistake, exit status 2, no traceback."""

    def __str__(self):
        """Return the lines, one mistake each."""
        return "\n".join(map(str, self.args))

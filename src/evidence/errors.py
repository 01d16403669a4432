"""What a person is told when a request cannot be carried out."""


class RequestError(Exception):
    """A request that is wrong: one clear line, exit status 2, no traceback."""

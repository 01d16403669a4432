"""What the commands take as a folder or a file."""

import click

from evidence.errors import RequestError


class Place(click.Path):
    """A path; an empty one, as of a variable that was never set, is refused."""

    def convert(self, value, parameter, context):
        """Refuse an empty path in one line."""
        if value == "":
            of_option = parameter.param_type_name == "option"
            name = parameter.opts[-1] if of_option else parameter.human_readable_name
            raise RequestError(f"{name} is empty, expected a path")
        return super().convert(value, parameter, context)


PLACE = Place()

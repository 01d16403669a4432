"""Statistics that know no figure of the subject and could serve another project."""

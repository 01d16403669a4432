"""What a notebook may import, and so all that a result can depend on."""

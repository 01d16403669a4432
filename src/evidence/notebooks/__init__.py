"""What a notebook file holds: parameters, stored outputs, the template of a new one."""

"""Warm kernels: a template process imports the libraries once, and every kernel is forked from it.

`provisioner` is what Jupyter calls, `template` is the process that forks, `child` is what a forked
process does to become an ordinary kernel, `place` says where a template is found.
"""

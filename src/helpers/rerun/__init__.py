"""Runs notebooks as files: parameters, plan, execute, report, commands. No notebook imports it."""

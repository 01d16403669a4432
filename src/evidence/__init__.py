"""Treats notebooks as files: checks, runs, compares and publishes them. No notebook imports it."""

"""Organisations: looked up, read, edited, written to and erased."""

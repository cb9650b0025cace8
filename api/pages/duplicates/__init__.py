"""Duplicates: organisations that may be one, and what was merged."""

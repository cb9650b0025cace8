"""Suggestions: a ranked list in which people choose, side by side, as files and as shortlists."""

"""Ecosystem: where everybody is, who works with whom, who stands between, and what became of suggestions."""

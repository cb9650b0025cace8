"""Ecosystem: communities, who stands between them, where everybody is, and what became of suggestions."""

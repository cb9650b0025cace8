"""Measures of ranked lists, of who is shown, of probabilities, and of how sure they are: plain numpy, no records."""

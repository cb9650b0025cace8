"""Briefs: the board of partner searches, needs and tenders; written with help, answered, and interest in them."""

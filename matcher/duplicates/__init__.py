"""Duplicates: organisations that may be one, found by identifiers, websites and names, each pair with its evidence.

Nothing is merged here, nor anywhere without a person: `finding` gives pairs, `choosing` what is known of both together.
"""

from matcher.store.pairs import Evidence, Pair

__all__ = ["Evidence", "Pair"]

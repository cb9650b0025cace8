"""Weighing: what each kind of evidence is worth, and how sure a pair is by all of it together.

Weights are log-odds that are added up, set by hand: nobody has told yet which pairs of a store are one.
"""

from collections.abc import Iterable
from math import exp

from matcher.duplicates import Evidence

BASE = -4.0
"""Of two organisations that were compared because something of them is alike."""
REGISTER = {"pic": 8.0, "siren": 8.0, "siret": 8.5, "vat": 8.0}
OTHER_REGISTER = 6.0
"""Of a number that both have in a register of this name, or in another one."""
OTHER_NUMBER = {"siren": -6.0, "siret": -6.0, "vat": -4.0, "pic": -2.0}
OTHER_NUMBER_ELSEWHERE = -3.0
"""Of numbers of one register that differ; a SIRET is of an establishment, of which an organisation has several."""
SAME_HOST = 4.0
SHARED_HOST = 1.5
MOST_OF_A_HOST = 3
"""A website of more organisations than these is a group's, or a building's."""
SAME_NAME = 5.5
COMMON_NAME = 3.5
MOST_OF_A_NAME = 3
"""A name that more organisations have tells less."""
MOST_ALIKE = 4.5
"""Of names that are alike to the last letter group but one; it falls to 0 at `LEAST_ALIKE`."""
LEAST_ALIKE = 0.6
OTHER_NAME = -1.5
"""Of names that are not alike at all."""
SAME_TEXT = 4.0
SAME_CITY = 1.5
OTHER_CITY = -1.0
SAME_COUNTRY = 0.5
OTHER_COUNTRY = -3.0
OTHER_REGION = -1.0
OTHER_NUMBERS = -3.0
"""Of names with different numbers in them: schools, districts."""
TOGETHER = -3.0
"""Of two that take part in one collaboration, each by itself."""
HIGH, MEDIUM = 0.9, 0.5
"""From here on a pair is called sure, or likely."""
LEAST = 0.15
"""Pairs that are less sure are not told."""


def confidence(evidence: Iterable[Evidence]) -> float:
    """Return how sure it is that two are one, in [0, 1]: the logistic function of the sum of what is known."""
    total = BASE + sum(one.weight for one in evidence)
    return 1 / (1 + exp(-total)) if total > -700 else 0.0


def band(value: float) -> str:
    """Return what a confidence is called: high, medium or low."""
    return "high" if value >= HIGH else "medium" if value >= MEDIUM else "low"


def likeness_weight(cosine: float) -> float:
    """Return what names of a cosine of letter groups are worth, not above `MOST_ALIKE`."""
    return max(0.0, MOST_ALIKE * (cosine - LEAST_ALIKE) / (1 - LEAST_ALIKE))

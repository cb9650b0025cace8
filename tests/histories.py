"""A history for tests of training: who works with whom is decided by country alone, and texts mislead."""

from datetime import date, timedelta

import numpy as np

from matcher.records import Collaboration, Member, Organisation, Records

WORDS = ("rope", "hemp", "sail", "reed", "choir", "river", "sensor", "engine", "bread", "glass", "moon", "stone")
COUNTRIES = ("FR", "IT", "ES", "DE", "PL", "SE")
FIRST = date(2010, 1, 1)


def countrymen(organisations: int = 90, collaborations: int = 330, seed: int = 5) -> Records:
    """Two members of one country start something every ten days; texts are drawn anew and say nothing of it."""
    draw = np.random.default_rng(seed)
    named = [
        Organisation(
            id=f"o{number:03}",
            country=COUNTRIES[number % len(COUNTRIES)],
            description=" ".join(draw.choice(WORDS, 4)),
            needs=(" ".join(draw.choice(WORDS, 4)) + " wanted",),
            described_on=FIRST,
        )
        for number in range(organisations)
    ]
    begun = []
    for number in range(collaborations):
        country = int(draw.integers(len(COUNTRIES)))
        fellows = [one.id for place, one in enumerate(named) if place % len(COUNTRIES) == country]
        members = draw.choice(fellows, 2, replace=False)
        begun.append(
            Collaboration(
                id=f"c{number:04}",
                title=f"number {number}",
                start=FIRST + timedelta(days=10 * number + 1),
                call=" ".join(draw.choice(WORDS, 3)),
                members=(
                    Member(organisation=str(members[0]), role="coordinator"),
                    Member(organisation=str(members[1])),
                ),
            )
        )
    return Records(organisations=named, collaborations=begun)

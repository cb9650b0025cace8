"""Invented ecosystems of any size: Zipf words, power-law popularity, about one collaboration per organisation."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from benchmarks.measuring import SEED

WORDS, WORDS_PER_TEXT, WORDS_PER_TITLE = 20_000, 20, 6
SMALLEST, LARGEST = 2, 12
"""Members of a collaboration, every size as likely as another."""
POPULARITY = 0.7
"""The r-th most popular organisation is drawn r ** -POPULARITY times as often as the first: h2020's hubs, roughly."""
KINDS = ("start-up", "sme", "large-account", "university", "research-organisation")
COUNTRIES = ("FR", "DE", "ES", "IT", "BE", "NL", "PT", "PL", "SE", "FI")
DAYS = 4_000
"""Collaborations begin within so many days."""


def records(count: int) -> Any:
    """Return records of `count` organisations and as many collaborations; the same count gives the same records."""
    from matcher.records import Collaboration, Member, Organisation, Records

    random = np.random.default_rng([SEED, count])
    texts, titles = _texts(random, count, WORDS_PER_TEXT), _texts(random, count, WORDS_PER_TITLE)
    kinds, countries = random.integers(len(KINDS), size=count), random.integers(len(COUNTRIES), size=count)
    organisations = [
        Organisation(
            id=f"o{row:06d}",
            name=f"Organisation {row}",
            kind=KINDS[kinds[row]],
            country=COUNTRIES[countries[row]],
            description=texts[row],
        )
        for row in range(count)
    ]
    members = _members(random, count)
    days = random.integers(DAYS, size=count)
    collaborations = [
        Collaboration(
            id=f"c{row:06d}",
            title=titles[row],
            start=date(2015, 1, 1) + timedelta(days=int(days[row])),
            members=tuple(Member(organisation=f"o{member:06d}") for member in members[row]),
        )
        for row in range(count)
    ]
    return Records(organisations=organisations, collaborations=collaborations)


def _texts(random: np.random.Generator, count: int, words: int) -> list[str]:
    shares = 1.0 / np.arange(1, WORDS + 1)
    drawn = np.searchsorted(np.cumsum(shares / shares.sum()), random.random((count, words))).clip(max=WORDS - 1)
    vocabulary = [f"w{_letters(word)}" for word in range(WORDS)]
    return [" ".join(vocabulary[word] for word in row).capitalize() + "." for row in drawn.tolist()]


def _letters(number: int) -> str:
    """Write a number in letters: words that a tokeniser keeps whole."""
    signs = ""
    for _ in range(5):
        number, digit = divmod(number, 20)
        signs += "bcdfghjklmnpqrstvxza"[digit]
    return signs


def _members(random: np.random.Generator, count: int) -> list[list[int]]:
    shares = np.cumsum(np.arange(1, count + 1) ** -POPULARITY)
    sizes = random.integers(SMALLEST, LARGEST + 1, size=count)
    drawn = np.searchsorted(shares / shares[-1], random.random(int(sizes.sum()))).clip(max=count - 1)
    who = random.permutation(count)[drawn]
    return [sorted(set(part.tolist())) for part in np.split(who, np.cumsum(sizes)[:-1])]


class ProjectionEncoder:
    """Gives each word a random vector drawn by the seed, and a text the direction of their sum.

    It stands for a real encoder at little cost, so that the time is the engine's, whose growth is asked for.
    """

    name = "projection-of-the-benchmarks"
    dimensions = 512
    languages: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._vectors = np.random.default_rng(SEED).standard_normal((2**15, self.dimensions), dtype=np.float32)

    def encode(self, texts: Sequence[str], side: str = "passage") -> Any:
        """Return unit vectors of shape (n, 512), float32."""
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            words = [self._words.setdefault(word, len(self._words)) % 2**15 for word in text.lower().split()]
            rows[row] = self._vectors[words].sum(axis=0)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

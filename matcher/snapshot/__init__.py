"""Snapshot: everything frozen at one moment, as arrays that are memory-mapped when loaded.

Right of the snapshot everything is a pure function of these arrays. Row i of every per-organisation array
is the same organisation; rows are sorted by id, so the lower row breaks ties.
"""

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.graph import Decayed, Incidence
from matcher.strings import Strings
from matcher.terms import Terms

__all__ = ["UNKNOWN", "Collaborations", "Organisations", "Snapshot", "Texts"]

UNKNOWN = -1
"""Code of an unknown kind, country, region, number or text."""


@dataclass(frozen=True)
class Organisations:
    """Columns of organisations, each of shape (organisations,); codes index the Strings beside them."""

    ids: Strings
    names: Strings
    cities: Strings
    kind: NDArray[np.int32]
    kinds: Strings
    country: NDArray[np.int32]
    countries: Strings
    region: NDArray[np.int32]
    regions: Strings
    latitude: NDArray[np.float64]
    """Degrees; NaN is unknown."""
    longitude: NDArray[np.float64]
    verified: NDArray[np.int32]
    """Days since 1970-01-01; UNDATED is unknown."""
    described: NDArray[np.int32]
    capacity: NDArray[np.int32]
    hidden: NDArray[np.bool_]
    conflicts: NDArray[np.int32]
    """Shape (pairs, 2): rows that must not be paired, each pair in both orders."""
    own_sectors: sparse.csr_array[Any]
    """Shape (organisations, sectors): as stated."""
    sectors: sparse.csr_array[Any]
    """Shape (organisations, sectors): as stated, and those of its collaborations."""
    sector_codes: Strings

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Collaborations:
    """Columns of collaborations, each of shape (collaborations,)."""

    ids: Strings
    titles: Strings
    kind: NDArray[np.int32]
    kinds: Strings
    text: NDArray[np.int32]
    """Row of its text, UNKNOWN where it has none."""
    sectors: sparse.csr_array[Any]


@dataclass(frozen=True)
class Texts:
    """Distinct texts, their vectors and sentences, and which of them are whose.

    `vectors` (rows, dimensions) holds the texts first, then the profiles made of several texts.
    `profile`, `offer` and `need` (organisations,) are rows of `vectors`, UNKNOWN where there is no text.
    Sentences of text t are `sentences[starts[t]:starts[t + 1]]`, vectors in half precision.
    """

    vectors: NDArray[np.float32]
    extra: NDArray[np.float32]
    """Further rows of `vectors`, of shape (few, dimensions): see unlinking."""
    profile: NDArray[np.int32]
    offer: NDArray[np.int32]
    need: NDArray[np.int32]
    description_text: NDArray[np.int32]
    offer_text: NDArray[np.int32]
    need_text: NDArray[np.int32]
    offer_derived: NDArray[np.bool_]
    need_derived: NDArray[np.bool_]
    starts: NDArray[np.int32]
    sentences: Strings
    sentence_vectors: NDArray[np.float16]
    languages: NDArray[np.int8]
    """Of each text, places in LANGUAGES of matcher/languages.py; -1 is unknown."""
    sentence_languages: NDArray[np.int8]

    def scan(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the cosines of one unit vector with every row, shape (rows,)."""
        near = self.vectors @ vector
        return np.concatenate([near, self.extra @ vector]) if len(self.extra) else near

    def rows(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return vectors of rows, shape (n, dimensions); NaN where a row is UNKNOWN."""
        found = np.full((len(rows), self.vectors.shape[1]), np.nan, dtype=np.float32)
        count = len(self.vectors)
        base, extra = (rows >= 0) & (rows < count), rows >= count
        found[base] = self.vectors[rows[base]]
        found[extra] = self.extra[rows[extra] - count]
        return found


@dataclass(frozen=True)
class Snapshot:
    """The ecosystem at one moment, ready to be asked."""

    name: str
    """Digest of what it was made of: records, encoder, cut-off date and format."""
    encoder: str
    before: str
    """Cut-off date, ISO; empty where everything is in."""
    background: float
    """Mean cosine of texts that have nothing to do with each other, under this encoder."""
    spread: float
    """Standard deviation of those cosines: the unit in which likeness is told, whatever the encoder."""
    organisations: Organisations
    collaborations: Collaborations
    incidence: Incidence
    texts: Texts
    terms: Terms

    @cached_property
    def _decayed(self) -> dict[tuple[int, float], Decayed]:
        return {}

    def decayed(self, day: int, half_life_years: float) -> Decayed:
        """Return the network as seen on a day, computed once."""
        key = (day, half_life_years)
        if key not in self._decayed:
            self._decayed[key] = Decayed(self.incidence, day, half_life_years)
        return self._decayed[key]

    def hiding(self, rows: NDArray[np.bool_]) -> "Snapshot":
        """Return this snapshot with further organisations hidden; `rows` has shape (organisations,)."""
        hidden = copy(self)  # with what was computed already, which does not depend on who is hidden
        organisations = replace(self.organisations, hidden=self.organisations.hidden | rows)
        object.__setattr__(hidden, "organisations", organisations)
        return hidden

    @cached_property
    def last_active(self) -> NDArray[np.int32]:
        """Start of each organisation's newest collaboration, days since 1970-01-01, UNDATED where none."""
        matrix = self.incidence.by_organisation
        newest = np.full(matrix.shape[0], np.iinfo(np.int32).min, dtype=np.int32)
        occupied = np.flatnonzero(np.diff(matrix.indptr))
        if len(occupied):
            newest[occupied] = np.maximum.reduceat(self.incidence.starts[matrix.indices], matrix.indptr[occupied])
        return newest

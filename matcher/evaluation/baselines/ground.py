"""What a baseline may know, and what one is: the seam that every compared method fits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.context import HALF_LIFE_YEARS, Context
from matcher.graph import UNDATED, Decayed
from matcher.query import Side
from matcher.snapshot import Snapshot
from matcher.snapshot.texts import holdings, own_holdings

RECENT_YEARS = 3.0
"""A collaboration is recent for so long."""


@dataclass(frozen=True)
class Ground:
    """What a baseline may know: a snapshot taken before the cut, the day of the cut, a seed and tuned values.

    `day` is in days since 1970-01-01. `tuning` holds values chosen on a validation cut elsewhere, by name; names
    mean the same in all baselines, so that one mapping serves all. What several baselines need is computed once.
    """

    snapshot: Snapshot
    day: int
    seed: int = 0
    tuning: Mapping[str, float] = field(default_factory=dict)

    @property
    def network(self) -> Decayed:
        """The network as seen on the day."""
        return self.snapshot.decayed(self.day, HALF_LIFE_YEARS)

    @cached_property
    def recent(self) -> NDArray[np.bool_]:
        """Collaborations that began in the RECENT_YEARS up to the day, shape (collaborations,)."""
        starts = self.snapshot.incidence.starts.astype(np.int64)
        recent = (starts != UNDATED) & (starts > self.day - 365.25 * RECENT_YEARS) & (starts <= self.day)
        return np.asarray(recent)

    @cached_property
    def recent_degrees(self) -> NDArray[np.float64]:
        """Recent collaborations of each organisation, shape (organisations,)."""
        return np.asarray(self.snapshot.incidence.by_organisation @ self.recent.astype(np.float64))

    @cached_property
    def projection(self) -> sparse.csr_array[Any]:
        """Ones where two organisations share a collaboration, CSR (organisations, organisations), diagonal 0.

        Only the textbook neighbourhood measures need it: everything else walks the incidence.
        """
        incidence = self.snapshot.incidence
        pairs = sparse.coo_array(incidence.by_organisation @ incidence.by_collaboration)
        one, other = pairs.coords
        apart = one != other
        return sparse.csr_array((np.ones(int(apart.sum())), (one[apart], other[apart])), shape=pairs.shape)

    @cached_property
    def documents(self) -> sparse.csr_array[Any]:
        """How often each organisation's profile texts hold each term, CSR (organisations, terms)."""
        texts, terms = self.snapshot.texts, self.snapshot.terms.counts
        incidence = self.snapshot.incidence
        own = own_holdings(texts.description_text, texts.offer_text, texts.offer_derived, terms.shape[0])
        held = holdings(own, incidence.by_organisation, incidence, self.snapshot.collaborations.text)
        counts = sparse.csr_array(held.counts @ terms)
        counts.sort_indices()
        return counts


class Baseline(Protocol):
    """A method that is compared with: prepared once, then asked for each query."""

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return a score per organisation, shape (organisations,), higher is better.

        NaN says nothing of an organisation, which is then ranked last; all NaN says nothing of the query.
        Scores of the asking organisations mean nothing.
        """
        ...


@dataclass(frozen=True)
class BaselineKind:
    """A baseline by name: what it is, what it needs, and how it is prepared."""

    name: str
    label: str
    family: str
    """popularity, network, text, fusion or factors."""
    prepare: Callable[[Ground], Baseline]
    needs: tuple[str, ...] = ()
    """Optional libraries, by the name they are imported under."""
    tunes: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Name of each tuned number -> values to try on the validation cut."""

    @property
    def installed(self) -> bool:
        """True where everything it needs can be imported."""
        return all(find_spec(library) is not None for library in self.needs)


def silence(context: Context) -> NDArray[np.float64]:
    """Return NaN for every organisation: nothing to say of this query."""
    return np.full(len(context.snapshot.organisations), np.nan)


def asked_side(context: Context) -> Side | None:
    """Return the query's text: its need where it has one, else its profile."""
    return context.query.need or context.query.profile

"""A query put to a snapshot on a day: what several signals and candidate sources share, computed once."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.arrays import cosines, nth_largest, power
from matcher.graph import Decayed
from matcher.query import Query, Side
from matcher.snapshot import UNKNOWN, Snapshot
from matcher.walking import seeds_of, spread, take_part, ties, walk

HALF_LIFE_YEARS = 4.0
"""A tie loses half its weight in this time."""
LIKENESS_DEVIATIONS = 8.0
"""Texts are as alike as can be when their cosine lies so many deviations above that of unrelated ones."""
HALF_RANK = 20
"""Rank, among a query's options, at which a network signal is one half."""
LEAST_HALF = 1e-6
"""Strength under which a tie is noise, where fewer than HALF_RANK have any."""
SHARPNESS = 4
"""Power of a collaboration's likeness: one that is half as alike counts a sixteenth."""
WALK_SHARPNESS = 3
"""The same for a walk through the network, which needs some way out of every collaboration."""


@dataclass(frozen=True)
class Context:
    """One question on one day (days since 1970-01-01); everything is over all organisations of the snapshot."""

    snapshot: Snapshot
    query: Query
    day: int
    whole: "Context | None" = None
    """The context before a link was taken out of its snapshot: what no link changes is read there."""

    @cached_property
    def asking(self) -> NDArray[np.int32]:
        """Rows of the organisations that ask."""
        return np.array(self.query.organisations, dtype=np.int32)

    @property
    def network(self) -> Decayed:
        """The network as seen on the day."""
        return self.snapshot.decayed(self.day, HALF_LIFE_YEARS)

    @cached_property
    def seeds(self) -> NDArray[np.float64]:
        """Ones at the asking organisations."""
        seeds = np.zeros(len(self.snapshot.organisations))
        seeds[self.asking] = 1.0
        return seeds

    @cached_property
    def partners(self) -> NDArray[np.int32]:
        """Rows of present partners: organisations that share a collaboration with an asking one."""
        incidence = self.snapshot.incidence
        joint = [incidence.collaborations_of(int(row)) for row in self.asking]
        together = np.zeros(len(self.snapshot.organisations), dtype=np.bool_)
        for collaborations in joint:
            together[incidence.members_of(collaborations)] = True
        together[self.asking] = False
        return np.flatnonzero(together).astype(np.int32)

    @cached_property
    def _seeds(self) -> sparse.csr_array[Any]:
        return seeds_of(self.network, [self.asking])

    @cached_property
    def ties(self) -> NDArray[np.float64]:
        """Strength of the tie between the asking organisations and each other one, asking ones 0."""
        return ties(self.network, self._seeds)[:, 0]

    @cached_property
    def shared_partners(self) -> NDArray[np.float64]:
        """Decayed Adamic-Adar: ties over each intermediary, an intermediary of many ties counting less.

        Adamic and Adar 2003, doi:10.1016/S0378-8733(03)00009-1, on tie strengths.
        """
        return self._spread(self.ties)

    @cached_property
    def third_degree(self) -> NDArray[np.float64]:
        """Strength of paths over two intermediaries, each counting less the more ties it has."""
        return self._spread(self.shared_partners)

    def _spread(self, strength: NDArray[np.float64]) -> NDArray[np.float64]:
        return spread(self.network, (strength * self.network.damping)[:, None], self._seeds)[:, 0]

    @cached_property
    def proximity(self) -> NDArray[np.float64]:
        """Personalised PageRank on the bipartite graph, restarted at the asking organisations.

        Shape (organisations,), sums to at most 1; Haveliwala 2003, doi:10.1109/TKDE.2003.1208999.
        """
        return walk(self.network, self._seeds)[:, 0]

    @property
    def subject(self) -> Side | None:
        """What the query is about: its need, or where it states none, its profile."""
        return self.query.need or self.query.profile

    @cached_property
    def on_subject(self) -> NDArray[np.float64]:
        """Likeness of each collaboration's text with the subject, shape (collaborations,), in [0, 1].

        0.2 for unrelated texts, 0 without a text. Texts alone are read, which no membership changes, not even in
        the last digit.
        """
        if self.whole is not None:
            return self.whole.on_subject
        if self.subject is None:
            return np.zeros(len(self.snapshot.collaborations.text))
        return self.liked(cosines(text_vectors(self.snapshot), [self.subject.vector])[0])

    def liked(self, cosines: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the likeness of collaborations whose texts have these cosines with the subject, 0 without a text."""
        text = self.snapshot.collaborations.text
        return np.append(self.likeness(cosines), 0.0)[text] if len(text) else np.zeros(0)

    @cached_property
    def has_texts(self) -> NDArray[np.bool_]:
        """Organisations that have a collaboration with others that has a text."""
        joint, text = self.network.incidence.joint, self.snapshot.collaborations.text
        return np.asarray(joint.by_organisation @ (text[joint.rows] != UNKNOWN).astype(np.float64) > 0)

    @cached_property
    def similar_collaborations(self) -> NDArray[np.float64]:
        """How much each organisation took part in collaborations on the subject, recent ones more.

        Shape (organisations,), at least 0; NaN where the query has no text, or the organisation no collaboration with
        others that has one.
        """
        if self.subject is None:
            return np.full(len(self.snapshot.organisations), np.nan)
        part = take_part(self.network, power(self.on_subject, SHARPNESS)[:, None])[:, 0]
        return np.where(self.has_texts, part, np.nan)

    @cached_property
    def subject_proximity(self) -> NDArray[np.float64]:
        """Personalised PageRank as `proximity`, in which collaborations on the subject weigh more.

        Shape (organisations,), sums to at most 1; NaN where no asking organisation has a collaboration with a text.
        """
        return walk(self.network, self._seeds, power(self.on_subject, WALK_SHARPNESS)[:, None])[:, 0]

    @cached_property
    def terms(self) -> dict[int, float]:
        """The query's weightiest terms: of its need where it has one, else of its profile.

        A text that only offers has none: who uses the same words offers the same thing.
        """
        offers_only = self.query.need is None and not len(self.asking)
        side = None if offers_only else self.query.need or self.query.profile
        return {} if side is None else self.snapshot.terms.top(side.terms)

    @cached_property
    def term_coverage(self) -> NDArray[np.float64]:
        """Share of the query's term weight that each organisation's profile holds."""
        return self.snapshot.terms.coverage(self.terms)

    @cached_property
    def _scans(self) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        return []

    def scan(self, side: Side) -> NDArray[np.float32]:
        """Return the cosines of a side with every row of vectors; the same vector is scanned once."""
        for known, near in self._scans:
            if known is side.vector or np.array_equal(known, side.vector):
                return near
        near = self.snapshot.texts.scan(side.vector)
        self.keep_scan(side, near)
        return near

    def keep_scan(self, side: Side, near: NDArray[np.float32]) -> None:
        """Take the cosines of a side as known."""
        self._scans.append((side.vector, near))

    @cached_property
    def offers_near(self) -> NDArray[np.float64]:
        """Cosine of the query's need with every offer, NaN without either."""
        return self._near(self.query.need, self.snapshot.texts.offer)

    @cached_property
    def needs_near(self) -> NDArray[np.float64]:
        """Cosine of the query's offer with every need, NaN without either."""
        return self._near(self.query.offer, self.snapshot.texts.need)

    @cached_property
    def profiles_near(self) -> NDArray[np.float64]:
        """Cosine of the query's profile with every profile, NaN without either."""
        return self._near(self.query.profile, self.snapshot.texts.profile)

    def _near(self, side: Side | None, column: NDArray[np.int32]) -> NDArray[np.float64]:
        if side is None:
            return np.full(len(column), np.nan)
        near = self.scan(side)
        return np.append(near.astype(np.float64), np.nan)[column] if len(near) else np.full(len(column), np.nan)

    def nearness(self, side: Side | None, column: NDArray[np.int32], rows: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the likeness of a side with vectors of organisations, in [0, 1]; NaN where either has no text."""
        if side is None:
            return np.full(len(rows), np.nan)
        return self.likeness(self.snapshot.texts.rows(column[rows]) @ side.vector)

    def likeness(self, cosines: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return cosines in [0, 1] alike for all encoders: 0.2 for unrelated texts, 1 at LIKENESS_DEVIATIONS.

        A cosine is told in standard deviations from the encoder's mean for unrelated texts, -2 to
        LIKENESS_DEVIATIONS.
        """
        deviations = (cosines.astype(np.float64) - self.snapshot.background) / (self.snapshot.spread or 1.0)
        return np.clip((deviations + 2.0) / (LIKENESS_DEVIATIONS + 2.0), 0.0, 1.0)

    @cached_property
    def newcomer(self) -> bool:
        """True where no asking organisation has a collaboration with anybody."""
        return not len(self.partners)

    def graph_values(self, strengths: NDArray[np.float64], rows: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return strengths of rows as x / (x + half), in [0, 1); NaN where the network of either side is unknown.

        Half is the strength of the HALF_RANK-th strongest option: networks differ by orders of magnitude in size and
        density, so a strength tells only beside the query's other options.
        """
        return np.full(len(rows), np.nan) if self.newcomer else self.beside_options(strengths, rows)

    def beside_options(
        self, strengths: NDArray[np.float64], rows: NDArray[np.int32], least: float = LEAST_HALF
    ) -> NDArray[np.float64]:
        """Return strengths as graph_values does, for a newcomer who asks too; half is at least `least`.

        Partners are options for a brief or a group, whom they may join again; one organisation looks for new ones.
        """
        others = np.where(strengths > 0, strengths, 0.0)
        others[self.asking] = 0.0
        if self.query.question == "organisation":
            others[self.partners] = 0.0
        half = max(nth_largest(others, HALF_RANK), least)
        values = strengths[rows] / (strengths[rows] + half)
        return np.where(self.snapshot.incidence.connected[rows], values, np.nan)

    def put_to(self, snapshot: Snapshot) -> "Context":
        """Put the same query to a snapshot that lacks one organisation's share in some collaborations."""
        return replace(self, snapshot=snapshot, whole=self.whole or self)

    def mean_lift(self, groups: NDArray[np.int32], rows: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return x / (1 + x) of the lift x between the groups of asking organisations and those of rows, in (0, 1).

        1/2 is chance; of several asking organisations the mean. `groups` is a column of codes: see Decayed.lift.
        NaN where either group is unknown or there is no history.
        """
        asking = groups[self.asking]
        codes, counts = np.unique(asking[asking != UNKNOWN], return_counts=True)
        if not len(codes):
            return np.full(len(rows), np.nan)
        lifts = np.array([self.network.lift(groups, int(code)) for code in codes])
        values = np.average(lifts / (1.0 + lifts), axis=0, weights=counts)
        return np.append(values, np.nan)[groups[rows]]


def code_of(strings: Any, value: str) -> int:
    """Return the code of a value in a sorted column of codes, UNKNOWN where absent."""
    code = strings.position(value)
    return UNKNOWN if code is None else int(code)


def text_vectors(snapshot: Snapshot) -> NDArray[np.float32]:
    """Return the vectors of texts alone, without the profiles that are made of several."""
    return snapshot.texts.vectors[: len(snapshot.texts.starts) - 1]

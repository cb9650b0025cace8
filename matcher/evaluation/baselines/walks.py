"""Baselines that walk the network: Katz and personalised PageRank."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context
from matcher.evaluation.baselines.ground import Ground, silence
from matcher.walking import RESTART

LONGEST = 4
"""Longest path that Katz counts."""
KATZ_BETA = 0.005
"""What each step of a path costs under Katz, where none was tuned."""
TOLERANCE = 1e-8
"""PageRank stops when no organisation's value changes by more."""
MOST_STEPS = 50
"""PageRank stops after so many steps at the latest: with a restart of 0.15 some 0.03 % of the walk is left then."""


@dataclass(frozen=True)
class Katz:
    """Paths of up to LONGEST ties, each step at a factor `beta`, on decayed ties of 1/(n-1) per collaboration.

    Katz 1953, doi:10.1007/BF02289026; truncated as in doi:10.1002/asi.20591.
    """

    beta: float

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return sums over paths from all asking organisations, NaN where nobody asks who has a partner."""
        if context.newcomer:
            return silence(context)
        incidence, network = context.snapshot.incidence, context.network
        total, reached = np.zeros(len(context.seeds)), context.seeds
        for _ in range(LONGEST):
            spread = incidence.by_organisation @ (network.weights * (incidence.by_collaboration @ reached))
            # taking self ties off again leaves rounding errors where the answer is 0
            reached = self.beta * np.maximum(spread - reached * network.self_ties, 0.0)
            total += reached
        return total


@dataclass(frozen=True)
class PageRank:
    """Personalised PageRank on the bipartite graph, going back to the asking organisations with chance `restart`.

    One step leads to a collaboration, the newer the likelier, and on to any of its members, as in
    `Context.proximity`, which stops sooner. Haveliwala 2003, doi:10.1109/TKDE.2003.1208999.
    """

    restart: float

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return chances to be there, at most 1 in sum, NaN where nobody asks who has a partner."""
        if context.newcomer:
            return silence(context)
        incidence = context.snapshot.incidence
        leaving, entering = context.network.steps
        start = context.seeds * (self.restart / len(context.asking))
        onward = (1.0 - self.restart) * entering
        reached = start
        for _ in range(MOST_STEPS):
            before = reached
            along = incidence.by_collaboration @ (before * leaving)
            reached = start + incidence.by_organisation @ (along * onward)
            if np.abs(reached - before).max() <= TOLERANCE:
                break
        return reached


def katz(ground: Ground) -> Katz:
    """Prepare it with the tuned `katz_beta`."""
    return Katz(ground.tuning.get("katz_beta", KATZ_BETA))


def pagerank(ground: Ground) -> PageRank:
    """Prepare it with the tuned `pagerank_restart`."""
    return PageRank(ground.tuning.get("pagerank_restart", RESTART))

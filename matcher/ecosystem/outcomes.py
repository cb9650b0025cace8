"""Outcomes: what became of suggestions, step by step, each told against all that were suggested."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

STAGES = ("suggested", "contacted", "met", "followed-up", "letter-of-intent", "pilot", "contract")
"""Who came to a later one has been at the earlier ones, whether or not anybody noted it."""
REACHED: Mapping[str, str] = {
    "interested": "suggested",
    "declined": "suggested",
    "agreement": "contract",
    **{stage: stage for stage in STAGES[1:]},
}
"""Step of a decision -> the stage that it tells."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Two that were brought to somebody's eyes: a decision about them, or a choice in a list (without a step)."""

    asked_by: str
    """Id of an organisation, or `brief:ID`."""
    organisation: str
    day: date
    step: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far two came."""

    asked_by: str
    organisation: str
    first: date
    """Day on which they were first seen to be suggested: the period to which they belong for good."""
    stage: str
    """The latest of STAGES that they reached."""
    last: str
    """Step of the last decision; empty where there is none."""


@dataclass(frozen=True)
class Funnel:
    """How many came how far: of each of STAGES, those who reached it or a later one."""

    reached: Mapping[str, int]
    interested: int
    """So many have an interest noted as their last step."""
    declined: int

    def share(self, stage: str, of: str = STAGES[0]) -> float | None:
        """Return the share of those at stage `of` who reached `stage`, in [0, 1]; None where there is nobody."""
        return self.reached[stage] / self.reached[of] if self.reached[of] else None


def outcomes(shown: Iterable[Shown]) -> list[Outcome]:
    """Return what became of each two, each pair once, in order of asking side and organisation."""
    ranks = {stage: number for number, stage in enumerate(STAGES)}
    pairs: dict[tuple[str, str], list[Shown]] = {}
    for one in shown:
        pairs.setdefault((one.asked_by, one.organisation), []).append(one)
    told = []
    for pair, all_of in sorted(pairs.items()):
        reached = max(ranks[REACHED.get(one.step, STAGES[0])] for one in all_of)
        steps = [one for one in all_of if one.step]
        last = max(steps, key=lambda one: (one.day, ranks[REACHED.get(one.step, STAGES[0])])).step if steps else ""
        told.append(Outcome(*pair, first=min(one.day for one in all_of), stage=STAGES[reached], last=last))
    return told


def funnel(found: Iterable[Outcome]) -> Funnel:
    """Count how many came how far."""
    kept = list(found)
    ends = Counter(one.stage for one in kept)
    last = Counter(one.last for one in kept)
    reached = {stage: sum(ends[later] for later in STAGES[number:]) for number, stage in enumerate(STAGES)}
    return Funnel(reached, interested=last["interested"], declined=last["declined"])

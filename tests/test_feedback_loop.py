"""Decisions are fed back into the model for twenty rounds: who is shown often must not be shown ever more for it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from builders import WordEncoder, together, world
from matcher.history import NOBODY, Question
from matcher.metrics.exposure import exposure_counts, gini
from matcher.query import organisation_query
from matcher.ranking import Model, hand_set, rank
from matcher.records import Collaboration, Decision, Organisation
from matcher.signals import measure_signals
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number
from matcher.snapshot.taking import take_snapshot
from matcher.training.decided import DecidedOn, Verdict, decided_examples, verdicts
from matcher.training.examples import put
from matcher.training.fitting import fit_logistic

ROUNDS, SHOWN, ASKING, OFFERING, HUBS, TIES_OF_A_HUB = 20, 5, 20, 40, 4, 20
START = date(2026, 1, 1)
TOPICS = ("rope", "sail", "reed", "choir", "river", "engine", "bread", "glass")
NOISE = ("moon", "stone", "north", "blue", "quick", "old", "tall", "round", "soft", "loud", "cold", "deep")
Weighing = Callable[[Sequence[Verdict], Sequence[Decision]], list[Verdict]]


@dataclass(frozen=True)
class Market:
    """Twenty look for a topic, forty offer one; a few of these are hubs, whatever their topic."""

    snapshot: Snapshot
    topics: list[str]
    """Of each row."""
    asked: dict[int, tuple[NDArray[np.int32], NDArray[np.float64]]]
    """Row that asks -> candidates and their signals."""


@pytest.fixture(scope="module")
def market() -> Market:
    draw = np.random.default_rng(11)
    organisations = [_organisation(number, draw) for number in range(ASKING + OFFERING)]
    snapshot = take_snapshot(world(*organisations, *_past(draw)), WordEncoder(), "loop")
    asked = {}
    for row, id in enumerate(list(snapshot.organisations.ids)[:ASKING]):
        question = Question(id, organisation_query(snapshot, [id]), NOBODY, id, NOBODY, NOBODY)
        found = put(question, snapshot, day_number(START))
        asked[row] = found.rows, measure_signals(found.context, found.rows)
    return Market(snapshot, [one.description.split()[0] for one in organisations], asked)


def _organisation(number: int, draw: np.random.Generator) -> Organisation:
    text = " ".join([TOPICS[number % len(TOPICS)], *draw.choice(NOISE, 3, replace=False)])
    if number < ASKING:
        return Organisation(id=f"asks{number:02}", description=text, needs=(f"{text} wanted",))
    return Organisation(id=f"offers{number - ASKING:02}", description=text, offers=(text,))


def _past(draw: np.random.Generator) -> list[Collaboration]:
    others = np.arange(HUBS, OFFERING)
    of_hubs = [
        together(f"h{hub}-{other}", f"offers{hub:02}", f"offers{other:02}", title="", year=2025)
        for hub in range(HUBS)
        for other in draw.choice(others, TIES_OF_A_HUB, replace=False)
    ]
    one_each = [
        together(f"a{number}", f"asks{number:02}", f"offers{HUBS + number:02}", title="", year=2025)
        for number in range(ASKING)
    ]
    return [*of_hubs, *one_each]


def guarded(found: Sequence[Verdict], decisions: Sequence[Decision]) -> list[Verdict]:
    """As `train` weighs decisions."""
    return list(found)


def by_raw_counts(found: Sequence[Verdict], decisions: Sequence[Decision]) -> list[Verdict]:
    """Every time that an organisation was accepted speaks for it: the guard is off."""
    accepted = Counter(one.organisation for one in decisions if one.step != "declined")
    return [replace(one, weight=float(accepted[one.organisation] if one.grade else 1)) for one in found]


def exposures(market: Market, weighing: Weighing, *, declines: bool, seed: int) -> list[float]:
    """The Gini coefficient of who is shown in each round, the first of them by the hand-set weights.

    Who looks for a topic accepts most of those of the topic, some others, and never because somebody is a hub.
    """
    draw = np.random.default_rng(seed)
    model: Model = hand_set()
    decisions: list[Decision] = []
    told = []
    on = DecidedOn(market.snapshot, START, WordEncoder(), {})
    for number in range(ROUNDS + 1):
        shown = {asking: rank(model, *found).rows[:SHOWN] for asking, found in market.asked.items()}
        told.append(gini(exposure_counts(np.stack(list(shown.values())), len(market.topics))))
        for asking, rows in shown.items():
            for row in rows.tolist():
                accepts = draw.random() < (0.6 if market.topics[row] == market.topics[asking] else 0.3)
                if accepts or declines:
                    decisions.append(_decision(market, asking, row, number, accepts))
        found = weighing(verdicts(decisions, START, date.max), decisions)
        model = fit_logistic(decided_examples(found, on, "organisation"), "loop")
    return told


def _decision(market: Market, asking: int, row: int, number: int, accepts: bool) -> Decision:
    ids, day = market.snapshot.organisations.ids, START + timedelta(days=number)
    step, reason = ("interested", "") if accepts else ("declined", "no")
    return Decision(asked_by=ids[asking], organisation=ids[row], step=step, reason=reason, decided_on=day)


@pytest.mark.parametrize(("declines", "seed"), [(False, 0), (True, 1)])
def test_after_twenty_rounds_exposure_is_no_more_concentrated(market: Market, declines: bool, seed: int) -> None:
    told = exposures(market, guarded, declines=declines, seed=seed)
    assert len(told) == ROUNDS + 1
    assert told[-1] <= told[0] + 0.05


def test_without_the_guard_it_would_be(market: Market) -> None:
    told = exposures(market, by_raw_counts, declines=False, seed=0)
    assert told[-1] > told[0] + 0.05

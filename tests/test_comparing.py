"""What models are worth on the same questions: over everybody allowed, and as probabilities."""

from dataclasses import replace
from math import log2

import numpy as np
import pytest

from builders import TODAY, frozen, together, world
from matcher.history import Question
from matcher.metrics.uncertainty import LEAST_CLUSTERS
from matcher.query import organisation_query
from matcher.ranking import Weights, hand_set
from matcher.signals import SIGNALS
from matcher.snapshot.columns import day_number
from matcher.training.comparing import Tried, sum_of, try_out
from matcher.training.examples import put


def test_who_is_no_candidate_ranks_last_and_ties_count_by_chance() -> None:
    snapshot = frozen(world(together("c1", "ann", "bob"), together("c2", "cid", "dot"), together("c3", "eve", "fay")))
    query = organisation_query(snapshot, ["ann"])
    rows = {id: row for row, id in enumerate(snapshot.organisations.ids)}
    right = np.array([rows["cid"]], dtype=np.int32)
    asked = put(Question("ann", query, right, "u", right[:0], right[:0]), snapshot, day_number(TODAY))
    nothing = Weights("nothing", "points", (0.0,) * len(SIGNALS), (0.0,) * len(SIGNALS))
    tied = try_out({"nothing": sum_of(nothing)}, [asked])
    assert tied.ndcg["nothing"].tolist() == [pytest.approx(sum(1 / log2(place + 1) for place in range(1, 5)) / 4)]
    without = replace(asked, rows=asked.rows[asked.rows != rows["cid"]], relevant=np.zeros(3, dtype=np.bool_))
    last = try_out({"nothing": sum_of(nothing)}, [without])
    assert last.ndcg["nothing"].tolist() == [pytest.approx(1 / log2(5))]
    barred = replace(asked, allowed=np.zeros(6, dtype=np.bool_))
    assert len(try_out({"nothing": sum_of(nothing)}, [barred]).units) == 0


def test_without_right_candidates_there_are_no_probabilities() -> None:
    units = np.array([f"u{number}" for number in range(LEAST_CLUSTERS)])
    scores = {"hand": np.linspace(0, 1, LEAST_CLUSTERS)}
    never = Tried({"hand": np.zeros(LEAST_CLUSTERS)}, units, scores, np.zeros(LEAST_CLUSTERS))
    assert never.calibrated("hand", hand_set()).calibration is None
    half = replace(never, outcomes=(scores["hand"] > 0.5).astype(np.float64))
    head = half.calibrated("hand", hand_set())
    assert head.calibration is not None
    assert head.least_probability == 0.5
    assert replace(half, units=units[:1].repeat(LEAST_CLUSTERS)).calibrated("hand", hand_set()).calibration is None


def test_the_most_elaborate_model_is_preferred_unless_a_plainer_one_is_surely_better() -> None:
    units = np.array([f"u{number}" for number in range(2 * LEAST_CLUSTERS)])
    noise = np.random.default_rng(0).normal(0, 0.2, len(units))
    plain, elaborate = np.full(len(units), 0.5), 0.49 + noise - noise.mean()
    scores = {name: np.zeros(1) for name in ("plain", "elaborate")}
    tried = Tried({"plain": plain, "elaborate": elaborate}, units, scores, np.zeros(1))
    assert tried.mean("plain") > tried.mean("elaborate")
    assert tried.preferred(["plain", "elaborate"], seed=0) == "elaborate", "the difference is noise"
    surely = replace(tried, ndcg={"plain": plain, "elaborate": plain - 0.1 + noise / 100})
    assert surely.preferred(["plain", "elaborate"], seed=0) == "plain"
    assert surely.preferred(["plain"], seed=0) == "plain"

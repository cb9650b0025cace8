"""Baselines from latent factors: who is drawn together, and what cannot be known."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from builders import frozen, together, world
from matcher.evaluation.baselines import Ground, find
from matcher.records import Collaboration, Organisation, Records
from scored import DAY, asked, first, scored

FACTORS = ["als", "bpr", "spectral"]


def circle(members: str, times: int) -> list[Collaboration]:
    """So many collaborations of each two but the first and the last, who never met."""
    pairs = [(one, other) for n, one in enumerate(members) for other in members[n + 1 :]]
    met = [pair for pair in pairs if pair != (members[0], members[-1])]
    return [together(f"{one}{other}{n}", one, other, year=2025) for one, other in met for n in range(times)]


def two_circles(times: int = 1) -> Records:
    """Two circles joined by one collaboration, and one organisation in neither."""
    return world(
        Organisation(id="lone"), *circle("abcdef", times), *circle("uvwxyz", times), together("bridge", "c", "w")
    )


@pytest.mark.parametrize(("name", "times"), [("als", 1), ("spectral", 1), ("bpr", 40)])
def test_a_circle_is_drawn_together(name: str, times: int) -> None:
    """What is learned by small steps needs to see each pair more often."""
    scores = scored(name, asked(frozen(two_circles(times)), "a"))
    assert min(scores[id] for id in "bcdef") > max(scores[id] for id in "uvxyz")
    assert first(scores, "f", "z") == "f"  # neither ever met the asker


@pytest.mark.parametrize("name", FACTORS)
def test_who_never_collaborated_is_unknown_and_hears_nothing(name: str) -> None:
    snapshot = frozen(two_circles())
    assert np.isnan(scored(name, asked(snapshot, "a"))["lone"])
    assert np.isnan(list(scored(name, asked(snapshot, "lone")).values())).all()


@pytest.mark.parametrize("name", FACTORS)
def test_a_group_is_its_mean_member(name: str) -> None:
    snapshot = frozen(two_circles())
    baseline = find(name).prepare(Ground(snapshot, DAY))
    both, one, other = (baseline.scores(asked(snapshot, *ids)) for ids in (["a", "u"], ["a"], ["u"]))
    np.testing.assert_allclose(both, (one + other) / 2, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["als", "bpr"])
def test_another_seed_gives_other_bytes_and_the_same_seed_the_same(name: str) -> None:
    snapshot = frozen(two_circles())
    context = asked(snapshot, "a")

    def drawn(seed: int) -> bytes:
        return find(name).prepare(Ground(snapshot, DAY, seed=seed)).scores(context).tobytes()

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_age_counts_for_als_and_spectral_and_bpr_knows_none() -> None:
    """The hub `h` met both circles, one of them long ago."""

    def at(year: int) -> dict[str, dict[str, float]]:
        old = [replace(one, start=date(year, 1, 1)) for one in circle("uvwh", 2)]
        context = asked(frozen(world(*circle("abch", 2), *old)), "h")
        return {name: scored(name, context) for name in FACTORS}

    even, uneven = at(2025), at(2008)
    for name in ("als", "spectral"):
        assert uneven[name]["b"] / uneven[name]["v"] > 1.5 * even[name]["b"] / even[name]["v"]
    assert even["bpr"] == uneven["bpr"]


def test_spectral_is_the_best_approximation_of_the_even_handed_incidence() -> None:
    """By the full decomposition: 3 factors of 13 organisations and 29 collaborations, each weighed by its size."""
    snapshot = frozen(two_circles())
    weights = snapshot.incidence.by_organisation.toarray() * snapshot.incidence.decay(DAY, 4.0)
    weights += 1.0 / weights.shape[1]
    left, values, _ = np.linalg.svd(weights / np.sqrt(weights.sum(axis=0)))
    vectors = left[:, :3] * values[:3]
    expected = vectors @ vectors[snapshot.organisations.ids.position("a")]
    scores = scored("spectral", asked(snapshot, "a"))
    assert values[2] > values[3] * 1.001
    assert [value for id, value in scores.items() if id != "lone"] == pytest.approx(
        [value for id, value in zip(scores, expected, strict=True) if id != "lone"], abs=1e-5
    )


@pytest.mark.parametrize("name", FACTORS)
def test_a_graph_of_one_collaboration_has_no_factors(name: str) -> None:
    assert np.isnan(list(scored(name, asked(frozen(world(together("1", "a", "b"))), "a")).values())).all()

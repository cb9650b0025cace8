"""Baselines that put text and network together: ranks, means and products known by hand."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from builders import WordEncoder, frozen, together, world
from matcher.context import Context
from matcher.evaluation.baselines.fusion import Convex, Product, ReciprocalRanks, normalised
from matcher.query import text_query
from matcher.records import Organisation, Records
from scored import DAY, asked, by_id, first, scored


@dataclass(frozen=True)
class Told:
    """A baseline that was told what to say, in the order of ids."""

    values: tuple[float, ...]

    def scores(self, context: Context) -> NDArray[np.float64]:
        return np.array(self.values, dtype=np.float64)


UNKNOWN = float("nan")
SILENT = Told((UNKNOWN,) * 4)


def four() -> Context:
    """`a` asks; `b` is its partner, `c` and `d` are not."""
    return asked(frozen(world(Organisation(id="c"), Organisation(id="d"), together("1", "a", "b"))), "a")


def fused(*members: Told) -> list[float]:
    return ReciprocalRanks(members).scores(four()).tolist()


def test_reciprocal_ranks_add_up() -> None:
    assert fused(Told((9, 3, 2, 1)), Told((9, 1, 3, 2)))[1:] == pytest.approx(
        [1 / 61 + 1 / 63, 1 / 62 + 1 / 61, 1 / 63 + 1 / 62]
    )


def test_equals_share_their_mean_rank() -> None:
    assert fused(Told((9, 5, 5, 1)))[1:] == pytest.approx([1 / 61.5, 1 / 61.5, 1 / 63])


def test_what_a_member_did_not_find_gets_nothing_from_it() -> None:
    assert fused(Told((9, UNKNOWN, 0, 1)), Told((9, 1, 2, UNKNOWN)))[1:] == pytest.approx([1 / 62, 1 / 61, 1 / 61])


def test_one_silent_member_leaves_the_other_to_decide() -> None:
    assert fused(SILENT, Told((9, 1, 2, 3))) == pytest.approx(fused(Told((9, 1, 2, 3))))
    assert np.isnan(fused(SILENT, SILENT)).all()


def test_the_lowest_is_nought_and_the_highest_one() -> None:
    alone = asked(frozen(world(*(Organisation(id=id) for id in "abcd"))), "a")
    values = normalised(np.array([99.0, 2.0, 4.0, 3.0]), alone)
    assert values[1:].tolist() == [0.0, 1.0, 0.5]


def test_present_partners_set_neither_end() -> None:
    assert normalised(np.array([99.0, 8.0, 4.0, 2.0]), four())[1:].tolist() == [3.0, 1.0, 0.0]


def test_equals_and_unknowns_normalise_to_nought() -> None:
    assert normalised(np.array([1.0, 1.0, 1.0, UNKNOWN]), four()).tolist() == [0.0, 0.0, 0.0, 0.0]
    assert normalised(np.full(4, UNKNOWN), four()).tolist() == [0.0, 0.0, 0.0, 0.0]


def test_the_convex_combination_weighs_by_hand() -> None:
    members = (Told((0, 0, 4, 2)), Told((0, 0, 1, 3)))
    assert Convex(members, (3.0, 1.0)).scores(four())[2:].tolist() == [0.75, 0.25]


@settings(deadline=None, max_examples=30)
@given(
    values=st.lists(st.tuples(*[st.floats(-5, 5)] * 4), min_size=2, max_size=4),
    weights=st.lists(st.floats(0, 3), min_size=4, max_size=4),
)
def test_the_convex_combination_stays_within_nought_and_one(
    values: list[tuple[float, ...]], weights: list[float]
) -> None:
    members = tuple(Told(one) for one in values)
    scores = Convex(members, tuple(weights[: len(members)])).scores(four())[2:]
    assert ((scores >= 0) & (scores <= 1 + 1e-12)).all()


def test_a_product_needs_both() -> None:
    values = Product(Told((1, 2, 3, UNKNOWN)), Told((1, 0.5, -1, 1))).scores(four())
    assert values.tolist() == [1.0, 1.0, 0.0, 0.0]
    assert np.isnan(Product(SILENT, Told((1, 1, 1, 1))).scores(four())).all()
    assert np.isnan(Product(Told((1, 1, 1, 1)), SILENT).scores(four())).all()


def fork() -> Records:
    """From the asker two ways lead on, alike but for texts and sectors; the asker works on water."""
    return world(
        Organisation(id="asker", description="Clean water.", sectors=("water",)),
        Organisation(id="wells", description="Water wells."),
        Organisation(id="games", description="Video games."),
        together("1", "asker", "hub"),
        together("2", "hub", "wells", sectors=("water",)),
        together("3", "hub", "games", sectors=("play",)),
    )


def test_adamic_adar_times_text_tells_equal_paths_apart_by_their_texts() -> None:
    context = asked(frozen(fork()), "asker")
    network, text = scored("decayed-adamic-adar", context), scored("dense", context)
    assert network["wells"] == network["games"]
    scores = scored("adamic-adar-x-text", context)
    assert scores["wells"] == pytest.approx(network["wells"] * text["wells"])
    assert first(scores, "wells", "games") == "wells"


@pytest.mark.parametrize("floor", [0.01, 0.5])
def test_pagerank_times_sectors_tells_equal_paths_apart_by_their_sectors(floor: float) -> None:
    context = asked(frozen(fork()), "asker")
    walk = scored("pagerank", context)
    assert walk["wells"] == pytest.approx(walk["games"])
    scores = scored("pagerank-x-sectors", context, sector_floor=floor)
    assert scores["wells"] == pytest.approx(walk["wells"] * (1 + floor))
    assert scores["games"] == pytest.approx(walk["games"] * floor)
    assert scores["hub"] == pytest.approx(walk["hub"] * (floor + 1 / 2**0.5))  # half water, half play


def test_an_asker_without_sectors_is_answered_by_pagerank_alone() -> None:
    context = asked(frozen(world(together("1", "a", "b"), together("2", "b", "c", sectors=("water",)))), "a")
    walk = scored("pagerank", context)
    assert scored("pagerank-x-sectors", context, sector_floor=0.5) == pytest.approx(
        {id: value / 2 for id, value in walk.items()}
    )


def test_the_fusion_of_vectors_and_pagerank_ranks_who_is_near_in_both_first() -> None:
    scores = scored("rrf-dense-pagerank", asked(frozen(fork()), "asker"))
    assert first(scores, "wells", "games") == "wells"


def test_a_tuned_convex_combination_goes_with_the_family_it_weighs_most() -> None:
    snapshot = frozen(
        world(
            Organisation(id="asker", description="Clean water."), Organisation(id="wells", description="Clean water."),
            together("1", "asker", "hub", title=""), together("2", "hub", "next", title=""),
            *(together(f"busy{n}", "busy", "other", year=2026, title="") for n in range(3)),
        )
    )  # fmt: skip
    context = asked(snapshot, "asker")
    none = {"convex_text": 0.0, "convex_network": 0.0, "convex_popularity": 0.0}
    for family, winner in [("convex_text", "wells"), ("convex_network", "next"), ("convex_popularity", "busy")]:
        assert first(scored("convex", context, **{**none, family: 1.0}), "wells", "next", "busy") == winner


def test_a_free_text_is_answered_by_the_text_members_of_a_fusion() -> None:
    snapshot = frozen(fork())
    context = Context(snapshot, text_query(snapshot, WordEncoder(), "wells"), DAY)
    for name in ("rrf-bm25-dense", "rrf-dense-pagerank", "convex"):
        assert first(scored(name, context), "wells", "games", "asker") == "wells"
    assert by_id(snapshot, ReciprocalRanks(()).scores(context)).keys() == {"asker", "games", "hub", "wells"}

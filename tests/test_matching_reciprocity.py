import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import TODAY, WordEncoder, frozen, together, world
from matcher.context import Context
from matcher.errors import InputError
from matcher.lists import ListSettings
from matcher.matching import BY_SCORE, AskSettings, Matcher, Suggestion, Suggestions
from matcher.matching.ordering import LEAST_BLOCK, order_of
from matcher.matching.reciprocity import (
    ALIKE,
    OF_ITS_PAST,
    OF_NETWORK,
    backward_scores,
    counting_signals,
    place_on_scale,
)
from matcher.query import Filters, brief_query, organisation_query, text_query
from matcher.ranking import Model, Weights, hand_set, rank
from matcher.ranking.dials import Dialled, Dials
from matcher.ranking.model_files import Head, ModelFile
from matcher.records import Brief, Organisation, Records
from matcher.signals import SIGNALS, measure_signals
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number
from matcher.together import BLOCK

DAY = day_number(TODAY)
NO_MOVES = ListSettings(newcomer_floor=0.0, diversity=0.0)


def weighted(**weights: float) -> Weights:
    """Weights for these signals, centred at 0, none for the others; in log-odds."""
    chosen = tuple(weights.get(signal.name, 0.0) for signal in SIGNALS)
    return Weights("by-hand", "log-odds", chosen, (0.0,) * len(SIGNALS))


def port() -> Records:
    return world(
        Organisation(id="asks", kind="sme", country="FR", description="Sails of linen.", needs=("Ropes of hemp.",),
                     offers=("Sails of linen.",)),
        Organisation(id="hub", kind="large-company", country="FR", description="Ropes of hemp.",
                     needs=("Submarine cables.",)),
        Organisation(id="mutual", kind="sme", country="DE", description="Ropes of hemp.",
                     needs=("Sails of linen.",)),
        Organisation(id="partner", kind="sme", country="DE", description="Ropes of steel."),
        Organisation(id="other", kind="start-up", country="ES", description="Linen and hemp."),
        together("p", "asks", "partner", year=2022, text="Boats."),
        together("q", "partner", "hub", year=2023, text="Boats of steel."),
        together("r", "hub", "x", "y"), together("s", "hub", "z", "mutual"), together("t", "hub", "v", "w"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return frozen(port())


def asked(
    snapshot: Snapshot,
    id: str = "asks",
    settings: AskSettings = BY_SCORE,
    model: Model | ModelFile | None = None,
    filters: Filters | None = None,
) -> Suggestions:
    matcher = Matcher(snapshot, model or hand_set(), TODAY)
    return matcher.suggest(organisation_query(snapshot, [id], filters or Filters()), 10, settings)


def of(found: Suggestions, id: str) -> Suggestion:
    return next(one for one in found.suggestions if one.organisation["id"] == id)


def ids(found: Suggestions) -> list[str | None]:
    return [one.organisation["id"] for one in found.suggestions]


def both_ways(reciprocity: float = 0.3, **dials: float) -> AskSettings:
    return AskSettings(reciprocity=reciprocity, dials=Dials(**dials), lists=NO_MOVES)


@settings(deadline=None, max_examples=25)
@given(st.floats(0, 1), st.floats(-1, 1), st.floats(-1, 1))
def test_with_reciprocity_and_dials_the_terms_still_add_up(
    snapshot: Snapshot, reciprocity: float, popularity: float, bridging: float
) -> None:
    found = asked(snapshot, settings=both_ways(reciprocity, popularity=popularity, bridging=bridging))
    for one in found.suggestions:
        assert found.intercept + sum(part.contribution for part in one.contributions) == pytest.approx(
            one.score, abs=1e-9
        )
        assert (one.backward is None) == (reciprocity == 0)
        backward = one.forward if one.backward is None else one.backward
        assert one.score == pytest.approx((1 - reciprocity) * one.forward + reciprocity * backward, abs=1e-9)


def test_without_reciprocity_the_order_is_that_of_the_forward_score(snapshot: Snapshot) -> None:
    context = Context(snapshot, organisation_query(snapshot, ["asks"]), DAY)
    found = asked(snapshot)
    rows = np.array(sorted(snapshot.organisations.ids.position(str(id)) for id in ids(found)), dtype=np.int32)
    ranking = rank(hand_set(), rows, measure_signals(context, rows))
    assert ids(found) == [snapshot.organisations.ids[int(row)] for row in ranking.rows]
    assert [one.score for one in found.suggestions] == ranking.scores.tolist()
    assert all(len(one.contributions) == len(SIGNALS) for one in found.suggestions)


@pytest.mark.parametrize("filters", [Filters(), Filters(partners_too=True)], ids=["new", "partners too"])
def test_the_backward_score_is_what_the_other_would_be_told(snapshot: Snapshot, filters: Filters) -> None:
    found = asked(snapshot, settings=both_ways(), filters=filters)
    assert ("partner" in ids(found)) == filters.partners_too
    for one in found.suggestions:
        mirrored = of(asked(snapshot, str(one.organisation["id"]), filters=filters), "asks")
        assert one.backward == pytest.approx(mirrored.score, abs=1e-5)  # texts are compared in single precision
        assert one.forward == pytest.approx(of(asked(snapshot, filters=filters), str(one.organisation["id"])).score)


def test_dials_are_turned_in_both_directions(snapshot: Snapshot) -> None:
    dials = {"popularity": -0.7, "bridging": 0.4}
    one = of(asked(snapshot, settings=both_ways(**dials)), "mutual")
    mirrored = of(asked(snapshot, "mutual", both_ways(0.0, **dials)), "asks")
    assert one.backward == pytest.approx(mirrored.score, abs=1e-5)


def test_both_directions_by_hand(snapshot: Snapshot) -> None:
    found = asked(snapshot, settings=both_ways(0.25), model=weighted(popularity=7.0))
    hub = of(found, "hub")
    assert hub.forward == pytest.approx(7.0 * 4 / 14)  # the hub has four collaborations, who asks has one
    assert hub.backward == pytest.approx(7.0 * 1 / 11)
    assert hub.score == pytest.approx(0.75 * 2.0 + 0.25 * 7 / 11)
    assert hub.contributions[-1].contribution == pytest.approx(0.25 * (7 / 11 - 2.0))
    assert hub.contributions[-1].value == pytest.approx(1 / 11)


def test_a_hub_falls_behind_a_mutual_match(snapshot: Snapshot) -> None:
    model = weighted(need_offer=2.0, popularity=2.0)
    assert ids(asked(snapshot, model=model))[:2] == ["hub", "mutual"]
    found = asked(snapshot, settings=both_ways(), model=model)
    assert ids(found)[:2] == ["mutual", "hub"]
    term = next(part for part in of(found, "hub").contributions if part.signal == "reciprocity")
    assert term.contribution < 0
    assert 0 <= (term.value or 0) <= 1


def test_a_better_score_from_the_other_side_is_told_as_a_reason(snapshot: Snapshot) -> None:
    model = weighted(offer_need=1.0, need_offer=3.0)
    favoured, disfavoured = (
        of(asked(snapshot, who, both_ways(), model), whom) for who, whom in (("hub", "asks"), ("asks", "hub"))
    )
    assert any(reason.startswith("Seen from its side, hub fits even better") for reason in favoured.reasons)
    assert not any("Seen from its side" in reason for reason in disfavoured.reasons)


def test_only_one_organisation_that_asks_for_itself_is_seen_from_the_other_side(snapshot: Snapshot) -> None:
    brief = Brief(id="b", title="Ropes", text="Ropes of hemp.", owner="asks")
    matcher = Matcher(snapshot, hand_set(), TODAY)
    for query in (
        brief_query(snapshot, WordEncoder(), brief),
        text_query(snapshot, WordEncoder(), "Ropes of hemp."),
        organisation_query(snapshot, ["asks", "other"]),
    ):
        found = matcher.suggest(query, settings=both_ways(1.0))
        assert found.settings["reciprocity"] == 0.0
        assert all(one.backward is None and one.score == one.forward for one in found.suggestions)
        assert ids(found) == ids(matcher.suggest(query, settings=BY_SCORE))


def test_those_beyond_the_first_block_stay_behind_it_by_forward_score() -> None:
    crowd = [
        Organisation(id=f"n{number:02}", description="Ropes of hemp." + " Nets." * number, needs=("Sails of linen.",))
        for number in range(LEAST_BLOCK + 15)
    ]
    snapshot = frozen(world(*port().organisations, *crowd))
    matcher = Matcher(snapshot, hand_set(), TODAY)
    question = matcher.question(organisation_query(snapshot, ["asks"]), both_ways(0.9))
    order = matcher.order(question, 3)
    is_two_way = ~np.isnan(order.backward)
    assert is_two_way.tolist() == [True] * LEAST_BLOCK + [False] * (len(order) - LEAST_BLOCK)
    assert np.all(np.diff(order.scores[:LEAST_BLOCK]) <= 0)
    assert np.all(np.diff(order.forward[LEAST_BLOCK:]) <= 0)
    assert order.forward[:LEAST_BLOCK].min() >= order.forward[LEAST_BLOCK:].max()
    assert np.all(np.diff(order.falling) <= 0)
    assert order.falling[LEAST_BLOCK] < order.falling[LEAST_BLOCK - 1]


def test_signals_that_are_copied_are_the_same_from_both_sides(snapshot: Snapshot) -> None:
    signals = tuple(signal for signal in SIGNALS if signal.name in ALIKE)
    assert len(signals) == len(ALIKE)
    for mine in ("asks", "hub", "z"):
        for theirs in ("mutual", "other", "asks"):
            there, back = (
                measure_signals(
                    Context(snapshot, organisation_query(snapshot, [one]), DAY),
                    np.array([snapshot.organisations.ids.position(other)], dtype=np.int32),
                    signals,
                )
                for one, other in ((mine, theirs), (theirs, mine))
            )
            assert np.allclose(there, back, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize(("mine", "theirs"), [("other", "hub"), ("hub", "other")])
def test_signals_of_the_network_are_unknown_where_either_side_has_none(
    snapshot: Snapshot, mine: str, theirs: str
) -> None:
    signals = tuple(signal for signal in SIGNALS if signal.name in OF_NETWORK)
    assert len(signals) == len(OF_NETWORK)
    context = Context(snapshot, organisation_query(snapshot, [mine]), DAY)
    row = np.array([snapshot.organisations.ids.position(theirs)], dtype=np.int32)
    assert np.all(np.isnan(measure_signals(context, row, signals)))


@pytest.mark.parametrize("id", ["asks", "hub", "other", "x"])
@pytest.mark.parametrize("partners_too", [False, True])
def test_the_backward_score_is_that_of_all_signals_measured(snapshot: Snapshot, id: str, partners_too: bool) -> None:
    filters = Filters(partners_too=partners_too)
    question = Matcher(snapshot, hand_set(), TODAY).question(organisation_query(snapshot, [id], filters), both_ways())
    order = order_of(question, np.flatnonzero(question.allowed).astype(np.int32), 50)
    for row, backward in zip(order.rows, order.backward, strict=True):
        asking = Context(snapshot, organisation_query(snapshot, [snapshot.organisations.ids[int(row)]]), DAY)
        values = measure_signals(asking, question.context.asking)
        assert backward == pytest.approx(rank(hand_set(), question.context.asking, values).scores[0], abs=1e-9)


def test_signals_of_one_s_past_are_unknown_for_who_has_none(snapshot: Snapshot) -> None:
    signals = tuple(signal for signal in SIGNALS if signal.name in OF_ITS_PAST)
    assert len(signals) == len(OF_ITS_PAST)
    context = Context(snapshot, organisation_query(snapshot, ["hub"]), DAY)
    other, asks = (np.array([snapshot.organisations.ids.position(id)], dtype=np.int32) for id in ("other", "asks"))
    assert np.all(np.isnan(measure_signals(context, other, signals)))
    assert not np.any(np.isnan(measure_signals(context, asks, signals)))


@pytest.mark.parametrize("id", ["n00", "n01"])
def test_more_than_are_worked_on_at_once_have_the_backward_scores_of_each_alone(id: str) -> None:
    """Every second of the crowd, among them n00 and not n01, has a network."""
    crowd = [f"n{number:02}" for number in range(2 * BLOCK + 3)]
    snapshot = frozen(
        world(
            *port().organisations,
            *port().collaborations,
            *(Organisation(id=one, description="Ropes of hemp." + " Nets." * place) for place, one in enumerate(crowd)),
            *(together(f"c{one}", one, "hub", text="Boats of hemp.") for one in crowd[::2]),
        )
    )
    context = Context(snapshot, organisation_query(snapshot, [id]), DAY)
    rows = np.setdiff1d(np.arange(len(snapshot.organisations)), [*context.asking, *context.partners]).astype(np.int32)
    values = measure_signals(context, rows)
    backward = backward_scores(context, hand_set(), rows, values)
    for row, score in zip(rows, backward, strict=True):
        alone = Context(snapshot, organisation_query(snapshot, [snapshot.organisations.ids[int(row)]]), DAY)
        expected = rank(hand_set(), context.asking, measure_signals(alone, context.asking)).scores[0]
        assert score == pytest.approx(expected, abs=1e-9)


def test_signals_that_cannot_count_are_not_measured() -> None:
    counting = [SIGNALS[position].name for position in counting_signals(weighted(place=-2.0, popularity=1.0))]
    assert counting == ["place", "popularity"]
    turned = Dialled(weighted(place=1.0), Dials(popularity=-0.5))
    assert [SIGNALS[position].name for position in counting_signals(turned)] == ["place", "popularity"]


def test_a_score_is_placed_between_the_least_and_the_greatest() -> None:
    model = weighted(place=2.0, popularity=-2.0)
    assert [place_on_scale(model, score) for score in (-2.0, 0.0, 2.0, 9.0)] == [0.0, 0.5, 1.0, 1.0]
    assert place_on_scale(weighted(), 0.0) == 0.0


def test_two_who_ask_together_have_no_backward_score(snapshot: Snapshot) -> None:
    context = Context(snapshot, organisation_query(snapshot, ["asks", "hub"]), DAY)
    with pytest.raises(ValueError, match="only one"):
        backward_scores(context, hand_set(), np.array([0], dtype=np.int32), np.zeros((1, len(SIGNALS))))


@pytest.mark.parametrize("reciprocity", [-0.1, 1.1, float("nan")])
def test_a_weight_out_of_range_is_refused(reciprocity: float) -> None:
    with pytest.raises(InputError, match="from 0 to 1"):
        AskSettings(reciprocity=reciprocity)


def test_the_head_of_organisations_answers_in_both_directions(snapshot: Snapshot) -> None:
    heads = {"organisation": Head(weighted(popularity=1.0)), "brief": Head(weighted(place=1.0))}
    file = ModelFile(name="by-hand", kind="logistic", heads=heads)
    one = of(asked(snapshot, settings=both_ways(), model=file), "mutual")
    assert one.backward == of(asked(snapshot, "mutual", model=weighted(popularity=1.0)), "asks").score

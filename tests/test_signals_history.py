"""What past collaborations tell of a query: their subjects, their days, and whose kinds and countries they joined."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import TODAY, WordEncoder, frozen, together, world
from matcher.context import Context
from matcher.graph import PRIOR, Decayed, Incidence
from matcher.query import Query, brief_query, organisation_query, text_query
from matcher.records import Brief, Organisation, Records
from matcher.signals import SIGNALS, joint_collaborations, measure_signals
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number
from matcher.walking import seeds_of, walk

NAMES = [signal.name for signal in SIGNALS]


def valued(snapshot: Snapshot, query: Query, id: str) -> dict[str, float]:
    row = snapshot.organisations.ids.position(id)
    values = measure_signals(Context(snapshot, query, day_number(TODAY)), np.array([row], dtype=np.int32))
    return dict(zip(NAMES, values[0].tolist(), strict=True))


def asked(snapshot: Snapshot, text: str) -> Query:
    return text_query(snapshot, WordEncoder(), text, side="need")


def valley() -> Records:
    """Who worked on rivers, lately and long ago, who on choirs, and a newcomer who looks for rivers."""
    return world(
        Organisation(id="asker", description="we restore rivers", needs=("river sensors wanted",)),
        Organisation(id="alone", needs=("river sensors wanted",)),
        Organisation(id="plain"),
        together("r1", "river", "x1", year=2025, title="river sensors", text="river sensors wanted"),
        together("r2", "old", "x2", year=2005, title="river sensors", text="river sensors wanted"),
        together("c1", "choir", "x3", year=2025, title="medieval choir", text="a medieval choir sings"),
        together("n1", "mute", "x4", year=2025, title="", text=""),
        together("a1", "asker", "hub", year=2025, title="river sensors", text="river sensors wanted"),
        together("h1", "hub", "near-river", year=2025, title="river sensors", text="river sensors here"),
        together("h2", "hub", "near-choir", year=2025, title="medieval choir", text="a medieval choir sings"),
    )


def test_who_worked_on_the_subject_comes_before_who_worked_on_another() -> None:
    snapshot = frozen(valley())
    query = asked(snapshot, "river sensors wanted")
    on_it, off_it = (valued(snapshot, query, id)["similar_collaborations"] for id in ("river", "choir"))
    assert on_it > 0.9
    assert off_it < 0.2


def test_recent_work_on_the_subject_is_worth_more_than_old() -> None:
    snapshot = frozen(valley())
    strengths = Context(snapshot, asked(snapshot, "river sensors wanted"), day_number(TODAY)).similar_collaborations
    river, old = (strengths[snapshot.organisations.ids.position(id)] for id in ("river", "old"))
    years = (date(2025, 1, 1) - date(2005, 1, 1)).days / 365.25
    assert old / river == pytest.approx(0.5 ** (years / 4))


def test_a_newcomer_who_asks_is_told_who_worked_on_its_subject() -> None:
    snapshot = frozen(valley())
    values = valued(snapshot, organisation_query(snapshot, ["alone"]), "river")
    assert values["similar_collaborations"] > 0.9
    assert np.isnan(values["subject_proximity"])


@pytest.mark.parametrize(("id", "why"), [("mute", "its collaboration has no text"), ("plain", "it has none")])
def test_of_whose_collaborations_nothing_is_written_the_subject_is_unknown(id: str, why: str) -> None:
    snapshot = frozen(valley())
    assert np.isnan(valued(snapshot, asked(snapshot, "river sensors"), id)["similar_collaborations"]), why


def test_a_query_without_text_has_no_subject() -> None:
    snapshot = frozen(valley())
    values = valued(snapshot, organisation_query(snapshot, ["plain"]), "river")
    assert np.isnan(values["similar_collaborations"])
    assert np.isnan(values["subject_proximity"])


def test_of_two_equally_near_the_one_reached_along_the_subject_is_nearer() -> None:
    snapshot = frozen(valley())
    query = organisation_query(snapshot, ["asker"])
    river, choir = (valued(snapshot, query, id) for id in ("near-river", "near-choir"))
    assert river["proximity"] == choir["proximity"]
    assert river["subject_proximity"] > choir["subject_proximity"]


def test_a_walk_that_likes_all_collaborations_alike_is_the_ordinary_one() -> None:
    snapshot = frozen(valley())
    network = snapshot.decayed(day_number(TODAY), 4.0)
    seeds = seeds_of(network, [np.array([snapshot.organisations.ids.position("asker")], dtype=np.int32)])
    alike = walk(network, seeds, np.full((len(network.decay), 1), 0.5))
    assert alike == pytest.approx(walk(network, seeds), rel=1e-12)


def test_three_collaborations_of_today_are_half_of_recent_activity_and_old_ones_next_to_nothing() -> None:
    start = {"start": TODAY}
    records = world(
        Organisation(id="a"),
        *(together(f"p{i}", "b", f"x{i}", **start) for i in range(3)),
        *(together(f"q{i}", "c", f"y{i}", year=1996) for i in range(3)),
        together("s", "d", **start),
    )
    snapshot = frozen(records)
    query = organisation_query(snapshot, ["a"])
    values = {id: valued(snapshot, query, id)["recent_activity"] for id in "bcd"}
    assert values["b"] == 0.5
    assert 0 < values["c"] < 1e-5
    assert np.isnan(values["d"]), "a collaboration with nobody else tells nothing"


def lands() -> Records:
    """Twenty pairs within FR, twenty within DE, none between; a Spaniard without history, one of unknown country."""
    codes = {"f": "FR", "g": "FR", "d": "DE", "e": "DE"}
    return world(
        *(Organisation(id=f"{side}{i:02}", country=code) for side, code in codes.items() for i in range(20)),
        Organisation(id="asker", country="FR", kind="sme"),
        Organisation(id="spain", country="ES"),
        Organisation(id="nowhere"),
        *(together(f"f{i}", f"f{i:02}", f"g{i:02}", start=TODAY) for i in range(20)),
        *(together(f"d{i}", f"d{i:02}", f"e{i:02}", start=TODAY) for i in range(20)),
    )


def test_the_lift_of_countries_is_worth_what_the_formula_says() -> None:
    snapshot = frozen(lands())
    query = organisation_query(snapshot, ["asker"])
    # each pair counts in both directions: 40 of 80 within FR, where chance would put 40 x 40 / 80
    within, between = (40 + PRIOR) / (20 + PRIOR), PRIOR / (20 + PRIOR)
    assert valued(snapshot, query, "f00")["countries_together"] == pytest.approx(within / (1 + within))
    assert valued(snapshot, query, "d00")["countries_together"] == pytest.approx(between / (1 + between))


def test_a_country_without_history_is_at_chance_and_an_unknown_one_is_unknown() -> None:
    snapshot = frozen(lands())
    query = organisation_query(snapshot, ["asker"])
    assert valued(snapshot, query, "spain")["countries_together"] == pytest.approx(0.5)
    assert np.isnan(valued(snapshot, query, "nowhere")["countries_together"])


def test_where_nobody_ever_worked_together_countries_and_kinds_tell_nothing() -> None:
    known = {"country": "FR", "kind": "sme"}
    snapshot = frozen(world(Organisation(id="a", **known), Organisation(id="b", **known), together("p", "a")))
    values = valued(snapshot, organisation_query(snapshot, ["a"]), "b")
    assert np.isnan(values["countries_together"])
    assert np.isnan(values["kinds_together"])


def test_of_several_who_ask_the_mean_of_their_countries_counts() -> None:
    snapshot = frozen(lands())
    one, other, both = (
        valued(snapshot, organisation_query(snapshot, ids), "g05")["countries_together"]
        for ids in (["f00"], ["d00"], ["f00", "d00"])
    )
    assert both == pytest.approx((one + other) / 2)


memberships = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), min_size=1, max_size=20)


@settings(max_examples=60, deadline=None)
@given(memberships, st.lists(st.integers(-1, 2), min_size=6, max_size=6))
def test_the_lift_is_that_of_counting_every_pair(pairs: list[tuple[int, int]], groups: list[int]) -> None:
    day = day_number(TODAY)
    organisations, collaborations = np.array(pairs).T
    incidence = Incidence.from_memberships(organisations, collaborations, np.full(5, day, dtype=np.int32), 6)
    codes = np.array(groups, dtype=np.int32)
    width = int(codes.max()) + 1
    counted = np.zeros((width, width))
    for collaboration in range(5):
        members = sorted({one for one, where in pairs if where == collaboration})
        for one in members:
            for other in members:
                if one != other and min(codes[one], codes[other]) >= 0:
                    counted[codes[one], codes[other]] += 1 / (len(members) - 1)
    network = Decayed(incidence, day, 4.0)
    for group in range(width):
        lift = network.lift(codes, group)
        if not counted.sum():
            assert np.isnan(lift).all()
            continue
        chance = counted.sum(axis=1) * counted[group].sum() / counted.sum()
        assert lift == pytest.approx((counted[group] + PRIOR) / (chance + PRIOR))


def test_a_question_is_an_organisation_s_a_group_s_or_a_brief_s() -> None:
    snapshot = frozen(valley())
    brief = Brief(id="b", owner="asker", title="River sensors", text="We look for river sensors.")
    assert organisation_query(snapshot, ["asker"]).question == "organisation"
    assert organisation_query(snapshot, ["asker", "alone"]).question == "group"
    assert brief_query(snapshot, WordEncoder(), brief).question == "brief"
    assert asked(snapshot, "river sensors").question == "brief"


def test_an_owner_s_kind_says_nothing_for_its_brief_but_its_country_does() -> None:
    known = {"country": "FR", "kind": "sme"}
    snapshot = frozen(world(Organisation(id="a", **known), Organisation(id="b", **known), together("p", "b", "a")))
    brief = Brief(id="b", owner="a", title="River sensors", text="We look for river sensors.")
    values = valued(snapshot, brief_query(snapshot, WordEncoder(), brief), "b")
    assert np.isnan(values["kinds_together"])
    assert values["countries_together"] > 0


def test_a_brief_s_past_ties_are_facts_and_an_organisation_s_own_tie_is_hidden() -> None:
    snapshot = frozen(world(together("p", "a", "b", title="river sensors"), together("q", "a", "c")))
    brief = Brief(id="x", owner="a", title="River sensors", text="We look for river sensors.")
    for_brief = valued(snapshot, brief_query(snapshot, WordEncoder(), brief), "b")
    for_owner = valued(snapshot, organisation_query(snapshot, ["a"]), "b")
    assert for_brief["popularity"] > 0
    assert for_brief["proximity"] > 0
    assert np.isnan(for_owner["popularity"])
    assert np.isnan(for_owner["proximity"])


def test_a_group_s_partners_are_measured_in_the_whole_network() -> None:
    snapshot = frozen(valley())
    context = Context(snapshot, organisation_query(snapshot, ["asker", "river"]), day_number(TODAY))
    rows = np.arange(len(snapshot.organisations), dtype=np.int32)
    each = np.stack([signal.measure(context, rows) for signal in SIGNALS], axis=1)
    assert np.array_equal(measure_signals(context, rows), each, equal_nan=True)


def test_taking_out_a_link_leaves_what_texts_say_of_the_subject_to_the_last_bit() -> None:
    records = valley()
    without = Records(
        records.organisations,
        [
            replace(one, members=tuple(m for m in one.members if m.organisation != "hub")) if one.id == "a1" else one
            for one in records.collaborations
        ],
    )
    likeness = [
        Context(snapshot, organisation_query(snapshot, ["asker"]), day_number(TODAY)).on_subject
        for snapshot in (frozen(records), frozen(without))
    ]
    assert np.array_equal(*likeness)


@settings(max_examples=60, deadline=None)
@given(memberships, st.lists(st.sampled_from([0.0, 0.0, 0.1, 1 / 3, 7.0]), min_size=6, max_size=6))
def test_following_the_few_that_are_not_zero_is_the_product_to_the_last_bit(
    pairs: list[tuple[int, int]], strengths: list[float]
) -> None:
    organisations, collaborations = np.array(pairs).T
    aside = np.arange(100, 300)  # makes the six few among many
    incidence = Incidence.from_memberships(
        np.r_[organisations, aside], np.r_[collaborations, aside], np.zeros(300, dtype=np.int32), 300
    )
    strength = np.zeros(300)
    strength[:6] = strengths
    onto = incidence.onto_collaborations(strength)
    assert np.array_equal(onto, incidence.by_collaboration @ strength)
    assert np.array_equal(incidence.onto_organisations(onto), incidence.by_organisation @ onto)
    everywhere = np.linspace(0.1, 1.0, 300)
    assert np.array_equal(incidence.onto_collaborations(everywhere), incidence.by_collaboration @ everywhere)


def test_a_lift_is_computed_once_for_each_column_and_group() -> None:
    snapshot = frozen(lands())
    network, country = snapshot.decayed(day_number(TODAY), 4.0), snapshot.organisations.country
    assert network.lift(country, 0) is network.lift(country, 0)
    assert not np.array_equal(network.lift(country, 0), network.lift(country, 1))
    assert not np.array_equal(network.lift(country, 0), network.lift(np.roll(country, 20), 0))


def circle() -> Snapshot:
    """a and b met x together in p1 of four; a alone met y, b alone met y too; nobody of them met z."""
    return frozen(
        world(
            *(Organisation(id=id) for id in "abcxyz"),
            together("p1", "a", "b", "c", "x", year=2025),
            together("p2", "a", "y", year=2025),
            together("p3", "b", "y", year=2025),
            together("p4", "c", "z", year=2025),
        )
    )


def test_who_met_several_of_those_who_ask_at_once_is_told_from_who_met_them_one_by_one() -> None:
    values = dict(zip("xyz", measured(circle(), organisation_query(circle(), ["a", "b"]), "xyz"), strict=True))
    strength = 2 * 1 / 4  # two of four, and both asked for the other; begun on the very day
    assert values["x"] == pytest.approx(strength / (strength + joint_collaborations.HALF), rel=1e-3)
    assert values["y"] == 0
    assert values["z"] == 0


def test_of_one_who_asks_and_of_newcomers_nobody_knows_a_circle() -> None:
    assert np.isnan(measured(circle(), organisation_query(circle(), ["a"]), "xyz")).all()
    alone = frozen(world(*(Organisation(id=id) for id in "abx"), together("p1", "a", "b", year=2025)))
    assert np.isnan(measured(alone, organisation_query(alone, ["a", "b"]), "x")).all()


def measured(snapshot: Snapshot, query: Query, ids: str) -> np.ndarray:
    rows = np.array([snapshot.organisations.ids.position(id) for id in ids], dtype=np.int32)
    return joint_collaborations.measure(Context(snapshot, query, day_number(date(2025, 1, 1))), rows)

"""One contract for every signal: in [0, 1], NaN for unknown, and blind to the link it is to predict."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import TODAY, frozen, together, world
from matcher.context import Context
from matcher.query import organisation_query
from matcher.records import Collaboration, Organisation, Records
from matcher.signals import SIGNALS, measure_signals
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number
from matcher.vocabularies import load

NAMES = [signal.name for signal in SIGNALS]


def town() -> Records:
    """Five organisations with everything known, one newcomer with text alone, one with nothing at all."""
    return world(
        Organisation(id="asker", name="Asker", kind="large-account", country="FR", region="Bretagne", latitude=48.1,
                     longitude=-1.7, sectors=("water",), description="We run water networks.",
                     needs=("Leak detection by listening to pipes.",), verified_on=date(2026, 1, 1)),
        Organisation(id="leak", kind="start-up", country="FR", region="Bretagne", latitude=48.4, longitude=-4.5,
                     sectors=("water", "digital"), description="Leak detection with acoustic pipes sensors."),
        Organisation(id="games", kind="sme", country="ES", latitude=41.4, longitude=2.2, sectors=("games",),
                     description="Video games about pirates.", needs=("Water networks to play in.",)),
        Organisation(id="lab", kind="university", country="DE", description="Hydrology and acoustic research."),
        Organisation(id="new", description="Pipes for water."),
        Organisation(id="void"),
        together("p1", "asker", "lab", year=2022, text="Acoustic survey of networks."),
        together("p2", "lab", "leak", "games", year=2024, text="Sensors in rivers."),
        together("p3", "asker", "leak", year=2025, text="A pilot with pipes."),
        together("p4", "games", "leak", "asker", year=2019, text="A game of leaks.", sectors=("games",)),
    )  # fmt: skip


def measured(snapshot: Snapshot, asking: str, row_of: str) -> dict[str, float]:
    context = Context(snapshot, organisation_query(snapshot, [asking]), day_number(TODAY))
    row = snapshot.organisations.ids.position(row_of)
    values = measure_signals(context, np.array([row], dtype=np.int32))
    return dict(zip(NAMES, values[0].tolist(), strict=True))


def without_link(records: Records, one: str, other: str) -> Records:
    """The records in which `one` never took part in what it did together with `other`."""

    def cut(collaboration: Collaboration) -> Collaboration:
        members = [member.organisation for member in collaboration.members]
        if one not in members or other not in members:
            return collaboration
        return replace(
            collaboration, members=tuple(member for member in collaboration.members if member.organisation != one)
        )

    return Records(records.organisations, [cut(c) for c in records.collaborations])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("organisation", ["leak", "games", "lab"])
def test_removing_the_link_does_not_change_the_signal(name: str, organisation: str) -> None:
    records = town()
    seen = measured(frozen(records), "asker", organisation)
    unseen = measured(frozen(without_link(records, organisation, "asker")), "asker", organisation)
    assert seen[name] == pytest.approx(unseen[name], abs=1e-9, nan_ok=True)


worlds = st.lists(
    st.sets(st.sampled_from("abcdef"), min_size=1, max_size=5), min_size=1, max_size=6
).map(
    lambda groups: world(
        *(Organisation(id=id, description=f"word{id} shared", country=country, kind=kind)
          for id, country, kind in (("a", "FR", "sme"), ("b", "DE", "university"), ("c", "FR", "start-up"))),
        *(Organisation(id=id, country="DE", kind="sme") for id in "de"),
        Organisation(id="f"),
        *(together(f"p{i}", *sorted(g), year=2015 + i, text=f"topic{i} shared") for i, g in enumerate(groups)),
    )
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(worlds, st.sampled_from("abcdef"), st.sampled_from("abcdef"))
def test_no_signal_sees_the_link_in_any_small_world(records: Records, one: str, other: str) -> None:
    if one == other:
        return
    seen = measured(frozen(records), one, other)
    unseen = measured(frozen(without_link(records, other, one)), one, other)
    assert seen == pytest.approx(unseen, abs=1e-9, nan_ok=True)


@settings(max_examples=30, deadline=None)
@given(worlds, st.sampled_from("abcdef"))
def test_every_signal_is_nan_or_between_0_and_1(records: Records, asking: str) -> None:
    snapshot = frozen(records)
    context = Context(snapshot, organisation_query(snapshot, [asking]), day_number(TODAY))
    values = measure_signals(context, np.arange(len(snapshot.organisations), dtype=np.int32))
    known = values[~np.isnan(values)]
    assert np.all((known >= 0) & (known <= 1))


@pytest.mark.parametrize("signal", SIGNALS, ids=NAMES)
def test_nothing_known_of_an_organisation_is_nan_and_not_zero(signal) -> None:  # type: ignore[no-untyped-def]
    assert np.isnan(measured(frozen(town()), "asker", "void")[signal.name])


@pytest.mark.parametrize("signal", SIGNALS, ids=NAMES)
def test_every_signal_has_a_label_in_both_languages_and_a_sentence_of_documentation(signal) -> None:  # type: ignore[no-untyped-def]
    assert {"en", "fr"} <= set(load("signals")[signal.name])
    assert signal.measure.__doc__.startswith("Return ")
    assert "NaN" in signal.measure.__doc__


def test_an_offer_that_meets_the_need_is_nearer_than_one_that_does_not() -> None:
    snapshot = frozen(town())
    assert measured(snapshot, "asker", "leak")["need_offer"] > measured(snapshot, "asker", "games")["need_offer"]


def test_a_need_that_the_asker_can_meet_counts_the_other_way() -> None:
    snapshot = frozen(town())
    assert measured(snapshot, "asker", "games")["offer_need"] > 0.2
    assert np.isnan(measured(snapshot, "asker", "leak")["offer_need"])


def test_a_common_partner_is_worth_what_the_formula_says() -> None:
    records = world(together("p", "a", "z", year=2026), together("q", "z", "b", year=2026))
    snapshot = frozen(records)
    context = Context(snapshot, organisation_query(snapshot, ["a"]), day_number(TODAY))
    decay = 0.5 ** ((TODAY - date(2026, 1, 1)).days / (365.25 * 4))
    assert context.shared_partners.tolist() == pytest.approx([0, decay * decay / np.log(2 + 2), 0])


def test_the_twentieth_option_of_a_network_is_worth_one_half() -> None:
    small = [together(f"s{i:02}", "z", f"b{i:02}", *(f"x{i:02}-{j}" for j in range(i))) for i in range(30)]
    snapshot = frozen(world(together("p", "a", "z"), *small))
    context = Context(snapshot, organisation_query(snapshot, ["a"]), day_number(TODAY))
    strengths = context.shared_partners
    twentieth = int(np.argsort(-strengths, kind="stable")[19])
    assert context.graph_values(strengths, np.array([twentieth]))[0] == pytest.approx(0.5)


def test_a_recent_common_partner_is_worth_more_than_an_old_one() -> None:
    records = world(together("p", "a", "z"), together("q", "z", "new", year=2025), together("r", "z", "old", year=2015))
    snapshot = frozen(records)
    assert measured(snapshot, "a", "new")["shared_partners"] > measured(snapshot, "a", "old")["shared_partners"]


def test_rennes_and_brest_are_in_one_region_and_rennes_and_barcelona_far_apart() -> None:
    snapshot = frozen(town())
    assert measured(snapshot, "asker", "leak")["place"] == 1.0
    assert measured(snapshot, "asker", "games")["place"] == pytest.approx(np.exp(-809 / 400), rel=0.02)


def test_a_large_account_seeks_a_start_up_more_than_a_university() -> None:
    snapshot = frozen(town())
    assert measured(snapshot, "asker", "leak")["kinds"] > measured(snapshot, "asker", "lab")["kinds"]


def test_one_sector_of_two_in_common_is_the_root_of_one_half() -> None:
    records = world(
        Organisation(id="a", sectors=("water",)), Organisation(id="b", sectors=("water", "rail")),
    )  # fmt: skip
    assert measured(frozen(records), "a", "b")["sectors"] == pytest.approx(np.sqrt(0.5))


def test_a_profile_verified_two_years_ago_is_half_fresh() -> None:
    records = world(Organisation(id="a"), Organisation(id="b", verified_on=date(2024, 11, 22)))
    assert measured(frozen(records), "a", "b")["freshness"] == pytest.approx(0.5, abs=1e-3)


def test_ten_collaborations_are_half_of_popularity() -> None:
    records = world(Organisation(id="a"), *(together(f"p{i}", "b", f"x{i}") for i in range(10)))
    assert measured(frozen(records), "a", "b")["popularity"] == 0.5


def test_who_is_like_the_past_partners_is_nearer_than_who_is_not() -> None:
    records = world(
        together("p", "a", "z", title="", text=""),
        Organisation(id="z", description="robots for orchards"),
        Organisation(id="like", description="robots for vineyards"),
        Organisation(id="unlike", description="medieval choir"),
    )
    snapshot = frozen(records)
    assert measured(snapshot, "a", "like")["past_partners"] > measured(snapshot, "a", "unlike")["past_partners"]

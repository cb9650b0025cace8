"""What became of suggestions: denominators stay, and later steps hold the earlier ones."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from builders import matcher_of, together, world
from matcher.ecosystem.exposure import spread
from matcher.ecosystem.outcomes import REACHED, STAGES, Shown, funnel, outcomes
from matcher.records import Organisation
from matcher.vocabularies import load


def shown(organisation: str, step: str = "", day: int = 1) -> Shown:
    return Shown("asker", organisation, date(2026, 1, day), step)


def test_every_step_of_a_decision_tells_a_stage() -> None:
    assert set(REACHED) == set(load("decision-steps"))
    assert set(REACHED.values()) == set(STAGES)


def test_two_count_once_however_often_they_were_shown_and_for_the_first_day() -> None:
    (one,) = outcomes([shown("a", "met", 3), shown("a", "", 2), shown("a", "contacted", 4)])
    assert (one.first, one.stage, one.last) == (date(2026, 1, 2), "met", "contacted")


def test_who_signed_has_met_although_nobody_noted_it_and_an_agreement_is_a_contract() -> None:
    found = funnel(outcomes([shown("a", "agreement"), shown("b", "met"), shown("c", "interested"), shown("d")]))
    assert list(found.reached.values()) == [4, 2, 2, 1, 1, 1, 1]
    assert found.interested == 1


def test_who_met_and_declined_then_stays_met_and_is_told_as_declined() -> None:
    found = funnel(outcomes([shown("a", "met", 1), shown("a", "declined", 2), shown("b", "declined")]))
    assert (found.reached["suggested"], found.reached["met"], found.declined) == (2, 1, 2)


def test_shares_are_of_all_that_were_suggested_and_of_nobody_there_is_none() -> None:
    found = funnel(outcomes([shown("a", "contract"), shown("b", "met"), shown("c"), shown("d")]))
    assert found.share("contract") == 0.25
    assert found.share("contract", "met") == 0.5
    assert funnel([]).share("met") is None


@given(st.lists(st.builds(shown, st.sampled_from("abcd"), st.sampled_from(["", *REACHED]), st.integers(1, 9))))
def test_a_funnel_never_widens(given_: list[Shown]) -> None:
    counts = list(funnel(outcomes(given_)).reached.values())
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == len({one.organisation for one in given_})


def test_exposure_tells_how_the_places_of_all_lists_are_shared_out() -> None:
    told = [Organisation(id=id, description=f"we sell rope and {id} tape") for id in "abcdefghijklmn"]
    matcher = matcher_of(world(*told, Organisation(id="silent"), together("c", "a", "b")))
    steps: list[tuple[str, int, int]] = []
    found = spread(matcher, lambda *step: steps.append(step))
    assert found.lists == 14
    assert found.organisations == 15
    assert found.coverage is not None
    assert 0 < found.coverage <= found.most_coverage <= 1
    assert found.curve[0] == (0, 0)
    assert found.curve[-1] == (1, 1)
    assert steps[-1][1:] == (14, 14)
    assert spread(matcher, lambda *step: None, most=3).lists == 3


def test_exposure_of_nobody_is_unknown() -> None:
    found = spread(matcher_of(world(Organisation(id="silent"))), lambda *step: None)
    assert (found.lists, found.coverage, found.gini, found.largest_share, found.curve) == (0, 0.0, None, None, ())

from dataclasses import replace

import numpy as np
import pytest

from builders import TODAY, frozen, together, world
from matcher.context import Context
from matcher.query import ANYBODY, Filters, organisation_query
from matcher.records import Organisation
from matcher.rules import ALLOWED, RULES, excluding_rule, present_partners
from matcher.snapshot.columns import day_number
from matcher.vocabularies import load


def asked(filters: Filters = ANYBODY) -> dict[str, str | None]:
    """Rule that excludes each organisation when "asker" asks; None where none does."""
    records = world(
        Organisation(id="asker", kind="sme", country="FR", conflicts=("rival",)),
        Organisation(id="rival", kind="start-up", country="DE"),
        Organisation(id="foe", kind="start-up", country="DE", conflicts=("asker",)),
        Organisation(id="hidden", kind="start-up", country="DE", visibility="hidden"),
        Organisation(id="full", kind="start-up", country="DE", capacity=0),
        Organisation(id="partner", kind="start-up", country="DE"),
        Organisation(id="free", kind="start-up", country="DE", capacity=3),
        Organisation(id="home", kind="start-up", country="FR"),
        Organisation(id="nowhere"),
        together("p", "asker", "partner"),
    )
    snapshot = frozen(records)
    rules = excluding_rule(Context(snapshot, organisation_query(snapshot, ["asker"], filters), day_number(TODAY)))
    return {
        id: None if rule == ALLOWED else RULES[rule].name
        for id, rule in zip(snapshot.organisations.ids, rules, strict=True)
    }


def test_the_asker_hidden_full_conflicting_and_present_partners_are_excluded_by_name_of_the_rule() -> None:
    assert asked() == {
        "asker": "asking", "rival": "conflict", "foe": "conflict", "hidden": "hidden", "full": "full",
        "partner": "partner", "free": None, "home": None, "nowhere": None,
    }  # fmt: skip


def test_a_conflict_holds_whichever_side_named_it() -> None:
    assert asked()["rival"] == asked()["foe"] == "conflict"


def test_partners_are_let_in_when_asked_for() -> None:
    assert asked(Filters(partners_too=True))["partner"] is None


def test_only_the_kinds_sought_pass_and_an_unknown_kind_does_not() -> None:
    rules = asked(Filters(kinds=("start-up",)))
    assert rules["free"] is None
    assert rules["nowhere"] == "kind"


def test_a_kind_that_nobody_has_excludes_everybody() -> None:
    assert asked(Filters(kinds=("zoo",)))["free"] == "kind"


def test_only_the_countries_sought_pass() -> None:
    rules = asked(Filters(countries=("FR", "ES")))
    assert rules["home"] is None
    assert rules["free"] == rules["nowhere"] == "country"


def test_abroad_leaves_out_the_own_country_and_the_unknown_one() -> None:
    rules = asked(Filters(abroad=True))
    assert rules["home"] == rules["nowhere"] == "same-country"
    assert rules["free"] is None


def test_an_exclusion_by_name_holds_and_one_of_an_absent_organisation_is_harmless() -> None:
    assert asked(Filters(exclusions=("free", "gone")))["free"] == "excluded"


def test_present_partners_are_those_that_no_other_rule_excludes() -> None:
    snapshot = frozen(world(Organisation(id="b", capacity=0), together("p", "a", "b", "c")))
    excluded = excluding_rule(Context(snapshot, organisation_query(snapshot, ["a"]), day_number(TODAY)))
    assert [snapshot.organisations.ids[int(row)] for row in present_partners(excluded)] == ["c"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_sentence_in_both_languages(rule) -> None:  # type: ignore[no-untyped-def]
    assert {"en", "fr"} <= set(load("sentences")[f"rule_{rule.name}"])


def test_nobody_is_excluded_from_a_question_without_asker_or_filters() -> None:
    snapshot = frozen(world(Organisation(id="a"), Organisation(id="b")))
    query = replace(organisation_query(snapshot, ["a"]), organisations=())
    assert np.all(excluding_rule(Context(snapshot, query, 0)) == ALLOWED)

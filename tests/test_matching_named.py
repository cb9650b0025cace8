"""How named organisations stand, in a list or not, and the list without its explanations."""

import pytest

from builders import matcher_of, together, world
from matcher.matching import BY_SCORE, Matcher
from matcher.query import Filters, Query, organisation_query
from matcher.records import Organisation

RECORDS = world(
    Organisation(id="asks", name="Asks", country="FR", description="We look for radar."),
    Organisation(id="radar", name="Radar", country="DE", description="We build radar."),
    Organisation(id="songs", name="Songs", country="DE", description="Songs of spring."),
    Organisation(id="away", name="Away", country="IT", description="Radar of the south."),
    together("one", "asks", "via"),
    together("two", "via", "radar", year=2023),
)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return matcher_of(RECORDS)


def asked(matcher: Matcher, **filters: object) -> Query:
    return organisation_query(matcher.snapshot, ["asks"], Filters(**filters))  # type: ignore[arg-type]  # of filters


def test_the_ids_are_those_of_the_list(matcher: Matcher) -> None:
    found = matcher.suggest(asked(matcher), 2)
    assert matcher.suggest_ids(asked(matcher), 2) == [one.organisation["id"] for one in found.suggestions]


def test_who_is_in_the_list_stands_as_the_list_says(matcher: Matcher) -> None:
    listed = matcher.suggest(asked(matcher), 3, BY_SCORE).suggestions
    ids = [str(one.organisation["id"]) for one in listed]
    assert matcher.explain(asked(matcher), ids[::-1], 3, BY_SCORE) == (matcher.suggest(asked(matcher), 3, BY_SCORE), ())


def test_who_is_not_in_the_list_is_explained_with_its_place_by_score(matcher: Matcher) -> None:
    first = matcher.suggest(asked(matcher), 1).suggestions[0].organisation["id"]
    found, excluded = matcher.explain(asked(matcher), ["songs"], 1)
    (last,) = found.suggestions
    assert first != "songs"
    assert (last.organisation["id"], last.rank, excluded) == ("songs", 3, ())
    assert found.intercept + sum(one.contribution for one in last.contributions) == pytest.approx(last.score)


def test_who_is_excluded_is_told_with_the_rule_and_who_is_unknown_is_left_out(matcher: Matcher) -> None:
    found, (excluded,) = matcher.explain(asked(matcher, countries=("DE",)), ["away", "nobody", "radar"])
    assert (excluded.rule, excluded.organisation["id"]) == ("country", "away")
    assert [one.organisation["id"] for one in found.suggestions] == ["radar"]
    assert matcher.explain(asked(matcher), [])[0].suggestions == ()

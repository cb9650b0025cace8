"""Choices: one of each kind for a side and an organisation, kept, counted, taken back and forgotten."""

from dataclasses import replace

import pytest
from state_builders import NOON, Clock

from api.state import Choice, NewChoice, State
from api.state.choices import MOST_OF_ONE
from api.state.records import Shortlist
from matcher.errors import InputError

PIN = NewChoice(asked_by="brief:b", organisation="fr:1", kind="pin", place=1, reason="We met.", made_by="ada")
SHORTLIST = replace(PIN, kind="shortlist", place=None, reason="")


def kept(one: NewChoice, **changes: object) -> Choice:
    values = {name: getattr(one, name) for name in NewChoice.__slots__} | {"created": NOON} | changes
    return Choice(**values)


def test_choices_of_a_side_are_told_the_oldest_first(state: State) -> None:
    veto = replace(PIN, organisation="fr:2", kind="veto", place=None)
    state.choices.put(PIN, veto)
    state.choices.put(replace(PIN, asked_by="brief:other"))
    assert state.choices.of("brief:b") == [kept(PIN), kept(veto)]
    assert state.choices.of("nul\0") == []


def test_a_choice_that_is_made_again_replaces_the_first(state: State, clock: Clock) -> None:
    state.choices.put(PIN)
    clock.pass_(days=1)
    state.choices.put(replace(PIN, place=2, reason="We met twice.", made_by="eve"))
    (one,) = state.choices.of("brief:b")
    assert (one.place, one.reason, one.made_by, one.created) == (2, "We met twice.", "eve", clock.time)


def test_choices_of_different_kinds_stand_beside_each_other_and_are_taken_back_one_by_one(state: State) -> None:
    state.choices.put(PIN, SHORTLIST)
    assert state.choices.remove("brief:b", "fr:1", "pin")
    assert not state.choices.remove("brief:b", "fr:1", "pin")
    assert not state.choices.remove("brief:b", "nul\0", "pin")
    assert state.choices.of("brief:b") == [kept(SHORTLIST)]


def test_shortlists_are_counted_the_newest_first_and_only_those(state: State, clock: Clock) -> None:
    state.choices.put(SHORTLIST, replace(SHORTLIST, organisation="fr:2"), PIN)
    clock.pass_(hours=1)
    state.choices.put(replace(SHORTLIST, asked_by="fr:9"), replace(PIN, asked_by="fr:8"))
    assert state.choices.shortlists() == [Shortlist("fr:9", 1, clock.time), Shortlist("brief:b", 2, NOON)]
    assert state.choices.shortlists(1) == [Shortlist("fr:9", 1, clock.time)]


def test_the_choices_of_and_about_a_side_are_told_together(state: State) -> None:
    rest = replace(PIN, organisation="fr:2")
    own = replace(PIN, asked_by="fr:1", organisation="fr:3")
    state.choices.put(PIN, rest, own)
    assert state.choices.about("fr:1") == [kept(PIN), kept(own)]
    assert state.choices.about("brief:b") == [kept(PIN), kept(rest)]
    assert state.choices.about("nul\0") == []


def test_an_erasure_takes_what_was_chosen_for_and_about_a_side_and_leaves_the_rest(state: State) -> None:
    rest = replace(PIN, organisation="fr:2")
    state.choices.put(PIN, rest, replace(PIN, asked_by="fr:1", organisation="fr:3"))
    assert state.choices.forget("fr:1") == 2
    assert state.choices.of("fr:1") == []
    assert state.choices.of("brief:b") == [kept(rest)]
    assert state.choices.forget("brief:b") == 1
    assert state.choices.forget("nul\0") == 0


def test_who_is_erased_is_no_more_told_as_the_maker_of_a_choice(state: State) -> None:
    other = replace(PIN, organisation="fr:2", made_by="eve")
    state.choices.put(PIN, other)
    assert state.choices.forget_maker("ada") == 1
    assert state.choices.of("brief:b") == [kept(PIN, made_by=""), kept(other)]
    assert state.choices.forget_maker("") == state.choices.forget_maker("nul\0") == 0


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        (replace(PIN, kind="like"), "kind is 'like'"),  # type: ignore[arg-type]  # that is what is tested
        (replace(PIN, asked_by=""), "give both ids"),
        (replace(PIN, organisation=""), "give both ids"),
        (replace(PIN, place=0), "from 1 on"),
        (replace(PIN, reason="x" * 2_001), "at most 2,000"),
        (replace(PIN, reason="nul\0"), "NUL"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_of_it_stays(state: State, choice: NewChoice, told: str) -> None:
    with pytest.raises(InputError, match=told):
        state.choices.put(SHORTLIST, choice)
    assert state.choices.of("brief:b") == []


def test_a_side_has_no_more_choices_than_can_be_looked_over(state: State) -> None:
    state.choices.put(*[replace(PIN, organisation=f"fr:{number}") for number in range(MOST_OF_ONE)])
    state.choices.put(replace(PIN, organisation="fr:0", reason="another"))
    with pytest.raises(InputError, match="take some back"):
        state.choices.put(replace(PIN, organisation="fr:new"))

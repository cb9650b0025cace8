"""Expressions of interest: which step follows on which, when one expires, and what is left of whom."""

from dataclasses import replace
from datetime import timedelta

import pytest
from state_builders import NOON, Clock, at_once, walk

from api.state import Expression, NewExpression, State
from api.state.expressions import BEFORE, WAITS, ExpressionFilter, Impossible, Waiting
from api.state.records import ExpressionState
from matcher.errors import ConflictError, InputError, NotFoundError

LEAKS = NewExpression(brief="leaks", organisation="fr:1", text="We listen to pipes.", made_by="u1")


def test_an_expression_is_read_back_and_waits_for_fourteen_days(state: State) -> None:
    made = state.expressions.create(LEAKS)
    assert made == Expression(
        id=made.id,
        brief="leaks",
        organisation="fr:1",
        text="We listen to pipes.",
        made_by="u1",
        state="sent",
        created=NOON,
        expires=NOON + timedelta(days=14),
        version=1,
    )
    assert state.expressions.get(made.id) == made
    assert state.expressions.get("nul\0") is None


def test_it_waits_no_longer_than_the_brief_is_open(state: State) -> None:
    assert state.expressions.create(LEAKS, NOON + timedelta(days=3)).expires == NOON + timedelta(days=3)
    other = replace(LEAKS, brief="later")
    assert state.expressions.create(other, NOON + timedelta(days=90)).expires == NOON + WAITS


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(LEAKS, brief=""), "names no brief"),
        (replace(LEAKS, text="  "), "has no text"),
        (replace(LEAKS, text="x" * 10_001), "text has 10,001"),
        (replace(LEAKS, organisation="nul\0"), "NUL"),
    ],
)
def test_what_no_expression_can_be_is_refused(state: State, wrong: NewExpression, said: str) -> None:
    with pytest.raises(InputError, match=said):
        state.expressions.create(wrong)


def test_an_organisation_has_one_that_is_not_over_for_a_brief(state: State) -> None:
    first = state.expressions.create(LEAKS)
    with pytest.raises(Impossible) as refused:
        state.expressions.create(LEAKS)
    assert refused.value.present == first
    state.expressions.create(replace(LEAKS, organisation="fr:2"))
    state.expressions.step(first, "withdrawn")
    assert state.expressions.create(LEAKS).state == "sent"


def test_of_two_that_are_sent_at_the_same_moment_one_is_kept(state: State) -> None:
    def send() -> bool:
        try:
            state.expressions.create(LEAKS)
        except Impossible:
            return False
        return True

    assert sorted(at_once(4, send)) == [False, False, False, True]


@pytest.mark.parametrize("first", ["sent", "accepted", "declined", "withdrawn", "expired"])
@pytest.mark.parametrize("then", ["accepted", "declined", "withdrawn"])
def test_a_step_is_done_where_it_is_possible_and_refused_with_the_present_state_where_not(
    state: State, clock: Clock, first: ExpressionState, then: ExpressionState
) -> None:
    one = state.expressions.create(LEAKS)
    if first == "expired":
        clock.pass_(days=14)
    elif first != "sent":
        one = state.expressions.step(one, first, "why")
    known = state.expressions.get(one.id)
    assert known is not None
    clock.pass_(hours=1)
    if first not in BEFORE[then]:
        with pytest.raises(Impossible) as refused:
            state.expressions.step(known, then, "why")
        assert refused.value.present.state == first
        return
    newer = state.expressions.step(known, then, "why")
    assert (newer.state, newer.reason, newer.answered) == (then, "why", clock.time)
    assert newer.version == known.version + 1
    assert state.expressions.get(one.id) == newer


def test_a_step_on_what_somebody_else_has_changed_is_refused(state: State) -> None:
    one = state.expressions.create(LEAKS)
    state.expressions.step(one, "accepted")
    with pytest.raises(ConflictError):
        state.expressions.step(one, "withdrawn")
    with pytest.raises(NotFoundError):
        state.expressions.step(replace(one, id="nobody"), "withdrawn")


def test_what_waited_too_long_is_told_as_expired_before_and_after_it_is_written_down(
    state: State, clock: Clock
) -> None:
    one = state.expressions.create(LEAKS)
    clock.pass_(days=13)
    assert state.expressions.settle() == 0
    clock.pass_(days=1)
    told = state.expressions.get(one.id)
    assert told == replace(one, state="expired", answered=one.expires, version=2)
    assert state.expressions.page(ExpressionFilter(state="sent")).items == []
    assert state.expressions.page(ExpressionFilter(state="expired")).items == [told]
    assert (state.expressions.settle(), state.expressions.settle()) == (1, 0)
    assert state.expressions.get(one.id) == told
    assert state.expressions.page(ExpressionFilter(state="expired")).items == [told]
    assert state.expressions.create(LEAKS).state == "sent"


def test_the_clock_of_replies_counts_what_waits(state: State, clock: Clock) -> None:
    made = [state.expressions.create(replace(LEAKS, organisation=f"fr:{number}")) for number in range(3)]
    state.expressions.step(made[0], "declined", "too far")
    clock.pass_(days=5)
    state.expressions.create(replace(LEAKS, brief="other"))
    assert state.expressions.waiting(["leaks", "other", "none", "nul\0"]) == {
        "leaks": Waiting(2, NOON),
        "other": Waiting(1, clock.time),
    }
    clock.pass_(days=10)
    assert state.expressions.waiting(["leaks", "other"]).keys() == {"other"}


def test_what_waits_follows_the_last_day_of_its_brief(state: State, clock: Clock) -> None:
    one = state.expressions.create(LEAKS)
    answered = state.expressions.step(state.expressions.create(replace(LEAKS, organisation="fr:2")), "accepted")
    state.expressions.follow("leaks", NOON + timedelta(days=2))
    assert state.expressions.get(one.id) == replace(one, expires=NOON + timedelta(days=2))
    assert state.expressions.get(answered.id) == answered
    state.expressions.follow("leaks", None)
    assert state.expressions.get(one.id) == one
    clock.pass_(days=20)
    state.expressions.follow("leaks", None)
    assert [each.state for each in state.expressions.page().items] == ["accepted", "expired"]


def test_pages_are_told_newest_first_by_brief_organisation_and_state(state: State) -> None:
    made = [state.expressions.create(replace(LEAKS, organisation=f"fr:{number}")) for number in range(5)]
    other = state.expressions.create(replace(LEAKS, brief="other"))
    assert walk(state.expressions.page, 2) == [other, *reversed(made)]
    assert state.expressions.page(ExpressionFilter(brief="other")).items == [other]
    assert state.expressions.page(ExpressionFilter(organisation="fr:1")).items == [other, made[1]]
    accepted = state.expressions.step(made[2], "accepted")
    assert state.expressions.page(ExpressionFilter(state="accepted", brief="leaks")).items == [accepted]
    assert state.expressions.page(ExpressionFilter(brief="nul\0")).items == []


def test_an_erasure_leaves_nothing_of_an_organisation_a_brief_or_a_person(state: State) -> None:
    for brief, organisation in (("leaks", "fr:1"), ("leaks", "fr:2"), ("other", "fr:1"), ("other", "fr:2")):
        state.expressions.create(replace(LEAKS, brief=brief, organisation=organisation))
    assert state.expressions.forget("fr:1") == 2
    assert state.expressions.forget(briefs=["leaks"]) == 1
    assert state.expressions.forget("nul\0", ["nul\0"]) == state.expressions.forget() == 0
    left = state.expressions.page().items
    assert [(one.brief, one.organisation) for one in left] == [("other", "fr:2")]
    assert (state.expressions.forget_maker("u1"), state.expressions.forget_maker("")) == (1, 0)
    assert state.expressions.page().items == [replace(left[0], made_by="")]

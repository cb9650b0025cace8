"""Decisions as examples: what they say, and that being shown often says nothing."""

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import WordEncoder, frozen, together, world
from matcher.history import Window
from matcher.history.windows import Plan
from matcher.ranking.model_files import hand_set_file
from matcher.records import Brief, Decision, Organisation, Records
from matcher.signals import SIGNALS
from matcher.snapshot import Snapshot
from matcher.training.decided import GRADES, OTHERS_TOGETHER, DecidedOn, Verdict, decided_examples, verdicts
from matcher.training.fitting import fit_logistic
from matcher.training.states import States, Training
from matcher.vocabularies import load

DAY = date(2026, 1, 1)
POPULARITY = [signal.name for signal in SIGNALS].index("popularity")


def decision(asked_by: str, organisation: str, step: str = "interested", day: date = DAY) -> Decision:
    return Decision(asked_by=asked_by, organisation=organisation, step=step, reason="why", decided_on=day)


def found(*decisions: Decision, until: date = date.max) -> list[Verdict]:
    return verdicts(decisions, date.min, until)


def market(askers: tuple[str, ...] = ("a1", "a2", "a3")) -> Records:
    """Askers that are alike in everything, and five who offer something."""
    offers = {"bob": "rope hemp", "cid": "rope sail", "dot": "choir song", "eve": "bread oven", "fay": "rope"}
    return world(
        *(Organisation(id=id, description="we look for rope", needs=("rope wanted",)) for id in askers),
        *(Organisation(id=id, description=text, offers=(text,)) for id, text in offers.items()),
        together("c1", "bob", "x1"), together("c2", "bob", "x2"), together("c3", "cid", "x3"),
    )  # fmt: skip


def on(snapshot: Snapshot, *briefs: Brief) -> DecidedOn:
    return DecidedOn(snapshot, DAY, WordEncoder(), {one.id: one for one in briefs})


def test_every_step_of_the_vocabulary_has_a_grade_and_only_a_decline_is_wrong() -> None:
    assert set(GRADES) == set(load("decision-steps"))
    assert [step for step, grade in GRADES.items() if not grade] == ["declined"]
    assert [GRADES[step] for step in ("contacted", "met", "followed-up")] == [1, 2, 3]
    assert {GRADES[step] for step in ("letter-of-intent", "pilot", "agreement", "contract")} == {4}


def test_several_steps_about_two_sides_are_one_verdict_with_the_last_step_and_the_first_day() -> None:
    (one,) = found(decision("a1", "bob", "agreement", date(2026, 3, 1)), decision("a1", "bob"))
    assert one == Verdict("a1", "bob", 4, DAY, 1.0)
    (other,) = found(decision("a1", "bob"), decision("a1", "bob", "declined", date(2026, 3, 1)))
    assert other.grade == 0


def test_what_was_decided_from_the_end_on_is_not_read() -> None:
    late = decision("a1", "bob", "agreement", date(2026, 3, 1))
    assert found(decision("a1", "bob"), late, until=date(2026, 3, 1)) == found(decision("a1", "bob"))
    assert found(late, until=date(2026, 3, 1)) == []


def test_what_began_before_the_first_state_is_left_out() -> None:
    given_ = [
        decision("a1", "bob"),
        decision("a1", "bob", "met", date(2026, 3, 1)),
        decision("a2", "bob", day=date(2026, 2, 1)),
    ]
    (one,) = verdicts(given_, date(2026, 2, 1), date.max)
    assert (one.asked_by, one.weight) == ("a2", 1.0)


pairs = st.tuples(
    st.sampled_from("abcdefgh"), st.sampled_from("uvwxyz"), st.sampled_from(sorted(GRADES)), st.integers(0, 9)
)


@given(st.lists(pairs, max_size=40))
def test_all_verdicts_about_one_organisation_weigh_one_together(drawn: list[tuple[str, str, str, int]]) -> None:
    told = found(*(decision(by, about, step, date(2026, 1, 1 + day)) for by, about, step, day in drawn))
    together_: Counter[str] = Counter()
    for one in told:
        together_[one.organisation] += one.weight  # type: ignore[assignment]  # a sum of shares
    assert all(total == pytest.approx(1.0) for total in together_.values())
    assert len(told) == len({(by, about) for by, about, _, _ in drawn})


def test_a_declined_one_stays_and_the_other_candidates_weigh_as_much_as_those_decided_about() -> None:
    snapshot = frozen(market())
    told = found(decision("a1", "bob", "met"), decision("a1", "dot", "declined"), decision("a2", "bob"))
    examples = decided_examples(told, on(snapshot), "organisation")
    everybody_else = len(snapshot.organisations) - 1
    assert examples.sizes.tolist() == [everybody_else, everybody_else]
    assert examples.grades[:2].tolist() == [2, 0]
    assert examples.weights[:2].tolist() == [0.5, 1.0]
    first = slice(2, everybody_else)
    assert examples.grades[first].sum() == 0
    assert examples.weights[first].sum() == pytest.approx(OTHERS_TOGETHER * 1.5)
    assert examples.weights[everybody_else:].sum() == pytest.approx(0.5 * (1 + OTHERS_TOGETHER))


def test_one_whom_a_rule_excludes_is_still_a_declined_one() -> None:
    records = market()
    hidden = [replace(one, visibility="hidden") if one.id == "dot" else one for one in records.organisations]
    snapshot = frozen(replace_organisations(records, hidden))
    examples = decided_examples(found(decision("a1", "dot", "declined")), on(snapshot), "organisation")
    assert examples.weights[0] == 1.0
    assert len(examples.grades) == len(snapshot.organisations) - 1


def replace_organisations(records: Records, organisations: list[Organisation]) -> Records:
    return Records(organisations=organisations, collaborations=records.collaborations)


def test_a_brief_decides_for_the_head_of_briefs() -> None:
    snapshot = frozen(market())
    told = found(decision("brief:b1", "bob"), decision("a1", "cid"))
    state = on(snapshot, Brief(id="b1", title="rope wanted"))
    assert decided_examples(told, state, "brief").sizes.tolist() == [len(snapshot.organisations)]
    assert decided_examples(told, state, "organisation").sizes.tolist() == [len(snapshot.organisations) - 1]
    assert decided_examples(told, state, "group").questions == 0


def test_whom_the_state_does_not_know_is_left_out() -> None:
    told = found(decision("stranger", "bob"), decision("brief:gone", "bob"), decision("a1", "stranger"))
    for kind in ("organisation", "brief"):
        assert decided_examples(told, on(frozen(market())), kind).questions == 0


def test_a_decision_changes_no_signal() -> None:
    records = market()
    decided = Records(records.organisations, records.collaborations, [], [decision("a1", "bob", "agreement")])
    one, other = (
        decided_examples(found(decision("a1", "bob")), on(frozen(of)), "organisation") for of in (records, decided)
    )
    assert np.array_equal(one.values, other.values, equal_nan=True)


ANSWERS = (("bob", "met"), ("cid", "declined"), ("dot", "declined"), ("eve", "interested"))
TWINS = tuple(f"t{number}" for number in range(6))


def coefficients(*shown_to: tuple[str, tuple[tuple[str, str], ...]], guard: bool = True) -> np.ndarray:
    """Slopes and centres fitted on what askers, who are alike, answered about these."""
    told = found(*(decision(by, about, step) for by, answers in shown_to for about, step in answers))
    if not guard:
        told = [replace(one, weight=1.0) for one in told]
    model = fit_logistic(decided_examples(told, on(frozen(market(TWINS))), "organisation"), "fitted")
    return np.array([*model.weights, *model.centres, model.offset])


def test_being_shown_to_more_who_answer_alike_changes_no_coefficient() -> None:
    once = coefficients((TWINS[0], ANSWERS))
    often = coefficients(*((twin, ANSWERS) for twin in TWINS))
    assert np.abs(once[: len(SIGNALS)] - often[: len(SIGNALS)]).max() < 1e-6


def test_one_who_alone_is_shown_to_more_gains_next_to_nothing_but_much_without_the_guard() -> None:
    """Not exactly nothing: who is shown to a further side is held against that side's other candidates, too."""
    hub = tuple(one for one in ANSWERS if one[0] == "bob")
    further = [(twin, hub) for twin in TWINS[1:]]
    guarded, raw = (
        (coefficients((TWINS[0], ANSWERS), *further, guard=guard) - coefficients((TWINS[0], ANSWERS), guard=guard))
        for guard in (True, False)
    )
    assert raw[POPULARITY] > 0.1
    assert abs(guarded[POPULARITY]) < 1e-3
    slopes = slice(0, len(SIGNALS))
    assert np.abs(guarded[slopes]).max() < 0.1 * np.abs(raw[slopes]).max()


def states_of(records: Records, tmp_path: object) -> States:
    windows = [Window(date(year, 1, 1), date(year + 1, 1, 1)) for year in range(2025, 2028)]
    plan = Plan(tuple(windows[:2]), (windows[2],), ())
    training = Training(
        records=records, encoder=WordEncoder(), plan=plan, present=hand_set_file(), now=DAY, later_decisions=True
    )
    return States(training, tmp_path)  # type: ignore[arg-type]  # a path


def test_a_decision_is_put_to_the_latest_state_that_is_not_later(tmp_path: object) -> None:
    records = world(
        *market().collaborations, together("joint", "ann", "bob", year=2020), together("new", "ann", "cid", year=2025),
        together("newer", "ann", "dot", "eve", "fay", year=2026),
    )  # fmt: skip
    sizes = []
    for year in (2024, 2025, 2026, 2027):
        records.decisions = [decision("ann", "x1", day=date(year, 6, 1))]
        sizes.append(states_of(records, tmp_path).decided("organisation", later=True).sizes.tolist())
    # Before 2025 there is no state; then cid, and later dot, eve and fay are partners, whom nobody suggests.
    assert sizes == [[], [4], [3], [3]]


def test_decisions_from_the_first_validation_day_on_are_read_only_where_that_is_asked_for(tmp_path: object) -> None:
    records = world(together("old", "ann", "bob", "cid", year=2020), together("old2", "dot", "eve", year=2020))
    records.decisions = [decision("ann", "dot", day=date(2026, 12, 31)), decision("bob", "dot", day=date(2027, 1, 1))]
    states = states_of(records, tmp_path)
    assert states.decided("organisation", later=False).questions == 1
    assert states.decided("organisation", later=False).weights[0] == 1.0
    assert states.decided("organisation", later=True).questions == 2
    assert states.decided("organisation", later=True).weights[0] == 0.5

"""Later undertakings as questions: first-time partners only, and nothing that a snapshot from before could not know."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import WordEncoder, frozen, together, world
from matcher.history import MOST_MEMBERS, Question, Undertaking, Window, later_undertakings, sampled
from matcher.history.questions import MAKERS, Past, newcomer_questions, without_network
from matcher.records import Collaboration, Member, Organisation, Records
from matcher.snapshot import Snapshot

CUT = date(2020, 1, 1)
LATER = Window(CUT, date(2022, 1, 1))


def after(records: Records, window: Window = LATER) -> tuple[Snapshot, list[Undertaking]]:
    """The state before a window, and what began in it."""
    snapshot = frozen(records, before=window.cut)
    return snapshot, later_undertakings(records, snapshot, window)


def asked(task: str, records: Records, most: int | None = None, seed: int = 0) -> list[Question]:
    snapshot, begun = after(records)
    organisations = {one.id: one for one in records.organisations}
    return MAKERS[task](Past(snapshot, begun, WordEncoder(), organisations, seed), most)


def named(records: Records, rows: np.ndarray) -> list[str]:
    ids = frozen(records, before=CUT).organisations.ids
    return [ids[int(row)] for row in rows]


def answers(task: str, records: Records) -> dict[str, list[str]]:
    return {one.id: named(records, one.relevant) for one in asked(task, records)}


def leading(id: str, lead: str, *others: str, call: str = "") -> Collaboration:
    """A collaboration of 2020 that one member leads."""
    members = (Member(organisation=lead, role="coordinator"), *(Member(organisation=other) for other in others))
    return Collaboration(id=id, title=f"project {id}", start=CUT, call=call, members=members)


PAST = (together("old1", "ann", "bob", year=2015), together("old2", "cid", "dot", "eve", year=2016))


def test_only_first_time_partners_are_answers() -> None:
    records = world(*PAST, together("new", "ann", "bob", "cid", year=2020))
    assert answers("partners", records) == {"ann": ["cid"], "bob": ["cid"], "cid": ["ann", "bob"]}


def test_who_only_went_on_with_a_past_partner_does_not_ask() -> None:
    records = world(*PAST, together("again", "ann", "bob", year=2020))
    assert asked("partners", records) == []


def test_who_the_snapshot_does_not_know_neither_asks_nor_answers() -> None:
    records = world(*PAST, together("new", "ann", "cid", "stranger", year=2020))
    assert answers("partners", records) == {"ann": ["cid"], "cid": ["ann"]}


def test_a_window_holds_its_first_day_and_not_the_first_day_after_it() -> None:
    inside = together("inside", "ann", "cid", start=CUT)
    outside = [
        together("before", "ann", "dot", start=date(2019, 12, 31)),
        together("late", "bob", "eve", start=LATER.until),
    ]
    _, begun = after(world(*PAST, inside, *outside, together("undated", "bob", "dot", start=None)))
    assert [one.id for one in begun] == ["inside"]


def test_a_large_collaboration_gives_no_labels_and_stays_in_the_network() -> None:
    crowd = [f"m{number:02}" for number in range(MOST_MEMBERS + 1)]
    just = together("just", *crowd[:MOST_MEMBERS], year=2020)
    records = world(together("old", *crowd, year=2015), together("large", *crowd, year=2020), just)
    snapshot, begun = after(records)
    assert [one.id for one in begun] == ["just"]
    assert snapshot.incidence.connected.all()
    assert [one.id for one in later_undertakings(records, snapshot, LATER, most_members=50)] == ["just", "large"]


def test_a_collaboration_of_one_is_no_undertaking() -> None:
    assert after(world(*PAST, together("alone", "ann", year=2020)))[1] == []


def test_members_are_told_apart_by_whether_the_snapshot_knows_them() -> None:
    records = world(*PAST, leading("new", "cid", "ann", "zoe", "yan", call="ropes"))
    (one,) = after(records)[1]
    assert (named(records, one.known), one.unknown, one.lead, one.call) == (
        ["ann", "cid"],
        ("yan", "zoe"),
        "cid",
        "ropes",
    )


def test_questions_and_answers_do_not_depend_on_the_order_of_records() -> None:
    records = world(*PAST, leading("n1", "ann", "cid", call="ropes"), together("n2", "bob", "dot", year=2021))
    turned = Records(organisations=records.organisations[::-1], collaborations=records.collaborations[::-1])
    for task in MAKERS:
        assert answers(task, records) == answers(task, turned)


def test_the_unit_of_a_question_is_the_undertaking_that_it_stands_for() -> None:
    records = world(*PAST, leading("b", "ann", "cid", call="ropes"), together("a", "ann", "dot", year=2021))
    units = {one.id: one.unit for one in asked("partners", records)}
    assert units == {"ann": "a", "cid": "b", "dot": "a"}
    assert [(one.id, one.unit) for one in asked("briefs", records)] == [("b", "b")]


def test_nothing_later_than_the_cut_is_in_the_snapshot() -> None:
    later = Organisation(id="cid", description="told later", needs=("sails wanted",), described_on=date(2020, 6, 1))
    records = world(later, *PAST, together("new", "ann", "cid", year=2020, title="secret", text="secret plan"))
    snapshot, _ = after(records)
    assert list(snapshot.collaborations.ids) == ["old1", "old2"]
    assert not {"secret", "plan", "told", "sails"} & {
        word for text in snapshot.texts.sentences for word in text.split()
    }


@settings(max_examples=15, deadline=None)
@given(partners=st.lists(st.sampled_from(["bob", "cid", "dot", "eve", "fay"]), min_size=1, max_size=4, unique=True))
def test_what_begins_later_changes_the_answers_and_never_the_snapshot(partners: list[str]) -> None:
    before = world(*PAST, together("old3", "fay", "ann", year=2017))
    records = world(*before.collaborations, together("new", "ann", *partners, year=2020))
    one, other = frozen(before, before=CUT), frozen(records, before=CUT)
    assert np.array_equal(one.texts.vectors, other.texts.vectors)
    assert np.array_equal(one.incidence.by_organisation.toarray(), other.incidence.by_organisation.toarray())
    assert list(one.organisations.ids) == list(other.organisations.ids)
    new = sorted(set(partners) - {"bob", "fay"})
    assert answers("partners", records).get("ann", []) == new


def test_a_brief_asks_with_the_call_and_the_leader_whose_past_partners_may_answer() -> None:
    records = world(*PAST, leading("new", "ann", "bob", "cid", call="ropes for boats"))
    (question,) = asked("briefs", records)
    assert question.query.question == "brief"
    assert question.query.label == "ropes for boats"
    assert named(records, np.array(question.query.organisations)) == ["ann"]
    assert named(records, question.relevant) == ["bob", "cid"]
    assert named(records, question.repeated) == ["bob"]


@pytest.mark.parametrize(
    "new",
    [
        leading("no-call", "ann", "cid"),
        leading("unknown-lead", "stranger", "ann", "cid", call="ropes"),
        leading("nobody-else", "ann", "stranger", call="ropes"),
        together("no-lead", "ann", "cid", year=2020, call="ropes"),
    ],
)
def test_what_cannot_be_put_as_a_brief_is_left_out(new: Collaboration) -> None:
    assert asked("briefs", world(*PAST, new)) == []


def test_half_a_group_asks_for_the_other_half() -> None:
    records = world(*PAST, leading("five", "ann", "bob", "cid", "dot", "eve", call="ropes for boats"))
    (question,) = asked("groups", records)
    asking = named(records, np.array(question.query.organisations))
    others = named(records, question.relevant)
    assert (len(asking), len(others)) == (2, 3)
    assert sorted(asking + others) == ["ann", "bob", "cid", "dot", "eve"]
    assert question.query.question == "group"
    assert question.query.need is not None
    assert question.query.need.sentences == ("ropes for boats",)


def test_three_are_no_group() -> None:
    assert asked("groups", world(*PAST, together("three", "ann", "cid", "dot", year=2020))) == []


def test_a_seed_chooses_the_halves() -> None:
    records = world(*PAST, together("five", "ann", "bob", "cid", "dot", "eve", year=2020))
    halves = {named(records, asked("groups", records, seed=seed)[0].relevant)[0] for seed in range(12)}
    assert len(halves) > 1
    assert answers("groups", records) == answers("groups", records)


def newcomers() -> Records:
    """A start-up joins a laboratory and another start-up; a second newcomer says nothing of itself."""
    return world(
        Organisation(id="lab", kind="research"), Organisation(id="rival", kind="sme"),
        Organisation(id="fresh", kind="sme", description="we weave ropes", described_on=date(2020, 1, 1)),
        together("old", "lab", "rival", year=2015),
        together("new", "lab", "rival", "fresh", "mute", year=2020),
    )  # fmt: skip


def test_a_newcomer_asks_with_its_own_words_and_none_of_its_kind_may_answer() -> None:
    records = newcomers()
    (question,) = asked("newcomers", records)
    assert (question.id, question.unit) == ("fresh", "new")
    assert question.query.organisations == ()
    assert question.query.question == "brief"
    assert question.query.need is not None
    assert question.query.need.sentences == ("we weave ropes",)
    assert named(records, question.relevant) == ["lab"]
    assert named(records, question.barred) == ["rival"]


def test_a_newcomer_who_found_only_its_like_asks_nothing() -> None:
    records = newcomers()
    snapshot, begun = after(records)
    alike = {one.id: one for one in records.organisations} | {
        "fresh": Organisation(id="fresh", kind="sme", description="we weave ropes")
    }
    only_rival = [Undertaking(one.id, one.known[1:], one.unknown, one.lead, one.call, one.start) for one in begun]
    assert newcomer_questions(Past(snapshot, only_rival, WordEncoder(), alike)) == []


def test_without_its_network_an_organisation_asks_with_its_texts_alone() -> None:
    records = world(*PAST, together("new", "ann", "cid", year=2020))
    snapshot, _ = after(records)
    question = next(one for one in asked("partners", records) if one.id == "ann")
    alone = without_network(question, snapshot)
    assert alone.query.organisations == ()
    assert named(records, alone.barred) == ["ann", "bob"]
    assert named(records, alone.relevant) == ["cid"]


def test_at_most_so_many_questions_are_drawn_by_the_seed_in_their_order() -> None:
    records = world(
        *PAST,
        *(
            together(f"n{number}", one, other, year=2020)
            for number, (one, other) in enumerate([("ann", "cid"), ("bob", "dot"), ("ann", "eve")])
        ),
    )
    every = [one.id for one in asked("partners", records)]
    drawn = [one.id for one in asked("partners", records, most=3)]
    assert len(every) == 5
    assert len(drawn) == 3
    assert drawn == sorted(drawn)
    assert sampled(every, 3, 1) == sampled(every, 3, 1)
    assert sampled(every, None, 1) == every

"""Duplicates in the store: merges, their undoing, aliases in later imports, and pairs that are two."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from matcher.errors import ConflictError, InputError, NotFoundError
from matcher.records import Brief, Collaboration, Decision, Member, Organisation, Records
from matcher.store import Expect
from matcher.store.aliases import known_ids
from matcher.store.duplicates import Duplicates
from matcher.store.joining import Wanted
from matcher.store.pairs import Evidence, Pair
from matcher.store.sql import SqlStore
from matcher.store.tables import aliases, apart, import_changes, merge_changes, merges, pairs

ACME = Organisation(id="acme", name="Acme", country="FR", identifiers=(("siren", "552100554"),), conflicts=("rival",))
ACME_SA = Organisation(id="acme-sa", name="ACME SA", city="Brest", identifiers=(("pic", "999905974"),))
RIVAL = Organisation(id="rival", name="Rival", conflicts=("acme-sa", "other"))
OTHER = Organisation(id="other", name="Other")
TOGETHER = replace(ACME, city="Brest", identifiers=(("pic", "999905974"), ("siren", "552100554")))
DAY = date(2026, 1, 2)


def member(id: str, role: str = "participant") -> Member:
    return Member(organisation=id, role=role)


def records() -> Records:
    return Records(
        [ACME, ACME_SA, OTHER, RIVAL],
        [
            Collaboration(id="both", members=(member("acme-sa"), member("acme"), member("other"))),
            Collaboration(id="hers", members=(member("other", "coordinator"), member("acme-sa"))),
        ],
        [Brief(id="barred", owner="other", exclusions=("acme-sa", "rival")), Brief(id="own", owner="acme-sa")],
        [
            Decision(asked_by="acme", organisation="acme-sa", step="met", decided_on=DAY),
            Decision(asked_by="acme-sa", organisation="other", step="met", decided_on=DAY),
        ],
    )


@pytest.fixture
def duplicates(store: SqlStore) -> Duplicates:
    store.add(records(), "members.csv")
    return Duplicates(store)


def wanted(merged: Organisation = TOGETHER, gone: str = "acme-sa") -> Wanted:
    return Wanted(gone=gone, merged=merged)


def revisions(store: SqlStore) -> tuple[str, str]:
    return store.revision(), store.decisions_revision()


def test_all_that_named_the_one_that_goes_names_the_one_that_stays(duplicates: Duplicates) -> None:
    done = duplicates.merge(wanted())
    now = duplicates.store.read()
    assert [one.id for one in now.organisations] == ["acme", "other", "rival"]
    assert now.organisations[0] == TOGETHER
    assert now.organisations[2].conflicts == ("acme", "other")
    assert [one.members for one in now.collaborations] == [
        (member("acme"), member("other")),
        (member("other", "coordinator"), member("acme")),
    ]
    assert [(one.owner, one.exclusions) for one in now.briefs] == [("other", ("acme", "rival")), ("acme", ())]
    assert [(one.asked_by, one.organisation) for one in now.decisions] == [("acme", "other")]
    assert done.changed == {"collaborations": 2, "briefs": 2, "decisions": 1, "organisations": 1}
    assert done.removed == {"decisions": 1}


def test_undoing_a_merge_gives_both_back_to_the_byte(duplicates: Duplicates) -> None:
    store = duplicates.store
    before, told = revisions(store), store.read()
    number = duplicates.merge(wanted()).number
    assert revisions(store)[0] != before[0] and revisions(store)[1] != before[1]
    separated = duplicates.undo(number)
    assert store.read() == told
    assert revisions(store) == before
    assert separated.kept == []
    assert (separated.stays, separated.gone) == ("acme", "acme-sa")
    assert duplicates.merges()[0].undone is not None
    with pytest.raises(NotFoundError, match="no merge 1 that can be undone"):
        duplicates.undo(number)


def test_what_was_changed_since_stays_and_is_told(duplicates: Duplicates) -> None:
    store = duplicates.store
    number = duplicates.merge(wanted()).number
    changed = replace(TOGETHER, employees=7)
    store.put(changed, Expect.ANY)
    store.put(Collaboration(id="hers", title="New", members=(member("acme"),)), Expect.ANY)
    separated = duplicates.undo(number)
    assert separated.kept == [("collaborations", "hers"), ("organisations", "acme")]
    assert store.organisation("acme") == changed
    assert store.organisation("acme-sa") == ACME_SA
    both = store.collaboration("both")
    assert both is not None and both.members[0] == member("acme-sa")


def test_a_merge_is_not_done_on_what_was_changed_meanwhile(duplicates: Duplicates) -> None:
    store = duplicates.store
    found = store.organisation_with_print("acme-sa")
    assert found is not None
    store.put(replace(ACME_SA, employees=3), Expect.ANY)
    before = store.read()
    with pytest.raises(ConflictError, match="'acme-sa' has been changed since it was read"):
        duplicates.merge(replace(wanted(), gone_is=found[1]))
    assert store.read() == before


@pytest.mark.parametrize("gone", ["nobody", "acme"])
def test_a_merge_names_two_that_are_there(duplicates: Duplicates, gone: str) -> None:
    with pytest.raises(InputError if gone == "acme" else NotFoundError):
        duplicates.merge(wanted(gone=gone))


def test_a_later_import_of_the_one_that_is_gone_updates_the_one_that_stays(duplicates: Duplicates) -> None:
    store = duplicates.store
    duplicates.merge(wanted())
    later = Records(
        [replace(ACME_SA, employees=12, name="")],
        [Collaboration(id="new", members=(member("acme-sa"), member("rival")))],
        [Brief(id="more", owner="acme-sa")],
        [Decision(asked_by="acme-sa", organisation="acme", step="met", decided_on=DAY)],
    )
    changes = store.add(later, "later.csv")
    assert changes.aliases == {"acme-sa": "acme"}
    assert (changes.updated["organisations"], changes.added["organisations"]) == (1, 0)
    assert store.organisation("acme") == replace(TOGETHER, employees=12)
    new, more = store.collaboration("new"), store.brief("more")
    assert new is not None and new.members[0].organisation == "acme"
    assert more is not None and more.owner == "acme"
    assert "decisions" not in changes.added, "nobody decides about itself"
    assert "acme-sa" in known_ids(store.engine)


def test_importing_the_first_file_again_after_a_merge_changes_nothing(duplicates: Duplicates) -> None:
    duplicates.merge(wanted())
    before = revisions(duplicates.store)
    changes = duplicates.store.add(records(), "members.csv")
    assert revisions(duplicates.store) == before, "of both, the row of the one that stays has the last word"
    assert changes.number is None


def test_an_identifier_that_both_had_is_not_lost_by_the_next_import(duplicates: Duplicates) -> None:
    two = replace(TOGETHER, identifiers=(("siren", "552100554"), ("siren", "732829320")))
    duplicates.merge(wanted(two))
    duplicates.store.add(Records([ACME]), "again.csv")
    now = duplicates.store.organisation("acme")
    assert now is not None and now.identifiers == two.identifiers


def test_an_id_that_is_gone_is_given_to_nobody_else(duplicates: Duplicates) -> None:
    duplicates.merge(wanted())
    with pytest.raises(ConflictError, match="'acme-sa' was merged into 'acme'; change that one, or undo"):
        duplicates.store.put(ACME_SA, Expect.NOTHING)


def test_merges_of_merges_are_undone_the_last_one_first(duplicates: Duplicates) -> None:
    store, before = duplicates.store, duplicates.store.read()
    first = duplicates.merge(wanted()).number
    second = duplicates.merge(Wanted(gone="acme", merged=OTHER)).number
    changes = store.add(Records([ACME_SA]), "old.csv", dry_run=True)
    assert changes.aliases == {"acme-sa": "other"}
    with pytest.raises(ConflictError, match="'acme' was merged into 'other' since; undo that merge first"):
        duplicates.undo(first)
    duplicates.undo(second)
    duplicates.undo(first)
    assert store.read() == before


def test_an_import_that_a_merge_changed_stays_as_the_merge_left_it(duplicates: Duplicates) -> None:
    number = duplicates.merge(wanted()).number
    undone = duplicates.store.undo(1)
    assert undone is not None and ("organisations", "acme") in undone.kept
    assert duplicates.store.organisation("acme") == TOGETHER
    duplicates.undo(number)
    duplicates.store.undo(1)
    assert duplicates.store.read().organisations == []


def test_who_is_removed_is_remembered_by_no_merge_and_no_pair(duplicates: Duplicates) -> None:
    store = duplicates.store
    number = duplicates.merge(wanted()).number
    duplicates.keep([Pair("acme", "other", 0.5, ())], store.revision())
    duplicates.keep_apart("acme", "rival")
    store.remove_organisation("acme")
    with store.engine.connect() as connection:
        for table in (merges, merge_changes, aliases, pairs, apart, import_changes):
            held = connection.execute(select(table)).all()
            assert "acme" not in str(held), (table, held)
    with pytest.raises(NotFoundError):
        duplicates.undo(number)


def pair(left: str, right: str, confidence: float) -> Pair:
    return Pair(left, right, confidence, (Evidence("name", 2.5, "Acmé"), Evidence("country_differs", -1.0, "")))


def test_pairs_are_told_the_surest_first_and_of_one_organisation(duplicates: Duplicates) -> None:
    found = [pair("acme", "acme-sa", 0.9), pair("acme", "gone", 0.8), pair("other", "rival", 0.95)]
    assert not duplicates.was_looked_for()
    duplicates.keep(found, duplicates.store.revision())
    assert not duplicates.is_behind()
    assert duplicates.page().items == [found[2], found[0]], "who has left the store is in no pair"
    assert duplicates.page().count == 2
    assert duplicates.page(start=1).items == [found[0]]
    assert duplicates.page("acme-sa").items == [found[0]]
    assert duplicates.pair("acme-sa", "acme") == found[0]
    duplicates.store.put(replace(OTHER, name="Another"), Expect.ANY)
    assert duplicates.is_behind()


def test_two_that_are_told_apart_are_shown_no_more_until_that_is_taken_back(duplicates: Duplicates) -> None:
    store, found = duplicates.store, [pair("acme", "acme-sa", 0.9)]
    duplicates.keep(found, store.revision())
    assert duplicates.keep_apart("acme-sa", "acme")
    assert not duplicates.keep_apart("acme", "acme-sa")
    assert duplicates.page().items == []
    assert duplicates.keep(found, store.revision()) == 0
    assert [(one.left, one.right) for one in duplicates.told_apart()] == [("acme", "acme-sa")]
    assert duplicates.take_back_apart("acme", "acme-sa")
    assert duplicates.is_behind(), "the next look may find them again"
    assert not duplicates.take_back_apart("acme", "acme-sa")
    assert duplicates.keep(found, store.revision()) == 1


def test_who_was_told_apart_is_so_from_the_one_into_which_it_was_merged(duplicates: Duplicates) -> None:
    duplicates.keep_apart("acme-sa", "other")
    duplicates.merge(wanted())
    assert duplicates.keep([pair("acme", "other", 0.9)], duplicates.store.revision()) == 0


def test_what_stands_beside_the_store_moves_and_moves_back_in_the_same_transaction(duplicates: Duplicates) -> None:
    moved: list[tuple[str, ...]] = []
    store = duplicates.store
    number = duplicates.merge(wanted(), lambda connection, gone, stays: moved.append((gone, stays)) or "told").number
    duplicates.undo(number, lambda connection, stays, gone, told: moved.append((stays, gone, told)))
    assert moved == [("acme-sa", "acme"), ("acme", "acme-sa", "told")]

    def fail(*_: object) -> str:
        raise InputError("no")

    before = store.read()
    with pytest.raises(InputError):
        duplicates.merge(wanted(), fail)
    assert store.read() == before

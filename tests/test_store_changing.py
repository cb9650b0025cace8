"""Changes and removals of one record, held on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from matcher.errors import ConflictError, InputError
from matcher.records import Brief, Collaboration, Decision, Member, Organisation, Records
from matcher.store import Expect, Removed
from matcher.store.fingerprints import NOTHING, fingerprint
from matcher.store.opening import open_store
from matcher.store.sql import SqlStore
from test_store_properties import all_records, empty

GONE = Organisation(
    id="fr:bokritz",
    name="Société Krävoz",
    description="Zephyrine turbines for tidal mills.",
    identifiers=(("siren", "552 100 554"), ("vat", "FR 12")),
    conflicts=("fr:bokritz", "b"),
)
B = Organisation(id="b", name="Beta", conflicts=("x", "fr:bokritz"), needs=("tides",))
C = Organisation(id="c", conflicts=("fr:bokritz 2", 'a"fr:bokritz"'))
BOTH = Collaboration(
    id="both",
    members=(
        Member(organisation="fr:bokritz", role="host"),
        Member(organisation="b"),
        Member(organisation="fr:bokritz"),
    ),
)
ALONE = Collaboration(id="alone", members=(Member(organisation="fr:bokritz"),))
OTHERS = Collaboration(id="others", members=(Member(organisation="b"), Member(organisation="c")))
NOBODY = Collaboration(id="nobody")
OWNED = Brief(id="owned", title="Wanted", owner="fr:bokritz")
BARRED = Brief(id="barred", owner="b", exclusions=("fr:bokritz", "c"))


def decided(by: str, about: str, **fields: object) -> Decision:
    return Decision(**{"asked_by": by, "organisation": about, "step": "met", "decided_on": date(2026, 1, 1), **fields})  # type: ignore[arg-type]  # fields of a record


DECISIONS = [
    decided("fr:bokritz", "b"),
    decided("b", "fr:bokritz", step="declined", reason="They went with Bokritzia."),
    decided("brief:owned", "c"),
    decided("brief:barred", "c"),
    decided("brief:fr:bokritz", "c"),
]


def known() -> Records:
    return Records([GONE, B, C], [BOTH, ALONE, OTHERS, NOBODY], [OWNED, BARRED], DECISIONS)


def revisions_of(records: Records, path: Path) -> tuple[str, str]:
    """The revisions of a new store with these records."""
    path.unlink(missing_ok=True)
    with open_store(str(path)) as fresh:
        fresh.add(records, "test")
        return fresh.revision(), fresh.decisions_revision()


def test_put_writes_exactly_what_is_given_blank_fields_too(store: SqlStore, tmp_path: Path) -> None:
    store.add(known(), "test")
    bare = Organisation(id="fr:bokritz", name="Renamed")
    assert store.put(bare, fingerprint(GONE)) == fingerprint(bare)
    assert store.organisation_with_print("fr:bokritz") == (bare, fingerprint(bare))
    assert store.find("FR 12") == []
    assert [one.id for one in store.find("renamed")] == ["fr:bokritz"]
    store.put(replace(BOTH, members=()), fingerprint(BOTH))
    store.put(Brief(id="owned"), fingerprint(OWNED))
    assert store.collaborations_of("fr:bokritz") == [ALONE]
    assert store.brief("owned") == Brief(id="owned")
    expected = Records([bare, B, C], [replace(BOTH, members=()), ALONE, OTHERS, NOBODY], [Brief(id="owned"), BARRED])
    assert (store.revision(), NOTHING) == revisions_of(expected, tmp_path / "fresh.db")


def test_put_adds_what_must_not_be_there_yet(store: SqlStore) -> None:
    for record in (B, Collaboration(id="p", members=(Member(organisation="b"),)), Brief(id="q", owner="b")):
        assert store.put(record, Expect.NOTHING) == fingerprint(record)
        with pytest.raises(ConflictError, match="exists already; read it and change it"):
            store.put(replace(record, sectors=("new",)) if isinstance(record, Organisation) else record, Expect.NOTHING)
    assert store.organisation("b") == B
    store.put(replace(B, name="Whatever there is"), Expect.ANY)
    store.put(C, Expect.ANY)
    assert [one.name for one in store.read().organisations] == ["Whatever there is", ""]


def test_a_lost_update_is_refused_and_changes_nothing(store: SqlStore) -> None:
    store.add(Records([B]), "test")
    first = store.put(replace(B, name="First"), fingerprint(B))
    revision = store.revision()
    with pytest.raises(ConflictError, match="Organisation 'b' has been changed since it was read; read it again"):
        store.put(replace(B, name="Second"), fingerprint(B))
    with pytest.raises(ConflictError, match="has been changed"):
        store.remove_organisation("b", fingerprint(B))
    assert store.organisation_with_print("b") == (replace(B, name="First"), first)
    assert store.revision() == revision
    with pytest.raises(ConflictError, match="Brief 'absent' has been removed since it was read"):
        store.put(Brief(id="absent"), first)


def test_putting_what_is_there_already_writes_nothing(store: SqlStore) -> None:
    store.add(Records([B]), "test")
    statements: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert store.put(B, fingerprint(B)) == fingerprint(B)
    assert statements
    assert not [one for one in statements if one.startswith(("INSERT", "UPDATE", "DELETE"))]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (Collaboration(id="p", members=(Member(organisation="nobody"),)), r"'nobody' \(in collaboration p\)"),
        (Brief(id="q", owner="nobody"), r"'nobody' \(in brief q\)"),
        (Brief(id="q", owner="nul\0"), "owner holds a NUL"),
        (Organisation(id=""), "its id has 0 characters"),
    ],
)
def test_put_refuses_what_an_import_refuses(
    store: SqlStore, record: Organisation | Collaboration | Brief, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        store.put(record, Expect.ANY)
    assert store.read() == Records()
    assert store.revision() == NOTHING


def test_a_removed_organisation_leaves_everything_that_named_it(store: SqlStore, tmp_path: Path) -> None:
    store.add(known(), "test")
    assert store.remove_organisation("fr:bokritz", fingerprint(GONE)) == Removed(
        removed={
            "organisations": 1,
            "identifiers": 2,
            "search": 1,
            "collaborations": 1,
            "memberships": 3,
            "briefs": 1,
            "decisions": 3,
        },
        changed={"organisations": 1, "collaborations": 1, "briefs": 1},
    )
    left = Records(
        [replace(B, conflicts=("x",)), C],
        [replace(BOTH, members=(Member(organisation="b"),)), NOBODY, OTHERS],
        [replace(BARRED, exclusions=("c",))],
        sorted([DECISIONS[3], DECISIONS[4]], key=lambda one: one.id),
    )
    assert store.read() == left
    assert store.find("tidal mills") == []
    assert (store.revision(), store.decisions_revision()) == revisions_of(left, tmp_path / "fresh.db")
    for one in left.organisations:
        assert store.organisation_with_print(one.id) == (one, fingerprint(one))


def test_a_removed_collaboration_or_brief_takes_only_what_is_its_own(store: SqlStore, tmp_path: Path) -> None:
    store.add(known(), "test")
    assert store.remove_collaboration("both") == Removed({"collaborations": 1, "memberships": 3}, {})
    assert store.remove_brief("owned", fingerprint(OWNED)) == Removed({"briefs": 1, "decisions": 1}, {})
    left = Records([GONE, B, C], [ALONE, OTHERS, NOBODY], [BARRED], [*DECISIONS[:2], *DECISIONS[3:]])
    assert store.read().organisations == [B, C, GONE]
    assert (store.revision(), store.decisions_revision()) == revisions_of(left, tmp_path / "fresh.db")


@pytest.mark.parametrize("id", ["absent", "nul\0", ""])
def test_removing_what_is_not_there_says_none_and_changes_nothing(store: SqlStore, id: str) -> None:
    store.add(known(), "test")
    before = store.revision(), store.decisions_revision()
    assert store.remove_organisation(id) is None
    assert store.remove_collaboration(id, b"any print") is None
    assert store.remove_brief(id) is None
    assert (store.revision(), store.decisions_revision()) == before


def test_a_removal_that_fails_leaves_all_as_it_was(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(known(), "test")
    before = store.read(), store.revision(), store.decisions_revision()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("matcher.store.removing._leave", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store.remove_organisation("fr:bokritz")
    assert (store.read(), store.revision(), store.decisions_revision()) == before


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def reused(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    path = str(tmp_path_factory.mktemp("changing") / "store.db")
    with open_store(path if request.param == "sqlite" else request.getfixturevalue("postgres_server")) as opened:
        yield opened


def some_records() -> st.SearchStrategy[Records]:
    """Any records, without minus nought: SQLite keeps that as nought, which is equal but not the same text."""

    def plain(degrees: float | None) -> float | None:
        return None if degrees is None else degrees + 0.0

    def with_plain_places(records: Records) -> Records:
        placed = [
            replace(one, latitude=plain(one.latitude), longitude=plain(one.longitude)) for one in records.organisations
        ]
        return replace(records, organisations=placed)

    return all_records().map(with_plain_places)


def check_revisions(store: SqlStore) -> Records:
    """Check that the revisions are those of a store into which the same records come anew; give these."""
    left, told = store.read(), (store.revision(), store.decisions_revision())
    empty(store)
    store.add(left, "test")
    assert store.read() == left
    assert (store.revision(), store.decisions_revision()) == told
    return left


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=some_records(), second=some_records())
def test_whatever_is_put_is_read_back_equal(reused: SqlStore, first: Records, second: Records) -> None:
    empty(reused)
    reused.add(first, "test")
    changes: list[Organisation | Collaboration | Brief]
    changes = [*second.organisations, *second.collaborations, *second.briefs]
    for one in changes:
        reused.put(one, Expect.ANY)
    for organisation in second.organisations:
        assert reused.organisation_with_print(organisation.id) == (organisation, fingerprint(organisation))
    for collaboration in second.collaborations:
        assert reused.collaboration(collaboration.id) == collaboration
    for brief in second.briefs:
        assert reused.brief(brief.id) == brief
    check_revisions(reused)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=some_records(), id=st.sampled_from(["a", "b", "É", "z 9"]))
def test_nothing_names_an_organisation_after_its_removal(reused: SqlStore, records: Records, id: str) -> None:
    empty(reused)
    reused.add(records, "test")
    was_there = id in {one.id for one in records.organisations}
    assert (reused.remove_organisation(id) is not None) == was_there
    left = check_revisions(reused)
    if was_there:
        assert id not in {one.id for one in left.organisations}
        assert id not in {one for organisation in left.organisations for one in organisation.conflicts}
        assert id not in {member.organisation for joint in left.collaborations for member in joint.members}
        assert id not in {one for brief in left.briefs for one in (brief.owner, *brief.exclusions)}
        assert id not in {one for decision in left.decisions for one in (decision.asked_by, decision.organisation)}

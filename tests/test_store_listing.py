"""Pages of records: every record once, in order, on SQLite and on a real PostgreSQL."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.errors import InputError
from matcher.records import Brief, Collaboration, Member, Organisation, Records
from matcher.store import NotedImport
from matcher.store.filters import BriefFilter, CollaborationFilter, Order, OrganisationFilter, Page
from matcher.store.fingerprints import fingerprint
from matcher.store.folding import fold_words
from matcher.store.listing import MOST_PER_PAGE, MOST_VALUES, SORTED_CHARS
from matcher.store.opening import open_store
from matcher.store.sql import SqlStore
from test_store_properties import empty

WATER = Organisation(
    id="a",
    name="Zürich Water",
    kind="sme",
    country="CH",
    sectors=("water", 'deep "sea"'),
    described_on=date(2024, 5, 1),
    verified_on=date(2026, 1, 1),
)
SOIL = Organisation(id="B", name="école du sol", kind="university", country="FR", sectors=("soil", "Water"))
LAB = Organisation(id="c", name="Lab", kind="sme", country="FR", visibility="hidden", description="Soil and water.")
BLANK = Organisation(id="d", identifiers=(("vat", "FR 12"),))
EVERY = OrganisationFilter()


def ids(page: Page[Any]) -> list[str]:
    return [record.id for record, _ in page.items]


def walked(read: Callable[..., Page[Any]], filters: object, limit: int, order: Order) -> Iterator[tuple[Any, bytes]]:
    after = None
    while True:
        page = read(filters, after, limit, order=order)
        yield from page.items
        assert len(page.items) == limit or page.next is None
        if page.next is None:
            return
        after = page.next


@pytest.fixture
def listed(store: SqlStore) -> SqlStore:
    collaborations = [
        Collaboration(id="p1", source="x", start=date(2020, 1, 1), members=(Member(organisation="a"),)),
        Collaboration(id="p2", kind="pilot", source="y", members=(Member(organisation="a"), Member(organisation="B"))),
        Collaboration(id="p3", source="x", start=date(2021, 6, 1), members=(Member(organisation="B"),)),
    ]
    briefs = [
        Brief(id="b1", owner="a", closes=date(2026, 3, 1)),
        Brief(id="b2", kind="tender", owner="B", opens=date(2026, 2, 1)),
        Brief(id="b3", opens=date(2026, 1, 1), closes=date(2026, 1, 31)),
    ]
    store.add(Records([WATER, SOIL, LAB, BLANK], collaborations, briefs), "test")
    return store


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (EVERY, "Bacd"),
        (OrganisationFilter(kinds=("sme",)), "ac"),
        (OrganisationFilter(kinds=("sme", "university"), countries=("FR",)), "Bc"),
        (OrganisationFilter(kinds=()), ""),
        (OrganisationFilter(sector="water"), "a"),
        (OrganisationFilter(sector='deep "sea"'), "a"),
        (OrganisationFilter(sector="deep"), ""),
        (OrganisationFilter(sector=", "), ""),
        (OrganisationFilter(sector="nul\0"), ""),
        (OrganisationFilter(visibility="hidden"), "c"),
        (OrganisationFilter(not_described_since=date(2024, 5, 1)), "Bcd"),
        (OrganisationFilter(not_described_since=date(2024, 5, 2)), "Bacd"),
        (OrganisationFilter(not_verified_since=date(2026, 1, 1), visibility="public"), "Bd"),
        (OrganisationFilter(words="WATER"), "Bac"),
        (OrganisationFilter(words="ecole sol"), "B"),
        (OrganisationFilter(words="fr 12"), "d"),
        (OrganisationFilter(words="water", countries=("FR",)), "Bc"),
        (OrganisationFilter(words="  "), "Bacd"),
        (OrganisationFilter(words="nul\0"), ""),
        (OrganisationFilter(ids=("d", "a", "absent", "nul\0")), "ad"),
        (OrganisationFilter(ids=()), ""),
    ],
)
@pytest.mark.parametrize("by", ["id", "name"])
def test_a_filter_of_organisations_admits_who_holds_all_of_it(
    listed: SqlStore, filters: OrganisationFilter, found: str, by: str
) -> None:
    page = listed.organisations_page(filters, order=Order(by))
    assert sorted(ids(page)) == sorted(found)
    assert page.next is None


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (CollaborationFilter(), ["p1", "p2", "p3"]),
        (CollaborationFilter(kinds=("pilot", "event")), ["p2"]),
        (CollaborationFilter(organisation="a"), ["p1", "p2"]),
        (CollaborationFilter(organisation="a", source="x"), ["p1"]),
        (CollaborationFilter(organisation="nul\0"), []),
        (CollaborationFilter(begun_from=date(2020, 1, 1)), ["p1", "p3"]),
        (CollaborationFilter(begun_from=date(2020, 1, 2), begun_to=date(2021, 6, 1)), ["p3"]),
        (CollaborationFilter(begun_to=date(2021, 5, 31)), ["p1"]),
    ],
)
def test_a_filter_of_collaborations_admits_what_holds_all_of_it(
    listed: SqlStore, filters: CollaborationFilter, found: list[str]
) -> None:
    assert ids(listed.collaborations_page(filters)) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (BriefFilter(), ["b1", "b2", "b3"]),
        (BriefFilter(kinds=("tender",)), ["b2"]),
        (BriefFilter(owners=("a", "B")), ["b1", "b2"]),
        (BriefFilter(owners=()), []),
        (BriefFilter(open_on=date(2026, 1, 31)), ["b1", "b3"]),
        (BriefFilter(open_on=date(2026, 2, 1)), ["b1", "b2"]),
        (BriefFilter(open_on=date(2026, 3, 2)), ["b2"]),
    ],
)
def test_a_filter_of_briefs_admits_what_holds_all_of_it(
    listed: SqlStore, filters: BriefFilter, found: list[str]
) -> None:
    assert ids(listed.briefs_page(filters)) == found


def test_names_are_ordered_without_case_and_accents_and_blank_ones_stand_last_both_ways(listed: SqlStore) -> None:
    assert ids(listed.organisations_page(EVERY, order=Order("name"))) == ["B", "c", "a", "d"]
    assert ids(listed.organisations_page(EVERY, order=Order("name", descending=True))) == ["a", "c", "B", "d"]
    assert ids(listed.organisations_page(EVERY, order=Order("id", descending=True))) == ["d", "c", "a", "B"]


def test_unknown_days_stand_last_both_ways(listed: SqlStore) -> None:
    assert ids(listed.collaborations_page(CollaborationFilter(), order=Order("start"))) == ["p1", "p3", "p2"]
    backwards = Order("start", descending=True)
    assert ids(listed.collaborations_page(CollaborationFilter(), order=backwards)) == ["p3", "p1", "p2"]
    assert ids(listed.briefs_page(BriefFilter(), order=Order("closes"))) == ["b3", "b1", "b2"]


def test_a_page_tells_where_it_ends_in_texts_and_its_records_come_whole(listed: SqlStore) -> None:
    page = listed.organisations_page(EVERY, limit=3, order=Order("name"))
    assert page.items == [(one, fingerprint(one)) for one in (SOIL, LAB, WATER)]
    assert page.next == ("zurich water", "a")
    assert listed.organisations_page(EVERY, limit=2).next == ("a",)
    assert listed.collaborations_page(CollaborationFilter(), limit=3).next is None


def test_what_comes_and_goes_between_two_pages_moves_nothing_else(listed: SqlStore) -> None:
    first = listed.organisations_page(EVERY, limit=2)
    listed.add(Records([Organisation(id="A"), Organisation(id="b")]), "test")
    listed.remove_organisation("a")
    assert ids(first) == ["B", "a"]
    assert ids(listed.organisations_page(EVERY, first.next)) == ["b", "c", "d"]


def test_equal_starts_of_long_names_are_told_apart_by_id(store: SqlStore) -> None:
    long = "é" * SORTED_CHARS
    records = [Organisation(id="1", name=f"{long} b"), Organisation(id="2", name=f"{long} a")]
    store.add(Records(records), "test")
    assert [one.id for one, _ in walked(store.organisations_page, EVERY, 1, Order("name"))] == ["1", "2"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"limit": 0}, "A page of 0 records"),
        ({"limit": MOST_PER_PAGE + 1}, "ask for 1 to 1,000"),
        ({"order": Order("start")}, "organisations cannot be ordered by 'start'; order them by id or name"),
        ({"after": ("x", "y")}, "begin at its first page"),
        ({"after": (None,)}, "begin at its first page"),
        ({"after": ("nul\0",)}, "begin at its first page"),
        ({"after": (7,)}, "begin at its first page"),
        ({"after": ("x",), "order": Order("name")}, "begin at its first page"),
        ({"filters": OrganisationFilter(ids=("a",) * (MOST_VALUES + 1))}, "10,001 values; give at most 10,000"),
        ({"filters": OrganisationFilter(words="x" * 1001)}, "1001 characters"),
    ],
)
def test_what_cannot_be_a_page_is_refused(store: SqlStore, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        store.organisations_page(**{"filters": EVERY, **asked})


@pytest.mark.parametrize("words", ["water", "fr 12", "soil water", "c", "école", "VAT:fr 12"])
def test_the_words_of_a_list_find_what_a_search_finds(listed: SqlStore, words: str) -> None:
    found = {one.id for one in listed.find(words)}
    assert found
    assert set(ids(listed.organisations_page(OrganisationFilter(words=words)))) == found


def test_one_record_comes_with_its_fingerprint(listed: SqlStore) -> None:
    assert listed.organisation_with_print("a") == (WATER, fingerprint(WATER))
    joint, brief = listed.collaboration("p2"), listed.brief("b2")
    assert joint is not None
    assert brief is not None
    assert [member.organisation for member in joint.members] == ["a", "B"]
    assert listed.collaboration_with_print("p2") == (joint, fingerprint(joint))
    assert listed.brief_with_print("b2") == (brief, fingerprint(brief))
    for id in ("absent", "nul\0"):
        assert listed.organisation_with_print(id) is None
        assert listed.collaboration(id) is None
        assert listed.brief_with_print(id) is None


def test_imports_are_told_newest_first_with_what_they_changed(store: SqlStore) -> None:
    store.now = lambda: datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    store.add(Records([WATER]), "one")
    store.add(Records([WATER]), "nothing new")
    store.add(Records([replace(WATER, name="W"), SOIL]), "two")
    newest, oldest = store.imports()
    assert store.imports(1) == [newest]
    assert oldest == NotedImport(
        1,
        datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
        "one",
        f"{int.from_bytes(fingerprint(WATER), 'big'):032x}",
        {
            "added": {"organisations": 1, "collaborations": 0, "briefs": 0},
            "updated": {"organisations": 0, "collaborations": 0, "briefs": 0},
            "unchanged": {"organisations": 0, "collaborations": 0, "briefs": 0},
        },
        can_be_undone=True,
    )
    assert (newest.source, newest.counts["added"]["organisations"], newest.number) == ("two", 1, 2)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def reused(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    path = str(tmp_path_factory.mktemp("listing") / "store.db")
    with open_store(path if request.param == "sqlite" else request.getfixturevalue("postgres_server")) as opened:
        yield opened


_signs = st.text(st.sampled_from("aAbÉé _%-𝄞\uffee"), max_size=3)
_days = st.none() | st.dates(date(1, 1, 1), date(1, 1, 4)) | st.dates()
_valued = st.dictionaries(_signs.filter(bool), st.tuples(_signs, _days), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(valued=_valued, limit=st.integers(1, 5), descending=st.booleans(), by_id=st.booleans())
def test_walking_all_pages_gives_every_record_once_and_in_order(
    reused: SqlStore, valued: dict[str, tuple[str, date | None]], limit: int, descending: bool, by_id: bool
) -> None:
    empty(reused)
    records = Records(
        [Organisation(id=id, name=name) for id, (name, _) in valued.items()],
        [Collaboration(id=id, start=day) for id, (_, day) in valued.items()],
        [Brief(id=id, closes=day) for id, (_, day) in valued.items()],
    )
    reused.add(records, "test")

    def in_order(given: list[Any], value: Callable[[Any], Any]) -> list[tuple[Any, bytes]]:
        known = [one for one in given if by_id or value(one)]
        blank = [one for one in given if not by_id and not value(one)]
        known.sort(key=lambda one: (one.id if by_id else value(one), one.id), reverse=descending)
        blank.sort(key=lambda one: one.id, reverse=descending)
        return [(one, fingerprint(one)) for one in [*known, *blank]]

    def all_of(read: Callable[..., Page[Any]], filters: object, by: str) -> list[tuple[Any, bytes]]:
        return list(walked(read, filters, limit, Order("id" if by_id else by, descending)))

    assert all_of(reused.organisations_page, EVERY, "name") == in_order(
        records.organisations, lambda one: fold_words(one.name)
    )
    assert all_of(reused.collaborations_page, CollaborationFilter(), "start") == in_order(
        records.collaborations, lambda one: one.start
    )
    assert all_of(reused.briefs_page, BriefFilter(), "closes") == in_order(records.briefs, lambda one: one.closes)

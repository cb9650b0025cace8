"""What holds for any records, on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from dataclasses import fields

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.records import Brief, Collaboration, Decision, Member, Organisation, Records
from matcher.store import tables
from matcher.store.merging import merge
from matcher.store.opening import open_store
from matcher.store.sql import SqlStore
from matcher.vocabularies import load


def empty(store: SqlStore) -> None:
    with store.engine.begin() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            if table is not tables.meta:
                connection.execute(table.delete())
        connection.execute(tables.meta.update().values(value="0" * 32))


_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
_lists = st.lists(_texts, max_size=3).map(tuple)
_ids = st.sampled_from(["a", "b", "É", "z 9"])
_maybe_text = st.none() | _texts
_days = st.none() | st.dates()
_numbers = st.none() | st.integers(-(2**63), 2**63 - 1)
_degrees = st.none() | st.floats(-180, 180)

organisations_ = st.builds(
    Organisation,
    id=_ids,
    name=_texts,
    kind=_maybe_text,
    country=_maybe_text,
    region=_maybe_text,
    city=_maybe_text,
    latitude=_degrees,
    longitude=_degrees,
    place_is_guess=st.booleans(),
    sectors=_lists,
    description=_texts,
    offers=_lists,
    needs=_lists,
    website=_maybe_text,
    employees=_numbers,
    founded=_numbers,
    languages=_lists,
    identifiers=st.lists(st.tuples(_texts, _texts), max_size=3).map(tuple),
    capacity=_numbers,
    conflicts=_lists,
    described_on=_days,
    verified_on=_days,
    visibility=st.sampled_from(["public", "hidden"]),
)
decisions_ = st.builds(
    Decision,
    asked_by=_ids,
    organisation=_ids.map("suggested {}".format),
    step=st.sampled_from(list(load("decision-steps"))),
    reason=_texts.map("{}.".format),
    decided_on=st.dates(),
    rank=st.none() | st.integers(1, 2**63 - 1),
    model=_texts,
)
_by_id = st.lists(organisations_, max_size=4, unique_by=lambda one: one.id)


@st.composite
def all_records(draw: st.DrawFn) -> Records:
    organisations = draw(_by_id)
    ids = st.sampled_from([one.id for one in organisations]) if organisations else st.nothing()
    member = st.builds(Member, organisation=ids, role=_texts)
    collaborations = st.builds(
        Collaboration,
        id=_ids,
        kind=_texts,
        title=_texts,
        text=_texts,
        start=_days,
        end=_days,
        members=st.lists(member, max_size=4).map(tuple) if organisations else st.just(()),
        sectors=_lists,
        source=_texts,
        call=_texts,
    )
    briefs = st.builds(
        Brief,
        id=_ids,
        kind=_texts,
        title=_texts,
        text=_texts,
        owner=st.none() | ids,
        kinds=_lists,
        countries=_lists,
        requirements=_texts,
        exclusions=_lists,
        opens=_days,
        closes=_days,
    )
    return Records(
        organisations,
        draw(st.lists(collaborations, max_size=3, unique_by=lambda one: one.id)),
        draw(st.lists(briefs, max_size=3, unique_by=lambda one: one.id)),
        draw(st.lists(decisions_, max_size=3, unique_by=lambda one: one.id)),
    )


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def reused(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    if request.param == "sqlite":
        url = str(tmp_path_factory.mktemp("reused") / "store.db")
    else:
        url = request.getfixturevalue("postgres_server")
    with open_store(url) as opened:
        yield opened


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=all_records())
def test_any_records_come_back_equal_and_a_second_time_change_nothing(reused: SqlStore, records: Records) -> None:
    empty(reused)
    reused.add(records, "test")
    given_ = Records(*(sorted(getattr(records, one.name), key=lambda r: r.id) for one in fields(Records)))
    assert reused.read() == given_
    revisions = reused.revision(), reused.decisions_revision()
    changes = reused.add(records, "test")
    assert not any(changes.updated.values())
    assert not any(changes.added.values())
    assert (reused.revision(), reused.decisions_revision()) == revisions


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=_by_id, second=_by_id)
def test_a_merge_is_the_same_in_the_store_and_settles_at_once(
    reused: SqlStore, first: list[Organisation], second: list[Organisation]
) -> None:
    empty(reused)
    reused.add(Records(first), "test")
    reused.add(Records(second), "test")
    merged = {one.id: one for one in first}
    for one in second:
        merged[one.id] = merge(merged[one.id], one) if one.id in merged else one
    assert reused.read().organisations == [merged[id] for id in sorted(merged)]
    revision = reused.revision()
    assert not any(reused.add(Records(second), "test").updated.values())
    assert reused.revision() == revision
    for one in second:
        assert merge(merged[one.id], one) == merged[one.id]

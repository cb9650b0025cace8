"""What a collaboration answered: read from tables, kept in the store, a part of what the revision tells."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from matcher.importers import ImportRequest
from matcher.importers.mapping import field_of
from matcher.importers.spreadsheet import SpreadsheetImporter
from matcher.records import Collaboration, Member, Organisation, Records
from matcher.store.sql import SqlStore

PILOT = Collaboration(
    id="p", title="Pilot", start=date(2021, 1, 1), members=(Member(organisation="a"), Member(organisation="b"))
)
CALLED = replace(PILOT, call="Sensors for dry soils\nWater in towns")
SIDES = [Organisation(id="a"), Organisation(id="b")]


@pytest.mark.parametrize("header", ["call", "Appel", "Call topic", "Intitulé de l'appel", "callTitle"])
def test_a_column_of_calls_is_known_in_french_and_english(header: str) -> None:
    assert field_of(header, "collaborations") == "call"


def test_a_call_is_read_from_a_table_of_collaborations(tmp_path: Path) -> None:
    path = tmp_path / "collaborations.csv"
    path.write_text(
        "id;titre;début;partenaires;appel;dispositif\np1;Projet;2020;a|b;Capteurs pour sols;ANR\np2;Autre;2021;a|b;;\n",
        encoding="utf-8",
    )
    request = ImportRequest(path=path, known_organisations=frozenset({"a", "b"}))
    first, second = SpreadsheetImporter().read(request)[0].collaborations
    assert (first.call, first.source) == ("Capteurs pour sols", "ANR")
    assert second.call == ""


def test_a_call_is_kept_and_a_blank_one_never_erases_it(store: SqlStore) -> None:
    store.add(Records(SIDES, [CALLED]), "test")
    assert store.read().collaborations == [CALLED]
    assert store.collaborations_of("a") == [CALLED]
    assert store.add(Records([], [PILOT]), "test").unchanged["collaborations"] == 1
    assert store.read().collaborations == [CALLED]


def test_a_call_that_becomes_known_is_told_and_changes_the_revision(store: SqlStore) -> None:
    store.add(Records(SIDES, [PILOT]), "test")
    blank = store.revision()
    changes = store.add(Records([], [CALLED]), "test")
    assert changes.details == [("collaborations", "p", "call", "", CALLED.call)]
    assert store.revision() != blank


def test_a_call_is_not_taken_for_another_text(store: SqlStore) -> None:
    revisions = set()
    for source, call in (("x", ""), ("", "x"), ("x", "x")):
        store.add(Records(SIDES, [replace(PILOT, id=f"{source}-{call}", source=source, call=call)]), "test")
        revisions.add(store.revision())
    assert [(one.source, one.call) for one in store.read().collaborations] == [("", "x"), ("x", ""), ("x", "x")]
    assert len(revisions) == 3

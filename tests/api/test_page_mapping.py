"""Mapping on pages: columns, kinds and sheets are corrected before an upload is stored."""

import io
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient

from page_forms import act, manager, read, uploaded
from programmes import PARTICIPANTS, PROJECT, PROJECTS, write, zipped
from service import Service

GERMAN = "Wie;Was;Land\nPumpen GmbH;Pumpen für Wasser;DE\n"


def book(sheets: dict[str, list[list[str]]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def taken_for(client: TestClient, at: str) -> dict[str, dict[str, str]]:
    mapping: dict[str, dict[str, str]] = client.get(f"/v1{at.partition('?')[0]}").json()["mapping"]
    return mapping


def test_a_table_without_a_name_asks_which_column_gives_it(service: Service) -> None:
    client = manager(service)
    at = uploaded(service, client, GERMAN)
    page = read(client, at)
    assert "No column gives what is indispensable: name." in page
    assert "--map" not in page
    again = act(service, client, at, act="look", **{"field-0-0": "name", "field-0-1": "description"})
    assert taken_for(client, again) == {"upload.csv": {"Wie": "name", "Was": "description", "Land": "country"}}
    act(service, client, again, act="store")
    assert service.store.find("Pumpen GmbH")[0].description == "Pumpen für Wasser"


def test_columns_that_are_changed_are_looked_at_before_they_are_stored(service: Service) -> None:
    client = manager(service)
    at = uploaded(service, client, "name;motto\nLeakfinders;We find leaks\n")
    again = act(service, client, at, act="store", **{"field-0-1": "offers"})
    assert "You changed what the columns are taken for" in read(client, again)
    assert service.store.find("Leakfinders") == []
    act(service, client, again.partition("?")[0], act="store", **{"field-0-1": "offers"})
    assert service.store.find("Leakfinders")[0].offers == ("We find leaks",)


def test_a_column_that_is_left_out_stays_out_in_further_looks(service: Service) -> None:
    client = manager(service)
    at = uploaded(service, client, "name;city;motto\nLeakfinders;Ulm;We find leaks\n")
    again = act(service, client, at, act="look", **{"field-0-1": ""})
    again = act(service, client, again, act="look", **{"field-0-2": "offers"})
    assert taken_for(client, again)["upload.csv"] == {"name": "name", "city": "", "motto": "offers"}


def test_a_table_of_another_kind_is_taken_anew(service: Service) -> None:
    client = manager(service)
    at = uploaded(service, client, "name;text\nFind leaks;Nine per cent is lost\n")
    again = act(service, client, at, act="look", **{"kind-0": "briefs", "field-0-0": "name"})
    assert taken_for(client, again)["upload.csv"] == {"name": "title", "text": "text"}
    act(service, client, again, act="store")
    assert [one.title for one in service.store.read().briefs if one.title == "Find leaks"] == ["Find leaks"]


def test_each_sheet_of_a_workbook_has_its_own_columns_and_may_be_left_out(service: Service) -> None:
    client = manager(service)
    sheets = {
        "Members": [["name", "remark"], ["Leakfinders", "finds leaks"]],
        "Projects": [["name", "members", "remark"], ["Leaks", "Leakfinders", "two years"]],
        "Old": [["name"], ["Gone & Co"]],
    }
    at = uploaded(service, client, book(sheets), "all.xlsx")
    form = {"field-0-1": "description", "field-1-2": "text", "kind-2": ""}
    again = act(service, client, at, act="look", **form)
    assert taken_for(client, again) == {
        "upload.xlsx [Members]": {"name": "name", "remark": "description"},
        "upload.xlsx [Projects]": {"name": "title", "members": "members", "remark": "text"},
    }
    act(service, client, again, act="store")
    assert service.store.find("Leakfinders")[0].description == "finds leaks"
    assert service.store.find("Gone & Co") == []


def test_no_sheet_at_all_is_refused_with_what_to_do_and_can_be_mended(service: Service) -> None:
    client = manager(service)
    at = uploaded(service, client, book({"A": [["name"], ["X & Co"]], "B": [["name"], ["Y & Co"]]}), "all.xlsx")
    none = act(service, client, at, act="look", **{"kind-0": "", "kind-1": ""})
    assert "choose at least one" in read(client, none)
    again = act(service, client, none, act="look", **{"kind-0": "organisations"})
    assert 'value="store"' in read(client, again)


def test_blank_cells_are_filled_as_is_said_once_for_all_rows(service: Service) -> None:
    client = manager(service)
    at = uploaded(service, client, "name;country\nLeakfinders;\nPumps;FR\n")
    again = act(service, client, at, act="look", **{"default-country": "DE", "default-kind": "start-up"})
    assert 'value="DE"' in read(client, again)
    act(service, client, again, act="store", **{"default-country": "DE", "default-kind": "start-up"})
    found = {one.name: (one.country, one.kind) for name in ("Leakfinders", "Pumps") for one in service.store.find(name)}
    assert found["Leakfinders"] == ("DE", "start-up")
    assert found["Pumps"] == ("FR", "start-up")


@pytest.mark.parametrize(
    "form", [{"field-0-0": "no such field"}, {"kind-0": "people"}, {"field-0-99": "name"}, {"field-9-0": "name"}]
)
def test_what_no_form_of_ours_sends_changes_nothing(service: Service, form: dict[str, str]) -> None:
    client = manager(service)
    again = act(service, client, uploaded(service, client, "name;city\nLeakfinders;Ulm\n"), act="look", **form)
    assert taken_for(client, again) == {"upload.csv": {"name": "name", "city": "city"}}


def test_a_very_wide_table_is_shown_some_columns_at_a_time(service: Service) -> None:
    client = manager(service)
    header = ["name", *(f"x{number}" for number in range(99))]
    at = uploaded(service, client, ";".join(header) + "\n" + ";".join(["Leakfinders", *["v"] * 99]) + "\n")
    first, last = read(client, at), read(client, f"{at}?columns=60")
    assert (first.count('name="field-0-'), last.count('name="field-0-')) == (60, 40)
    assert len(client.get(at).content) < 110_000
    again = act(service, client, at, act="look", **{"field-0-99": "description"})
    assert taken_for(client, again)["upload.csv"]["x98"] == "description"


def test_a_programme_of_cordis_is_looked_at_without_columns_to_choose(service: Service, tmp_path: Path) -> None:
    organisation = "7;999;Reed Institute;false;REC;Kassel;DE;coordinator"
    folder = write(tmp_path / "p", project=[*PROJECTS, PROJECT], organization=[*PARTICIPANTS, organisation])
    client = manager(service)
    at = uploaded(service, client, zipped(tmp_path / "p.zip", folder, "").read_bytes(), "horizon.zip")
    page = read(client, at)
    assert "This is a programme of CORDIS" in page
    assert "<select" not in page
    act(service, client, at, act="store")
    assert [one.name for one in service.store.find("Reed Institute")] == ["Reed Institute"]

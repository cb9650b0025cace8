"""Imports on pages: a table is uploaded, looked at, stored, and undone."""

import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from api.settings import ServiceSettings
from api.work.keeping import UPLOADS_KEPT, Folders
from job_builders import rows, work_off
from matcher.store import Expect
from page_forms import act, manager, read, uploaded
from people import browser
from service import Service

TABLE = """nom;pays;effectif;e-mail
Leakfinders;Allemagne;12;ada@example.org
Nowhere & Co;Atlantis;3;bob@example.org
Pumps;France;many;
"""


def files(service: Service) -> list[str]:
    return [path.name for path in (service.settings.folder / "uploads").rglob("*") if path.is_file()]


def test_a_table_is_looked_at_before_anything_of_it_is_stored(service: Service) -> None:
    client = manager(service)
    at = uploaded(service, client, TABLE)
    page = read(client, at)
    assert "What would be stored" in page
    assert [name in page for name in ("Leakfinders", "Allemagne · Atlantis · France")] == [True, True]
    assert service.store.find("Leakfinders") == []
    done = act(service, client, at, act="store")
    page = read(client, done)
    assert "members.csv is stored" in page
    assert service.store.find("Leakfinders")[0].country == "DE"
    assert files(service) == []
    assert "stored: 3 new, 0 changed" in read(client, "/imports")


def test_what_is_wrong_in_a_row_is_told_with_line_and_column_in_the_readers_language(service: Service) -> None:
    client = manager(service, "fr")
    page = read(client, uploaded(service, client, TABLE))
    assert "« Atlantis » n'est pas un pays connu ; écrivez un code comme FR, ou un nom." in page
    assert "« many » n'est pas un nombre." in page
    assert "upload.csv" not in page


def test_what_a_column_says_of_persons_is_shown_and_kept_nowhere(service: Service) -> None:
    client = manager(service)
    page = read(client, uploaded(service, client, TABLE))
    assert "about persons; left out and not shown" in page
    kept = "".join(path.read_text() for path in (service.settings.folder / "imports").glob("*"))
    assert "ada@example.org" not in page + kept


def test_what_would_change_is_shown_with_what_it_was(service: Service) -> None:
    client = manager(service)
    act(service, client, uploaded(service, client, "id;name;city\nlf;Leakfinders;Ulm\n"), act="store")
    page = read(client, uploaded(service, client, "id;name;city\nlf;Leakfinders;Kassel\n"))
    change = page[page.index('id="changes"') :]
    assert change.index("Ulm") < change.index("Kassel")
    assert "City" in change


def test_what_is_here_already_is_not_stored_again(service: Service) -> None:
    client = manager(service)
    act(service, client, uploaded(service, client, rows(3)), act="store")
    page = read(client, uploaded(service, client, rows(3)))
    assert "there is nothing to store" in page
    assert 'value="store"' not in page


def test_a_button_that_is_pressed_twice_stores_once(service: Service) -> None:
    client = manager(service)
    at = uploaded(service, client, rows(3))
    answers = [client.post(at, data={"act": "store"}) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"] != at
    work_off(service)
    assert client.post(at, data={"act": "store"}).headers["location"] == at, "what was stored is not stored again"
    assert "the list of imports" in read(client, at)


def test_an_import_that_was_only_looked_at_can_be_come_back_to_once(service: Service) -> None:
    client = manager(service)
    at = uploaded(service, client, rows(3))
    act(service, client, at, act="look")
    page = read(client, "/imports")
    assert page.count("looked at, not stored yet") == 1
    assert "Go on" in page


def test_a_file_that_is_taken_away_is_gone(service: Service) -> None:
    client = manager(service)
    at = uploaded(service, client, rows(3))
    assert files(service) == ["upload.csv"]
    answer = client.post(f"{at}/leave")
    assert "nothing of it was stored" in read(client, answer.headers["location"])
    assert files(service) == []
    assert "no longer kept here" in read(client, at)


def test_a_file_that_nobody_comes_back_to_goes_by_itself(service: Service) -> None:
    uploaded(service, manager(service), rows(3))
    folders = Folders(service.settings.folder)
    written = next((folders.root / "uploads").iterdir()).stat().st_mtime
    now = service.time.fromtimestamp(written, service.time.tzinfo)
    folders.clear(now + UPLOADS_KEPT / 2)
    assert files(service) == ["upload.csv"]
    folders.clear(now + UPLOADS_KEPT * 1.1)
    assert files(service) == []


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({}, 422, "Choisissez d'abord un fichier"),
        ({"files": {"file": ("x.exe", b"MZ")}}, 422, "donnez un fichier qui se termine par .csv"),
        ({"files": {"file": ("x.csv", b"name\n" + b"a" * 2_000)}}, 413, "grand"),
    ],
)
def test_what_cannot_be_taken_shows_the_form_again_with_what_to_do(
    service_settings: ServiceSettings, sent: dict[str, Any], status: int, told: str
) -> None:
    with Service(replace(service_settings, max_upload_bytes=1_000)) as service:
        answer = manager(service, "fr").post("/imports", **sent)
        assert answer.status_code == status
        assert told in read(answer)
        assert 'type="file"' in answer.text


def test_an_upload_far_beyond_the_limit_is_refused_by_a_page(service_settings: ServiceSettings) -> None:
    with Service(replace(service_settings, max_upload_bytes=1_000)) as service:
        answer = manager(service).post("/imports", files={"file": ("x.csv", b"a" * 500_000)})
        assert answer.status_code == 413
        assert "<html" in answer.text


def test_a_file_that_is_no_table_says_what_to_do(service: Service) -> None:
    client = manager(service, "fr")
    page = read(client, uploaded(service, client, b"PK\x03\x04 cut off", "book.xlsx"))
    assert "book.xlsx n'est pas un fichier zip complet" in page
    assert "Choisir un autre fichier" in page
    assert 'value="store"' not in page


def test_an_import_is_undone_after_it_was_asked_whether(service: Service) -> None:
    client = manager(service)
    before = service.store.revision()
    at = act(service, client, uploaded(service, client, rows(3)), act="store")
    page = read(client, f"{at}/undo")
    assert "Undo the import of members.csv?" in page
    assert "which go again: 3" in page
    assert service.store.organisation("new-0") is not None
    job = client.post(f"{at}/undo").headers["location"]
    work_off(service)
    assert "The import is undone" in read(client, job)
    assert service.store.revision() == before
    assert client.get(f"{at}/undo").status_code == 409
    assert "can no longer be" in read(client, at)


def test_what_was_changed_since_is_kept_when_an_import_is_undone_and_named(service: Service) -> None:
    client = manager(service)
    at = act(service, client, uploaded(service, client, rows(3)), act="store")
    service.store.put(replace(service.store.organisation("new-1"), city="Ulm"), Expect.ANY)
    job = client.post(f"{at}/undo").headers["location"]
    work_off(service)
    assert 'href="/organisations/new-1"' in read(client, job)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("format_", "stored"), [("csv", (3, 0, 0)), ("xlsx", (3, 1, 1))])
def test_the_sample_comes_in_without_a_word(
    service: Service, language: str, format_: str, stored: tuple[int, int, int]
) -> None:
    client = manager(service, language)
    sample = client.get(f"/imports/sample/{format_}")
    at = uploaded(service, client, sample.content, f"sample.{format_}")
    found = client.get(f"/v1{at}").json()
    added = found["result"]["changes"]["added"]
    assert (added["organisations"], added["collaborations"], added["briefs"]) == stored
    assert found["problems"] == []
    assert "" not in {field for table in found["mapping"].values() for field in table.values()}


def test_there_is_a_sample_in_the_formats_that_there_are(service: Service) -> None:
    client = manager(service)
    assert client.get("/imports/sample/pdf").status_code == 404
    book = openpyxl.load_workbook(io.BytesIO(client.get("/imports/sample/xlsx").content))
    assert book.sheetnames == ["Organisations", "Collaborations", "Needs"]


def test_a_long_report_is_read_page_by_page_with_the_rows_that_are_left_out_first(service: Service) -> None:
    client = manager(service)
    lines = ["name;country", *(f"Firm {one};Atlantis" for one in range(150)), ";FR"]
    at = uploaded(service, client, "\n".join(lines))
    page = read(client, at)
    assert "All 151 problems" in page
    first, last = read(client, f"{at}/rows"), read(client, f"{at}/rows?start=100")
    assert first.index("neither reference, name nor number") < first.index("Atlantis")
    assert first.count("<tr>") - 1 == 100
    assert last.count("<tr>") - 1 == 51


def test_an_import_by_the_interface_is_in_the_list_and_has_its_page(service: Service) -> None:
    client = manager(service)
    told = client.post("/v1/imports", files={"file": ("theirs.csv", rows(2))}).json()
    work_off(service)
    assert "theirs.csv" in read(client, "/imports")
    assert "theirs.csv is stored" in read(client, f"/imports/{told['id']}")


def test_an_upload_whose_session_is_over_asks_to_log_in_and_to_choose_the_file_again(service: Service) -> None:
    answer = browser(service).post("/imports", files={"file": ("members.csv", rows(2))})
    assert answer.status_code == 401
    assert 'name="again"' in answer.text
    assert "/imports" in read(answer)
    assert files(service) == []


def test_ids_that_were_merged_are_told_with_what_they_are_taken_for(service: Service) -> None:
    client = manager(service)
    act(service, client, uploaded(service, client, "id;name\nlf;Leakfinders\nlf-sas;Leakfinders SAS\n"), act="store")
    given = {"stays": "lf", "gone": "lf-sas"}
    assert service.as_role("manager").post("/v1/duplicates/merges", json=given).status_code == 201
    page = read(client, uploaded(service, client, "id;name\nlf-sas;Leakfinders\n"))
    assert "Merged before" in page
    assert 'lf-sas → <a href="/organisations/lf">' in page

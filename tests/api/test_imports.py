"""Imports: a file is uploaded, read by the worker, and told row by row."""

import io
import json
import re
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.settings import ServiceSettings
from api.work.importing import limits
from commands import SAMPLE
from job_builders import imported, rows, upload, work_off
from matcher.settings import Settings
from matcher.store import Expect
from service import Service

TABLE = """name;country;description;employees
Leakfinders;Germany;Sensors that find leaks in pipes;12
Nowhere & Co;Atlantis;Maps;3
Pumps;France;Pumps for water;many
"""


def test_an_import_is_queued_done_by_the_worker_and_answers_suggestions(service: Service) -> None:
    answer = upload(service, TABLE)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert answer.headers["location"] == f"/v1/imports/{answer.json()['id']}"
    assert service.store.find("Leakfinders") == []
    work_off(service)
    told = service.as_role("manager").get(answer.headers["location"]).json()
    assert (told["state"], told["result"]["changes"]["added"]["organisations"]) == ("done", 3)
    assert (told["name"], told["result"]["stored"], told["counts"]["rows"]) == ("members.csv", True, 3)
    id = service.store.find("Leakfinders")[0].id
    assert service.app.state.engine.refresh()
    assert service.as_role("reader").get(f"/v1/organisations/{id}/suggestions").status_code == 200


def test_problems_are_told_by_line_and_column_and_read_page_by_page(service: Service) -> None:
    told = imported(service, TABLE)
    assert [(one["line"], one["column"], one["severity"]) for one in told["problems"]] == [
        (3, "country", "ignored"),
        (4, "employees", "ignored"),
    ]
    assert "Atlantis" in told["problems"][0]["message"]
    path, manager = f"/v1/imports/{told['id']}/problems", service.as_role("manager")
    first = manager.get(path, params={"limit": 1}).json()
    last = manager.get(path, params={"limit": 1, "cursor": first["next"]}).json()
    assert first["items"] + last["items"] == told["problems"]
    assert last["next"] is None


def test_a_long_report_shows_its_first_hundred_problems_and_lists_all(service: Service) -> None:
    table = "\n".join(["name;country", *(f"Firm {one};Atlantis" for one in range(130))])
    told = imported(service, table)
    assert (len(told["problems"]), told["problems_count"], told["unlisted"]) == (100, 130, 0)
    listed = service.as_role("manager").get(f"/v1/imports/{told['id']}/problems", params={"limit": 200}).json()
    assert [one["line"] for one in listed["items"]] == list(range(2, 132))


def test_a_dry_run_says_what_would_change_and_stores_nothing(service: Service) -> None:
    before = service.store.revision()
    told = imported(service, TABLE, dry_run="true")
    assert (told["state"], told["result"]["stored"]) == ("done", False)
    assert told["result"]["changes"]["added"]["organisations"] == 3
    assert service.store.revision() == before


def test_a_strict_import_with_a_row_to_skip_stores_nothing_and_still_tells_the_rows(service: Service) -> None:
    before = service.store.revision()
    table = "id;title;members\nc-new;Something;a-stranger\n"
    told = imported(service, table, kind="collaborations", strict="true")
    assert (told["state"], told["result"]) == ("failed", None)
    assert "nothing was stored" in told["problem"]
    assert "skipped" in {one["severity"] for one in told["problems"]}
    assert service.store.revision() == before


def test_headers_are_mapped_and_blanks_filled_as_asked(service: Service) -> None:
    table = "Wie;Was\nPumpen GmbH;Pumpen\n"
    told = imported(
        service,
        table,
        mapping='{"Wie": "name", "Was": "description"}',
        defaults='{"country": "DE"}',
        kind="organisations",
    )
    assert told["mapping"] == {"upload.csv": {"Wie": "name", "Was": "description"}}
    assert service.store.find("Pumpen GmbH")[0].country == "DE"


@pytest.mark.parametrize(
    "name", ["../../x.csv", "/etc/x.csv", "..\\..\\x.csv", "x\0\n\x1b[31m.csv", "a" * 1_000 + ".csv", "%2e%2e%2fx.csv"]
)
def test_a_file_name_is_shown_and_never_a_path(service: Service, name: str) -> None:
    folder = service.settings.folder
    before = {path for path in folder.parent.parent.rglob("*") if folder not in path.parents}
    answer = upload(service, TABLE, name)
    assert answer.status_code in (202, 422)
    kept = [path for path in folder.rglob("*") if path.is_file() and path.name != "worker.lock"]
    assert [path.name for path in kept] == ["upload.csv"] * (answer.status_code == 202)
    if answer.status_code == 202:
        shown = answer.json()["name"]
        assert len(shown) <= 200
        assert shown.isprintable()
        assert not re.search(r"[/\\]", shown)
    assert {path for path in folder.parent.parent.rglob("*") if folder not in path.parents} <= before | {folder}


def test_the_upload_is_gone_when_the_import_has_ended_well_or_ill(service: Service) -> None:
    for content in (TABLE, b"\0\1\2 no table \xff" * 100):
        assert imported(service, content)["state"] in ("done", "failed")
        assert list((service.settings.folder / "uploads").iterdir()) == []


def test_what_cannot_be_read_fails_with_what_to_do_and_without_a_path_of_this_machine(service: Service) -> None:
    told = imported(service, b"PK\x03\x04 cut off", "book.xlsx")
    assert told["state"] == "failed"
    assert "upload.xlsx" in told["problem"]
    assert str(service.settings.folder.parent) not in json.dumps(told)


def test_an_upload_that_is_too_large_is_refused_and_nothing_is_kept(service_settings: ServiceSettings) -> None:
    with Service(replace(service_settings, max_upload_bytes=1_000)) as service:
        for size in (1_001, 500_000):  # beyond the file's limit; beyond the whole request's
            answer = upload(service, b"name\n" + b"a" * size)
            assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
        assert [path for path in service.settings.folder.rglob("*") if path.is_file()] == []
        assert service.as_role("manager").get("/v1/imports").json()["items"] == []


def test_a_zip_bomb_is_refused_by_its_directory(service: Service) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("project.csv", "organization.csv"):
            archive.writestr(name, b"id;title\n" + b"0" * 30_000_000)
    told = imported(service, packed.getvalue(), "bomb.zip")
    assert told["state"] == "failed"
    assert "times its packed size" in told["problem"]


def test_what_unpacks_to_far_more_than_an_upload_may_be_is_refused() -> None:
    lowered = limits(Settings(), 50_000_000)
    assert (lowered.max_file_bytes, lowered.max_unpacked_bytes) == (50_000_000, 1_000_000_000)
    assert limits(Settings(max_unpacked_bytes=10), 50_000_000).max_unpacked_bytes == 10


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "x.exe"}, ".xlsx"),
        ({"name": ""}, "file"),
        ({"mapping": "{"}, "body/mapping"),
        ({"mapping": "[1]"}, "body/mapping"),
        ({"defaults": '{"country": 3}'}, "body/defaults"),
        ({"importer": "shell"}, "importer"),
        ({"kind": "people"}, "kind"),
        ({"dry_run": "perhaps"}, "dry_run"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_once(service: Service, fields: dict[str, str], told: str) -> None:
    answer = upload(service, TABLE, **fields)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


def test_a_table_of_the_sample_comes_in_as_by_the_command_line(service: Service) -> None:
    told = imported(service, Path(SAMPLE / "organisations.csv").read_bytes(), "organisations.csv")
    assert told["result"]["changes"]["unchanged"]["organisations"] > 100
    assert sum(told["result"]["changes"]["added"].values()) == 0


def test_only_who_runs_programmes_imports_and_a_member_sees_nobody_elses_job(service: Service) -> None:
    told = imported(service, TABLE)
    for role, status in (("member", 403), ("reader", 403), ("anonymous", 401)):
        client = service.as_role(role)
        assert client.post("/v1/imports", files={"file": ("x.csv", b"name\nA\n")}).status_code == status
        assert client.get(f"/v1/imports/{told['id']}").status_code == status
    assert service.as_role("member").get(f"/v1/jobs/{told['id']}").status_code == 404
    assert service.as_role("member").post(f"/v1/jobs/{told['id']}/cancel").status_code == 404
    assert service.as_role("member").get("/v1/jobs").json()["items"] == []
    assert service.as_role("administrator").get(f"/v1/jobs/{told['id']}").json()["kind"] == "import"


def test_the_same_upload_sent_twice_with_a_key_is_imported_once(service: Service) -> None:
    manager, key = service.as_role("manager"), {"Idempotency-Key": "u1"}
    request = manager.build_request("POST", "/v1/imports", files={"file": ("x.csv", rows(2))}, headers=key)
    body = request.read()
    headers = {**key, "Content-Type": request.headers["content-type"]}
    answers = [manager.post("/v1/imports", content=body, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["location"] == answers[0].headers["location"]
    assert len(manager.get("/v1/imports").json()["items"]) == 1


def test_an_import_that_has_not_changed_is_not_sent_again(service: Service) -> None:
    told = imported(service, TABLE)
    manager, path = service.as_role("manager"), f"/v1/imports/{told['id']}"
    etag = manager.get(path).headers["etag"]
    assert manager.get(path, headers={"If-None-Match": etag}).status_code == 304


def test_who_asked_for_an_import_is_in_the_audit(service: Service) -> None:
    told = imported(service, TABLE)
    entries = [one for one in service.state.audit.page().items if one.action == "import.asked"]
    assert [(one.target, one.actor) for one in entries] == [(told["id"], told["created_by"])]


def test_ids_that_are_no_imports_are_not_found(service: Service) -> None:
    manager = service.as_role("manager")
    for id in ("nothing", "..", "%2e%2e%2f", "a" * 100):
        assert manager.get(f"/v1/imports/{id}/problems").status_code in (404, 422)


def test_an_upload_may_take_longer_than_other_requests(
    service_settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Service(replace(service_settings, request_seconds=1)) as service:
        queue = type(service.state.jobs).add

        def slow(*given: Any, **named: Any) -> Any:
            time.sleep(1.5)
            return queue(*given, **named)

        monkeypatch.setattr(type(service.state.jobs), "add", slow)
        assert upload(service, rows(2)).status_code == 202


def undone(service: Service, import_: dict[str, Any]) -> Any:
    answer = service.as_role("manager").post(f"/v1/imports/{import_['id']}/undo")
    work_off(service)
    return service.as_role("manager").get(answer.headers["location"]).json() if answer.status_code == 202 else answer


def test_an_import_is_undone_and_suggestions_follow(service: Service) -> None:
    before = service.store.revision()
    told = imported(service, rows(3))
    assert told["can_be_undone"]
    assert service.store.organisation("new-2")
    job = undone(service, told)
    assert (job["kind"], job["state"]) == ("undo", "done")
    assert job["result"]["import"] == told["id"]
    assert (job["result"]["removed"]["organisations"], job["result"]["kept"]) == (3, [])
    assert service.store.revision() == before
    again = undone(service, told)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/conflict")
    assert not service.as_role("manager").get(f"/v1/imports/{told['id']}").json()["can_be_undone"]


def test_what_was_changed_since_an_import_stays_when_it_is_undone(service: Service) -> None:
    told = imported(service, rows(2))
    service.store.put(replace(service.store.organisation("new-1"), name="By hand"), Expect.ANY)
    job = undone(service, told)
    assert job["result"]["kept"] == [{"table": "organisations", "id": "new-1"}]
    assert (service.store.organisation("new-1").name, service.store.organisation("new-0")) == ("By hand", None)


def test_a_dry_run_cannot_be_undone(service: Service) -> None:
    assert undone(service, imported(service, rows(2), dry_run="true")).status_code == 409

"""Exports: files that are written by the worker, read again, and kept for a week."""

import csv
import io
import json
import os
from dataclasses import replace
from datetime import timedelta
from typing import Any

import networkx
import openpyxl
import pytest

from api.work.keeping import Folders
from job_builders import asked, work_off
from service import MEMBERS_OWN, Service

BRIEF = "need-track-ears"


def content_of(service: Service, told: dict[str, Any]) -> bytes:
    answer = service.as_role("manager").get(f"/v1/exports/{told['id']}/file")
    assert answer.status_code == 200, answer.text
    return answer.content


def export(service: Service, **body: Any) -> dict[str, Any]:
    told: dict[str, Any] = asked(service, "/v1/exports", **body)
    assert told["state"] == "done", told["problem"]
    return told


def test_the_same_suggestions_stand_in_every_format_and_are_what_the_service_answers(service: Service) -> None:
    params = {"limit": 3, "newcomers": 0, "diversity": 0}
    direct = service.as_role("manager").get(f"/v1/briefs/{BRIEF}/suggestions", params=params).json()
    scores = {one["organisation"]["id"]: one["score"] for one in direct["suggestions"]}
    files = {
        kind: content_of(service, export(service, format=kind, briefs=[BRIEF], **params)) for kind in ("csv", "json")
    }
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    answer = json.loads(files["json"])["answers"][0]
    assert len(rows) == 3
    assert [row["id"] for row in rows] == [one["organisation"]["id"] for one in answer["suggestions"]]
    shared = [row for row in rows if row["id"] in scores]
    assert shared
    assert all(float(row["score"]) == pytest.approx(scores[row["id"]], abs=1e-5) for row in shared)


def test_a_workbook_holds_the_rows_and_who_is_shown_how_often(service: Service) -> None:
    told = export(service, format="xlsx", organisations=[MEMBERS_OWN], limit=4)
    assert (told["result"]["queries"], told["result"]["suggestions"]) == (1, 4)
    content = content_of(service, told)
    assert len(content) == told["result"]["bytes"]
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["suggestions", "exposure"]
    assert book["suggestions"].max_row == 5


@pytest.mark.parametrize("format_", ["graphml", "gexf"])
def test_the_graph_is_read_again_by_networkx(service: Service, format_: str) -> None:
    told = export(service, what="graph", format=format_)
    read = {"graphml": networkx.read_graphml, "gexf": networkx.read_gexf}[format_]
    graph = read(io.BytesIO(content_of(service, told)))
    assert len(graph) == told["result"]["organisations"] + told["result"]["collaborations"]


def test_no_cell_of_a_table_runs_as_a_formula(service: Service) -> None:
    one = service.store.organisation(MEMBERS_OWN)
    from matcher.store import Expect

    service.store.put(replace(one, id="evil", name='=HYPERLINK("http://x","y")', needs=("@SUM(1)",)), Expect.NOTHING)
    service.state.jobs.add("snapshot", {})
    work_off(service)
    assert service.app.state.engine.refresh()
    files = {kind: export(service, format=kind, organisations=["evil"], limit=2) for kind in ("csv", "xlsx")}
    rows = list(csv.reader(io.StringIO(content_of(service, files["csv"]).decode("utf-8-sig"))))
    assert rows[1][1] == '\'=HYPERLINK("http://x","y")'
    assert not [cell for row in rows[1:] for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))]
    sheet = openpyxl.load_workbook(io.BytesIO(content_of(service, files["xlsx"])))["suggestions"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_the_file_is_offered_under_a_name_of_ours_and_is_not_shown_in_the_browser(service: Service) -> None:
    told = export(service, format="csv", briefs=[BRIEF])
    answer = service.as_role("manager").get(f"/v1/exports/{told['id']}/file")
    assert answer.headers["content-disposition"] == 'attachment; filename="entremise-suggestions-2026-03-01.csv"'
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_sentences_are_in_the_language_that_is_asked_for(service: Service) -> None:
    reasons = []
    for language in ("en", "fr"):
        told = export(service, format="json", briefs=[BRIEF], limit=1, language=language)
        document = json.loads(content_of(service, told))
        reasons.append(document["answers"][0]["suggestions"][0]["reasons"])
    assert reasons[0] != reasons[1]


def test_every_organisation_of_a_kind_asks(service: Service) -> None:
    told = export(service, format="json", organisations_of=["cluster"], limit=1)
    kinds = {one.kind for one in service.store.read().organisations if one.kind == "cluster"}
    assert kinds
    assert told["result"]["queries"] == sum(one.kind == "cluster" for one in service.store.read().organisations)


def test_where_nobody_asks_it_fails_and_says_so(service: Service) -> None:
    told = asked(service, "/v1/exports", format="csv")  # no brief is open on this day
    assert told["state"] == "failed"
    assert "no brief is open" in told["problem"]
    assert service.as_role("manager").get(f"/v1/exports/{told['id']}/file").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({"what": "graph", "format": "csv"}, 422, "graphml"),
        ({"what": "suggestions", "format": "gexf"}, 422, "csv"),
        ({"format": "exe"}, 422, "format"),
        ({"organisations": ["nobody-of-this-name"]}, 404, "nobody-of-this-name"),
        ({"briefs": ["../secret"]}, 404, "secret"),
        ({"organisations_of": ["wizard"]}, 422, "wizard"),
        ({"path": "/etc"}, 422, "path"),
    ],
)
def test_what_cannot_be_exported_is_refused_at_once(
    service: Service, body: dict[str, Any], status: int, why: str
) -> None:
    answer = service.as_role("manager").post("/v1/exports", json=body)
    assert answer.status_code == status
    assert why in answer.json()["detail"]


def test_files_go_after_a_week_and_reports_of_rows_after_ninety_days(service: Service) -> None:
    folders = Folders(service.settings.folder)
    told = export(service, format="csv", briefs=[BRIEF])
    path = folders.export(told["id"], "csv")
    written = service.time - timedelta(days=6)
    os.utime(path, (written.timestamp(), written.timestamp()))
    work_off(service)
    assert path.is_file()
    service.later(days=2)
    work_off(service)
    assert not path.exists()
    answer = service.as_role("manager").get(f"/v1/exports/{told['id']}/file")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_an_erasure_takes_every_export_away(service: Service) -> None:
    told = export(service, format="xlsx", briefs=[BRIEF])
    assert Folders(service.settings.folder).forget() == 1
    assert service.as_role("manager").get(f"/v1/exports/{told['id']}/file").status_code == 404


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b", "é", "a.b", "\0"])
def test_no_name_that_was_not_made_here_becomes_a_path(service: Service, name: str) -> None:
    folders = Folders(service.settings.folder)
    for of in (folders.of_upload, folders.rows, lambda one: folders.export(one, "csv")):
        with pytest.raises(ValueError, match="no name"):
            of(name)


def test_exports_are_listed_newest_first_and_page_by_page(service: Service) -> None:
    ids = []
    for _ in range(3):
        ids.append(export(service, what="graph", format="gexf")["id"])
        service.later(seconds=1)
    manager = service.as_role("manager")
    first = manager.get("/v1/exports", params={"limit": 2}).json()
    last = manager.get("/v1/exports", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["id"] for one in first["items"] + last["items"]] == ids[::-1]
    assert manager.get("/v1/exports", params={"state": "failed"}).json()["items"] == []
    assert manager.get("/v1/exports", params={"cursor": first["next"]}).status_code == 200
    assert manager.get("/v1/imports", params={"cursor": first["next"]}).status_code == 400
    assert manager.get("/v1/exports", params={"limit": 201}).status_code == 422

"""Jobs and exports on pages: how far something is, stopping it, and what came of it."""

import csv
import io
import re
from threading import Event
from typing import Any

import pytest

from api.worker import Worker
from job_builders import rows, work_off
from page_forms import manager, read, uploaded
from people import account, logged_in
from service import Service


def running(service: Service, kind: str, done: int, total: int, **arguments: Any) -> str:
    """Return the id of a job that a worker is at."""
    service.state.jobs.add(kind, arguments)
    job = service.state.jobs.claim("a worker")
    assert service.state.jobs.progress(job, "rows", done, total)
    return str(job.id)


def test_how_far_a_job_is_is_shown_and_read_aloud(service: Service) -> None:
    id = running(service, "import", 1_250, 5_000, name="members.csv", dry_run=False)
    page = read(manager(service), f"/imports/{id}")
    assert re.search(r'role="status">.*Reading rows', page)
    assert "25 % · 1,250 of 5,000" in page
    assert re.search(r'<progress max="5000" value="1250" aria-label="[^"]+">', page)
    assert "Importing members.csv" in page


def test_a_job_of_unknown_length_says_how_much_is_done(service: Service) -> None:
    id = running(service, "import", 1_250, 0, name="members.csv", dry_run=True)
    page = read(manager(service, "fr"), f"/imports/{id}")
    assert "1\u202f250 pour l'instant" in page
    assert "<progress" not in page


def test_a_job_is_stopped_and_its_file_can_be_looked_at_again(service: Service) -> None:
    client = manager(service)
    at = client.post("/imports", files={"file": ("members.csv", rows(3))}).headers["location"]
    assert "Waiting for its turn" in read(client, at)
    stopped = client.post(f"/jobs/{at.rpartition('/')[2]}/cancel").headers["location"]
    page = read(client.get(stopped, follow_redirects=True))
    assert "It was stopped; nothing was stored." in page
    again = client.post(at, data={"act": "look"}).headers["location"]
    work_off(service)
    assert "What would be stored" in read(client, again)


def test_a_job_that_is_asked_to_stop_says_so(service: Service) -> None:
    id, client = running(service, "export", 1, 2), manager(service)
    client.post(f"/jobs/{id}/cancel")
    page = read(client, f"/jobs/{id}")
    assert "Stopping…" in page
    assert "Stop it" not in page


def test_nobody_sees_or_stops_the_job_of_somebody_else(service: Service) -> None:
    id = running(service, "export", 1, 2)
    reader = logged_in(service, account(service, "reader"))
    assert reader.get(f"/jobs/{id}").status_code == 404
    assert reader.post(f"/jobs/{id}/cancel").status_code == 404
    assert not service.state.jobs.get(id).cancel_requested


def test_what_stored_something_shows_how_far_the_suggestions_are_until_they_follow(service: Service) -> None:
    client = manager(service)
    stored = client.post(uploaded(service, client, rows(3)), data={"act": "store"}).headers["location"]
    worker = Worker(service.settings, service.state, Event(), lambda: service.time)
    assert worker.step(), "the import"
    page = read(client, stored)
    assert "members.csv is stored" in page
    assert "Suggestions are being prepared" in page
    assert worker.step(), "the snapshot"
    service.app.state.engine.refresh()
    assert "Suggestions are being prepared" not in read(client, stored)


@pytest.mark.parametrize(
    ("form", "ending"),
    [
        ({"what": "suggestions", "format": "csv", "limit": "3", "for": "cluster"}, "csv"),
        ({"what": "suggestions", "format": "json", "limit": "3", "for": "investor"}, "json"),
        ({"what": "graph", "format": "graphml"}, "graphml"),
        ({"what": "graph", "format": "gexf"}, "gexf"),
    ],
)
def test_an_export_is_asked_for_followed_and_downloaded(service: Service, form: dict[str, str], ending: str) -> None:
    client = manager(service)
    job = client.post("/exports", data=form).headers["location"]
    assert "Writing an export" in read(client, job)
    work_off(service)
    found = re.search(r'href="(/exports/[^"]+/file)"', read(client, job))
    assert found is not None
    assert found[1] in read(client, "/exports")
    answer = client.get(found[1])
    assert answer.status_code == 200
    assert f'.{ending}"' in answer.headers["content-disposition"]
    if ending == "csv":
        lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert {line["rank"] for line in lines} == {"1", "2", "3"}


@pytest.mark.parametrize(
    "form",
    [
        {"what": "suggestions", "format": "xlsx", "limit": "many"},
        {"what": "suggestions", "format": "gexf", "limit": "3"},
        {"what": "suggestions", "format": "xlsx", "limit": "3", "for": "wizard"},
    ],
)
def test_an_export_that_cannot_be_shows_the_form_again_as_it_was_filled(service: Service, form: dict[str, str]) -> None:
    answer = manager(service).post("/exports", data=form)
    assert answer.status_code == 422
    page = read(answer)
    assert 'role="alert"' in page
    assert f'value="{form["limit"]}"' in page


def test_an_export_that_nobody_asks_for_fails_with_what_to_do_in_the_readers_language(service: Service) -> None:
    client = manager(service, "fr")
    job = client.post("/exports", data={"what": "suggestions", "format": "csv"}).headers["location"]
    work_off(service)  # on a day on which no brief of the sample is open
    page = read(client, job)
    assert "Personne ne demande : aucun besoin n'est ouvert" in page
    assert 'href="/exports"' in page


def test_an_export_whose_file_is_gone_says_so(service: Service) -> None:
    client = manager(service)
    job = client.post("/exports", data={"what": "graph", "format": "gexf"}).headers["location"]
    work_off(service)
    for path in (service.settings.folder / "exports").iterdir():
        path.unlink()
    assert "no longer kept; ask for it again" in read(client, job)
    answer = client.get(f"/exports/{job.rpartition('/')[2]}/file")
    assert answer.status_code == 404
    assert "<html" in answer.text

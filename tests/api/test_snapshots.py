"""Snapshots are taken by the worker beside the one that answers, which is swapped for the new one."""

from dataclasses import replace
from typing import Any

import pytest

from job_builders import imported, job_of, rows, work_off
from matcher import workspace
from matcher.records import Organisation
from matcher.store import Expect
from service import Service


def test_after_an_import_the_snapshot_is_taken_beside_the_one_that_answers(service: Service) -> None:
    before = service.app.state.engine.ready().snapshot.name
    imported(service, rows(3))
    assert service.app.state.engine.ready().snapshot.name == before
    assert service.app.state.engine.refresh()
    assert service.app.state.engine.ready().snapshot.organisations.ids.position("new-2") is not None
    kinds = [one["kind"] for one in service.as_role("manager").get("/v1/jobs").json()["items"]]
    assert kinds[-1] == "import"
    assert set(kinds[:-1]) == {"snapshot"}  # the service may have wanted one while it was being taken


def test_a_snapshot_is_taken_and_answers_although_the_store_changes_all_the_time(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, take = service.app.state.engine, workspace.take_snapshot
    before = engine.ready().snapshot.name

    def changed_meanwhile(*given: Any, **named: Any) -> Any:
        service.store.put(Organisation(id="late", name="Late"), Expect.NOTHING)
        return take(*given, **named)

    monkeypatch.setattr(workspace, "take_snapshot", changed_meanwhile)
    service.store.put(Organisation(id="early", name="Early"), Expect.NOTHING)
    job = service.state.jobs.add("snapshot", {})
    work_off(service)
    assert job_of(service, job.id)["state"] == "done"
    engine.refresh()
    ids = engine.ready().snapshot.organisations.ids
    assert (ids.position("early") is not None, ids.position("late")) == (True, None)
    assert engine.is_behind()
    assert before != engine.ready().snapshot.name


def test_a_snapshot_that_is_there_already_is_not_taken_again(service: Service) -> None:
    job = service.state.jobs.add("snapshot", {})
    work_off(service)
    assert job_of(service, job.id)["result"]["snapshot"] == service.app.state.engine.ready().snapshot.name


def test_of_an_empty_store_there_is_no_snapshot(service: Service, tmp_path: Any) -> None:
    matcher = replace(service.settings.matcher, db=str(tmp_path / "empty.db"))
    with Service(replace(service.settings, matcher=matcher)) as empty:
        job = empty.state.jobs.add("snapshot", {})
        work_off(empty)
        assert job_of(empty, job.id)["result"] == {"snapshot": None, "organisations": 0}

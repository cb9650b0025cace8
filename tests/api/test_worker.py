"""The worker: every kind of job, stopping, and nothing half done however it ends."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any, get_args

import pytest

from api.bodies.jobs import Kind
from api.state.jobs import MOST_ATTEMPTS, Jobs
from api.work import WORK, Cancelled, Work, importing
from api.work.keeping import Folders
from api.work.working import TOLD_EVERY_SECONDS
from api.worker import INTERNAL, run_worker
from job_builders import ROOT, environment, imported, job_of, rows, start_worker, until, upload, work_off
from matcher.errors import InputError, StoreError
from service import Service

Do = Callable[[Work], dict[str, Any]]


def doing(monkeypatch: pytest.MonkeyPatch, do: Do) -> None:
    """Let jobs of the kind `snapshot` do something else."""
    monkeypatch.setattr("api.worker.WORK", {**WORK, "snapshot": do})


def test_the_kinds_of_jobs_that_are_told_are_those_that_can_be_done() -> None:
    assert set(get_args(Kind)) == set(WORK)


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (InputError("Correct the file."), "Correct the file."),
        (RuntimeError("a secret of the inside"), "Tell the administrator its id."),
        (MemoryError(), "Tell the administrator its id."),
    ],
)
def test_the_failure_of_a_job_is_told_and_the_next_one_is_done(
    service: Service, monkeypatch: pytest.MonkeyPatch, error: Exception, problem: str
) -> None:
    def fail(work: Work) -> dict[str, Any]:
        if work.job.arguments.get("fails"):
            raise error
        return {"done": "yes"}

    doing(monkeypatch, fail)
    jobs = [service.state.jobs.add("snapshot", {"fails": fails}) for fails in (True, False)]
    work_off(service)
    failed, done = (job_of(service, job.id) for job in jobs)
    assert (failed["state"], done["state"], done["result"]) == ("failed", "done", {"done": "yes"})
    assert problem in failed["problem"]
    assert "secret" not in failed["problem"]


def test_a_job_of_an_unknown_kind_fails(service: Service) -> None:
    job = service.state.jobs.add("magic", {})
    work_off(service)
    found = service.state.jobs.get(job.id)
    assert (found.state, found.problem) == ("failed", INTERNAL)


def test_a_busy_store_is_tried_again_and_given_up_at_the_third_time(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def busy(work: Work) -> dict[str, Any]:
        tried.append(work.job.attempts)
        raise StoreError("/srv/secret.db is busy")

    doing(monkeypatch, busy)
    job = service.state.jobs.add("snapshot", {})
    work_off(service)
    told = job_of(service, job.id)
    assert (tried, told["state"]) == ([1, 2, MOST_ATTEMPTS], "failed")
    assert "secret" not in told["problem"]


def test_the_end_of_a_job_is_put_down_although_the_store_is_busy(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish, left = Jobs.finish, [StoreError("busy"), StoreError("busy")]

    def busy_at_first(jobs: Jobs, *given: Any) -> bool:
        if left:
            raise left.pop()
        return finish(jobs, *given)

    monkeypatch.setattr(Jobs, "finish", busy_at_first)
    job = service.state.jobs.add("snapshot", {})
    work_off(service)
    assert job_of(service, job.id)["state"] == "done"


def test_a_job_that_is_cancelled_while_it_waits_is_not_done(service: Service) -> None:
    before = service.store.revision()
    answer = upload(service, rows(2))
    cancelled = service.as_role("manager").post(f"/v1/jobs/{answer.json()['id']}/cancel").json()
    work_off(service)
    assert (cancelled["state"], job_of(service, cancelled["id"])["state"]) == ("cancelled", "cancelled")
    assert service.store.revision() == before


def test_an_import_that_is_cancelled_while_it_runs_stores_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, answer = service.store.revision(), upload(service, rows(50))
    request_of = importing._request

    def cancelled_meanwhile(work: Work, *given: Any) -> Any:
        service.as_role("manager").post(f"/v1/jobs/{work.job.id}/cancel")
        return request_of(work, *given)

    monkeypatch.setattr(importing, "_request", cancelled_meanwhile)
    work_off(service)
    told = job_of(service, answer.json()["id"])
    assert (told["state"], told["cancel_requested"], told["result"]) == ("cancelled", True, None)
    assert service.store.revision() == before
    assert list((service.settings.folder / "uploads").iterdir()) == []


def test_a_job_that_says_nothing_of_its_progress_learns_of_its_cancelling_by_the_heartbeat(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(work: Work) -> dict[str, Any]:
        service.state.jobs.cancel(work.job.id)
        assert work.halted.wait(20)
        work.progress("late", 1, 2)
        return {}

    doing(monkeypatch, silent)
    monkeypatch.setattr("api.worker.HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr("api.worker.POLL_SECONDS", 0.01)
    job = service.state.jobs.add("snapshot", {})
    work_off(service)
    assert job_of(service, job.id)["state"] == "cancelled"


def test_a_worker_that_is_told_to_end_puts_its_job_back(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Event()

    def long(work: Work) -> dict[str, Any]:
        stop.set()
        assert work.halted.wait(20)
        work.progress("on", 1, 2)
        return {}

    doing(monkeypatch, long)
    job = service.state.jobs.add("snapshot", {})
    run_worker(service.settings, stop=stop)
    assert job_of(service, job.id)["state"] == "queued"


def test_progress_is_written_once_a_second_and_at_every_new_step(service: Service) -> None:
    job, told, seconds = service.state.jobs.add("snapshot", {}), [], [0.0]
    claimed = service.state.jobs.claim("w")
    work = Work(service.settings, service.state, claimed, lambda: service.time, clock=lambda: seconds[0])
    for done, step in enumerate(["rows"] * 5 + ["storing"]):
        work.progress(step, done, 9)
        told.append((job_of(service, job.id)["step"], job_of(service, job.id)["done"]))
        seconds[0] += TOLD_EVERY_SECONDS / 2
    assert told == [
        ("Reading rows", 0),
        ("Reading rows", 0),
        ("Reading rows", 2),
        ("Reading rows", 2),
        ("Reading rows", 4),
        ("Storing", 5),
    ]
    french = service.as_role("manager").get(f"/v1/jobs/{job.id}", headers={"Accept-Language": "fr"}).json()
    assert french["step"] == "Enregistrement"


def test_a_store_that_is_busy_for_a_moment_does_not_end_a_job(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> bool:
        raise StoreError("busy")

    work = Work(service.settings, service.state, service.state.jobs.add("snapshot", {}), lambda: service.time)
    monkeypatch.setattr("api.state.jobs.Jobs.progress", busy)
    work.progress("rows", 1, 2)
    work.halted.set()
    with pytest.raises(Cancelled):
        work.progress("rows", 2, 2)


def test_a_second_worker_waits_until_the_first_has_ended(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, done = Event(), Event(), []

    def slow(work: Work) -> dict[str, Any]:
        begun.set()
        assert go_on.wait(20)
        done.append(work.job.id)
        return {}

    doing(monkeypatch, slow)
    jobs = [service.state.jobs.add("snapshot", {}).id for _ in range(2)]
    workers = [threading.Thread(target=run_worker, args=(service.settings,), kwargs={"once": True}) for _ in range(2)]
    workers[0].start()
    assert begun.wait(20)
    workers[1].start()
    assert service.state.jobs.get(jobs[1]).state == "queued"
    go_on.set()
    for worker in workers:
        worker.join(20)
    assert done == jobs


def test_a_job_whose_worker_dies_each_time_is_given_up(service: Service) -> None:
    job = service.state.jobs.add("snapshot", {})
    for _ in range(MOST_ATTEMPTS):
        assert service.state.jobs.claim("one that dies").id == job.id
        service.later(seconds=1)
        if service.state.jobs.get(job.id).attempts < MOST_ATTEMPTS:
            service.state.jobs.recover(timedelta(0))
    work_off(service)
    assert job_of(service, job.id)["state"] == "failed"


@pytest.mark.parametrize("after", [0.0, 0.15, 0.4])
def test_a_worker_killed_amid_an_import_leaves_all_or_nothing_and_the_next_one_ends_the_job(
    service: Service, after: float
) -> None:
    before, count = service.store.revision(), 4_000
    id = upload(service, rows(count)).json()["id"]
    worker = start_worker(service)
    until(lambda: job_of(service, id)["state"] != "queued")
    threading.Event().wait(after)
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    held = sum(one.startswith("new-") for one in service.store.organisation_ids())
    assert held in (0, count)
    assert (service.store.revision() == before) == (held == 0)
    service.later(days=300)  # the worker that died wrote the true time
    work_off(service)
    assert job_of(service, id)["state"] == "done"
    assert sum(one.startswith("new-") for one in service.store.organisation_ids()) == count


def test_a_worker_of_its_own_ends_when_told_to_and_writes_lines_of_json(service: Service) -> None:
    id = upload(service, rows(2)).json()["id"]
    worker = start_worker(service)
    until(lambda: job_of(service, id)["state"] == "done")
    worker.terminate()
    _, errors = worker.communicate(timeout=30)
    assert worker.returncode == 0, errors.decode()
    lines = [json.loads(line) for line in errors.decode().splitlines()]
    assert lines[0]["event"] == "begun"
    assert {line["level"] for line in lines} == {"info"}


def test_a_worker_beside_a_service_ends_with_it_however_that_ends(service: Service) -> None:
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "api.worker", "--beside"]
    worker = subprocess.Popen(command, stdin=reader, env=environment(service), cwd=ROOT, stderr=subprocess.DEVNULL)
    os.close(reader)
    id = upload(service, rows(2)).json()["id"]
    until(lambda: job_of(service, id)["state"] == "done")
    os.close(writer)
    assert worker.wait(30) == 0


def test_an_upload_whose_import_has_ended_is_removed_when_a_worker_begins(service: Service) -> None:
    imported(service, rows(1))
    job = next(one for one in service.state.jobs.page().items if one.kind == "import")
    left = Folders(service.settings.folder).of_upload(job.arguments["upload"])
    left.mkdir(parents=True)
    service.state.jobs.add("snapshot", {})
    service.state.jobs.forget(service.state.jobs.page().items[0].id)
    work_off(service)
    assert not left.exists()

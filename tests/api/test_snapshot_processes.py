"""A snapshot whose texts are encoded by several processes: its job can be cancelled, and the next one goes on."""

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from builders import world
from job_builders import job_of, work_off
from matcher import spreading
from matcher.encoding_process import EncodingProcess
from matcher.records import Organisation
from matcher.spreading import SPREAD_BATCH, Need
from matcher.store.sql import SqlStore
from service import Service


def test_a_cancelled_snapshot_ends_its_processes_keeps_what_was_encoded_and_the_next_goes_on(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = replace(service.settings.matcher, processes=2)
    service.settings = replace(service.settings, matcher=engine)
    monkeypatch.setitem(spreading.NEEDS, "hashing", Need(bytes=1, texts=1))
    monkeypatch.setattr("api.work.working.TOLD_EVERY_SECONDS", 0.0)  # it learns of its cancelling at the next batch
    made = [Organisation(id=f"new-{one}", description=f"Part {one} of a machine.") for one in range(3 * SPREAD_BATCH)]
    service.store.add(world(*made), "test")
    begun: list[subprocess.Popen[bytes]] = []
    kept: dict[bool, list[str]] = {True: [], False: []}  # by the job that is cancelled, and by the others
    begin, keep = EncodingProcess.__init__, SqlStore.keep_vectors

    def begin_and_tell(process: EncodingProcess, *given: Any) -> None:
        begin(process, *given)
        begun.append(process._process)

    def keep_and_cancel(store: SqlStore, encoder: str, hashes: Sequence[str], vectors: Any) -> None:
        keep(store, encoder, hashes, vectors)
        runs = service.state.jobs.get(cancelled.id).state == "running"
        kept[runs].extend(hashes)
        if runs:
            service.state.jobs.cancel(cancelled.id)

    monkeypatch.setattr(EncodingProcess, "__init__", begin_and_tell)
    monkeypatch.setattr(SqlStore, "keep_vectors", keep_and_cancel)
    cancelled = service.state.jobs.add("snapshot", {})
    next_one = service.state.jobs.add("snapshot", {})
    work_off(service)
    assert [job_of(service, job.id)["state"] for job in (cancelled, next_one)] == ["cancelled", "done"]
    assert (len(kept[True]), len(kept[False])) == (SPREAD_BATCH, 2 * SPREAD_BATCH)
    assert not set(kept[True]) & set(kept[False])
    assert [process.returncode is None for process in begun] == [False] * 4  # two by each

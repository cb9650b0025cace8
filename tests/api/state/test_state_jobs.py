"""The queue of jobs: oldest first, one worker each, and nothing lost with a worker."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from state_builders import NOON, Clock, at_once, walk

from api.state import Job, State
from api.state.jobs import JobFilter
from matcher.errors import InputError

MINUTE = timedelta(minutes=1)


def claimed(state: State, worker: str = "w1") -> Job:
    job = state.jobs.claim(worker)
    assert job is not None
    return job


def now(state: State, job: Job) -> Job:
    found = state.jobs.get(job.id)
    assert found is not None
    return found


def test_a_job_goes_from_the_queue_to_its_result(state: State, clock: Clock) -> None:
    added = state.jobs.add("import", {"file": "a.csv", "rows": [1, None]}, created_by="u1")
    assert added == Job(
        id=added.id,
        kind="import",
        state="queued",
        arguments={"file": "a.csv", "rows": [1, None]},
        what="",
        done=0,
        total=0,
        result=None,
        problem="",
        created_by="u1",
        created=NOON,
        started=None,
        finished=None,
        heartbeat=None,
        worker="",
        attempts=0,
        cancel_requested=False,
    )
    clock.pass_(seconds=1)
    job = claimed(state)
    assert job == replace(added, state="running", worker="w1", attempts=1, started=clock(), heartbeat=clock())
    assert state.jobs.claim("w2") is None
    clock.pass_(seconds=1)
    assert state.jobs.progress(job, "rows", 3, 2**40)
    assert now(state, job) == replace(job, what="rows", done=3, total=2**40, heartbeat=clock())
    assert state.jobs.finish(job, {"added": 3})
    ended = now(state, job)
    assert (ended.state, ended.result, ended.finished) == ("done", {"added": 3}, clock())
    assert not state.jobs.fail(job, "too late")
    assert now(state, job) == ended


def test_the_oldest_is_claimed_first_though_all_are_of_one_moment(state: State) -> None:
    added = [state.jobs.add("import", {"n": number}).id for number in range(5)]
    assert [claimed(state).id for _ in added] == added
    assert state.jobs.claim("w1") is None


def test_workers_that_claim_at_once_never_get_the_same_job(state: State) -> None:
    added = {state.jobs.add("import", {}).id for _ in range(6)}
    got = [job.id for _ in range(2) for job in at_once(4, lambda: state.jobs.claim("w")) if job is not None]
    got += [job.id for job in iter(lambda: state.jobs.claim("w"), None)]
    assert sorted(got) == sorted(added)


def test_a_failed_job_says_why(state: State) -> None:
    state.jobs.add("train", {})
    job = claimed(state)
    assert state.jobs.fail(job, "No history\0.")
    ended = now(state, job)
    assert (ended.state, ended.problem) == ("failed", "No history\N{REPLACEMENT CHARACTER}.")


def test_a_queued_job_is_cancelled_at_once_and_a_running_one_by_its_worker(state: State) -> None:
    state.jobs.add("import", {})
    queued = state.jobs.add("import", {})
    job = claimed(state)
    cancelled = state.jobs.cancel(queued.id)
    assert cancelled is not None
    assert (cancelled.state, cancelled.finished) == ("cancelled", NOON)
    assert state.jobs.heartbeat(job)
    asked = state.jobs.cancel(job.id)
    assert asked is not None
    assert (asked.state, asked.cancel_requested) == ("running", True)
    assert not state.jobs.heartbeat(job)
    assert not state.jobs.progress(job, "rows", 1, 2)
    assert state.jobs.stop(job)
    stopped = state.jobs.cancel(job.id)
    assert stopped == now(state, job)
    assert stopped is not None
    assert stopped.state == "cancelled"
    assert state.jobs.claim("w1") is None
    assert state.jobs.cancel("nobody") is state.jobs.cancel("nul\0") is None


def test_of_claiming_and_cancelling_at_once_one_comes_first(state: State) -> None:
    for _ in range(5):
        job = state.jobs.add("import", {})
        acts = iter([lambda: state.jobs.claim("w"), lambda id=job.id: state.jobs.cancel(id)])
        at_once(2, lambda acts=acts: next(acts)())  # type: ignore[misc]  # bound at once
        known = now(state, job)
        assert (known.state, known.attempts) in (("cancelled", 0), ("running", 1))
        assert known.cancel_requested
        state.jobs.stop(known)


def test_a_job_whose_worker_fell_silent_is_queued_again_and_at_the_third_time_fails(state: State, clock: Clock) -> None:
    added = state.jobs.add("train", {"kind": "linear"})
    for attempt in (1, 2, 3):
        job = claimed(state)
        assert job.attempts == attempt
        state.jobs.progress(job, "fitting", 1, 2)
        clock.pass_(minutes=1)
        assert state.jobs.recover(MINUTE) == []  # silent for a minute, and not longer
        clock.pass_(seconds=1)
        recovered = state.jobs.recover(MINUTE)
        if attempt < 3:
            assert recovered == [replace(added, attempts=attempt)]
    assert [(job.state, job.attempts) for job in recovered] == [("failed", 3)]
    assert "stopped without a word 3 times" in recovered[0].problem
    assert state.jobs.claim("w1") is None


def test_a_worker_that_wakes_up_has_no_say_in_a_job_that_another_has(state: State, clock: Clock) -> None:
    state.jobs.add("import", {})
    first = claimed(state, "sleepy")
    clock.pass_(minutes=2)
    state.jobs.recover(MINUTE)
    assert not state.jobs.heartbeat(first)
    second = claimed(state, "sleepy")  # even one of the same name
    assert not state.jobs.progress(first, "rows", 9, 9)
    assert not state.jobs.finish(first, {"by": "first"})
    assert not state.jobs.release(first)
    assert now(state, second) == second
    assert state.jobs.finish(second, {"by": "second"})


def test_a_job_that_was_to_be_cancelled_is_not_begun_again(state: State, clock: Clock) -> None:
    for _ in range(2):
        state.jobs.add("import", {})
        state.jobs.cancel(claimed(state).id)
    lost, released = reversed(state.jobs.page().items)
    assert state.jobs.release(released)
    clock.pass_(minutes=2)
    assert [job.id for job in state.jobs.recover(MINUTE)] == [lost.id]
    assert [job.state for job in state.jobs.page().items] == ["cancelled", "cancelled"]


def test_a_worker_that_is_told_to_end_puts_its_job_back(state: State) -> None:
    added = state.jobs.add("import", {})
    assert state.jobs.release(claimed(state))
    assert now(state, added) == replace(added, attempts=1)
    assert claimed(state).attempts == 2


def test_jobs_are_told_by_state_kind_and_maker_the_newest_first(state: State) -> None:
    one = state.jobs.add("import", {}, created_by="u1")
    two = state.jobs.add("train", {}, created_by="u1")
    three = state.jobs.add("train", {}, created_by="u2")
    assert walk(state.jobs.page, 2) == [three, two, one]
    state.jobs.cancel(two.id)
    assert [job.id for job in state.jobs.page(JobFilter(state="queued")).items] == [three.id, one.id]
    assert state.jobs.page(JobFilter(kind="train", created_by="u2")).items == [three]
    assert state.jobs.page(JobFilter(kind="nul\0")).items == []
    with pytest.raises(InputError):
        state.jobs.add("nul\0", {})


def test_jobs_that_finished_long_ago_are_forgotten_except_those_to_be_kept(state: State, clock: Clock) -> None:
    for kind in ("import", "train"):
        state.jobs.add(kind, {})
        state.jobs.finish(claimed(state), {})
    waiting = state.jobs.add("import", {})
    clock.pass_(days=90)
    assert state.jobs.forget_older(clock() - timedelta(days=90), ("train",)) == 0
    clock.pass_(seconds=1)
    assert state.jobs.forget_older(clock() - timedelta(days=90), ("train",)) == 1
    assert [job.kind for job in state.jobs.page().items] == ["import", "train"]
    assert state.jobs.get(waiting.id) == waiting


def test_an_erasure_takes_what_finished_jobs_say_of_a_name(state: State) -> None:
    state.jobs.add("import", {"file": "Œuvre 100%.csv"}, created_by="u1")
    state.jobs.add("import", {"file": "100 percent.csv"})
    state.jobs.add("import", {"file": "Œuvre 100%.csv"})
    state.jobs.finish(claimed(state), {"rows": ["x"]})
    state.jobs.fail(claimed(state), "Row 7 (Werk) is odd.")
    assert state.jobs.forget("100%") == 1
    assert state.jobs.forget("Werk") == 1
    assert state.jobs.forget("") == state.jobs.forget("nul\0") == 0
    queued, failed, done = state.jobs.page().items
    assert (done.arguments, done.result, done.created_by) == ({}, None, "")
    assert (failed.arguments, failed.problem) == ({}, "")
    assert queued.arguments == {"file": "Œuvre 100%.csv"}  # it is still to be done


class Queue:
    """What the queue should do, done beside it."""

    def __init__(self, state: State, clock: Clock) -> None:
        self.jobs, self.clock = state.jobs, clock
        self.order: list[str] = []
        self.queued: list[str] = []
        self.claimed: list[Job] = []

    def add(self) -> None:
        self.order.append(self.jobs.add("import", {}).id)
        self.queued.append(self.order[-1])

    def claim(self) -> None:
        job = self.jobs.claim("w")
        assert (job.id if job else None) == (self.queued.pop(0) if self.queued else None)
        self.claimed += [job] if job else []

    def end(self) -> None:
        if self.claimed:
            assert self.jobs.finish(self.claimed.pop(0), {})

    def release(self) -> None:
        if self.claimed:
            job = self.claimed.pop()
            assert self.jobs.release(job)
            self._put_back(job)

    def cancel(self) -> None:
        if self.queued:
            self.jobs.cancel(self.queued.pop())

    def recover(self) -> None:
        self.clock.pass_(minutes=2)
        recovered = self.jobs.recover(MINUTE)
        assert {job.id for job in recovered} == {job.id for job in self.claimed}
        assert [job.state == "failed" for job in recovered] == [job.attempts >= 3 for job in recovered]
        self.claimed = []
        for job in recovered:
            if job.state == "queued":
                self._put_back(job)

    def _put_back(self, job: Job) -> None:
        self.queued = sorted([*self.queued, job.id], key=self.order.index)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(["add", "claim", "end", "release", "cancel", "recover"]), max_size=14))
def test_whatever_happens_the_queue_is_worked_off_in_order(state: State, clock: Clock, acts: list[str]) -> None:
    for job in walk(state.jobs.page, 99):  # left by the example before
        state.jobs.cancel(job.id)
        state.jobs.stop(job)
    queue = Queue(state, clock)
    for act in ["add", "add", *acts]:
        getattr(queue, act)()
    for chosen, known in (("queued", queue.queued), ("running", [job.id for job in queue.claimed])):
        told = state.jobs.page(JobFilter(state=chosen), limit=99).items  # type: ignore[arg-type]  # two of the states
        assert {job.id for job in told} == set(known)

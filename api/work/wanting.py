"""Wanting: a job that is queued once, however many ask for it."""

from api.state.jobs import JobFilter, Jobs


def want(jobs: Jobs, kind: str) -> None:
    """Queue a job of a kind unless one is waiting already.

    One that runs may have begun before what it is wanted for, so it does not count. Two processes that ask at once
    may queue two: a job that is wanted does nothing where there is nothing left to do.
    """
    if not jobs.page(JobFilter(state="queued", kind=kind), limit=1).items:
        jobs.add(kind, {})

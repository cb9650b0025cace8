"""Analysed: what a job counted of the network last, put to the snapshot that answers now."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from fastapi import Request
from numpy.typing import NDArray

from api.access.principals import Principal
from api.asking import engine_of, ready_of, seen_rows
from api.engine import Ready
from api.pages.rendering import number
from api.pages.translating import translations
from api.problems import reader_of
from api.state.jobs import JobFilter
from api.work.keeping import Folders, read_json
from api.work.wanting import want
from matcher.ecosystem.communities import ALONE
from matcher.snapshot import Snapshot

KIND = "ecosystem"
TRIED_AGAIN = timedelta(minutes=10)
"""What failed is tried again so much later, when somebody looks."""
State = Literal["current", "behind", "coming", "failed"]


@dataclass(frozen=True)
class Analysis:
    """What was counted, each column of shape (organisations,) of the snapshot that answers."""

    community: NDArray[np.int32]
    """ALONE where an organisation has no tie, or is newer than the count."""
    betweenness: NDArray[np.float64]
    marks: list[dict[str, list[str]]]
    """Of the largest communities: the sectors and words by which each is told."""
    exposure: dict[str, Any]
    snapshot: str
    model: str


@dataclass(frozen=True)
class View:
    """The ecosystem as somebody may see it."""

    request: Request
    ready: Ready
    seen: NDArray[np.bool_]
    analysis: Analysis | None
    """None where nothing was counted yet."""
    state: State

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that answers."""
        return self.ready.snapshot

    @cached_property
    def language(self) -> str:
        """The reader's."""
        return reader_of(self.request)

    def say(self, english: str) -> str:
        """Return a text of the pages' catalogue in the reader's language."""
        return str(translations(self.language).gettext(english))

    def counted(self, one: str, several: str, count: int) -> str:
        """Return a text of the pages' catalogue for a count, which it names."""
        text = str(translations(self.language).ngettext(one, several, count))
        return text % {"num": number(count, self.language)}

    def name(self, row: int) -> str:
        """Return an organisation's name, its id where it has none."""
        organisations = self.snapshot.organisations
        return str(organisations.names[row] or organisations.ids[row])


def view_of(request: Request, asking: Principal) -> View:
    """Return what somebody may see of the ecosystem; Problem where there is no snapshot yet.

    Where what was counted is not of this snapshot and model, it is queued to be counted again, and the last is shown.
    """
    ready = ready_of(request)
    analysis = _kept(request, ready.snapshot)
    is_current = analysis is not None and (analysis.snapshot, analysis.model) == (ready.snapshot.name, ready.model.name)
    state: State = "current" if is_current else _wanted(request, "coming" if analysis is None else "behind")
    return View(request, ready, seen_rows(ready, asking), analysis, state)


def _wanted(request: Request, otherwise: State) -> State:
    """Queue the count unless it is under way or has just failed, and return how it stands."""
    jobs = request.app.state.service.jobs
    newest = jobs.page(JobFilter(kind=KIND), limit=1).items
    if newest and newest[0].state == "failed" and engine_of(request).now() < newest[0].finished + TRIED_AGAIN:
        return "failed"
    if not newest or newest[0].state != "running":
        want(jobs, KIND)
    return otherwise


def _kept(request: Request, snapshot: Snapshot) -> Analysis | None:
    """Return what was counted last, read again only where it or the snapshot is another."""
    state, path = request.app.state, Folders(request.app.state.settings.folder).ecosystem()
    try:
        key = (path.stat().st_mtime_ns, snapshot.name)
    except FileNotFoundError:
        return None
    known: tuple[tuple[int, str], Analysis] | None = getattr(state, "analysis", None)
    if known is None or known[0] != key:
        found = _read(path, snapshot)
        if found is None:
            return None
        known = state.analysis = (key, found)
    return known[1]


def _read(path: Path, snapshot: Snapshot) -> Analysis | None:
    document = read_json(path)
    if document is None:
        return None
    places = {id: place for place, id in enumerate(document["organisations"])}
    at = np.array([places.get(id, -1) for id in snapshot.organisations.ids], dtype=np.int64)
    community = np.array([*document["community"], ALONE], dtype=np.int32)  # the last is for who is newer
    betweenness = np.array([*document["betweenness"], 0.0])
    names = ("marks", "exposure", "snapshot", "model")
    return Analysis(community[at], betweenness[at], **{name: document[name] for name in names})

"""States: what was known before each window of a plan, and the questions that the window answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Encoder, Side
from matcher.history import Question, Window, later_undertakings
from matcher.history.questions import MAKERS, Past
from matcher.history.windows import Plan
from matcher.ranking.model_files import ModelFile
from matcher.records import Organisation, Records
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number
from matcher.snapshot.files import load_snapshot, save_snapshot
from matcher.snapshot.taking import take_snapshot
from matcher.snapshot.texts import Progress
from matcher.store import VectorCache
from matcher.training.decided import DecidedOn, Verdict, decided_examples, verdicts
from matcher.training.examples import Examples, Put, collect, join, put_all

_Item = TypeVar("_Item")
TASKS: Mapping[str, tuple[str, ...]] = {
    "organisation": ("partners",),
    "brief": ("briefs", "newcomers"),
    "group": ("groups",),
}
"""Kind of question -> tasks of `matcher.history.questions` whose questions are of it."""
MOST_FIT = 1_500
"""At most so many questions of a task are fitted on in a window."""
MOST_VALIDATION = 600
"""At most so many questions of a task are chosen by in a window."""


def quiet(what: str, done: int, total: int) -> None:
    """Show no progress."""


def counted(items: Iterable[_Item], total: int, what: str, progress: Progress) -> Iterator[_Item]:
    """Give items, of which there are `total`, and show how many are done."""
    for done, item in enumerate(items):
        progress(what, done, total)
        yield item
    progress(what, total, total)


class Remembering:
    """An encoder that keeps what it encoded: many questions ask with the same text."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dimensions, self.languages = encoder.name, encoder.dimensions, encoder.languages
        self._encoder = encoder
        self._kept: dict[tuple[str, Side], NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str], side: Side = "passage") -> NDArray[np.float32]:
        """Return unit vectors, shape (n, dimensions); a text of the same side is encoded once."""
        missing = [text for text in dict.fromkeys(texts) if (text, side) not in self._kept]
        if missing:
            encoded = self._encoder.encode(missing, side)
            self._kept.update(zip(((text, side) for text in missing), encoded, strict=True))
        return np.stack([self._kept[text, side] for text in texts])


@dataclass(frozen=True, kw_only=True)
class Training:
    """What to train on, and the model to be better than; ValueError without windows to fit on and to choose by."""

    records: Records
    encoder: Encoder
    plan: Plan
    present: ModelFile
    now: date
    """The day that the model file names."""
    cache: VectorCache | None = None
    seed: int = 0
    progress: Progress = quiet
    later_decisions: bool = False
    """Whether a chosen model is fitted again with the decisions since the first validation day, too.

    Where it then is no worse by the validation questions it stands. A model that is to be tested must not have them.
    """

    def __post_init__(self) -> None:
        if not (self.plan.fit and self.plan.validation):
            raise ValueError("a plan to train by needs windows to fit on and windows to choose by")


@dataclass(frozen=True)
class States:
    """The states before the windows of a plan, each taken once and read from files: together they take gigabytes."""

    training: Training
    folder: Path
    """Where the states are kept while they are used."""
    _taken: dict[date, Snapshot] = field(default_factory=dict)

    @cached_property
    def _asking(self) -> Remembering:
        return Remembering(self.training.encoder)

    @cached_property
    def _organisations(self) -> dict[str, Organisation]:
        return {one.id: one for one in self.training.records.organisations}

    def before(self, day: date) -> Snapshot:
        """Return the state before a day: nothing of it or later is in it."""
        if day not in self._taken:
            of = self.training
            taken = take_snapshot(of.records, of.encoder, "training", cache=of.cache, before=day, progress=of.progress)
            self._taken[day] = load_snapshot(save_snapshot(taken, self.folder))
        return self._taken[day]

    def history(self, kind: str) -> tuple[Examples, int]:
        """Return the examples of the fitting windows for a kind of question, and how many undertakings they are of."""
        parts, units = [], set()
        for window in self.training.plan.fit:
            questions = self._questions(kind, window, MOST_FIT)
            units |= {question.unit for question in questions}
            seed = self.training.seed + window.cut.toordinal()
            parts.append(
                collect(self._counted(questions, "fit", kind, window), self.before(window.cut), _day(window), seed)
            )
        return join(parts), len(units)

    def validation(self, kind: str) -> Iterator[Put]:
        """Give the questions of the validation windows for a kind of question, put to the states before them."""
        for window in self.training.plan.validation:
            questions = self._questions(kind, window, MOST_VALIDATION)
            told = self._counted(questions, "validation", kind, window)
            yield from put_all(told, self.before(window.cut), _day(window))

    def decided(self, kind: str, *, later: bool) -> Examples:
        """Return decisions from before the first validation day as examples, those after it too where `later`.

        Each is put to the latest state that is no later than the first decision about the two.
        """
        plan, of = self.training.plan, self.training
        cuts = [window.cut for window in (*plan.fit, *(plan.validation if later else ()))]
        found = verdicts(of.records.decisions, cuts[0], date.max if later else plan.validation[0].cut)
        by_cut: dict[date, list[Verdict]] = {cut: [] for cut in cuts}
        for one in found:
            by_cut[max(cut for cut in cuts if cut <= one.first)].append(one)
        briefs = {one.id: one for one in of.records.briefs}
        return join(
            [
                decided_examples(verdicts_, DecidedOn(self.before(cut), cut, self._asking, briefs), kind)
                for cut, verdicts_ in by_cut.items()
                if verdicts_
            ]
        )

    def _questions(self, kind: str, window: Window, most: int) -> list[Question]:
        snapshot = self.before(window.cut)
        undertakings = later_undertakings(self.training.records, snapshot, window)
        past = Past(snapshot, undertakings, self._asking, self._organisations, self.training.seed)
        return [question for task in TASKS[kind] for question in MAKERS[task](past, most)]

    def _counted(self, questions: Sequence[Question], what: str, kind: str, window: Window) -> Iterator[Question]:
        """Give questions, and show how far they are."""
        shown = f"{kind}: {what} {window.cut} to {window.until}"
        return counted(questions, len(questions), shown, self.training.progress)


def _day(window: Window) -> int:
    """Return the day as on which a window's questions are put, in days since 1970-01-01."""
    return day_number(window.cut)

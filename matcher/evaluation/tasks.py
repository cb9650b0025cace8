"""Tasks: kinds of questions that a history answers, and how each is told to people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matcher.errors import InputError
from matcher.history import Question
from matcher.history.questions import (
    Past,
    brief_questions,
    group_questions,
    newcomer_questions,
    partner_questions,
    without_network,
)
from matcher.vocabularies import load

Make = Callable[[Past, int | None], list[Question]]
"""Makes the questions of a window, at most so many."""


@dataclass(frozen=True)
class Task:
    """A kind of question; `question` is the kind of model head that answers it."""

    name: str
    question: str
    make: Make
    learn: Make | None = None
    """What is learned from where that differs: one model serves warm and cold organisations alike."""

    @property
    def lessons(self) -> Make:
        """Makes the questions that are learned from."""
        return self.learn or self.make

    @property
    def title(self) -> Mapping[str, str]:
        """What it is called, by language."""
        return _words(self.name)["title"]

    @property
    def asked(self) -> Mapping[str, str]:
        """What is asked, as one plain sentence, by language."""
        return _words(self.name)["question"]


def cold_questions(past: Past, most: int | None = None) -> list[Question]:
    """Ask as partner_questions does, with the organisations' texts alone, those without any text left out."""
    hidden = [without_network(question, past.snapshot) for question in partner_questions(past, most)]
    return [one for one in hidden if one.query.need is not None or one.query.profile is not None]


TASKS = {
    "partners": Task("partners", "organisation", partner_questions),
    "briefs": Task("briefs", "brief", brief_questions),
    "groups": Task("groups", "group", group_questions),
    "newcomers": Task("newcomers", "brief", newcomer_questions),
    "cold": Task("cold", "organisation", cold_questions, learn=partner_questions),
}
"""By name, in the order in which they are reported."""


def task_named(name: str) -> Task:
    """Return a task; InputError with the names there are."""
    if name not in TASKS:
        raise InputError(f"There is no task {name!r}; known are {', '.join(TASKS)}.")
    return TASKS[name]


def _words(name: str) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = load("evaluation")["tasks"][name]
    return words

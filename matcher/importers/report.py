"""What an importer found: problems by file, line and column, and counts of what it read and repaired."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """What was done about a problem."""

    REPAIRED = "repaired"
    """The value was mended and used."""
    IGNORED = "ignored"
    """The value was left out; the row was used."""
    SKIPPED = "skipped"
    """The row was left out."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that was wrong: where (file, 1-based line, column header), what, and what was done."""

    severity: Severity
    file: str
    line: int | None
    column: str | None
    message: str


@dataclass(slots=True)
class ImportReport:
    """Counts and problems of one import; at most `max_problems` are listed, all are counted."""

    max_problems: int = 10_000
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    """E.g. rows read, organisations, collaborations, briefs, repaired, ignored, skipped."""
    mapping: dict[str, dict[str, str]] = field(default_factory=dict)
    """Table -> header -> field, "" where a column was left out."""
    notes: list[str] = field(default_factory=list)
    """Sentences for the user: columns left out and why, tables absent, guesses made."""

    def count(self, what: str, number: int = 1) -> None:
        """Add `number` to the count `what`."""
        self.counts[what] = self.counts.get(what, 0) + number

    def add(self, problem: Problem) -> None:
        """Count a problem by its severity, and list it while there is room."""
        self.count(problem.severity.value)
        if len(self.problems) < self.max_problems:
            self.problems.append(problem)

    @property
    def is_full(self) -> bool:
        """Whether further problems are only counted, whatever their message."""
        return len(self.problems) >= self.max_problems

    @property
    def unlisted(self) -> int:
        """How many problems were counted but not listed."""
        return sum(self.counts.get(severity.value, 0) for severity in Severity) - len(self.problems)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        return {
            "counts": dict(sorted(self.counts.items())),
            "mapping": self.mapping,
            "notes": self.notes,
            "problems": [
                {
                    "severity": problem.severity.value,
                    "file": problem.file,
                    "line": problem.line,
                    "column": problem.column,
                    "message": problem.message,
                }
                for problem in self.problems
            ],
            "unlisted": self.unlisted,
        }

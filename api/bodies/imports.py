"""Imports: what is uploaded, and what was found in it row by row."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.bodies.jobs import JobTold

Importer = Literal["spreadsheet", "cordis"]
TableKind = Literal["organisations", "collaborations", "briefs"]
MOST_PAIRS_CHARS = 20_000
MOST_PAIRS = 500
MOST_TEXT_CHARS = 1_000
PairsJson = Annotated[str, StringConstraints(max_length=MOST_PAIRS_CHARS)]


class RowProblem(BaseModel):
    """One thing that was wrong in an uploaded table."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    severity: Literal["repaired", "ignored", "skipped"]
    """The value was mended, the value was left out, or the row was left out."""
    file: str
    """The upload, or the table within it."""
    line: int | None
    """From 1; null where the whole table is meant."""
    column: str | None
    message: str
    """What is wrong, and what was done."""


class ImportListed(JobTold):
    """An import: the job, and how it was asked for."""

    name: str
    """What whoever uploaded it calls the file."""
    dry_run: bool
    strict: bool


class ImportTold(ImportListed):
    """An import, and what was found in the file."""

    counts: dict[str, int] | None
    """Rows read, repaired, ignored, skipped and the like; null until the file was read."""
    mapping: dict[str, dict[str, str]] | None
    """Table -> header -> field, "" where a column was left out."""
    notes: list[str]
    """What else there is to know: columns left out and why, guesses made."""
    problems: list[RowProblem]
    """The first hundred; all of them are at `/problems`."""
    problems_count: int
    """So many are listed there."""
    unlisted: int
    """So many more were counted but not listed."""
    can_be_undone: bool
    """Whether it changed anything that can be taken back, which holds for the newest."""


class ImportPage(BaseModel):
    """Part of the imports, newest first; each without its row report."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[ImportListed]
    next: str | None
    """The `cursor` of the next page; null at the end."""


class RowProblemPage(BaseModel):
    """Part of the problems of an import, in the order of its rows."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[RowProblem]
    next: str | None
    """The `cursor` of the next page; null at the end."""

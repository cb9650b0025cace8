"""Drafts: a brief as somebody writes it, what is wrong with it, what it lacks, and what in it drives the match."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.access.principals import Principal
from api.asking import engine_of, ready_of
from api.bodies.asking import Ways
from api.bodies.briefs import BriefGiven
from api.pages.naming import Unclear, both, named
from api.pages.rendering import country_name
from api.pages.suggestions.question import Wanted
from api.pages.suggestions.suggesting import answered
from api.pages.typed import faults_of, plain
from api.problems import Problem, problem_of, reader_of
from api.routes.suggestions import suggested
from api.words import load
from matcher.importers.codes import country_code
from matcher.matching import Suggestion, Suggestions
from matcher.query import Query, brief_query
from matcher.records import Brief

FIRST = 10
"""Of so many answers the evidence is counted."""
SHOWN = 5
SHORT = 120
"""A text of fewer characters says too little."""
_PARTS = re.compile(r"[,;\n]")
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS = 2
"""So many small words of a language tell that a text holds it."""
FIELDS = (
    "kind", "title", "text", "requirements", "owner", "kinds", "countries", "exclusions", "opens", "closes",
)  # fmt: skip
_Text = Annotated[str, Field(max_length=200_000)]


class Draft(BaseModel):
    """The form as it is sent: everything is text."""

    model_config = ConfigDict(extra="ignore")

    kind: _Text = "need"
    title: _Text = ""
    text: _Text = ""
    requirements: _Text = ""
    owner: _Text = ""
    """Name or id."""
    kinds: list[str] = []
    countries: _Text = ""
    """Codes or names, between commas."""
    exclusions: _Text = ""
    """Names or ids, one in each line."""
    opens: _Text = ""
    closes: _Text = ""
    version: _Text = ""
    """Of the brief that was read to be changed; empty for a new one."""
    base: Annotated[str, Field(max_length=1_000_000)] = ""
    """What the form was filled with before anybody typed, as JSON; empty for a new one."""
    act: str = "save"
    """save, or look: what would be answered, without keeping anything."""

    def as_base(self) -> str:
        """Return what the fields say, as one field of the form."""
        return json.dumps({name: self.said(name) for name in FIELDS}, ensure_ascii=False)

    def said(self, name: str) -> list[str]:
        """Return what a field says, without what makes no difference."""
        value = getattr(self, name)
        if name == "kinds":
            return sorted(value)
        if name == "countries":
            return sorted(part.strip() for part in _PARTS.split(value) if part.strip())
        return plain(value).split("\n")

    def typed(self, name: str) -> bool:
        """Return whether somebody has typed something into a field; where its base is damaged, into every one."""
        try:
            base = json.loads(self.base)
        except (ValueError, RecursionError):
            return True
        return not isinstance(base, dict) or base.get(name) != self.said(name)


@dataclass(frozen=True)
class Sentence:
    """A sentence of a brief, and how many of the first answers it is the best reason for."""

    text: str
    count: int


@dataclass(frozen=True)
class Look:
    """Who would answer a draft, and which of its sentences they answer."""

    first: tuple[Suggestion, ...]
    sentences: list[Sentence]
    asked: int
    """How many answers the sentences were counted on."""
    nobody: str
    """Where nobody is good enough: a sentence that says so."""
    engine_misses: tuple[str, ...]


def draft_of(request: Request, brief: Brief, version: bytes) -> Draft:
    """Return a brief as its form is filled."""
    language = reader_of(request)
    ids = [*([brief.owner] if brief.owner else []), *brief.exclusions]
    names = engine_of(request).store.names_of(ids)
    found = Draft(
        kind=brief.kind,
        title=brief.title,
        text=brief.text,
        requirements=brief.requirements,
        owner=both(brief.owner, names.get(brief.owner, "")) if brief.owner else "",
        kinds=list(brief.kinds),
        countries=", ".join(_country_told(code, language) for code in brief.countries),
        exclusions="\n".join(both(id, names.get(id, "")) for id in brief.exclusions),
        opens=brief.opens.isoformat() if brief.opens else "",
        closes=brief.closes.isoformat() if brief.closes else "",
        version=version.hex(),
    )
    return found.model_copy(update={"base": found.as_base()})


def read_draft(request: Request, asking: Principal, draft: Draft) -> tuple[BriefGiven | None, dict[str, str]]:
    """Return what a form says as the API takes it, None where it cannot be, and what is wrong by field."""
    values: dict[str, Any] = {
        "kind": draft.kind,
        "title": " ".join(draft.title.split()),
        "text": plain(draft.text),
        "requirements": plain(draft.requirements),
        "kinds": [code for code in draft.kinds if code],
        "countries": [part.strip() for part in _PARTS.split(draft.countries) if part.strip()],
        "opens": draft.opens.strip() or None,
        "closes": draft.closes.strip() or None,
        "owner": None if asking.sees_everything else asking.organisation,
    }
    faults: dict[str, str] = {}
    try:
        if asking.sees_everything and draft.owner.strip():
            values["owner"] = named(request, asking, draft.owner)
    except Unclear as error:
        faults["owner"] = str(error)
    try:
        lines = [line for line in draft.exclusions.splitlines() if line.strip()]
        values["exclusions"] = [named(request, asking, line) for line in lines]
    except Unclear as error:
        faults["exclusions"] = str(error)
    try:
        given = BriefGiven.model_validate(values)
    except ValidationError as error:
        return None, faults_of(_problem(request, error)) | faults
    return (None if faults else given), faults


def brief_of(given: BriefGiven, id: str) -> Brief:
    """Return what is given as a brief."""
    return Brief(id=id, **given.values())


def looked(request: Request, brief: Brief) -> Look | None:
    """Return who would answer a brief that need not be kept; None where it says nothing yet, or nothing answers."""
    if not _says(request, brief):
        return None
    try:
        ready = ready_of(request)
    except Problem:
        return None
    ways = Ways(limit=FIRST)
    query = brief_query(ready.snapshot, engine_of(request).encoder, brief, ways.filters(ready.snapshot))
    found = suggested(request, ready, query, ways)
    return _look(query, found, found.suggestions)


def answers_of(request: Request, asking: Principal, brief: Brief) -> Look | None:
    """Return who answers a brief that is kept, in the order of people where they chose any; None as `looked`."""
    if not _says(request, brief):
        return None
    try:
        answer = answered(request, asking, Wanted(brief=brief.id, limit=FIRST))
    except Problem as problem:
        if problem.code != "not-ready":
            raise
        return None
    return _look(answer.query, answer.found, answer.list.shown)


def _says(request: Request, brief: Brief) -> bool:
    """Return whether a brief holds a word, and no more than a question may."""
    whole = f"{brief.title}\n{brief.text}\n{brief.requirements}"
    return len(whole) <= request.app.state.settings.max_query_chars and any(sign.isalnum() for sign in whole)


def _look(query: Query, found: Suggestions, shown: tuple[Suggestion, ...]) -> Look:
    """Return what is shown of an answer: its first, and of each sentence how many of all it is the best reason for."""
    counts = Counter(one.evidence.need for one in shown if one.evidence.offer)
    sentences = query.need.sentences if query.need else ()
    return Look(
        first=shown[:SHOWN],
        sentences=[Sentence(text, counts[text]) for text in dict.fromkeys(sentences)],
        asked=len(shown),
        nobody=found.nobody or "",
        engine_misses=found.missing,
    )


def lacks(brief: Brief) -> list[str]:
    """Return what a brief lacks that would make its answers better, as the names by which the page tells it."""
    whole = f"{brief.title}\n{brief.text}\n{brief.requirements}"
    found = {
        "title": not brief.title,
        "text": not brief.text.strip(),
        "short": 0 < len(brief.text.strip()) < SHORT,
        "requirements": not brief.requirements.strip(),
        "kinds": not brief.kinds,
        "countries": not brief.countries,
        "closes": brief.closes is None,
        "order": bool(brief.opens and brief.closes and brief.closes < brief.opens),
        "owner": not brief.owner,
        "language": len(languages_in(whole)) == 1,
    }
    return [name for name, is_lacking in found.items() if is_lacking]


def languages_in(text: str) -> set[str]:
    """Return the languages (ISO 639-1) that a text holds, told by its small words, at least line by line."""
    found: set[str] = set()
    words = {language: set(known) for language, known in load("small-words").items()}
    for line in re.split(r"[\n.!?]+", text):
        said = [word.casefold() for word in _WORD.findall(line)]
        counts = {language: sum(word in known for word in said) for language, known in words.items()}
        best = max(counts, key=lambda language: counts[language])
        if counts[best] >= _LEAST_WORDS:
            found.add(best)
    return found


def _country_told(code: str, language: str) -> str:
    """Return the name of a country where its form is read back as the same, else its code."""
    name = country_name(code, language)
    try:
        return name if not _PARTS.search(name) and country_code(name) == code else code
    except ValueError:
        return code


def _problem(request: Request, error: ValidationError) -> Problem:
    faults = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
    return problem_of(request, RequestValidationError(faults))

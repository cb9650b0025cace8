"""Question: what a page of suggestions is asked with; all of it stands in its address, which can be shared."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError, field_validator

from api.access.principals import Principal
from api.asking import anybody_asking, brief_asking, organisations_asking
from api.bodies.asking import MOST_NAMED, Asked, Id, Ways
from api.bodies.fields import WHOLE
from api.engine import Ready
from matcher.errors import InputError
from matcher.lists import ListSettings
from matcher.matching import AskSettings
from matcher.query import Query as MatcherQuery
from matcher.store.decision_pages import BRIEF

MOST_SHOWN = 50
"""Longest list on a page; more are had as a file by an export."""
_FLOOR, _MORE = ListSettings().newcomer_floor, 0.4
"""Share of the places that is kept for newcomers, and how much more of them where the dial is wholly turned to them."""
_PASSING = {"before", "missing", "ids", "said", "about"}
"""What is of one visit only, and no part of the address that is shared."""
_MANY = {"kinds", "countries", "exclude", "before", "ids"}


_MOST_IN_ADDRESS = 2_000


class Wanted(Ways):
    """Who asks, an organisation, a brief or a text; how; and what a visit is about besides."""

    organisation: Id | None = None
    brief: Id | None = None
    text: Annotated[str, Field(max_length=20_000)] = ""
    limit: Annotated[int, Field(ge=1, le=MOST_SHOWN), WHOLE] = 10
    before: list[Id] = Field(default=[], max_length=MOST_NAMED)
    """Ids of the list that was shown before, so that it can be said what has changed."""
    missing: Annotated[str, Field(max_length=200)] = ""
    """Name or id of an organisation: why is it not suggested?"""
    ids: list[Id] = Field(default=[], max_length=MOST_NAMED)
    """Whom to compare."""
    said: Annotated[str, Field(max_length=40)] = ""
    """Code of what was done a moment ago."""
    about: Id | None = None
    """Id of the organisation with which it was done."""

    @field_validator("kinds", "countries", mode="before")
    @classmethod
    def _without_blanks(cls, given: list[str]) -> list[str]:
        """Take a field that was left blank as none, and several in one field, separated by commas."""
        return [word.strip() for text in given for word in text.split(",") if word.strip()]

    @property
    def side(self) -> str:
        """Who asks, as choices and decisions name it: an id, or `brief:ID`; empty for a text."""
        return f"{BRIEF}{self.brief}" if self.brief else self.organisation or ""

    @property
    def is_long(self) -> bool:
        """Whether the text makes addresses longer than what stands between may carry: links with it are left out."""
        return len(self.text) > _MOST_IN_ADDRESS

    def settings(self) -> AskSettings:
        """Return how to answer; the dial of the well-known moves the places kept for newcomers, too."""
        found = super().settings()
        if "newcomers" in self.model_fields_set:
            return found
        share = _FLOOR * (1 - self.popularity) if self.popularity > 0 else _FLOOR - _MORE * self.popularity
        return replace(found, lists=replace(found.lists, newcomer_floor=share))

    def query(self, request: Request, ready: Ready, asking: Principal) -> MatcherQuery:
        """Return what is asked; InputError where nothing is, Problem where it may not be asked."""
        if self.brief:
            return brief_asking(request, ready, self.brief, self, asking)
        if self.organisation:
            return organisations_asking(request, ready, [self.organisation], self, asking)
        if not self.text.strip():
            raise InputError("Say whom you are looking for.")
        fields = {name: value for name, value in self.model_dump().items() if name in Asked.model_fields}
        return anybody_asking(request, ready, Asked.model_validate(fields, strict=False), asking)

    def only_side(self) -> "Wanted":
        """Return the question of the same side, asked as usual."""
        return Wanted(organisation=self.organisation, brief=self.brief)

    def neutral(self) -> "Wanted":
        """Return the same question with the dials in the middle."""
        dials = {"popularity", "bridging", "reciprocity", "newcomers", "diversity"}
        return Wanted.model_validate(self.model_dump(exclude=dials, exclude_unset=True))

    def pairs(self, *left_out: str) -> list[tuple[str, str]]:
        """Return the fields that differ from what is usual, as a form or an address holds them."""
        values = self.model_dump(exclude_defaults=True, exclude={*_PASSING, *left_out})
        return _pairs(values.items())

    def address(self, page: str = "/suggestions", **more: Any) -> str:
        """Return the address of a page on what is asked, in which `more` stands besides; of no page the query alone."""
        query = urlencode(self.pairs() + _pairs(more.items()))
        return f"{page}?{query}" if page else query


def wanted_of(query: str) -> Wanted:
    """Return what the query of an address asks; RequestValidationError where it cannot be."""
    given = parse_qs(query, keep_blank_values=True)
    try:
        return Wanted.model_validate({name: every if name in _MANY else every[-1] for name, every in given.items()})
    except ValidationError as error:
        faults = error.errors(include_url=False)
        raise RequestValidationError([{**one, "loc": ("body", "back", *one["loc"])} for one in faults]) from error


def _pairs(values: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    every = [(name, one) for name, value in values for one in (value if isinstance(value, list) else [value])]
    return [(name, _text(one)) for name, one in every if one is not None]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)

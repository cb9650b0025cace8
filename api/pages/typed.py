"""Typed: what forms send and are filled with: plain texts, addresses, faults by field, and lists to choose from."""

from functools import cache
from unicodedata import combining, normalize
from urllib.parse import quote

from api.pages.rendering import country_name
from api.problems import Problem
from matcher.vocabularies import label, load


def plain(text: str) -> str:
    """Return a text as it was typed: forms send lines that end otherwise, and blanks around them mean nothing."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def addressed(*parts: str) -> str:
    """Return the address of a page, ids in it as addresses hold them."""
    return "/" + "/".join(quote(part, safe="") for part in parts)


def faults_of(problem: Problem | None) -> dict[str, str]:
    """Return what is wrong with a form by the name of its field; empty where nothing is, or nothing of one field."""
    found: dict[str, str] = {}
    for one in problem.members.get("errors", ()) if problem else ():
        _, _, place = one["pointer"].partition("/")
        found.setdefault(place.partition("/")[0], one["message"])
    return found


@cache
def kinds(language: str) -> tuple[tuple[str, str], ...]:
    """Return the kinds of organisations as (code, name)."""
    return tuple((code, label("kinds", code, language)) for code in load("kinds"))


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Return every country as (ISO 3166-1 alpha-2, name), by name."""
    import pycountry

    pairs = [(one.alpha_2, country_name(one.alpha_2, language)) for one in pycountry.countries]
    return tuple(sorted(pairs, key=lambda pair: _folded(pair[1])))


def _folded(name: str) -> str:
    """Return a name as it is looked up in a list: without accents and case."""
    return "".join(sign for sign in normalize("NFKD", name) if not combining(sign)).casefold()

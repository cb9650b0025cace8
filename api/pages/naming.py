"""Naming: the organisation that somebody means by a name, an id, or both as a form writes them."""

import re

from fastapi import Request

from api.access.principals import Principal
from api.asking import engine_of
from api.pages.translating import translations
from api.problems import reader_of
from matcher.records import Organisation
from matcher.resolving import is_meant, possible_ids
from matcher.store.filters import Order, OrganisationFilter
from matcher.store.folding import fold_words
from matcher.store.listing import MOST_PER_PAGE

MOST_NAMED = 5
_BOTH = re.compile(r".*\[([^\[\]]+)\]")


class Unclear(Exception):  # noqa: N818  # what somebody typed; nothing is out of order
    """A text that names no organisation, or several; the message says so in the reader's language."""


def both(id: str, name: str) -> str:
    """Return name and id as one text, which `named` understands."""
    return f"{name} [{id}]" if name and name != id else id


def named(request: Request, asking: Principal, text: str) -> str:
    """Return the id of the organisation that a text means, of those that who asks may see; Unclear where it is none."""
    text = text.strip()
    found = _BOTH.fullmatch(text)
    for id in [*([found[1]] if found else []), *possible_ids(text)]:
        one = engine_of(request).store.organisation(id)
        if one is not None and asking.sees(one):
            return one.id
    alike = _alike(request, asking, text)
    meant = [one for one in alike if is_meant(one, text)]
    if len(meant) == 1:
        return meant[0].id
    raise Unclear(_told(request, text, meant or alike))


def _alike(request: Request, asking: Principal, text: str) -> list[Organisation]:
    """Return the organisations in whose name a text stands."""
    visibility = None if asking.sees_everything else "public"
    filters = OrganisationFilter(words=text, visibility=visibility)
    page = engine_of(request).store.organisations_page(filters, order=Order("name"), limit=MOST_PER_PAGE)
    words = fold_words(text)
    return [one for one, _ in page.items if words in fold_words(one.name)]


def _told(request: Request, text: str, alike: list[Organisation]) -> str:
    gettext = translations(reader_of(request)).gettext
    if not alike:
        return gettext("No organisation is called %(name)s; write its name or its id.") % {"name": text}
    names = "; ".join(both(one.id, one.name) for one in alike[:MOST_NAMED])
    return gettext("Which one is meant? Copy one of these: %(names)s") % {"names": names}

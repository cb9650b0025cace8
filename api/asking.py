"""Asking: what a request asks, as a query to the snapshot that answers it, within what the asking one may see."""

from dataclasses import replace

import numpy as np
from fastapi import Request
from numpy.typing import NDArray

from api.access.principals import Principal
from api.bodies.asking import Asked, Ways
from api.engine import Engine, NotReady, Ready
from api.problems import Problem, reader_of
from api.words import say
from matcher.errors import InputError
from matcher.query import Query, brief_query, organisation_query, text_query
from matcher.records import Brief
from matcher.store.aliases import stays_of
from matcher.store.connecting import reading
from matcher.store.fingerprints import is_storable


def ready_of(request: Request) -> Ready:
    """Return what answers now; Problem where nothing does yet."""
    try:
        return engine_of(request).ready()
    except NotReady as error:
        name = "store_empty" if error.empty else "snapshot_coming"
        raise Problem("not-ready", say(name, reader_of(request)), headers={"Retry-After": "30"}) from error


def engine_of(request: Request) -> Engine:
    """Return the engine of the service."""
    engine: Engine = request.app.state.engine
    return engine


def organisations_asking(request: Request, ready: Ready, ids: list[str], ways: Ways, asking: Principal) -> Query:
    """Return the query of organisations; Problem where one is unknown or may not be seen."""
    for id in ids:
        check_seen(request, ready, id, asking)
    query = organisation_query(ready.snapshot, list(dict.fromkeys(ids)), ways.filters(ready.snapshot))
    return _checked(query, ready, ways)


def brief_asking(request: Request, ready: Ready, id: str, ways: Ways, asking: Principal) -> Query:
    """Return the query of a brief; Problem where it is unknown.

    An owner that may not be seen plays no part in it: paths and reasons would name it.
    """
    brief = known_brief(request, id)
    owner = engine_of(request).store.organisation(brief.owner) if brief.owner else None
    if owner is not None and not asking.sees(owner):
        brief = replace(brief, owner=None)
    query = brief_query(ready.snapshot, engine_of(request).encoder, brief, ways.filters(ready.snapshot))
    return _checked(query, ready, ways)


def anybody_asking(request: Request, ready: Ready, asked: Asked, asking: Principal) -> Query:
    """Return the query of a text or of organisations; InputError where both or neither are given."""
    text = asked.text.strip()
    if bool(text) == bool(asked.organisations):
        raise InputError("Give a text or the ids of organisations that ask, and not both.")
    if not text:
        return organisations_asking(request, ready, asked.organisations, asked, asking)
    most = request.app.state.settings.max_query_chars
    if len(text) > most:
        raise InputError(f"The text has {len(text):,} characters; give at most {most:,}.")
    if not any(sign.isalnum() for sign in text):
        raise InputError("The text holds no word; say in a sentence what is looked for or offered.")
    if any("\ud800" <= sign <= "\udfff" or sign == "\0" for sign in text):
        raise InputError("The text holds signs that are no characters; send it again as UTF-8.")
    query = text_query(ready.snapshot, engine_of(request).encoder, text, asked.side, asked.filters(ready.snapshot))
    return _checked(query, ready, asked)


def check_seen(request: Request, ready: Ready, id: str, asking: Principal) -> None:
    """Raise Problem where an organisation is unknown to the snapshot or may not be seen."""
    one = engine_of(request).store.organisation(id)
    if one is None or not asking.sees(one):
        raise absent(request, id, asking)
    if ready.snapshot.organisations.ids.position(id) is None:
        headers = {"Retry-After": "30"}
        raise Problem("too-new", say("not_in_snapshot", reader_of(request), id=id), headers=headers)


def absent(request: Request, id: str, asking: Principal) -> Problem:
    """Return the problem of an organisation that is not there, with the one that it is since a merge, where seen."""
    store = engine_of(request).store
    with reading(store.engine) as connection:
        stays = stays_of(connection, id) if is_storable(id) else None
    one = None if stays is None else store.organisation(stays)
    if one is not None and asking.sees(one):
        return Problem("not-found", say("was_merged", reader_of(request), id=id, stays=one.id), stays=one.id)
    return Problem("not-found", say("no_organisation", reader_of(request), id=id))


def seen_rows(ready: Ready, asking: Principal) -> NDArray[np.bool_]:
    """Return whom of a snapshot somebody may see, shape (organisations,)."""
    organisations = ready.snapshot.organisations
    seen = np.ones(len(organisations), bool) if asking.sees_everything else ~organisations.hidden
    if asking.organisation and (own := organisations.ids.position(asking.organisation)) is not None:
        seen[own] = True
    return seen if ready.gone is None else seen & ~ready.gone


def known_brief(request: Request, id: str) -> Brief:
    """Return a brief; Problem where it is unknown."""
    brief = engine_of(request).store.brief(id)
    if brief is None:
        raise Problem("not-found", say("no_brief", reader_of(request), id=id))
    return brief


def _checked(query: Query, ready: Ready, ways: Ways) -> Query:
    """Refuse to look abroad of nowhere."""
    countries = [ready.snapshot.organisations.country[row] for row in query.organisations]
    if ways.abroad and all(country < 0 for country in countries):
        raise InputError(
            "`abroad` leaves out the country of the organisation that asks, and it is not known here; "
            "name the countries that are sought in `countries`, or state the asking organisation's."
        )
    return query

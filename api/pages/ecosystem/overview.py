"""The overview: how many organisations of what and where, how evenly they are suggested, and who is new."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from numpy.typing import NDArray

from api.access.guarding import Asking
from api.asking import engine_of
from api.engine import NotReady
from api.pages.ecosystem.analysed import View, view_of
from api.pages.ecosystem.map import map_of
from api.pages.ecosystem.pictures import Bar, Column, Picture, short
from api.pages.ecosystem.spreading import exposure_picture
from api.pages.rendering import country_name, number, show
from api.pages.routing import PageRoute
from matcher.ecosystem.places import find_places
from matcher.export.tables import Cell
from matcher.vocabularies import label

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST_PLACES = 400
MOST_BARS = 12
PER_PAGE = 50
Draw = Callable[[View], Picture | None]
From = Annotated[int, Query(ge=0, le=10_000_000)]


@router.get("/ecosystem")
def overview(request: Request, asking: Asking) -> Response:
    """Show where organisations are, of which kinds and sectors, and how evenly they are suggested."""
    try:
        engine_of(request).ready()
    except NotReady as error:
        return show(request, "empty", is_coming=not error.empty)
    view = view_of(request, asking)
    incidence = view.snapshot.incidence
    return show(
        request,
        "ecosystem",
        state=view.state,
        organisations=int(view.seen.sum()),
        collaborations=int((incidence.by_collaboration @ view.seen.astype(np.float64) > 0).sum()),
        countries=len(np.unique(_known(view, view.snapshot.organisations.country))),
        newcomers=int(np.count_nonzero(view.seen & ~incidence.connected)),
        pictures=[picture for draw in OVERVIEW.values() if (picture := draw(view)) is not None],
    )


@router.get("/ecosystem/newcomers")
def newcomers(request: Request, asking: Asking, start: From = 0) -> Response:
    """Show who has not worked with anybody yet."""
    view = view_of(request, asking)
    rows = np.flatnonzero(view.seen & ~view.snapshot.incidence.connected)
    shown = [_told(view, row) for row in rows[start : start + PER_PAGE].tolist()]
    next = start + PER_PAGE if start + PER_PAGE < len(rows) else None
    return show(
        request, "newcomers", state=view.state, found=shown, count=len(rows), start=start, per_page=PER_PAGE, next=next
    )


def places_picture(view: View) -> Picture:
    """Return the map."""
    _ = view.say
    organisations = view.snapshot.organisations
    places = find_places(organisations.latitude, organisations.longitude, view.seen, MOST_PLACES)
    cities = [organisations.cities[row] for row in places.first.tolist()]
    countries = [_code(organisations.country, organisations.countries, row) for row in places.first.tolist()]
    drawn = map_of(places, [short(city, 22) for city in cities])
    says = _("Each circle is a place, its area says how many organisations are there; the table has the same.")
    if drawn["outside"]:
        ngettext = view.counted  # so called, the text is found by who gathers them
        says += " " + ngettext(
            "%(num)s organisation lies beyond the frame.",
            "%(num)s organisations lie beyond the frame.",
            drawn["outside"],
        )
    if places.unknown:
        says += " " + _("Of %(num)s no place is known.") % {"num": number(places.unknown, view.language)}
    rows: list[tuple[Cell, ...]] = [
        (city, country, country_name(country, view.language), count, round(latitude, 3), round(longitude, 3))
        for city, country, count, latitude, longitude in zip(
            cities,
            countries,
            places.organisations.tolist(),
            places.latitude.tolist(),
            places.longitude.tolist(),
            strict=True,
        )
    ]
    columns = (
        Column("city", _("City")),
        Column("country", "", "blank"),
        Column("country_name", _("Country")),
        Column("organisations", _("Organisations"), "number"),
        Column("latitude", "", "blank"),
        Column("longitude", "", "blank"),
    )
    return Picture("places", _("Places"), says, "map", drawn, columns, rows)


def kinds_picture(view: View) -> Picture:
    """Return how many organisations are of which kind."""
    _ = view.say
    organisations = view.snapshot.organisations
    counts = np.bincount(_known(view, organisations.kind), minlength=len(organisations.kinds))
    names = {code: label("kinds", code, view.language) for code in organisations.kinds}
    return _bars(view, "kinds", _("Kinds"), _("Kind"), counts, names)


def countries_picture(view: View) -> Picture:
    """Return how many organisations are in which country."""
    _ = view.say
    organisations = view.snapshot.organisations
    counts = np.bincount(_known(view, organisations.country), minlength=len(organisations.countries))
    names = {code: country_name(code, view.language) for code in organisations.countries}
    return _bars(view, "countries", _("Countries"), _("Country"), counts, names)


def sectors_picture(view: View) -> Picture:
    """Return how many organisations work in which sector, by what they state and what they did."""
    _ = view.say
    organisations = view.snapshot.organisations
    held = organisations.sectors
    rows = np.repeat(np.arange(held.shape[0]), np.diff(held.indptr))
    counts = np.bincount(held.indices[view.seen[rows]], minlength=held.shape[1])
    names = {code: code.replace("-", " ") for code in organisations.sector_codes}
    return _bars(view, "sectors", _("Sectors"), _("Sector"), counts, names)


def newcomers_table(view: View) -> Picture:
    """Return who has not worked with anybody yet, as a table alone."""
    rows = np.flatnonzero(view.seen & ~view.snapshot.incidence.connected).tolist()
    columns = tuple(Column(code, "") for code in ("id", "name", "kind", "country", "city"))
    told = [_told(view, row) for row in rows]
    return Picture("newcomers", "", "", "", None, columns, [tuple(one[of.code] for of in columns) for one in told])


def _bars(
    view: View, name: str, title: str, column: str, counts: NDArray[np.int64], names: Mapping[str, str]
) -> Picture:
    """Return counts as bars, the largest first, of one size in the order of their codes; `names` are in theirs."""
    _ = view.say
    codes = list(names)
    order = [place for place in np.argsort(-counts, kind="stable").tolist() if counts[place]]
    total, most = max(int(view.seen.sum()), 1), max(int(counts.max(initial=1)), 1)
    rows: list[tuple[Cell, ...]] = [
        (codes[place], names[codes[place]], int(counts[place]), round(int(counts[place]) / total, 4)) for place in order
    ]
    bars = [Bar(short(str(row[1])), int(row[2] or 0), int(row[2] or 0) / most) for row in rows[:MOST_BARS]]
    says = _("How many organisations there are of each.")
    if name == "sectors":
        says += " " + _("An organisation may be counted in several.")
    if len(bars) < len(rows):
        says += " " + _("The %(shown)s most frequent of %(num)s; the table has all.") % {
            "shown": len(bars),
            "num": len(rows),
        }
    columns = (
        Column("code", "", "blank"),
        Column("name", column),
        Column("organisations", _("Organisations"), "number"),
        Column("share", _("Share of all"), "percent"),
    )
    return Picture(name, title, says, "bars", bars, columns, rows)


def _known(view: View, codes: NDArray[np.int32]) -> NDArray[np.int32]:
    return codes[view.seen & (codes >= 0)]


def _code(codes: NDArray[np.int32], names: Any, row: int) -> str:
    return str(names[int(codes[row])]) if codes[row] >= 0 else ""


def _told(view: View, row: int) -> dict[str, str]:
    organisations = view.snapshot.organisations
    return {
        "id": organisations.ids[row],
        "name": view.name(row),
        "kind": _code(organisations.kind, organisations.kinds, row),
        "country": _code(organisations.country, organisations.countries, row),
        "city": organisations.cities[row],
    }


OVERVIEW: Mapping[str, Draw] = {
    "places": places_picture,
    "kinds": kinds_picture,
    "sectors": sectors_picture,
    "countries": countries_picture,
    "exposure": exposure_picture,
}

"""Downloads: every picture of the network as a drawing and as a table."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from api.access.guarding import Asking
from api.access.principals import Principal
from api.pages.ecosystem.analysed import view_of
from api.pages.ecosystem.bridges import Side, bridges_picture, chosen
from api.pages.ecosystem.communities import brokers_picture, communities_picture, members_table
from api.pages.ecosystem.overview import OVERVIEW, Draw, newcomers_table
from api.pages.ecosystem.pictures import Picture, as_csv, as_svg, no_picture
from api.pages.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DRAWN: Mapping[str, Draw] = {**OVERVIEW, "communities": communities_picture, "brokers": brokers_picture}
TABLES: Mapping[str, Draw] = {**DRAWN, "members": members_table, "newcomers": newcomers_table}


@router.get("/ecosystem/bridges.svg")
def bridges_svg(request: Request, asking: Asking, left: Side = None, right: Side = None) -> Response:
    """Return who bridges two communities as a drawing."""
    return as_svg(request, _bridges(request, asking, left, right))


@router.get("/ecosystem/bridges.csv")
def bridges_csv(request: Request, asking: Asking, left: Side = None, right: Side = None) -> Response:
    """Return who bridges two communities as a table."""
    return as_csv(_bridges(request, asking, left, right))


@router.get("/ecosystem/{name}.svg")
def picture_svg(request: Request, asking: Asking, name: str) -> Response:
    """Return a picture as a drawing."""
    return as_svg(request, _picture(request, asking, name, DRAWN))


@router.get("/ecosystem/{name}.csv")
def picture_csv(request: Request, asking: Asking, name: str) -> Response:
    """Return a picture as a table."""
    return as_csv(_picture(request, asking, name, TABLES))


def _picture(request: Request, asking: Principal, name: str, known: Mapping[str, Draw]) -> Picture:
    draw = known.get(name)
    picture = draw(view_of(request, asking)) if draw else None
    if picture is None:
        raise no_picture(request)
    return picture


def _bridges(request: Request, asking: Principal, left: str | None, right: str | None) -> Picture:
    view = view_of(request, asking)
    pair = chosen(view, left, right)
    if pair is None:
        raise no_picture(request)
    return bridges_picture(view, pair)

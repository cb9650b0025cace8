"""The graph: the neighbourhood of an organisation, and warm paths from one to another."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from api.access.guarding import Asking
from api.access.principals import Principal
from api.access.routing import GuardedRoute
from api.asking import check_seen, engine_of, ready_of, seen_rows
from api.bodies.examples import worked
from api.bodies.fields import KnownId
from api.bodies.graph import Around, Between, Edge, Network, Node, Path, Paths, Place, Through
from api.engine import Ready
from api.problems import documented
from matcher.context import HALF_LIFE_YEARS
from matcher.errors import InputError
from matcher.explanations.neighbourhood import Neighbourhood, find_neighbourhood
from matcher.explanations.warm_paths import WarmPath, find_warm_paths
from matcher.graph import UNDATED, Decayed
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number

router = APIRouter(route_class=GuardedRoute, prefix="/v1/graph", tags=["graph"])
_PROBLEMS = documented(
    "invalid-request", "unauthorised", "forbidden", "not-found", "too-many-requests", "too-new", "not-ready"
)
_EPOCH = date(1970, 1, 1).toordinal()


@router.get(
    "/paths",
    response_model=Paths,
    responses=worked("paths") | _PROBLEMS,
    summary="Find the shortest warm paths from one organisation to another",
)
def paths(request: Request, asking: Asking, between: Annotated[Between, Query()]) -> Response:
    """Return over whom and through which past collaborations one organisation reaches another, in four steps at most.

    All paths are of the fewest steps; recent and small collaborations, and intermediaries with few others, make a
    path strong.
    """
    ready = ready_of(request)
    if between.from_ == between.to:
        raise InputError("`from` and `to` are the same organisation; name two.")
    for id in (between.from_, between.to):
        check_seen(request, ready, id, asking)
    start, end = (_row(ready, id) for id in (between.from_, between.to))
    found = find_warm_paths(_network(request, ready), start, end, seen_rows(ready, asking), between.most)
    told = [_path(ready.snapshot, one) for one in found]
    return _answer(ready, Paths(steps=len(told[0].through) if told else None, paths=told))


@router.get(
    "/{id}",
    response_model=Network,
    responses=worked("graph") | _PROBLEMS,
    summary="Show with whom an organisation worked, and with whom those did",
)
def around(request: Request, asking: Asking, id: KnownId, around: Annotated[Around, Query()]) -> Response:
    """Return an organisation's neighbourhood in the network of past collaborations, the nearest and strongest first."""
    ready = ready_of(request)
    return _answer(ready, neighbourhood_of(request, ready, id, asking, around))


def neighbourhood_of(request: Request, ready: Ready, id: str, asking: Principal, around: Around) -> Network:
    """Return the neighbourhood of an organisation, of those whom somebody may see."""
    check_seen(request, ready, id, asking)
    row = _row(ready, id)
    found = find_neighbourhood(_network(request, ready), row, seen_rows(ready, asking), around.steps, around.most)
    return _told(ready.snapshot, found)


def _network(request: Request, ready: Ready) -> Decayed:
    return ready.snapshot.decayed(day_number(engine_of(request).today()), HALF_LIFE_YEARS)


def _row(ready: Ready, id: str) -> int:
    row = ready.snapshot.organisations.ids.position(id)
    if row is None:
        raise AssertionError("an organisation that was looked up is not in the snapshot; please report this")
    return row


def _told(snapshot: Snapshot, found: Neighbourhood) -> Network:
    nodes = [
        Node(
            **_place(snapshot, int(row)).model_dump(),
            distance=int(distance),
            collaborations=int(snapshot.incidence.degrees[row]),
        )
        for row, distance in zip(found.rows, found.distances, strict=True)
    ]
    edges = [
        Edge(
            source=nodes[one].id,
            target=nodes[other].id,
            collaborations=int(count),
            last_year=day.year if (day := _day(int(last))) else None,
            strength=_short(strength),
        )
        for (one, other), count, strength, last in zip(
            found.pairs, found.counts, found.strengths, found.last, strict=True
        )
    ]
    return Network(nodes=nodes, edges=edges, left_out=found.left_out)


def _path(snapshot: Snapshot, path: WarmPath) -> Path:
    return Path(
        strength=_short(path.strength),
        organisations=[_place(snapshot, row) for row in path.organisations],
        through=list(_through(snapshot, path.collaborations)),
    )


def _through(snapshot: Snapshot, rows: Iterable[int]) -> Iterable[Through]:
    collaborations = snapshot.collaborations
    for row in rows:
        kind = int(collaborations.kind[row])
        yield Through(
            id=collaborations.ids[row],
            title=collaborations.titles[row] or collaborations.ids[row],
            kind=collaborations.kinds[kind] if kind >= 0 else None,
            start=_day(int(snapshot.incidence.starts[row])),
        )


def _place(snapshot: Snapshot, row: int) -> Place:
    organisations = snapshot.organisations
    kind, country = int(organisations.kind[row]), int(organisations.country[row])
    return Place(
        id=organisations.ids[row],
        name=organisations.names[row] or organisations.ids[row],
        kind=organisations.kinds[kind] if kind >= 0 else None,
        country=organisations.countries[country] if country >= 0 else None,
    )


def _short(strength: float) -> float:
    """Return a strength to six digits that count: paths of four steps are weak, and none is 0."""
    return float(f"{strength:.6g}")


def _day(number: int) -> date | None:
    return None if number == UNDATED else date.fromordinal(number + _EPOCH)


def _answer(ready: Ready, told: BaseModel) -> Response:
    headers = {"X-Snapshot": ready.snapshot.name, "Vary": "Authorization, Cookie"}
    return Response(told.model_dump_json(), headers=headers, media_type="application/json")

"""The network picture: an organisation in the middle, around it its partners, and around these theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, pi, sin

from fastapi import APIRouter, Request, Response

from api.access.guarding import Asking
from api.asking import ready_of
from api.bodies.asking import Id
from api.bodies.graph import Around, Edge, Network, Node
from api.pages.organisations.rights import rights
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import Problem
from api.routes.graph import neighbourhood_of
from api.routes.organisations import seen_organisation

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST_NODES = 40
"""So many are read without effort, the one in the middle counted in."""
MOST_LINES = 120
"""So many lines are drawn, the strongest; those to the middle all."""
MOST_LETTERS = 22
MOST_BETWEEN = 3
"""Of those over whom a second step leads, so many are named."""
RADII = (0.0, 150.0, 340.0)
"""Of the circles of each distance, in the picture's own units."""
_LABEL_GAP, _LABEL_ROOM = 16.0, 180.0
_SEED = 5


@dataclass(frozen=True)
class Dot:
    """An organisation in the picture: where it stands, and how its name is turned."""

    node: Node
    number: int
    """Its place in the list, from 0, the middle."""
    x: float
    y: float
    label: str
    """The beginning of its name."""
    is_cut: bool
    label_x: float
    label_y: float
    turn: float
    """Degrees; a name on the left half is turned so that it does not stand upside down."""
    is_left: bool


@dataclass(frozen=True)
class Line:
    """A tie in the picture; `weight` is 1 to 3, thicker is stronger."""

    x1: float
    y1: float
    x2: float
    y2: float
    weight: int


@dataclass(frozen=True)
class Told:
    """An organisation in the list beside the picture: what ties it to the middle."""

    node: Node
    together: int
    """Collaborations with the middle; 0 where it is two steps away."""
    last_year: int | None
    over: tuple[Node, ...]
    """Those over whom the second step leads, the strongest first."""
    more: int
    """How many more of these there are."""


@dataclass(frozen=True)
class Picture:
    """The drawing and its list."""

    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    list: tuple[Told, ...]
    half: float
    """The drawing reaches from -half to half in both directions."""
    lines_left_out: int
    nodes_left_out: int


@router.get("/organisations/{id}/network")
def network(request: Request, asking: Asking, id: Id) -> Response:
    """Show with whom an organisation worked, and with whom those did."""
    record, _ = seen_organisation(request, id, asking)
    picture, why_none = None, ""
    try:
        found = neighbourhood_of(request, ready_of(request), id, asking, Around(steps=2, most=MOST_NODES))
        picture = drawn(found) if len(found.nodes) > 1 else None
    except Problem as problem:  # it is too new, or nothing is ready
        why_none = problem.detail
    return show(request, "organisation_network", one=record, **rights(asking, id), picture=picture, why_none=why_none)


def drawn(network: Network) -> Picture:
    """Return the drawing of a neighbourhood; the same one is drawn alike every time."""
    angles = _angles(network)
    dots = tuple(_dot(node, number, angles.get(node.id, 0.0)) for number, node in enumerate(network.nodes))
    lines = _kept(network)
    places = {dot.node.id: dot for dot in dots}
    strongest = max((edge.strength for edge in lines), default=1.0)
    return Picture(
        dots=dots,
        lines=tuple(_line(places[one.source], places[one.target], one.strength / strongest) for one in lines),
        list=_told(network),
        half=RADII[max(node.distance for node in network.nodes)] + _LABEL_GAP + _LABEL_ROOM,
        lines_left_out=len(network.edges) - len(lines),
        nodes_left_out=network.left_out,
    )


def _angles(network: Network) -> dict[str, float]:
    """Return where on its circle each organisation stands: evenly, those near who are tied, by a spring layout."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(node.id for node in network.nodes)
    graph.add_weighted_edges_from((one.source, one.target, max(one.strength, 1e-3) ** 0.5) for one in network.edges)
    springs = nx.spring_layout(graph, seed=_SEED, iterations=60)
    middle = springs[network.nodes[0].id]
    wanted = {id: atan2(y - middle[1], x - middle[0]) for id, (x, y) in springs.items()}
    found = _evenly([node.id for node in network.nodes if node.distance == 1], wanted)
    outer = [node.id for node in network.nodes if node.distance == 2]
    pulls = {id: [found[other] for other in graph.neighbors(id) if other in found] for id in outer}
    return found | _evenly(outer, {id: _mean(angles) if angles else wanted[id] for id, angles in pulls.items()})


def _evenly(ids: Sequence[str], wanted: Mapping[str, float]) -> dict[str, float]:
    """Return angles evenly around the circle, in the order of those wanted and as near to these as can be."""
    if not ids:
        return {}
    order = sorted(ids, key=lambda id: (round(wanted[id] % (2 * pi), 9), id))
    even = [2 * pi * place / len(order) for place in range(len(order))]
    turn = _mean([wanted[id] - angle for id, angle in zip(order, even, strict=True)])
    return {id: angle + turn for id, angle in zip(order, even, strict=True)}


def _mean(angles: Sequence[float]) -> float:
    x, y = sum(cos(one) for one in angles), sum(sin(one) for one in angles)
    return atan2(y, x) if hypot(x, y) > 1e-9 else angles[0]


def _dot(node: Node, number: int, angle: float) -> Dot:
    radius = RADII[node.distance]
    is_left = cos(angle) < 0 and number > 0
    out = radius + _LABEL_GAP
    turn = degrees(angle) % 360
    return Dot(
        node=node,
        number=number,
        x=round(radius * cos(angle), 1),
        y=round(radius * sin(angle), 1),
        label=node.name[:MOST_LETTERS].rstrip(),
        is_cut=len(node.name) > MOST_LETTERS,
        label_x=round(out * cos(angle), 1) if number else 0.0,
        label_y=round(out * sin(angle), 1) if number else 34.0,
        turn=round((turn + 180) % 360 if is_left else turn, 1) if number else 0.0,
        is_left=is_left,
    )


def _kept(network: Network) -> list[Edge]:
    """Return the ties that are drawn: those to the middle, then the strongest."""
    middle = network.nodes[0].id
    order = sorted(
        network.edges, key=lambda one: (middle not in (one.source, one.target), -one.strength, one.source, one.target)
    )
    own = sum(middle in (one.source, one.target) for one in order)
    return order[: max(own, MOST_LINES)]


def _line(one: Dot, other: Dot, share: float) -> Line:
    return Line(one.x, one.y, other.x, other.y, 1 + (share > 0.2) + (share > 0.6))


def _told(network: Network) -> tuple[Told, ...]:
    middle = network.nodes[0].id
    distances = {node.id: node for node in network.nodes}
    ties: dict[str, list[tuple[float, Node, Edge]]] = {id: [] for id in distances}
    for edge in network.edges:
        for one, other in ((edge.source, edge.target), (edge.target, edge.source)):
            ties[one].append((edge.strength, distances[other], edge))
    found = []
    for node in network.nodes[1:]:
        own = [edge for _, other, edge in ties[node.id] if other.id == middle]
        between = sorted(
            ((-strength, other.id) for strength, other, _ in ties[node.id] if other.distance == 1),
        )
        over = [distances[id] for _, id in between] if not own else []
        found.append(
            Told(
                node=node,
                together=own[0].collaborations if own else 0,
                last_year=own[0].last_year if own else None,
                over=tuple(over[:MOST_BETWEEN]),
                more=max(0, len(over) - MOST_BETWEEN),
            )
        )
    return tuple(found)

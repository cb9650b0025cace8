"""Pictures of an organisation: its network of at most forty, and its collaborations in time."""

from datetime import date
from itertools import combinations
from math import hypot

import pytest

from api.bodies.graph import Edge, Network, Node
from api.pages.organisations.ego_network import MOST_LINES, MOST_NODES, drawn
from api.pages.organisations.timeline import WIDTH, Tie, timeline
from service import Service


def node(number: int, distance: int) -> Node:
    return Node(id=f"o{number:02}", name=f"Org {number}", kind=None, country=None, distance=distance, collaborations=1)


def edge(one: int, other: int, strength: float = 1.0) -> Edge:
    return Edge(source=f"o{one:02}", target=f"o{other:02}", collaborations=1, last_year=2024, strength=strength)


def star(first: int, second: int) -> Network:
    """Return a network of `first` partners, each of which knows some of `second` others."""
    nodes = [node(0, 0), *[node(1 + one, 1) for one in range(first)], *[node(1 + first + n, 2) for n in range(second)]]
    edges = [edge(0, 1 + one) for one in range(first)]
    edges += [edge(1 + other % first, 1 + first + other) for other in range(second)]
    return Network(nodes=nodes, edges=edges, left_out=3)


def tie(title: str, start: date | None, end: date | None = None) -> Tie:
    return Tie(id=title, kind="project", title=title, start=start, end=end, role="", partners=(), more=0)


@pytest.mark.parametrize(("first", "second"), [(1, 0), (39, 0), (12, 27), (1, 38), (25, 14)])
def test_no_two_organisations_stand_on_one_another_and_all_are_inside(first: int, second: int) -> None:
    picture = drawn(star(first, second))
    assert len(picture.dots) == 1 + first + second
    nearest = min(hypot(one.x - other.x, one.y - other.y) for one, other in combinations(picture.dots, 2))
    assert nearest >= 24, "each can be hit with a finger"
    assert all(hypot(dot.x, dot.y) <= picture.half for dot in picture.dots)


def test_the_same_network_is_drawn_alike_every_time() -> None:
    assert drawn(star(12, 20)) == drawn(star(12, 20))


def test_a_name_on_the_left_is_not_upside_down() -> None:
    for dot in drawn(star(30, 9)).dots:
        assert min(dot.turn % 360, 360 - dot.turn % 360) <= 90


def test_all_ties_to_the_middle_are_drawn_and_of_the_others_the_strongest() -> None:
    nodes = [node(0, 0), *[node(one, 1) for one in range(1, MOST_NODES)]]
    others = [edge(one, other, one / 100) for one, other in combinations(range(1, MOST_NODES), 2)]
    network = Network(nodes=nodes, edges=[*[edge(0, one, 0.001) for one in range(1, 40)], *others], left_out=0)
    picture = drawn(network)
    assert len(picture.lines) == MOST_LINES
    assert picture.lines_left_out == len(network.edges) - MOST_LINES
    middle = [line for line in picture.lines if (line.x1, line.y1) == (0, 0)]
    assert len(middle) == 39


def test_the_list_says_what_the_picture_shows() -> None:
    network = star(2, 1)
    network.edges.append(edge(2, 3, 5.0))
    told = drawn(network).list
    assert [one.node.id for one in told] == ["o01", "o02", "o03"]
    assert (told[0].together, told[0].last_year) == (1, 2024)
    assert [one.id for one in told[2].over] == ["o02", "o01"], "the stronger tie first"


def test_the_page_draws_forty_at_most_and_lists_them_all(service: Service) -> None:
    page = service.as_role("reader").get("/organisations/ligne-vive/network").text
    whole = service.as_role("reader").get("/v1/graph/ligne-vive?steps=2&most=200").json()
    assert page.count("<circle") == MOST_NODES - 1
    assert f"{len(whole['nodes']) - MOST_NODES} more are within two steps" in page
    for one in whole["nodes"][1:MOST_NODES]:
        assert page.count(f'href="/organisations/{one["id"]}"') == 2, "once in the picture, once in the list"


def test_somebody_without_partners_is_told_what_to_do(service: Service) -> None:
    linked = {member.organisation for one in service.store.read().collaborations for member in one.members}
    newcomer = next(id for id in service.store.organisation_ids() if id not in linked)
    page = service.as_role("reader").get(f"/organisations/{newcomer}/network").text
    assert "<svg" not in page and "Whom could it meet first?" in page


def test_bars_stand_at_their_years_and_end_where_they_end() -> None:
    found = timeline([tie("a", date(2022, 1, 1), date(2024, 1, 1)), tie("b", date(2020, 1, 1)), tie("c", None)])
    assert found is not None
    assert [year for year, _ in found.years] == [2020, 2021, 2022, 2023, 2024]
    first, second = found.bars
    places = dict(found.years)
    assert (first.left, first.left + first.width) == pytest.approx((places[2022], places[2024]), abs=0.2)
    assert (second.left, second.is_dot, first.is_dot) == (0, True, False)
    assert found.undated == 1


def test_long_titles_and_long_histories_stay_inside() -> None:
    ties = [tie("x" * 300, date(1960 + year, 6, 1), date(1961 + year, 6, 1)) for year in range(60)]
    found = timeline(ties)
    assert found is not None
    assert len(found.years) <= 12
    assert all(bar.left >= 0 and bar.left + bar.width <= WIDTH + 0.2 for bar in found.bars)
    assert all(len(bar.title) <= 70 and 0 <= bar.label_left < WIDTH for bar in found.bars)
    assert timeline([tie("undated", None)]) is None

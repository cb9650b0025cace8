"""The graph: who is near in the network, and over whom one organisation reaches another."""

from dataclasses import replace
from datetime import date
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.bodies.graph import Network, Paths
from builders import frozen, together, world
from matcher.explanations.neighbourhood import find_neighbourhood
from matcher.explanations.warm_paths import find_warm_paths
from matcher.graph import UNDATED, Decayed
from matcher.records import Collaboration, Organisation
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number
from matcher.store import Expect
from service import MEMBERS_OWN, Service

DAY = day_number(date(2024, 1, 1))
NAMES = "abcdefg"


def network_of(*collaborations: Collaboration) -> tuple[Snapshot, Decayed]:
    snapshot = frozen(world(*(Organisation(id=name) for name in NAMES), *collaborations))
    return snapshot, snapshot.decayed(DAY, 4.0)


def everybody(snapshot: Snapshot, *but: str) -> np.ndarray:
    seen = np.ones(len(snapshot.organisations), bool)
    seen[[NAMES.index(name) for name in but]] = False
    return seen


def names(rows: object) -> str:
    return "".join(NAMES[int(row)] for row in rows)  # type: ignore[attr-defined]  # rows of any kind


def test_the_nearest_come_first_and_of_them_the_most_strongly_tied() -> None:
    snapshot, network = network_of(
        together("one", "a", "c"), together("two", "a", "b", "d"), together("three", "d", "e"), together("4", "e", "f")
    )
    found = find_neighbourhood(network, 0, everybody(snapshot), steps=2, most=10)
    assert names(found.rows) == "acbde"
    assert found.distances.tolist() == [0, 1, 1, 1, 2]
    assert found.left_out == 0
    assert names(find_neighbourhood(network, 0, everybody(snapshot), steps=1, most=10).rows) == "acbd"


def test_edges_tell_how_often_how_strongly_and_when_last() -> None:
    snapshot, network = network_of(
        together("one", "a", "b", year=2020), together("two", "a", "b", "c"), together("three", "b", "c", start=None)
    )
    found = find_neighbourhood(network, 0, everybody(snapshot), steps=1, most=10)
    told = {
        names(found.rows[pair]): (int(count), float(strength), int(last))
        for pair, count, strength, last in zip(found.pairs, found.counts, found.strengths, found.last, strict=True)
    }
    # 2020 is one half-life before 2024, an unknown day counts as two; three members give each pair 1/2.
    assert told["ab"] == (2, pytest.approx(0.5 + 0.5, abs=1e-3), DAY)
    assert told["ac"] == (1, pytest.approx(0.5), DAY)
    assert told["bc"] == (2, pytest.approx(0.5 + 0.25), DAY)
    undated = find_neighbourhood(network_of(together("one", "a", "b", start=None))[1], 0, everybody(snapshot), 1, 10)
    assert undated.last.tolist() == [UNDATED]


def test_what_is_left_out_is_counted() -> None:
    snapshot, network = network_of(together("one", "a", "b"), together("two", "a", "c", "d"), together("3", "b", "e"))
    found = find_neighbourhood(network, 0, everybody(snapshot), steps=2, most=2)
    assert (names(found.rows), found.left_out) == ("ab", 3)
    alone = find_neighbourhood(network, 0, everybody(snapshot), steps=2, most=1)
    assert (names(alone.rows), alone.left_out, len(alone.pairs)) == ("a", 4, 0)


def test_who_may_not_be_seen_is_neither_there_nor_counted_nor_a_bridge() -> None:
    snapshot, network = network_of(together("one", "a", "b"), together("two", "b", "c"))
    found = find_neighbourhood(network, 0, everybody(snapshot, "b"), steps=2, most=10)
    assert (names(found.rows), found.left_out) == ("a", 0)
    assert find_warm_paths(network, 0, 2, everybody(snapshot, "b"), 3) == []


def test_the_shortest_path_wins_and_among_the_shortest_the_strongest() -> None:
    snapshot, network = network_of(
        together("long-1", "a", "b"), together("long-2", "b", "c"), together("long-3", "c", "g"),
        together("old-1", "a", "d", year=2012), together("old-2", "d", "g"),
        together("new-1", "a", "e"), together("new-2", "e", "g"),
    )  # fmt: skip
    found = find_warm_paths(network, 0, 6, everybody(snapshot), 3)
    assert [names(path.organisations) for path in found] == ["aeg", "adg"]
    assert [snapshot.collaborations.ids[row] for row in found[0].collaborations] == ["new-1", "new-2"]
    # Two collaborations each: 1 x 1 / log(2 + 2), and the old one is three half-lives old.
    assert found[0].strength == pytest.approx(1 / np.log(4), abs=1e-3)
    assert found[1].strength == pytest.approx(1 / np.log(4) / 8, abs=1e-3)


def test_a_direct_tie_is_a_path_of_one_step_through_its_best_collaboration() -> None:
    snapshot, network = network_of(together("crowd", "a", "b", "c", "d"), together("old", "a", "b", year=2018))
    (path,) = find_warm_paths(network, 0, 1, everybody(snapshot), 3)
    assert [snapshot.collaborations.ids[row] for row in path.collaborations] == ["old"]


def test_beyond_four_steps_there_is_no_warm_path() -> None:
    chain = [together(f"{one}{other}", one, other) for one, other in pairwise(NAMES)]
    snapshot, network = network_of(*chain)
    assert [names(path.organisations) for path in find_warm_paths(network, 0, 4, everybody(snapshot), 3)] == ["abcde"]
    assert find_warm_paths(network, 0, 5, everybody(snapshot), 3) == []


groups = st.lists(st.sets(st.sampled_from(NAMES), min_size=1, max_size=4), max_size=9)


@settings(max_examples=60, deadline=None)
@given(groups=groups, years=st.lists(st.integers(2000, 2024), min_size=9, max_size=9), most=st.integers(1, 5))
def test_paths_are_the_best_of_all_that_there_are(groups: list[set[str]], years: list[int], most: int) -> None:
    snapshot, network = network_of(
        *(together(f"c{place}", *sorted(group), year=years[place]) for place, group in enumerate(groups))
    )
    found = find_warm_paths(network, 0, 6, everybody(snapshot), most)
    ways: list[tuple[int, float]] = []
    for between in range(4):
        for middle in permutations(range(1, 6), between):
            way = (0, *middle, 6)
            steps = [best_step(snapshot, network, *pair) for pair in pairwise(way)]
            strength = float(np.prod(steps) * np.prod(network.damping[list(middle)]))
            if strength > 0:
                ways.append((len(steps), strength))
        if ways:
            break
    ways.sort(key=lambda one: -one[1])
    assert [len(path.collaborations) for path in found] == [one[0] for one in ways[:most]]
    assert [path.strength for path in found] == pytest.approx([one[1] for one in ways[:most]])
    assert len({path.organisations for path in found}) == len(found)


def best_step(snapshot: Snapshot, network: Decayed, one: int, other: int) -> float:
    incidence = snapshot.incidence
    shared = np.intersect1d(incidence.collaborations_of(one), incidence.collaborations_of(other))
    return float(network.weights[shared].max(initial=0.0))


def test_the_service_tells_the_neighbourhood(service: Service) -> None:
    answer = service.as_role("reader").get("/v1/graph/mecavoie", params={"most": 4})
    told = Network.model_validate(answer.json())
    assert [one.distance for one in told.nodes] == [0, 1, 1, 1]
    assert told.nodes[0].name == "Mécavoie Bourgogne"
    of_the_middle = [edge.strength for edge in told.edges if edge.source == "mecavoie"]
    assert len(of_the_middle) == 3
    assert of_the_middle == sorted(of_the_middle, reverse=True)
    everybody_near = service.as_role("reader").get("/v1/graph/mecavoie", params={"most": 200}).json()["nodes"]
    assert told.left_out == len(everybody_near) - 4
    assert answer.headers["x-snapshot"] == service.app.state.engine.ready().snapshot.name


def test_the_service_tells_warm_paths(service: Service) -> None:
    between = {"from": "fil-de-rail", "to": "memojeu"}
    told = Paths.model_validate(service.as_role("reader").get("/v1/graph/paths", params=between).json())
    assert told.steps == 3
    assert [one.id for one in told.paths[0].organisations] == ["fil-de-rail", "ligne-vive", "silver-lys", "memojeu"]
    for path in told.paths:
        for place, through in enumerate(path.through):
            members = {one.organisation for one in service.store.collaboration(through.id).members}
            assert {path.organisations[place].id, path.organisations[place + 1].id} <= members
    nowhere = service.as_role("reader").get("/v1/graph/paths", params={"from": MEMBERS_OWN, "to": "memojeu"})
    assert nowhere.json() == {"steps": None, "paths": []}


@pytest.mark.parametrize("is_behind", [False, True])
def test_a_hidden_organisation_is_seen_by_managers_and_itself_only(service: Service, is_behind: bool) -> None:
    if is_behind:
        service.app.state.engine.ready()
    hidden = replace(service.store.organisation("ligne-vive"), visibility="hidden")
    service.store.put(hidden, Expect.ANY)
    if not is_behind:
        service.app.state.engine.workspace.snapshot()
        service.app.state.engine.refresh()
    between = {"from": "fil-de-rail", "to": "memojeu"}
    for role, sees in (("manager", True), ("reader", False), ("member", False)):
        client = service.as_role(role)
        near = client.get("/v1/graph/mecavoie", params={"steps": 2, "most": 200})
        assert ("ligne-vive" in near.text) is sees
        assert ("ligne-vive" in client.get("/v1/graph/paths", params=between).text) is sees
        assert client.get("/v1/graph/ligne-vive").status_code == (200 if sees else 404)
    own = service.with_key(service.key("member", organisation="ligne-vive"))
    assert own.get("/v1/graph/ligne-vive").json()["nodes"][0]["id"] == "ligne-vive"


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/v1/graph/nobody", 404, "nobody"),
        ("/v1/graph/mecavoie?steps=3", 422, "query/steps"),
        ("/v1/graph/mecavoie?most=201", 422, "query/most"),
        ("/v1/graph/mecavoie?deep=1", 422, "query/deep"),
        ("/v1/graph/paths?from=mecavoie", 422, "query/to"),
        ("/v1/graph/paths?from=mecavoie&to=mecavoie", 422, "the same"),
        ("/v1/graph/paths?from=mecavoie&to=nobody", 404, "nobody"),
    ],
)
def test_what_cannot_be_shown_says_why(service: Service, address: str, status: int, told: str) -> None:
    answer = service.as_role("reader").get(address)
    assert answer.status_code == status
    assert told in answer.json()["detail"]
    assert service.nobody.get(address).status_code == 401

"""The network of past collaborations: what is asked of it, and how it is told."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.bodies.fields import KnownId
from matcher.explanations.warm_paths import MOST_STEPS

MOST_NODES = 200
MOST_PATHS = 10


class Around(BaseModel):
    """How far to look around an organisation."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    steps: Annotated[int, Field(ge=1, le=2)] = 1
    """1: those with whom it worked; 2: those with whom these worked, too."""
    most: Annotated[int, Field(ge=1, le=MOST_NODES)] = 40
    """How many organisations at most, the one in the middle counted in."""


class Between(BaseModel):
    """Between whom paths are sought."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    from_: Annotated[KnownId, Field(alias="from", examples=["alertepoignet"])]
    """Id of the organisation that wants to be introduced."""
    to: Annotated[KnownId, Field(examples=["mecavoie"])]
    """Id of the organisation to which it wants to be introduced."""
    most: Annotated[int, Field(ge=1, le=MOST_PATHS)] = 3
    """How many paths at most."""


class Place(BaseModel):
    """An organisation on a path."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    name: str
    """Its id where it has no name."""
    kind: str | None
    country: str | None
    """ISO 3166-1 alpha-2."""


class Node(Place):
    """An organisation of a neighbourhood."""

    distance: int
    """Steps from the one in the middle, which has 0."""
    collaborations: int
    """How many it took part in, with whomever."""


class Edge(BaseModel):
    """What two organisations did together."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    source: str
    target: str
    """Ids of both, in the order of the nodes; the edge has no direction."""
    collaborations: int
    """How many both took part in."""
    last_year: int | None
    """In which the newest of these began; null where none has a date."""
    strength: float
    """Sum over these of 1/(members - 1), halved every four years since they began."""


class Network(BaseModel):
    """The neighbourhood of an organisation."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    nodes: list[Node]
    """The one in the middle, then the nearest; of each distance the most strongly tied first."""
    edges: list[Edge]
    """Between all of these nodes."""
    left_out: int
    """How many more there are within so many steps."""


class Through(BaseModel):
    """The collaboration through which a step of a path leads."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    title: str
    """Its id where it has no title."""
    kind: str | None
    start: date | None
    """When it began; null is unknown."""


class Path(BaseModel):
    """A way over people who know each other."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    strength: float
    """Product of its steps' 1/(members - 1), halved every four years, less for intermediaries with many ties."""
    organisations: list[Place]
    """From the one that asks to the one that is sought."""
    through: list[Through]
    """Between each two of these."""


class Paths(BaseModel):
    """The shortest paths between two organisations."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    steps: Annotated[int, Field(ge=1, le=MOST_STEPS)] | None
    """How many steps each path has; null where there is none of at most four."""
    paths: list[Path]
    """The strongest first."""

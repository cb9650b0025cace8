"""The model that ranks: what it is, its versions, and which one is to rank."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.bodies.decisions import ModelName
from api.bodies.signals import Question

Kind = Literal["hand-set", "logistic", "additive-lambdamart"]


class Measured(BaseModel):
    """A value with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


class Compared(Measured):
    """How well one model did."""

    name: str


class Evaluated(BaseModel):
    """How the model did on one kind of question, on data later than those that it was trained on."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    question: Question
    measure: str
    """Such as nDCG@10."""
    queries: int
    """How many questions were asked."""
    models: list[Compared]
    """All models that were compared, the best first."""
    over: str
    """Name of the model that `gain` is the gain over; empty where there is none."""
    gain: Measured | None


class Trained(BaseModel):
    """What a model was trained on."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    on: date
    """Day on which it was trained."""
    before: date | None = None
    """Collaborations that began before this day were seen."""
    collaborations: int | None = None
    organisations: int | None = None
    """How many took part in these."""
    digest: str | None = None
    """Of these collaborations, SHA-256."""


class ToldHead(BaseModel):
    """What answers one kind of question."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    scale: str
    """What a score is: points (0 to 100) or log-odds."""
    intercept: float
    """Score of an organisation of which nothing is known."""
    has_probabilities: bool
    """Whether scores are calibrated to probabilities."""
    least_probability: Annotated[float, Field(ge=0, le=1)]
    """Under this nobody is good enough; 0 never says so."""


class ToldModel(BaseModel):
    """The model that ranks now; /v1/signals tells how much each signal counts in it."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    name: str
    kind: Kind
    encoder: str | None
    """Encoder that it was trained with; null is any."""
    trained: Trained | None
    """Null for weights set by hand."""
    seed: int | None
    libraries: dict[str, str]
    """Library -> version with which it was trained."""
    evaluation: list[Evaluated]
    heads: dict[Question, ToldHead]
    """By kind of question; where one is absent, that of `organisation` answers."""


class Version(BaseModel):
    """A model that could rank."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    name: str
    current: bool
    """Whether it was chosen to rank."""
    kind: Kind | None
    """Null where its file cannot be used."""
    trained_on: date | None
    usable: bool
    """Whether its file can be read and it was trained with the encoder in use."""


class VersionsPage(BaseModel):
    """Versions of the model: the hand-set weights, then the others by name."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[Version]
    next: str | None
    """Cursor of the next page."""


class Chosen(BaseModel):
    """Which version is to rank."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [{"name": "hand-set-1"}]},
    )

    name: ModelName
    other_data: bool = False
    """Use it although it was trained on other collaborations than this store's."""

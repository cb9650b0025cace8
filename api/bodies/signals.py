"""The signals, in plain words, and how much each counts."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Question = Literal["organisation", "brief", "group"]
"""Kind of question: an organisation asks, a brief, or several look for one more."""

QUESTIONS: tuple[Question, ...] = ("organisation", "brief", "group")


class Importance(BaseModel):
    """How much a signal counts where one kind of question is asked."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    spread: float
    """By how much it can change a score, on the score's scale."""
    share: Annotated[float, Field(ge=0, le=1)]
    """Its part in the sum of all spreads."""
    lowers: bool
    """Whether larger values lower the score."""


class ToldSignal(BaseModel):
    """Evidence of one kind that an organisation answers a question."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    name: str
    label: str
    text: str
    """What it measures, in a sentence."""
    importance: dict[Question, Importance]
    """By kind of question; where the model does not tell kinds apart, `organisation` holds for all."""


class Signals(BaseModel):
    """The signals that a score is the sum of."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    model: str
    """Name of the model that ranks."""
    scale: dict[Question, str]
    """What a score is: points (0 to 100) or log-odds."""
    items: list[ToldSignal]
    """The most important for organisations first."""

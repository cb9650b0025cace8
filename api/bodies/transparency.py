"""The transparency sheet, as it is asked for and told."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class SheetAsked(BaseModel):
    """How the sheet is to be written."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    format: Literal["json", "html", "markdown"] = "json"
    """HTML is one page that holds all it needs, to publish as it is."""
    lang: Literal["en", "fr"] | None = None
    """Language, for links; that of Accept-Language where it is not given."""


class ToldItem(BaseModel):
    """One point of a section."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    term: str
    """What it is about; empty where that has no name."""
    text: str
    percent: Annotated[float, Field(ge=0, le=100)] | None


class ToldSection(BaseModel):
    """A heading, what is said under it, and its points."""

    heading: str
    paragraphs: list[str]
    items: list[ToldItem]


class ToldSheet(BaseModel):
    """What decides the order of suggestions, and how much, in plain words."""

    title: str
    language: Literal["en", "fr"]
    day: date
    model: str
    paragraphs: list[str]
    sections: list[ToldSection]

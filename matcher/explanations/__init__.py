"""Explanations: what a suggestion rests on, in sentences, quotes and paths."""

from dataclasses import dataclass

__all__ = ["Evidence", "Found", "PathStep"]


@dataclass(frozen=True)
class Evidence:
    """The pair of sentences that match best, verbatim; None where a side has no text.

    Of pairs that match nearly as well, one in one language is taken: it can be read by who asks.
    `similarity` is their cosine; `..._from` says where a sentence stands: stated, derived from the
    description, profile, or the id of the collaboration whose text it is.
    """

    need: str | None = None
    offer: str | None = None
    need_from: str | None = None
    offer_from: str | None = None
    similarity: float | None = None


@dataclass(frozen=True)
class PathStep:
    """One step of a path through past collaborations: an organisation, or a collaboration with its year."""

    type: str
    id: str
    name: str
    year: int | None = None


@dataclass(frozen=True)
class Found:
    """What was found for one suggestion: the quotes and the path, empty where there is none."""

    evidence: Evidence
    path: tuple[PathStep, ...]

"""Duplicates, as they are sent and answered: pairs that may be one, merges, and those that are two."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.bodies.fields import KnownId
from api.bodies.paging import Paged
from matcher.duplicates.choosing import FIELDS
from matcher.duplicates.telling import sentence
from matcher.duplicates.weighing import band
from matcher.store.pairs import Apart, Pair
from matcher.store.separating import MergeNoted

Which = Literal["stays", "gone", "both"]
Version = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
_SIDES = {"stays": "left", "gone": "right", "both": "both"}


class PairsAsked(Paged):
    """Which pairs to list."""

    organisation: KnownId | None = None
    """Only those of this organisation."""


class OneOfTwo(BaseModel):
    """One of two organisations."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    name: str | None
    """Null where it has left the store."""


class EvidenceTold(BaseModel):
    """One thing that speaks for or against two organisations being one."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    kind: str
    weight: float
    """Log-odds: above 0 it speaks for one, below 0 for two."""
    told: str
    """In the reader's language."""


class PairTold(BaseModel):
    """Two organisations that may be one."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    left: OneOfTwo
    right: OneOfTwo
    confidence: Annotated[float, Field(ge=0, le=1)]
    """How sure it is that they are one, by the evidence alone."""
    band: Literal["high", "medium", "low"]
    """high from 0.9, medium from 0.5."""
    evidence: list[EvidenceTold]
    """What speaks most for it first."""


class PairPageTold(BaseModel):
    """Part of the pairs, the surest first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[PairTold]
    count: int
    """Of all pages."""
    is_behind: bool
    """Whether the store has changed since pairs were looked for; that is done again now."""
    next: str | None
    """Cursor of the next page."""


class NewMerge(BaseModel):
    """Two organisations that are one."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [{"stays": "alertepoignet", "gone": "memojeu", "take": {"name": "stays", "sectors": "both"}}]
        },
    )

    stays: KnownId
    gone: KnownId
    """It leaves the store; its id stands for the other from then on, also in later imports."""
    take: dict[str, Which] = Field(default_factory=dict, max_length=len(FIELDS))
    """Field -> whose value is taken; where nothing is said the known, the newer, the longer, of lists both."""
    stays_version: Version | None = None
    """Its ETag when it was read, without quotes: another one refuses the merge."""
    gone_version: Version | None = None

    def chosen(self) -> dict[str, str]:
        """Return field -> side, the one that stays as left."""
        return {name: _SIDES[which] for name, which in self.take.items()}


class MergeDone(BaseModel):
    """What a merge did."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    number: int
    """By which it is undone."""
    stays: str
    gone: str
    changed: dict[str, int]
    """Per table, how many other records name the one that stays instead."""
    removed: dict[str, int]
    """Per table, how many other records are gone: decisions of one of the two about the other."""


class MergeTold(BaseModel):
    """A merge of some time ago."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    number: int
    at: datetime
    stays: OneOfTwo
    gone: str
    undone: datetime | None


class MergePage(BaseModel):
    """The newest merges first."""

    items: list[MergeTold]


class MergeUndone(BaseModel):
    """What undoing a merge did."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    number: int
    stays: str
    gone: str
    """Which is there again."""
    restored: dict[str, int]
    """Per table, how many records are as before the merge."""
    kept: list[dict[str, str]]
    """Table and id of each that stays as it is, since it was changed after the merge."""


class Two(BaseModel):
    """Two organisations that are two."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [{"left": "alertepoignet", "right": "memojeu"}]},
    )

    left: KnownId
    right: KnownId


class ApartTold(BaseModel):
    """Two organisations that somebody says are two."""

    left: OneOfTwo
    right: OneOfTwo
    at: datetime


class ApartPage(BaseModel):
    """Those that are two, the newest first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[ApartTold]
    next: str | None
    """Cursor of the next page."""


def pair_told(one: Pair, names: Mapping[str, str], language: str) -> dict[str, Any]:
    """Return a pair as JSON, with sentences in a language."""
    evidence = [{"kind": each.kind, "weight": each.weight, "told": sentence(each, language)} for each in one.evidence]
    return {
        "left": side(one.left, names),
        "right": side(one.right, names),
        "confidence": one.confidence,
        "band": band(one.confidence),
        "evidence": evidence,
    }


def merge_told(one: MergeNoted, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a merge as JSON."""
    undone = None if one.undone is None else one.undone.isoformat()
    stays = side(one.stays, names)
    return {"number": one.number, "at": one.at.isoformat(), "stays": stays, "gone": one.gone, "undone": undone}


def apart_told(one: Apart, names: Mapping[str, str]) -> dict[str, Any]:
    """Return two that are two as JSON."""
    return {"left": side(one.left, names), "right": side(one.right, names), "at": one.at.isoformat()}


def side(id: str, names: Mapping[str, str]) -> dict[str, str | None]:
    """Return one of two as JSON."""
    return {"id": id, "name": names.get(id)}

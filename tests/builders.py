"""Small worlds for tests: organisations and collaborations in a line each, and a model-free encoder."""

import hashlib
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Side
from matcher.matching import Matcher
from matcher.ranking import hand_set
from matcher.records import Collaboration, Member, Organisation, Records
from matcher.snapshot import Snapshot
from matcher.snapshot.taking import take_snapshot
from matcher.terms import tokenise

TODAY = date(2026, 11, 23)


class WordEncoder:
    """Each word is a fixed direction: texts are near as they share words."""

    name = "words"
    dimensions = 64
    languages = ()

    def encode(self, texts: Sequence[str], side: Side = "passage") -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimensions))
        for row, text in enumerate(texts):
            for word in tokenise(text) or ["-"]:
                seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
                vectors[row] += np.random.default_rng(seed).normal(size=self.dimensions)
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def together(id: str, *members: str, year: int = 2024, **fields: object) -> Collaboration:
    """A collaboration of members, by default in January 2024."""
    return Collaboration(
        id=id,
        members=tuple(Member(organisation=member) for member in members),
        **{"title": f"project {id}", "start": date(year, 1, 1), **fields},  # type: ignore[arg-type]  # fields of a record
    )


def world(*records: Organisation | Collaboration) -> Records:
    """Records of these organisations and collaborations; members that are not named exist too."""
    organisations = {record.id: record for record in records if isinstance(record, Organisation)}
    collaborations = [record for record in records if isinstance(record, Collaboration)]
    for collaboration in collaborations:
        for member in collaboration.members:
            organisations.setdefault(member.organisation, Organisation(id=member.organisation))
    return Records(organisations=list(organisations.values()), collaborations=collaborations)


def frozen(records: Records, before: date | None = None) -> Snapshot:
    """The snapshot of records under the word encoder."""
    return take_snapshot(records, WordEncoder(), "test", before=before)


def matcher_of(records: Records) -> Matcher:
    """A matcher with the hand-set weights."""
    return Matcher(frozen(records), hand_set(), TODAY)

"""Take a snapshot: records and an encoder to frozen arrays, with nothing in them from after a cut-off date."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

import numpy as np

from matcher.embeddings import embed
from matcher.encoders import Encoder
from matcher.records import Collaboration, Organisation, Records
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import Sectors, collaboration_columns, incidence_of, organisation_columns
from matcher.snapshot.files import FORMAT
from matcher.snapshot.texts import Progress, build_texts, catalogue_of, holdings, own_holdings
from matcher.store import VectorCache
from matcher.terms import build_terms
from matcher.vocabularies import load

_Record = TypeVar("_Record", Organisation, Collaboration)


def snapshot_name(revision: str, encoder: str, before: date | None = None) -> str:
    """Return the name of the snapshot of these records under this encoder: the same for the same content."""
    content = "\n".join([revision, encoder, before.isoformat() if before else "", str(FORMAT)])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def take_snapshot(
    records: Records,
    encoder: Encoder,
    revision: str,
    *,
    cache: VectorCache | None = None,
    before: date | None = None,
    progress: Progress = lambda what, done, total: None,
) -> Snapshot:
    """Freeze records under an encoder; `before` leaves out everything dated on or after it, or undated.

    `revision` names the state of the records; `cache` keeps vectors, so that only new texts are encoded.
    """
    organisations, collaborations = known_before(records, before) if before else _all(records)
    rows = {organisation.id: row for row, organisation in enumerate(organisations)}
    incidence = incidence_of(collaborations, rows)
    catalogue = catalogue_of(organisations, collaborations)
    text = np.asarray(catalogue.collaboration, dtype=np.int32)
    offer, description, derived = catalogue.columns()
    own = own_holdings(description, offer, derived, len(catalogue.texts))
    held = holdings(own, incidence.by_organisation, incidence, text)
    sectors = Sectors.of([*organisations, *collaborations])
    collaboration_sectors = sectors.matrix(collaborations)
    unrelated = unrelated_cosines(encoder, cache)
    return Snapshot(
        name=snapshot_name(revision, encoder.name, before),
        encoder=encoder.name,
        before=before.isoformat() if before else "",
        background=unrelated[0],
        spread=unrelated[1],
        organisations=organisation_columns(organisations, sectors, incidence.by_organisation @ collaboration_sectors),
        collaborations=collaboration_columns(collaborations, text, collaboration_sectors),
        incidence=incidence,
        texts=build_texts(catalogue, held, encoder, cache, progress),
        terms=build_terms(catalogue.texts, held.counts),
    )


def unrelated_cosines(encoder: Encoder, cache: VectorCache | None) -> tuple[float, float]:
    """Return mean and deviation of cosines of texts that have nothing to do with each other.

    They are the encoder's own: no store changes them.
    """
    vectors = embed(load("unrelated"), encoder, cache, lambda done, total: None).astype(np.float64)
    cosines = vectors @ vectors.T
    apart = cosines[np.triu_indices(len(vectors), k=1)]
    return float(np.mean(apart)), float(np.std(apart))


def known_before(records: Records, cutoff: date) -> tuple[list[Organisation], list[Collaboration]]:
    """Return what was known before a date: dated collaborations, their members, and dated texts.

    Texts without `described_on`, and everything else that cannot be shown to be older, are left out.
    """
    organisations, collaborations = _all(records)
    collaborations = [c for c in collaborations if c.start is not None and c.start < cutoff]
    active = {member.organisation for collaboration in collaborations for member in collaboration.members}
    known: list[Organisation] = []
    for organisation in organisations:
        described = organisation.described_on is not None and organisation.described_on < cutoff
        if not described and organisation.id not in active:
            continue
        if not described:
            organisation = replace(organisation, description="", offers=(), needs=(), sectors=(), described_on=None)
        if organisation.verified_on is not None and organisation.verified_on >= cutoff:
            organisation = replace(organisation, verified_on=None)
        known.append(organisation)
    return known, collaborations


def _all(records: Records) -> tuple[list[Organisation], list[Collaboration]]:
    return _by_id(records.organisations), _by_id(records.collaborations)


def _by_id(items: Sequence[_Record]) -> list[_Record]:
    return sorted(items, key=lambda item: item.id.encode("utf-8"))

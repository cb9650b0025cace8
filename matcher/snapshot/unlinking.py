"""A snapshot in which one organisation took no part in some collaborations: what a signal may see of a link."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.snapshot import UNKNOWN, Snapshot
from matcher.snapshot.texts import holdings, own_holdings, profile_rows
from matcher.terms import saturate


def shared_collaborations(snapshot: Snapshot, row: int, others: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the collaborations that an organisation shares with any of `others`, ascending."""
    joint = [snapshot.incidence.collaborations_of(int(other)) for other in others]
    theirs = np.unique(np.concatenate(joint)) if joint else np.zeros(0, dtype=np.int32)
    return np.intersect1d(snapshot.incidence.collaborations_of(row), theirs)


def unlink(snapshot: Snapshot, row: int, collaborations: NDArray[np.int32]) -> Snapshot:
    """Return the snapshot as if organisation `row` had not been a member of `collaborations`.

    Its network, profile, terms, sectors and last activity are what they would be then, to the last digit
    that a snapshot taken without that membership would hold.
    """
    incidence = snapshot.incidence.without(row, collaborations)
    texts, organisations = snapshot.texts, snapshot.organisations
    membership = incidence.by_organisation[[row]]
    text_count = snapshot.terms.counts.shape[0]
    description, offered, derived = texts.description_text[[row]], texts.offer_text[[row]], texts.offer_derived[[row]]
    own = own_holdings(description, offered, derived, text_count)
    held = holdings(own, membership, incidence, snapshot.collaborations.text)
    rows, mixed = profile_rows(held, texts.vectors[:text_count])
    profile, offer = texts.profile.copy(), texts.offer.copy()
    profile[row] = len(texts.vectors) if len(mixed) else rows[0]
    if texts.offer_text[row] == texts.description_text[row] == UNKNOWN:
        offer[row] = profile[row]
    counted = held.counts
    counts = np.repeat(counted.indices, counted.data.astype(int)).astype(np.int32)
    weights = saturate(snapshot.terms.of_texts(counts))
    sectors = membership @ snapshot.collaborations.sectors
    return replace(
        snapshot,
        incidence=incidence,
        texts=replace(texts, extra=mixed, profile=profile, offer=offer),
        terms=replace(snapshot.terms, replaced=(row, {term: float(np.float32(w)) for term, w in weights.items()})),
        organisations=replace(
            organisations,
            sectors=_replaced_row(organisations.sectors, row, organisations.own_sectors[[row]] + sectors),
        ),
    )


def _replaced_row(
    matrix: "sparse.csr_array[np.float64]", row: int, new: "sparse.csr_array[np.float64]"
) -> "sparse.csr_array[np.float64]":
    ones = sparse.csr_array(new)
    ones.data[:] = 1.0
    stacked = sparse.vstack([matrix[:row], ones, matrix[row + 1 :]], format="csr")
    stacked.sort_indices()
    return sparse.csr_array(stacked)

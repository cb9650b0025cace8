"""Whose texts are which, and the vectors of profiles made of several texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.embeddings import embed
from matcher.encoders import Encoder
from matcher.graph import Incidence
from matcher.languages import languages_of
from matcher.profiles import profile_of, split_sentences
from matcher.records import Collaboration, Organisation
from matcher.snapshot import UNKNOWN, Texts
from matcher.store import VectorCache
from matcher.strings import Strings

HALF_LIFE_YEARS = 4.0
"""A collaboration's part in its members' profiles halves in this time."""
PROFILES_AT_ONCE = 4096
"""So many profiles are mixed in double precision at a time, which bounds the memory that takes."""
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and how many there are."""


@dataclass(slots=True)
class Catalogue:
    """Distinct texts in order of first appearance, and which belong to each organisation and collaboration."""

    texts: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    description: list[int] = field(default_factory=list)
    offer: list[int] = field(default_factory=list)
    need: list[int] = field(default_factory=list)
    offer_derived: list[bool] = field(default_factory=list)
    need_derived: list[bool] = field(default_factory=list)
    collaboration: list[int] = field(default_factory=list)

    def row(self, text: str) -> int:
        """Return the row of a text, entering it if it is new; UNKNOWN for a blank one."""
        text = text.strip()
        if not text:
            return UNKNOWN
        if text not in self.rows:
            self.rows[text] = len(self.texts)
            self.texts.append(text)
        return self.rows[text]

    def add_organisation(self, organisation: Organisation) -> None:
        """Enter an organisation's description, offers and needs."""
        profile = profile_of(organisation)
        self.description.append(self.row(organisation.description))
        whole = profile.offers_derived and list(profile.offers) == split_sentences(organisation.description)
        self.offer.append(self.row(organisation.description if whole else "\n".join(profile.offers)))
        self.need.append(self.row("\n".join(profile.needs)))
        self.offer_derived.append(profile.offers_derived)
        self.need_derived.append(profile.needs_derived)

    def columns(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
        """Return the texts of offers and descriptions, and whether offers are derived, as arrays."""
        return (
            np.asarray(self.offer, dtype=np.int32),
            np.asarray(self.description, dtype=np.int32),
            np.asarray(self.offer_derived, dtype=np.bool_),
        )

    def add_collaboration(self, collaboration: Collaboration) -> None:
        """Enter a collaboration's title and text as one text."""
        title, text = collaboration.title.strip(), collaboration.text.strip()
        self.collaboration.append(self.row(text if text.startswith(title) else f"{title}\n{text}"))


def catalogue_of(organisations: Sequence[Organisation], collaborations: Sequence[Collaboration]) -> Catalogue:
    """Return the catalogue of all texts, those of organisations first."""
    catalogue = Catalogue()
    for organisation in organisations:
        catalogue.add_organisation(organisation)
    for collaboration in collaborations:
        catalogue.add_collaboration(collaboration)
    return catalogue


@dataclass(frozen=True)
class Holdings:
    """What profiles are made of, as CSR (organisations, texts).

    `own` marks descriptions and stated offers; `joint` weighs the texts of collaborations by their age;
    `joint_counts` counts them.
    """

    own: sparse.csr_array[Any]
    joint: sparse.csr_array[Any]
    joint_counts: sparse.csr_array[Any]

    @property
    def counts(self) -> sparse.csr_array[Any]:
        """How often each profile holds each text."""
        return sparse.csr_array(self.own + self.joint_counts)


def own_holdings(
    description: NDArray[np.int32], offer: NDArray[np.int32], derived: NDArray[np.bool_], text_count: int
) -> sparse.csr_array[Any]:
    """Return the own texts of organisations: the description, and offers unless derived from it."""
    return _marks([description, np.where(derived & (description != UNKNOWN), UNKNOWN, offer)], text_count)


def offer_holdings(catalogue: Catalogue) -> sparse.csr_array[Any]:
    """Return the texts that say what organisations offer: offers, and the description where they are stated.

    Offers that are derived from a description are the description without the sentences that state a need.
    """
    offer, description, derived = catalogue.columns()
    return _marks([offer, np.where(derived & (offer != UNKNOWN), UNKNOWN, description)], len(catalogue.texts))


def _marks(columns: Sequence[NDArray[np.int32]], text_count: int) -> sparse.csr_array[Any]:
    """Return CSR (organisations, texts) of ones at every known text of the columns."""
    places = [np.flatnonzero(column != UNKNOWN) for column in columns]
    place = np.concatenate(places)
    text = np.concatenate([column[known] for column, known in zip(columns, places, strict=True)])
    marks = sparse.csr_array((np.ones(len(place)), (place, text)), shape=(len(columns[0]), text_count))
    marks.sum_duplicates()
    marks.data[:] = 1.0
    return marks


def holdings(
    own: sparse.csr_array[Any],
    membership: sparse.csr_array[Any],
    incidence: Incidence,
    text: NDArray[np.int32],
) -> Holdings:
    """Return what profiles hold; `membership` (n, collaborations) are the rows of the incidence that count."""
    has = np.flatnonzero(text != UNKNOWN)
    shape = (len(text), own.shape[1])
    weights = incidence.decay(int(incidence.starts.max(initial=0)), HALF_LIFE_YEARS)[has]
    weighted = sparse.csr_array((weights, (has, text[has])), shape=shape)
    counted = sparse.csr_array((np.ones(len(has)), (has, text[has])), shape=shape)
    return Holdings(own, sparse.csr_array(membership @ weighted), sparse.csr_array(membership @ counted))


def profile_rows(held: Holdings, vectors: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return each profile's row and the vectors of profiles made of several texts.

    A profile of one text is that text's row; of several, a new row behind the texts: own texts and
    collaborations' texts, half each, of unit length.
    """
    counts = held.counts
    sizes = np.diff(counts.indptr)
    rows = np.full(counts.shape[0], UNKNOWN, dtype=np.int32)
    single, several = np.flatnonzero(sizes == 1), np.flatnonzero(sizes > 1)
    rows[single] = counts.indices[counts.indptr[single]]
    rows[several] = len(vectors) + np.arange(len(several), dtype=np.int32)
    mixed = np.zeros((len(several), vectors.shape[1]), dtype=np.float32)
    for start in range(0, len(several), PROFILES_AT_ONCE):
        some = several[start : start + PROFILES_AT_ONCE]
        halves = _unit(_mixture(held.own[some], vectors)) + _unit(_mixture(held.joint[some], vectors))
        mixed[start : start + len(some)] = _unit(halves)
    return rows, mixed


def _mixture(weights: sparse.csr_array[Any], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return weights @ vectors, touching only the vectors that some weight names."""
    used = np.unique(weights.indices)
    return np.asarray(weights[:, used] @ vectors[used].astype(np.float64))


def build_texts(
    catalogue: Catalogue, held: Holdings, encoder: Encoder, cache: VectorCache | None, progress: Progress
) -> Texts:
    """Embed the catalogue's texts and their sentences, tell their languages, and mix the profiles."""
    vectors = embed(catalogue.texts, encoder, cache, lambda done, total: progress("texts", done, total))
    split = [split_sentences(text) for text in catalogue.texts]
    sentences = [sentence for one in split for sentence in one]
    sentence_vectors = embed(sentences, encoder, cache, lambda done, total: progress("sentences", done, total))
    starts = np.zeros(len(split) + 1, dtype=np.int32)
    np.cumsum([len(one) for one in split], out=starts[1:])
    profile, mixed = profile_rows(held, vectors)
    none = sparse.csr_array(held.joint.shape)
    stated, offers = profile_rows(Holdings(offer_holdings(catalogue), none, none), vectors)
    stated[stated >= len(vectors)] += len(mixed)
    offer, description, derived = catalogue.columns()
    need = np.asarray(catalogue.need, dtype=np.int32)
    return Texts(
        vectors=np.concatenate([vectors, mixed, offers]),
        extra=np.zeros((0, encoder.dimensions), dtype=np.float32),
        profile=profile,
        offer=np.where(stated == UNKNOWN, profile, stated).astype(np.int32),
        need=need,
        description_text=description,
        offer_text=offer,
        need_text=need,
        offer_derived=derived,
        need_derived=np.asarray(catalogue.need_derived, dtype=np.bool_),
        starts=starts,
        sentences=Strings.of(sentences),
        sentence_vectors=sentence_vectors.astype(np.float16),
        languages=languages_of(catalogue.texts),
        sentence_languages=languages_of(sentences),
    )


def _unit(vectors: NDArray[Any]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=np.float64)

"""A query: who asks, what for, and which organisations may answer. One type serves all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Encoder
from matcher.errors import NotFoundError
from matcher.graph import spans
from matcher.languages import languages_of
from matcher.profiles import split_sentences, tell_apart
from matcher.records import Brief
from matcher.snapshot import UNKNOWN, Snapshot


@dataclass(frozen=True)
class Side:
    """One side of a query's text, what it needs or what it offers: its vector, sentences and terms."""

    vector: NDArray[np.float32]
    sentences: tuple[str, ...]
    sentence_vectors: NDArray[np.float32]
    terms: dict[int, float]
    """Counts of known terms."""
    derived: bool = False
    """True where the sentences were told apart from a description, not stated as such."""
    stored_languages: NDArray[np.int8] | None = None
    """Of the sentences, as in `Texts`; None where no snapshot holds them."""

    @cached_property
    def languages(self) -> NDArray[np.int8]:
        """Languages of the sentences, as in `Texts`; those of a new text are told when first asked for."""
        return languages_of(self.sentences) if self.stored_languages is None else self.stored_languages


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Who may answer; empty is anybody."""

    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    abroad: bool = False
    """Only organisations of other countries than the asking ones."""
    partners_too: bool = False
    """Rank present partners too; otherwise they are listed apart."""
    exclusions: tuple[str, ...] = ()
    """Ids that must not be suggested."""


ANYBODY = Filters()
"""Filters that let everybody answer."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """A question: texts, the organisations whose network counts as its own, and filters."""

    label: str
    """What to call it, e.g. the organisation's name."""
    source: dict[str, str | list[str]]
    """What the user asked, as it is printed back."""
    organisations: tuple[int, ...] = ()
    """Rows of the organisations that ask."""
    need: Side | None = None
    offer: Side | None = None
    profile: Side | None = None
    on_behalf: bool = False
    """True where they ask for a brief, not for themselves: then their kind says nothing of the kinds sought."""
    filters: Filters = field(default_factory=Filters)

    @property
    def question(self) -> str:
        """What is to be predicted: a tie of an `organisation`, an answer to a `brief`, one more in a `group`.

        A free text that nobody asks is a brief too.
        """
        if self.on_behalf or not self.organisations:
            return "brief"
        return "organisation" if len(self.organisations) == 1 else "group"


def organisation_query(snapshot: Snapshot, ids: Sequence[str], filters: Filters = ANYBODY) -> Query:  # frozen
    """Ask for partners of one organisation, or for one more beside several; raises NotFoundError."""
    rows = [_row(snapshot, id) for id in ids]
    names = [snapshot.organisations.names[row] or id for row, id in zip(rows, ids, strict=True)]
    texts = snapshot.texts
    derived = bool(all(texts.need_derived[row] for row in rows))
    profile = _stored_side(snapshot, [int(texts.profile[row]) for row in rows], profile_texts(snapshot, rows))
    is_profile = np.array_equal(texts.offer[rows], texts.profile[rows]) and not len(_texts_of(texts.offer_text, rows))
    return Query(
        label=", ".join(names),
        source={"organisation": ids[0]} if len(ids) == 1 else {"organisations": list(ids)},
        organisations=tuple(rows),
        need=_stored_side(snapshot, [int(texts.need[row]) for row in rows], _texts_of(texts.need_text, rows), derived),
        offer=profile
        if is_profile
        else _stored_side(snapshot, [int(texts.offer[row]) for row in rows], _offer_texts(snapshot, rows)),
        profile=profile,
        filters=filters,
    )


def text_query(
    snapshot: Snapshot,
    encoder: Encoder,
    text: str,
    side: str | None = None,
    filters: Filters = ANYBODY,  # frozen
) -> Query:
    """Ask with free text; `side` says whether it is a need or an offer, None tells its sentences apart.

    A text in which no sentence states a need is taken whole as the need: somebody asks because they seek.
    A text that only offers is held against needs; against profiles only where nobody in the snapshot states one.
    """
    needs, offers = tell_apart(text) if side is None else ([], [])
    if side == "offer":
        needs, offers = [], split_sentences(text)
    elif side == "need" or not needs:
        needs, offers = split_sentences(text), []
    return Query(
        label=text if len(text) <= 60 else text[:59] + "…",
        source={"text": text, "side": side or "told apart"},
        need=_new_side(snapshot, encoder, needs),
        offer=_new_side(snapshot, encoder, offers),
        profile=_new_side(snapshot, encoder, split_sentences(text)) if needs or not _needs_known(snapshot) else None,
        filters=filters,
    )


def _needs_known(snapshot: Snapshot) -> bool:
    return bool(np.any(snapshot.texts.need != UNKNOWN))


def brief_query(snapshot: Snapshot, encoder: Encoder, brief: Brief, filters: Filters = ANYBODY) -> Query:  # frozen
    """Ask for the answer to a brief: its text is the need, its owner's network counts as its own.

    Filters of the brief hold; kinds and countries in `filters` replace them, exclusions add to them.
    """
    parts = [brief.title, brief.text, brief.requirements]
    text = "\n".join(part for part in parts if part.strip())
    owner = snapshot.organisations.ids.position(brief.owner) if brief.owner else None
    side = _new_side(snapshot, encoder, split_sentences(text))
    return Query(
        label=brief.title or brief.id,
        source={"brief": brief.id},
        organisations=() if owner is None else (owner,),
        on_behalf=True,
        need=side,
        profile=side,
        filters=Filters(
            kinds=filters.kinds or brief.kinds,
            countries=filters.countries or brief.countries,
            abroad=filters.abroad,
            partners_too=filters.partners_too,
            exclusions=tuple(sorted({*filters.exclusions, *brief.exclusions})),
        ),
    )


def profile_texts(snapshot: Snapshot, rows: Sequence[int]) -> NDArray[np.int32]:
    """Return the texts that make up the profiles of organisations, a text once per occurrence."""
    texts = snapshot.texts
    own = np.concatenate([_texts_of(texts.description_text, rows), _stated_offers(snapshot, rows)])
    joint = [snapshot.collaborations.text[snapshot.incidence.collaborations_of(row)] for row in rows]
    every: NDArray[np.int32] = np.concatenate([own, *joint]).astype(np.int32)
    return np.asarray(every[every != UNKNOWN])


def sentences_of(snapshot: Snapshot, texts: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the rows of all sentences of texts, in order."""
    starts = snapshot.texts.starts
    return spans(starts[texts], starts[texts + 1] - starts[texts])


def _row(snapshot: Snapshot, id: str) -> int:
    row = snapshot.organisations.ids.position(id)
    if row is None:
        raise NotFoundError(f"There is no organisation {id!r} in this snapshot; look it up with: matcher find WORDS")
    return row


def _texts_of(column: NDArray[np.int32], rows: Sequence[int]) -> NDArray[np.int32]:
    found: NDArray[np.int32] = column[list(rows)]
    return np.asarray(found[found != UNKNOWN])


def _stated_offers(snapshot: Snapshot, rows: Sequence[int]) -> NDArray[np.int32]:
    texts, chosen = snapshot.texts, list(rows)
    derived = texts.offer_derived[chosen] & (texts.description_text[chosen] != UNKNOWN)
    stated = np.where(derived, UNKNOWN, texts.offer_text[chosen])
    return np.asarray(stated[stated != UNKNOWN])


def _offer_texts(snapshot: Snapshot, rows: Sequence[int]) -> NDArray[np.int32]:
    own = _texts_of(snapshot.texts.offer_text, rows)
    return own if len(own) else profile_texts(snapshot, rows)


MOST_TEXTS = 8
"""Of a side made of many texts, the sentences of the so many nearest to its vector are kept for quoting."""


def _stored_side(
    snapshot: Snapshot, vectors: Sequence[int], texts: NDArray[np.int32], derived: bool = False
) -> Side | None:
    known = [row for row in vectors if row != UNKNOWN]
    if not known:
        return None
    total = snapshot.texts.rows(np.array(known, dtype=np.int32)).astype(np.float64).sum(axis=0)
    vector = (total / (np.linalg.norm(total) or 1.0)).astype(np.float32)
    quoted = sentences_of(snapshot, nearest_texts(snapshot, np.unique(texts), vector))
    return Side(
        vector=vector,
        sentences=tuple(snapshot.texts.sentences[int(row)] for row in quoted),
        sentence_vectors=snapshot.texts.sentence_vectors[quoted].astype(np.float32),
        terms=snapshot.terms.of_texts(texts),
        derived=derived,
        stored_languages=snapshot.texts.sentence_languages[quoted],
    )


def nearest_texts(
    snapshot: Snapshot, texts: NDArray[np.int32], vector: NDArray[np.float32], most: int = MOST_TEXTS
) -> NDArray[np.int32]:
    """Return the `most` texts nearest to a vector, nearest first, ties by row."""
    if len(texts) <= 1:
        return texts
    near = snapshot.texts.vectors[texts] @ vector
    return np.asarray(texts[np.argsort(-near, kind="stable")[:most]])


def _new_side(snapshot: Snapshot, encoder: Encoder, sentences: Sequence[str]) -> Side | None:
    if not sentences:
        return None
    vectors = encoder.encode([" ".join(sentences), *sentences], side="query")
    return Side(vectors[0], tuple(sentences), vectors[1:], snapshot.terms.of_text(" ".join(sentences)))

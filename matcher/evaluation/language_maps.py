"""Fitting language maps on the parity texts: how many directions go, and what each model weighs, told by folds."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Encoder
from matcher.encoders.language_map import SIDES, WEIGHT, LanguageMap, fit_language_map
from matcher.evaluation.parity import ParityRow, arranged, draw_languages, mixed_rank
from matcher.splitting import split_sentences

COUNTS = (8, 12, 16, 20, 23)
"""Directions that may be taken out, most of all one fewer than languages."""
WEIGHTS = tuple(float(each) for each in np.arange(0, 11) / 20)
"""What share of a cosine may be that of the first model."""
_ASSIGNMENTS = 20
_STYLES = ("profile", "sentence", "need")
Vectors = NDArray[np.float32]
Sided = Sequence[Sequence[Vectors]]
"""By side, in the order of SIDES, and by style, each of shape (languages, companies, dimensions)."""


def fitted_maps(rows: Sequence[ParityRow], encoders: Sequence[tuple[str, Encoder]]) -> list[LanguageMap]:
    """Return the maps of two encoders, (name, encoder), fitted on rows; the second's tells what the first weighs.

    How many directions are taken out and the weight are those by which needs of one half of the companies are
    answered best by a map of the other half, and the other way round (mean reciprocal rank, mixed languages).
    """
    ids, languages, by_place = arranged(rows)
    shape = (len(languages), len(ids))
    texts = [_styles(row) for row in by_place.values()]
    vectors = [
        tuple(
            tuple(encoder.encode([one[style] for one in texts], side).reshape(*shape, -1) for style in _STYLES)
            for side in SIDES
        )
        for _, encoder in encoders
    ]
    count, weight, rank = _chosen(vectors)
    told: dict[str, Any] = {
        "texts": hashlib.sha256("\n".join(row.profile + row.need for row in by_place.values()).encode()).hexdigest()[
            :16
        ],
        "companies": ids,
        "languages": languages,
        "directions": count,
        "mixed_rank_across_folds": round(rank, 4),
    }
    return [
        fit_language_map(name, sided[0], sided[1], count, told | ({WEIGHT: weight} if place else {}))
        for place, ((name, _), sided) in enumerate(zip(encoders, vectors, strict=True))
    ]


def _styles(row: ParityRow) -> dict[str, str]:
    """Return what a row says in the styles in which texts come: a profile, a sentence of it, and a need."""
    return {"profile": row.profile, "sentence": split_sentences(row.profile)[0], "need": row.need}


def _chosen(vectors: Sequence[Sided]) -> tuple[int, float, float]:
    """Return directions, weight and rank of what does best across two folds of the companies."""
    languages, companies, _ = vectors[0][0][0].shape
    folds = np.arange(companies) % 2
    best: tuple[float, int, float] | None = None
    for count in [count for count in COUNTS if count < languages] or [languages - 1]:
        similarities = [[_held_similarities(pair, folds == fold, count) for pair in vectors] for fold in (0, 1)]
        for weight in WEIGHTS:
            ranks = [_rank(weight * first + (1 - weight) * second) for first, second in similarities]
            if best is None or np.mean(ranks) > best[0] + 1e-9:
                best = float(np.mean(ranks)), count, weight
    assert best is not None  # noqa: S101  # there are always a count and a weight
    return best[1], best[2], best[0]


def _held_similarities(sided: Sided, fitting: NDArray[np.bool_], count: int) -> NDArray[np.float64]:
    """Return similarities of needs to profiles of the companies that a map is not fitted on, (languages, companies)
    twice.
    """
    passages, queries = ([style[:, fitting] for style in side] for side in sided)
    made = fit_language_map("", passages, queries, count)
    languages, _, dimensions = sided[0][0].shape
    given = zip((sided[0][_STYLES.index("profile")], sided[1][_STYLES.index("need")]), SIDES, strict=True)
    profiles, needs = (
        made.apply(each[:, ~fitting].reshape(-1, dimensions), side).astype(np.float64) for each, side in given
    )
    companies = int((~fitting).sum())
    return np.asarray((needs @ profiles.T).reshape(languages, companies, languages, companies))


def _rank(similarities: NDArray[np.float64]) -> float:
    drawn = draw_languages(similarities.shape[0], similarities.shape[1], _ASSIGNMENTS, 0)
    return float(np.mean([mixed_rank(each, drawn) for each in similarities]))

"""Fitting language maps on the parity texts: how much they change, and what each model weighs, told by folds."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Encoder
from matcher.encoders.language_map import SIDES, WEIGHT, LanguageMap, Strength, fit_language_map
from matcher.evaluation.parity import ParityRow, arranged, draw_languages, mixed_rank
from matcher.splitting import split_sentences

COUNTS = (8, 12, 16, 20, 23)
"""Directions that may be taken out, most of all one fewer than languages."""
PENALTIES = (100.0, 300.0, 1000.0, np.inf)
"""Of the regression towards what all languages say in common."""
KEPT = (0.3, 0.6, 1.0)
"""Weights of what the texts say nothing of."""
WEIGHTS = tuple(float(each) for each in np.arange(0, 16) / 20)
"""What share of a cosine may be that of the first model."""
SPLITS = 4
"""How often the companies are split into two folds at random: by one split, chance chooses."""
_ASSIGNMENTS = 20
_STYLES = ("profile", "sentence", "need")
Vectors = NDArray[np.float32]
Sided = Sequence[Sequence[Vectors]]
"""By side, in the order of SIDES, and by style, each of shape (languages, companies, dimensions)."""


def fitted_maps(rows: Sequence[ParityRow], encoders: Sequence[tuple[str, Encoder]]) -> list[LanguageMap]:
    """Return the maps of two encoders, (name, encoder), fitted on rows; the second's tells what the first weighs.

    How much a map changes and the weight are those by which needs of one half of the companies are answered best
    by a map of the other half, and the other way round, over several halves (mean reciprocal rank, mixed languages).
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
    strength, weight, rank = _chosen(vectors)
    told: dict[str, Any] = {
        "texts": hashlib.sha256("\n".join(row.profile + row.need for row in by_place.values()).encode()).hexdigest()[
            :16
        ],
        "companies": ids,
        "languages": languages,
        "directions": strength.directions,
        "penalty": None if np.isinf(strength.penalty) else strength.penalty,
        "kept": strength.kept,
        "mixed_rank_across_folds": round(rank, 4),
    }
    return [
        fit_language_map(name, sided[0], sided[1], strength, told | ({WEIGHT: weight} if place else {}))
        for place, ((name, _), sided) in enumerate(zip(encoders, vectors, strict=True))
    ]


def _styles(row: ParityRow) -> dict[str, str]:
    """Return what a row says in the styles in which texts come: a profile, a sentence of it, and a need."""
    return {"profile": row.profile, "sentence": split_sentences(row.profile)[0], "need": row.need}


def _chosen(vectors: Sequence[Sided]) -> tuple[Strength, float, float]:
    """Return strength, weight and rank of what does best across pairs of folds of the companies."""
    languages, companies, _ = vectors[0][0][0].shape
    drawn = [np.random.default_rng(seed).permutation(companies) % 2 for seed in range(SPLITS)]
    fitting = [folds == fold for folds in drawn for fold in (0, 1)]
    best: tuple[float, Strength, float] | None = None
    for strength in _strengths(languages):
        similarities = [[_held_similarities(pair, fold, strength) for pair in vectors] for fold in fitting]
        for weight in WEIGHTS:
            ranks = [_rank(weight * first + (1 - weight) * second) for first, second in similarities]
            if best is None or np.mean(ranks) > best[0] + 1e-9:
                best = float(np.mean(ranks)), strength, weight
    assert best is not None  # noqa: S101  # there are always a strength and a weight
    return best[1], best[2], best[0]


def _strengths(languages: int) -> list[Strength]:
    counts = [count for count in COUNTS if count < languages] or [languages - 1]
    pairs = [(penalty, kept) for penalty in PENALTIES for kept in (KEPT if np.isfinite(penalty) else (1.0,))]
    return [Strength(count, penalty, kept) for count in counts for penalty, kept in pairs]


def _held_similarities(sided: Sided, fitting: NDArray[np.bool_], strength: Strength) -> NDArray[np.float64]:
    """Return similarities of needs to profiles of the companies that a map is not fitted on, (languages, companies)
    twice.
    """
    passages, queries = ([style[:, fitting] for style in side] for side in sided)
    made = fit_language_map("", passages, queries, strength)
    languages, _, dimensions = sided[0][0].shape
    given = zip((sided[0][_STYLES.index("profile")], sided[1][_STYLES.index("need")]), made.centres, strict=True)
    moved = [(each[:, ~fitting].reshape(-1, dimensions) - centre) @ made.matrix for each, centre in given]
    profiles, needs = (each.astype(np.float64) / np.linalg.norm(each, axis=1, keepdims=True) for each in moved)
    companies = int((~fitting).sum())
    return np.asarray((needs @ profiles.T).reshape(languages, companies, languages, companies))


def _rank(similarities: NDArray[np.float64]) -> float:
    drawn = draw_languages(similarities.shape[0], similarities.shape[1], _ASSIGNMENTS, 0)
    return float(np.mean([mixed_rank(each, drawn) for each in similarities]))

"""The parity test: is a company found as well whatever the language of the need and of the profile?"""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Encoder
from matcher.errors import InputError

__all__ = [
    "HALVES", "LanguageParity", "ParityReport", "ParityRow", "arranged", "draw_languages", "half_of", "measure_parity",
    "measure_similarities", "mixed_rank", "read_parity",
]  # fmt: skip

HALVES = ("held", "fit", "all")
"""Companies that no part of an encoder was fitted on, those on which language maps are fitted, and both."""
Similarities = NDArray[np.float64]

PIVOT = "en"
TOP = 10
"""How many of the first results the own-language share looks at."""
ASSIGNMENTS = 20
"""How often each company is given one of the languages at random."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityRow:
    """A company in one language: what it does, and somebody's need that it answers, worded unlike it."""

    id: str
    language: str
    profile: str
    need: str
    half: str = "held"
    """fit or held: language maps are fitted on the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageParity:
    """What needs written in one language find; all values in [0, 1], 1 is best but for the last.

    The first three are mean reciprocal ranks of the right company among all: `need_to_english` profiles, those of
    the need's own language, and profiles of which each is in one language drawn at random.
    `translation_first` is the share of English profiles whose nearest profile in this language is their
    translation; NaN for English. `own_language_share` is the share of the need's language among the first 10 of
    all profiles in all languages: without bias it is 1 / number of languages.
    """

    language: str
    need_to_english: float
    need_to_same: float
    need_to_mixed: float
    translation_first: float
    own_language_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityReport:
    """Parity of one encoder: per language, in the order of their codes with English first, and their mean."""

    encoder: str
    companies: int
    assignments: int
    seed: int
    unbiased_share: float
    """The own-language share of an encoder that does not care for languages."""
    languages: tuple[LanguageParity, ...]
    mean: LanguageParity
    """Means over the languages; English has no part in that of `translation_first`."""

    def as_dict(self) -> dict[str, Any]:
        """Return the report for JSON: numbers rounded to 6 decimals, NaN as None."""
        report = asdict(self)
        report["unbiased_share"] = _round(self.unbiased_share)
        report["languages"] = [_rounded(language) for language in self.languages]
        report["mean"] = _rounded(self.mean)
        return report


def read_parity(path: Path) -> list[ParityRow]:
    """Read a CSV file with columns id, language, profile and need; raise InputError where one is missing."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The parity texts {path} cannot be read: {error}. Give a UTF-8 CSV file.") from error
    columns = ("id", "language", "profile", "need")
    for number, line in enumerate(lines, start=1):
        missing = [column for column in columns if not (line.get(column) or "").strip()]
        if missing:
            raise InputError(f"{path}, record {number}: {', '.join(missing)} missing; fill in every column.")
    return [
        ParityRow(**{column: line[column] for column in columns}, half=line.get("half") or "held") for line in lines
    ]


def half_of(rows: Sequence[ParityRow], half: str) -> list[ParityRow]:
    """Return the rows of a half, of HALVES; InputError where there are none."""
    found = [row for row in rows if half in ("all", row.half)]
    if not found:
        raise InputError(f"The parity texts hold no company of the half {half!r}; choose among {', '.join(HALVES)}.")
    return found


def measure_parity(
    rows: Sequence[ParityRow], encoder: Encoder, *, assignments: int = ASSIGNMENTS, seed: int = 0
) -> ParityReport:
    """Measure how well an encoder finds companies across languages, as `measure_similarities` does."""
    _, _, by_place = arranged(rows)
    needs = encoder.encode([row.need for row in by_place.values()], "query").astype(np.float64)
    profiles = encoder.encode([row.profile for row in by_place.values()], "passage").astype(np.float64)
    similarities = needs @ profiles.T, profiles @ profiles.T
    return measure_similarities(rows, encoder.name, *similarities, assignments=assignments, seed=seed)


def measure_similarities(
    rows: Sequence[ParityRow],
    name: str,
    needs: Similarities,
    profiles: Similarities,
    *,
    assignments: int = ASSIGNMENTS,
    seed: int = 0,
) -> ParityReport:
    """Measure how well companies are found across languages by similarities, of needs and of profiles to profiles.

    Both are of shape (n, n), in the order of `arranged(rows)`. Ties go to the company whose id comes first. The
    random languages are drawn from `seed`, each language as often as the others. Raises InputError where a company
    lacks a language or English is not among them.
    """
    ids, languages, _ = arranged(rows)
    shape = (len(languages), len(ids)) * 2
    drawn = draw_languages(len(languages), len(ids), assignments, seed)
    measured = tuple(
        _measure_language(index, languages, needs.reshape(shape)[index], profiles.reshape(shape), drawn)
        for index in range(len(languages))
    )
    return ParityReport(
        encoder=name,
        companies=len(ids),
        assignments=assignments,
        seed=seed,
        unbiased_share=1 / len(languages),
        languages=measured,
        mean=_mean(measured),
    )


def arranged(rows: Sequence[ParityRow]) -> tuple[list[str], list[str], dict[tuple[str, str], ParityRow]]:
    """Return ids, languages with English first, and the rows by (language, id) in that order."""
    ids = sorted({row.id for row in rows})
    languages = sorted({row.language for row in rows}, key=lambda language: (language != PIVOT, language))
    given = {(row.language, row.id): row for row in rows}
    places = [(language, id) for language in languages for id in ids]
    missing = [place for place in places if place not in given]
    if not languages or languages[0] != PIVOT or missing or len(given) != len(rows):
        raise InputError(
            "The parity test needs every company exactly once in every language, English among them; "
            f"missing (language, id): {missing[:5] or 'English' if missing or languages[:1] != [PIVOT] else 'none'}, "
            f"rows given twice: {len(rows) - len(given)}."
        )
    return ids, languages, {place: given[place] for place in places}


def draw_languages(languages: int, companies: int, assignments: int, seed: int) -> NDArray[np.int64]:
    """Return a language per company, shape (assignments, companies), each language as often as the others."""
    random = np.random.default_rng(seed)
    places = np.arange(companies) % languages
    return np.stack([random.permutation(random.permutation(languages)[places]) for _ in range(assignments)])


def mixed_rank(similarities: Similarities, drawn: NDArray[np.int64]) -> float:
    """Return the mean reciprocal rank of the right companies among profiles of which each is in the language drawn.

    `similarities` of the needs of one language to all profiles are of shape (companies, languages, companies).
    """
    by_draw = similarities[:, drawn, np.arange(len(similarities))].swapaxes(0, 1)
    return _reciprocal(by_draw)


def _measure_language(
    index: int,
    languages: Sequence[str],
    needs: Similarities,
    profiles: Similarities,
    drawn: NDArray[np.int64],
) -> LanguageParity:
    """Measure one language by what its needs are like, shape (companies, languages, companies)."""
    first = _order(needs.reshape(len(needs), -1))[:, :TOP] // needs.shape[2]
    translation = _ranks(profiles[0, :, index])
    return LanguageParity(
        language=languages[index],
        need_to_english=_reciprocal(needs[:, 0]),
        need_to_same=_reciprocal(needs[:, index]),
        need_to_mixed=mixed_rank(needs, drawn),
        translation_first=float((translation == 1).mean()) if index else float("nan"),
        own_language_share=float((first == index).mean()),
    )


def _order(similarities: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the columns of each row from the most similar on, ties in the order of the columns."""
    return np.argsort(-similarities, axis=1, kind="stable")


def _ranks(similarities: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the rank, from 1, of column i in row i, of ties after those before it; shape (..., n, n) to (..., n)."""
    right = np.diagonal(similarities, axis1=-2, axis2=-1)[..., None]
    before = np.tri(similarities.shape[-1], k=-1, dtype=bool)
    ahead = (similarities > right) | ((similarities == right) & before)
    return np.asarray(ahead.sum(axis=-1) + 1)


def _reciprocal(similarities: NDArray[np.float64]) -> float:
    return float((1 / _ranks(similarities)).mean())


def _mean(measured: Sequence[LanguageParity]) -> LanguageParity:
    translations = [language.translation_first for language in measured[1:]]
    return LanguageParity(
        language="mean",
        need_to_english=float(np.mean([language.need_to_english for language in measured])),
        need_to_same=float(np.mean([language.need_to_same for language in measured])),
        need_to_mixed=float(np.mean([language.need_to_mixed for language in measured])),
        translation_first=float(np.mean(translations)) if translations else float("nan"),
        own_language_share=float(np.mean([language.own_language_share for language in measured])),
    )


def _rounded(language: LanguageParity) -> dict[str, Any]:
    return {key: _round(value) if isinstance(value, float) else value for key, value in asdict(language).items()}


def _round(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 6)

"""The language map: takes out of vectors what tells languages apart, fitted on texts that say the same in each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Side
from matcher.errors import EncoderError

COMMAND = "matcher language-map --encoder european:MODEL"
SIDES: tuple[Side, ...] = ("passage", "query")
WEIGHT = "weight_of_use"
"""In the provenance of a map that is used beside USE: what share of a cosine is that of USE, in [0, 1]."""
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class LanguageMap:
    """A linear map of the vectors of one encoder.

    Vectors are moved by the mean of their side, for a model may put queries elsewhere than passages and all texts
    close together. Then the directions are taken out in which the means of languages differ, and those of long and
    short texts, of needs and offers; what is left is turned towards what all languages say in common. What comes out
    is a unit vector. Source of taking directions out: Yang et al. 2021, doi:10.18653/v1/2021.emnlp-main.470.
    """

    encoder: str
    """Name of the encoder whose vectors it was fitted on, and no other's."""
    centres: Vectors
    """Mean of each side, in the order of SIDES, shape (2, dimensions)."""
    matrix: Vectors
    """What a moved vector is multiplied with, shape (dimensions, dimensions)."""
    provenance: Mapping[str, Any] = field(default_factory=dict)
    """On what it was fitted, for people."""

    def apply(self, vectors: Vectors, side: Side) -> Vectors:
        """Return unit vectors without the languages, shape as given, float32; of nothing else, the first axis.

        A vector is mapped alike alone and among others, to the last bit.
        """
        mapped = np.empty_like(vectors)
        matrix = self.matrix.astype(np.float64)
        centre = self.centres[SIDES.index(side)].astype(np.float64)
        for row, vector in enumerate(vectors):  # one by one: the last bits of a product change with its shape
            moved = (vector.astype(np.float64) - centre) @ matrix
            length = float(np.sqrt(moved @ moved))
            mapped[row] = moved / length if length > 0 else np.eye(1, len(moved))[0]
        return mapped


@dataclass(frozen=True)
class Strength:
    """How much a map changes."""

    directions: int
    """So many directions of languages are taken out, at most one fewer than languages tell apart."""
    penalty: float = np.inf
    """Of the ridge regression towards what all languages say in common; infinite is none of it."""
    kept: float = 1.0
    """In (0, 1]: with what weight that stays of which the texts it is fitted on say nothing."""


def fit_language_map(
    encoder: str,
    passages: Sequence[Vectors],
    queries: Sequence[Vectors],
    strength: Strength,
    provenance: Mapping[str, Any] | None = None,
) -> LanguageMap:
    """Fit a map on texts that say the same in every language, in several styles, e.g. whole profiles and sentences.

    Each style is of the shape (languages, texts, dimensions). Raises ValueError where the shapes cannot be, or there
    are fewer languages than directions to take out.
    """
    sides = [[np.asarray(style, np.float64) for style in each] for each in (passages, queries)]
    shapes: set[tuple[int, ...]] = {
        (style.shape[0], style.shape[2]) if style.ndim == 3 else () for each in sides for style in each
    }
    if len(shapes) != 1 or () in shapes or not all(sides):
        raise ValueError("Every style has the shape (languages, texts, dimensions), of the same encoder.")
    languages, dimensions = next(iter(shapes))
    if not 0 <= strength.directions < languages:
        raise ValueError(
            f"{languages} languages differ in at most {languages - 1} directions, not in {strength.directions}."
        )
    styles = [np.stack([style.mean(axis=(0, 1)) for style in each]) for each in sides]
    centres = [each.mean(axis=0) for each in styles]
    spoken = [style.mean(axis=1) - style.mean(axis=(0, 1)) for each in sides for style in each]
    apart = [each - centre for each, centre in zip(styles, centres, strict=True)]
    found = [_directions(np.concatenate(spoken), strength.directions), _directions(np.concatenate(apart))]
    directions = _directions(np.concatenate(found))
    matrix = np.eye(dimensions) - directions.T @ directions
    moved = [(style - centre) @ matrix for each, centre in zip(sides, centres, strict=True) for style in each]
    return LanguageMap(
        encoder=encoder,
        centres=np.stack(centres).astype(np.float32),
        matrix=(matrix @ _towards_common(moved, strength)).astype(np.float32),
        provenance=dict(provenance or {}),
    )


def _directions(vectors: NDArray[np.float64], most: int | None = None) -> NDArray[np.float64]:
    """Return orthonormal directions of vectors, those in which they are longest first; of no length, none."""
    _, lengths, directions = np.linalg.svd(vectors, full_matrices=False)
    return np.asarray(directions[: int((lengths > 1e-6).sum())][:most])


def _towards_common(styles: Sequence[NDArray[np.float64]], strength: Strength) -> NDArray[np.float64]:
    """Return the ridge regression of the mean over languages on each language, shrunk to `kept` times the identity."""
    dimensions = styles[0].shape[2]
    identity = np.eye(dimensions)
    if np.isinf(strength.penalty):
        return identity
    lengths = [np.linalg.norm(style, axis=2, keepdims=True) for style in styles]
    unit = [style / np.where(length > 0, length, 1.0) for style, length in zip(styles, lengths, strict=True)]
    given = np.concatenate([style.reshape(-1, dimensions) for style in unit])
    common = np.concatenate(
        [np.broadcast_to(style.mean(axis=0), style.shape).reshape(-1, dimensions) for style in unit]
    )
    penalty = strength.penalty * identity
    return np.asarray(np.linalg.solve(given.T @ given + penalty, given.T @ common + strength.kept * penalty))


def file_of(encoder: str) -> str:
    """Return the name of the file that holds an encoder's map."""
    return f"{encoder.replace('/', '-')}.npy"


def write_language_map(made: LanguageMap, path: Path) -> None:
    """Write a map as one array, its provenance beside it as JSON."""
    np.save(path.with_suffix(".npy"), np.concatenate([made.centres, made.matrix]), allow_pickle=False)
    told = {"encoder": made.encoder, **made.provenance}
    path.with_suffix(".json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_language_map(path: Path, encoder: str) -> LanguageMap:
    """Read the map of an encoder; EncoderError where it is damaged, or was fitted on another's vectors."""
    try:
        held = np.load(path.with_suffix(".npy"), allow_pickle=False)
        told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        of = str(told["encoder"])
    except FileNotFoundError:
        raise EncoderError(f"There is no language map for the vectors of {encoder}. Fit one: {COMMAND}.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(f"The language map {path} cannot be read: {error}. Fit it again: {COMMAND}.") from error
    if of != encoder:
        raise EncoderError(
            f"The language map {path.name} was fitted on the vectors of {of}, and would spoil those of {encoder}. "
            f"Fit one for it: {COMMAND}."
        )
    if held.ndim != 2 or len(held) != len(SIDES) + held.shape[1] or not np.isfinite(held).all():
        raise EncoderError(f"The language map {path} is damaged. Fit it again: {COMMAND}.")
    return LanguageMap(
        of, held[: len(SIDES)], held[len(SIDES) :], {name: told[name] for name in told if name != "encoder"}
    )

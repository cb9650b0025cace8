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
    """A linear projection of the vectors of one encoder.

    Vectors are moved by the mean of their side, for a model may put queries elsewhere than passages and all texts
    close together; then the directions are taken out in which the means of languages differ, and those of long and
    short texts, of needs and offers. What is left is a unit vector. Source of taking directions out: Yang et al.
    2021, doi:10.18653/v1/2021.emnlp-main.470.
    """

    encoder: str
    """Name of the encoder whose vectors it was fitted on, and no other's."""
    centres: Vectors
    """Mean of each side, in the order of SIDES, shape (2, dimensions)."""
    directions: Vectors
    """Orthonormal, shape (directions, dimensions)."""
    provenance: Mapping[str, Any] = field(default_factory=dict)
    """On what it was fitted, for people."""

    def apply(self, vectors: Vectors, side: Side) -> Vectors:
        """Return unit vectors without the languages, shape as given, float32; of nothing else, the first axis.

        A vector is mapped alike alone and among others, to the last bit.
        """
        mapped = np.empty_like(vectors)
        directions = self.directions.astype(np.float64)
        centre = self.centres[SIDES.index(side)].astype(np.float64)
        for row, vector in enumerate(vectors):  # one by one: the last bits of a product change with its shape
            moved = vector.astype(np.float64) - centre
            moved -= (directions @ moved) @ directions
            length = float(np.sqrt(moved @ moved))
            mapped[row] = moved / length if length > 0 else np.eye(1, len(moved))[0]
        return mapped


def fit_language_map(
    encoder: str,
    passages: Sequence[Vectors],
    queries: Sequence[Vectors],
    count: int,
    provenance: Mapping[str, Any] | None = None,
) -> LanguageMap:
    """Fit a map on texts that say the same in every language, in several styles, e.g. whole profiles and sentences.

    Each style is of the shape (languages, texts, dimensions). `count` directions of languages are taken out, at most
    one fewer than languages tell apart, and those in which styles of a side differ. Raises ValueError where the shapes
    cannot be.
    """
    sides = [[np.asarray(style, np.float64) for style in each] for each in (passages, queries)]
    shapes: set[tuple[int, ...]] = {
        (style.shape[0], style.shape[2]) if style.ndim == 3 else () for each in sides for style in each
    }
    if len(shapes) != 1 or () in shapes or not all(sides):
        raise ValueError("Every style has the shape (languages, texts, dimensions), of the same encoder.")
    languages = next(iter(shapes))[0]
    if not 0 <= count < languages:
        raise ValueError(f"{languages} languages differ in at most {languages - 1} directions, not in {count}.")
    styles = [np.stack([style.mean(axis=(0, 1)) for style in each]) for each in sides]
    centres = [each.mean(axis=0) for each in styles]
    spoken = [style.mean(axis=1) - style.mean(axis=(0, 1)) for each in sides for style in each]
    apart = [each - centre for each, centre in zip(styles, centres, strict=True)]
    directions = [_directions(np.concatenate(spoken), count), _directions(np.concatenate(apart))]
    return LanguageMap(
        encoder=encoder,
        centres=np.stack(centres).astype(np.float32),
        directions=_directions(np.concatenate(directions)).astype(np.float32),
        provenance=dict(provenance or {}),
    )


def _directions(vectors: NDArray[np.float64], most: int | None = None) -> NDArray[np.float64]:
    """Return orthonormal directions of vectors, those in which they are longest first; of no length, none."""
    _, lengths, directions = np.linalg.svd(vectors, full_matrices=False)
    return np.asarray(directions[: int((lengths > 1e-6).sum())][:most])


def file_of(encoder: str) -> str:
    """Return the name of the file that holds an encoder's map."""
    return f"{encoder.replace('/', '-')}.npy"


def write_language_map(made: LanguageMap, path: Path) -> None:
    """Write a map as one array, its provenance beside it as JSON."""
    np.save(path.with_suffix(".npy"), np.concatenate([made.centres, made.directions]), allow_pickle=False)
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
    if held.ndim != 2 or len(held) < len(SIDES) or not np.isfinite(held).all():
        raise EncoderError(f"The language map {path} is damaged. Fit it again: {COMMAND}.")
    return LanguageMap(
        of, held[: len(SIDES)], held[len(SIDES) :], {name: told[name] for name in told if name != "encoder"}
    )

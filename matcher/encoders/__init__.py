"""Encoders: texts to unit vectors."""

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Encoder", "Side"]

Side = Literal["query", "passage"]


class Encoder(Protocol):
    """Turns texts into unit vectors; its name holds model, prompts and settings."""

    name: str
    dimensions: int
    languages: tuple[str, ...]
    """ISO 639-1 codes of the languages it was made for; empty is unknown."""

    def encode(self, texts: Sequence[str], side: Side = "passage") -> NDArray[np.float32]:
        """Return unit vectors of shape (n, dimensions), float32; the same text gives the same bytes."""

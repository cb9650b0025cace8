import numpy as np
import pytest
from scipy import sparse

from matcher.languages import EUROPEAN
from matcher.terms import K1, PIVOT_WORDS, B, Terms, build_terms, tokenise
from matcher.vocabularies import load


def three_profiles() -> Terms:
    texts = ["water pumps", "water games", "rail"]
    return build_terms(texts, sparse.csr_array(np.eye(3)))


def test_words_lose_accents_and_case_and_short_words_go() -> None:
    assert tokenise("Éco-construction à Évry, 2024") == ["eco", "construction", "evry", "2024"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Ζητούμε αισθητήρες για τους ενοικιαστές μας χωρίς κάμερα",
            ["ζητουμε", "αισθητηρεσ", "ενοικιαστεσ", "καμερα"],
        ),
        ("Търсим датчици за нашите наематели, без камера", ["датчици", "наематели", "камера"]),
        ("Hledáme čidla pro naše nájemníky, aniž bychom je natáčeli", ["cidla", "pro", "najemniky", "nataceli"]),
        ("Etsimme antureita ilman kameraa, jotta myös vuokralaiset", ["antureita", "kameraa", "jotta", "vuokralaiset"]),
    ],
)
def test_function_words_of_every_language_of_the_union_are_no_terms(text: str, said: list[str]) -> None:
    assert tokenise(text) == said


def test_every_language_of_the_union_has_function_words_as_they_are_looked_up() -> None:
    lists = {language: words.split() for language, words in load("function-words").items() if language != "about"}
    assert set(lists) == set(EUROPEAN)
    for words in lists.values():
        assert len(words) >= 25
        assert tokenise(" ".join(words)) == []


def test_a_rare_term_weighs_more_than_a_common_one() -> None:
    terms = three_profiles()
    water, pumps = terms.vocabulary.position("water"), terms.vocabulary.position("pumps")
    assert water is not None
    assert pumps is not None
    assert terms.rarity[pumps] == pytest.approx(np.log1p((3 - 1 + 0.5) / 1.5))
    assert terms.rarity[pumps] > terms.rarity[water]


def test_coverage_is_the_share_of_the_query_weight_that_a_profile_holds() -> None:
    terms = three_profiles()
    coverage = terms.coverage(terms.top(terms.of_text("pumps")))
    assert coverage.tolist() == pytest.approx([1 / (1 + K1 * (1 - B + B * 2 / PIVOT_WORDS)), 0, 0], rel=1e-6)


def test_a_query_of_unknown_words_covers_nothing() -> None:
    terms = three_profiles()
    assert terms.of_text("zeppelin") == {}
    assert terms.coverage({}).tolist() == [0, 0, 0]


def test_only_the_weightiest_terms_are_looked_up_and_ties_go_by_term() -> None:
    terms = three_profiles()
    top = terms.top({0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0}, most=2)
    assert len(top) == 2
    assert list(top.values()) == sorted(top.values(), reverse=True)


def test_a_replaced_profile_counts_instead_of_the_stored_one() -> None:
    terms = three_profiles()
    rail = terms.vocabulary.position("rail")
    assert rail is not None
    changed = Terms(terms.vocabulary, terms.rarity, terms.counts, terms.by_term, replaced=(2, {}))
    assert terms.coverage({rail: 1.0})[2] > 0
    assert changed.coverage({rail: 1.0})[2] == 0

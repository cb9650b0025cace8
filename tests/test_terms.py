import numpy as np
import pytest
from scipy import sparse

from matcher.terms import K1, PIVOT_WORDS, B, Terms, build_terms, tokenise


def three_profiles() -> Terms:
    texts = ["water pumps", "water games", "rail"]
    return build_terms(texts, sparse.csr_array(np.eye(3)))


def test_words_lose_accents_and_case_and_short_words_go() -> None:
    assert tokenise("Éco-construction à Évry, 2024") == ["eco", "construction", "evry", "2024"]


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

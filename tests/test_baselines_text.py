"""Baselines from texts: the libraries' own values, cosines, and what past partners say."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from builders import WordEncoder, frozen, together, world
from matcher.context import Context
from matcher.query import profile_texts, sentences_of, text_query
from matcher.records import Organisation
from matcher.snapshot import Snapshot
from matcher.terms import tokenise
from scored import DAY, asked, first, scored


def valley() -> Snapshot:
    """Four organisations with texts of their own or of what they took part in, one without any."""
    return frozen(
        world(
            Organisation(id="asker", description="Water pipes, water pumps and leaks."),
            Organisation(id="pumps", description="Pumps for water. Pumps for oil."),
            Organisation(id="pipes", description="Old pipes."),
            Organisation(id="mute"),
            together("1", "pipes", "pumps", title="Leaks in pipes", text="Finding leaks in water pipes.", year=2025),
            together("2", "pipes", "games", title="Pirate games", text="Games about pirates.", year=2023),
        )
    )


def said(snapshot: Snapshot, text: str) -> Context:
    return Context(snapshot, text_query(snapshot, WordEncoder(), text), DAY)


def documents(snapshot: Snapshot) -> list[str]:
    """All texts of each profile, written out."""
    rows = range(len(snapshot.organisations))
    sentences = [sentences_of(snapshot, profile_texts(snapshot, [row])) for row in rows]
    return [" ".join(snapshot.texts.sentences[int(n)] for n in one) for one in sentences]


@pytest.mark.parametrize("text", ["leaks of water", "pirates", "water water pumps, unheard"])
def test_tfidf_is_the_librarys_cosine_over_whole_profiles(text: str) -> None:
    snapshot = valley()
    written = documents(snapshot)
    library = TfidfVectorizer(analyzer=tokenise, sublinear_tf=True).fit([one for one in written if one])
    expected = (library.transform(written) @ library.transform([text]).T).toarray().ravel()
    expected[snapshot.organisations.ids.position("mute")] = np.nan
    assert list(scored("tfidf", said(snapshot, text)).values()) == pytest.approx(expected.tolist(), nan_ok=True)


def test_tfidf_asks_with_every_text_of_an_organisation() -> None:
    snapshot = valley()
    written = [one for one in documents(snapshot) if one]
    weights = TfidfVectorizer(analyzer=tokenise, sublinear_tf=True).fit_transform(written)
    pipes = list(snapshot.organisations.ids).index("pipes") - 1  # without the mute one
    expected = (weights @ weights[[pipes]].T).toarray().ravel()
    scores = scored("tfidf", asked(snapshot, "pipes"))
    assert [value for id, value in scores.items() if id != "mute"] == pytest.approx(expected.tolist())


@pytest.mark.parametrize("text", ["leaks of water", "pirates", "water water pumps, unheard"])
def test_bm25_is_the_librarys_score_over_whole_profiles(text: str) -> None:
    from bm25s import BM25

    snapshot = valley()
    words = [tokenise(one) for one in documents(snapshot)]
    library = BM25()
    library.index([one for one in words if one], show_progress=False)
    expected = library.get_scores(tokenise(text))
    scores = scored("bm25", said(snapshot, text))
    assert np.isnan(scores.pop("mute"))
    assert list(scores.values()) == pytest.approx(expected.tolist(), rel=1e-5)


def test_bm25_weighs_a_rare_word_by_hand() -> None:
    """Two profiles of one and three words; `games` is in the first only: idf = log(1 + 1.5 / 1.5)."""
    snapshot = frozen(
        world(Organisation(id="a", description="Games."), Organisation(id="b", description="Oil oil oil."))
    )
    scores = scored("bm25", said(snapshot, "games"))
    frequency = 1 / (1 + 1.5 * (1 - 0.75 + 0.75 * 1 / 2))
    assert scores == pytest.approx({"a": np.log(2) * frequency, "b": 0.0}, rel=1e-6)


@pytest.mark.parametrize("name", ["tfidf", "bm25", "dense", "propagated-text"])
def test_the_need_speaks_where_there_is_one(name: str) -> None:
    snapshot = frozen(
        world(
            Organisation(id="asker", description="We bake bread.", needs=("Ovens heated by hydrogen.",)),
            Organisation(id="bakers", description="Bread, baked daily."),
            Organisation(id="ovens", description="Hydrogen ovens."),
        )
    )
    assert first(scored(name, asked(snapshot, "asker")), "bakers", "ovens") == "ovens"


@pytest.mark.parametrize("name", ["tfidf", "bm25", "dense", "propagated-text", "rrf-bm25-dense", "adamic-adar-x-text"])
def test_without_a_text_there_is_nothing_to_say(name: str) -> None:
    assert np.isnan(list(scored(name, asked(valley(), "mute")).values())).all()


def test_dense_is_the_cosine_of_the_text_with_profiles() -> None:
    snapshot = valley()
    vector = WordEncoder().encode(["games about pirates"], side="query")[0]
    scores = scored("dense", said(snapshot, "games about pirates"))
    texts, ids = snapshot.texts, snapshot.organisations.ids
    for id in ("asker", "games", "pipes"):
        row = ids.position(id)
        assert row is not None
        assert scores[id] == pytest.approx(float(texts.vectors[texts.profile[row]] @ vector), abs=1e-6)
    assert np.isnan(scores["mute"])


def test_propagated_text_is_half_the_own_profile_and_half_the_past_partners() -> None:
    snapshot = frozen(
        world(
            Organisation(id="hub"),
            Organisation(id="new", description="Robots."),
            Organisation(id="old", description="Boats."),
            Organisation(id="alone", description="Robots."),
            together("1", "hub", "new", year=2026, title=""),
            together("2", "hub", "old", year=2014, title=""),
        )
    )
    robots, boats = WordEncoder().encode(["robots", "boats"]).astype(float)
    fresh, faded = snapshot.decayed(DAY, 4.0).weights
    partners = fresh * robots + faded * boats
    scores = scored("propagated-text", said(snapshot, "robots"))
    assert scores["hub"] == pytest.approx(partners @ robots / np.linalg.norm(partners), abs=1e-6)
    assert scores["alone"] == pytest.approx(1.0, abs=1e-6)
    own = robots / np.linalg.norm(robots)  # the hub says nothing, so `new` has its own profile alone
    assert scores["new"] == pytest.approx(own @ robots, abs=1e-6)


def test_who_has_neither_text_nor_partners_with_one_is_unknown_to_propagated_text() -> None:
    snapshot = frozen(
        world(
            Organisation(id="a"), Organisation(id="b"), Organisation(id="c", description="Robots."),
            together("1", "a", "b", title=""), together("2", "a", title=""),
        )
    )  # fmt: skip
    scores = scored("propagated-text", said(snapshot, "robots"))
    assert np.isnan([scores["a"], scores["b"]]).all()
    assert scores["c"] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("name", ["tfidf", "bm25", "dense", "propagated-text", "rrf-bm25-dense"])
def test_a_snapshot_without_any_text_has_nothing_to_say(name: str) -> None:
    snapshot = frozen(world(together("1", "a", "b", title="")))
    assert np.isnan(list(scored(name, said(snapshot, "robots")).values())).all()

"""One contract for every baseline: a score for everybody, the same bytes again, nothing from after the cut."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from builders import WordEncoder, frozen, together, world
from matcher.context import Context
from matcher.errors import NotFoundError
from matcher.evaluation.baselines import BASELINES, BaselineKind, Ground, available, find, ground
from matcher.query import Query, brief_query, organisation_query, text_query
from matcher.records import Brief, Organisation, Records
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number

CUT = date(2025, 6, 1)
DAY = day_number(CUT)
EVERY = pytest.mark.parametrize("kind", BASELINES, ids=[kind.name for kind in BASELINES])


def valley(*later: object) -> Records:
    """Organisations with much, little or nothing known of them before the cut, and what came after it."""
    described = date(2024, 1, 1)
    return world(
        Organisation(id="asker", country="FR", sectors=("water",), description="Clean water.", described_on=described,
                     needs=("Pumps that need no power.",)),
        Organisation(id="pumps", country="FR", description="Pumps by gravity.", described_on=described),
        Organisation(id="quiet", country="DE"),
        Organisation(id="fresh", description="New pumps.", described_on=described),
        Organisation(id="void", sectors=(), described_on=described),
        together("1", "asker", "lab", "quiet", year=2024, title="Rain in basins", sectors=("water",)),
        together("2", "lab", "pumps", year=2023, title="Pumps in rain"),
        together("3", "pumps", "quiet", "games", year=2019, title="Games of rain", sectors=("play",)),
        together("4", "games", "far", year=2022, title="Games"),
        *later,  # type: ignore[arg-type]  # records
    )  # fmt: skip


LATER = (
    together("9", "asker", "far", "pumps", year=2026, title="Water games", sectors=("water",)),
    together("8", "far", "void", start=None, title="Undated pumps"),
)


def brief(snapshot: Snapshot) -> Query:
    return brief_query(snapshot, WordEncoder(), Brief(id="b", owner="asker", title="Pumps", text="Pumps for rain."))


def text_of(text: str, side: str | None = None) -> Callable[[Snapshot], Query]:
    return lambda snapshot: text_query(snapshot, WordEncoder(), text, side)


def ids_of(*ids: str) -> Callable[[Snapshot], Query]:
    return lambda snapshot: organisation_query(snapshot, ids)


QUERIES: dict[str, Callable[[Snapshot], Query]] = {
    "an organisation": ids_of("asker"),
    "a group": ids_of("asker", "pumps", "fresh"),
    "a newcomer": ids_of("fresh"),
    "an organisation without text of its own": ids_of("quiet"),
    "an organisation without anything": ids_of("void"),
    "a brief": brief,
    "a free text": text_of("Pumps without power, and rain."),
    "a text of unknown words": text_of("Zyx wvu."),
    "a text that only offers": text_of("We build pumps.", "offer"),
}


def answers(kind: BaselineKind, snapshot: Snapshot) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    baseline = kind.prepare(Ground(snapshot, DAY, seed=3))
    return {label: baseline.scores(Context(snapshot, query(snapshot), DAY)) for label, query in QUERIES.items()}


@EVERY
def test_every_query_gets_a_score_for_every_organisation(kind: BaselineKind) -> None:
    snapshot = frozen(valley(), before=CUT)
    for label, scores in answers(kind, snapshot).items():
        assert scores.shape == (len(snapshot.organisations),), label
        assert scores.dtype == np.float64, label
        assert not np.isinf(scores).any(), label


@EVERY
def test_prepared_again_a_baseline_gives_the_same_bytes(kind: BaselineKind) -> None:
    snapshot = frozen(valley(), before=CUT)
    once, again = answers(kind, snapshot), answers(kind, snapshot)
    assert {label: one.tobytes() for label, one in once.items()} == {
        label: one.tobytes() for label, one in again.items()
    }


@EVERY
def test_what_came_after_the_cut_changes_nothing(kind: BaselineKind) -> None:
    before, after = (answers(kind, frozen(records, before=CUT)) for records in (valley(), valley(*LATER)))
    for label, scores in before.items():
        np.testing.assert_array_equal(scores, after[label], err_msg=label)


@EVERY
def test_what_came_before_the_cut_is_heard(kind: BaselineKind) -> None:
    """But for chance: more history and more text changes what the asker is told."""
    earlier = together("0", "asker", "far", "pumps", year=2024, title="Pumps", sectors=("water",))
    before, after = (answers(kind, frozen(records, before=CUT)) for records in (valley(), valley(earlier)))
    same = np.array_equal(before["an organisation"], after["an organisation"], equal_nan=True)
    assert same == (kind.name == "random")


@EVERY
def test_an_asker_with_history_and_text_hears_something_of_most(kind: BaselineKind) -> None:
    snapshot = frozen(valley(), before=CUT)
    scores = answers(kind, snapshot)["an organisation"]
    assert np.isfinite(scores).sum() > len(scores) / 2


@EVERY
def test_a_snapshot_of_almost_nothing_is_no_error(kind: BaselineKind) -> None:
    for records in (world(Organisation(id="a")), world(together("1", "a", "b", title="")), world(together("1", "a"))):
        snapshot = frozen(records)
        context = Context(snapshot, organisation_query(snapshot, ["a"]), DAY)
        assert kind.prepare(Ground(snapshot, DAY)).scores(context).shape == (len(snapshot.organisations),)


@EVERY
def test_every_value_to_try_is_used(kind: BaselineKind) -> None:
    snapshot = frozen(valley(), before=CUT)
    context = Context(snapshot, organisation_query(snapshot, ["asker"]), DAY)
    for name, values in kind.tunes.items():
        tried = [kind.prepare(Ground(snapshot, DAY, tuning={name: value})).scores(context) for value in values]
        assert len({scores.tobytes() for scores in tried}) == len(values), name


def test_names_are_slugs_and_belong_to_one_baseline_each() -> None:
    names = [kind.name for kind in BASELINES]
    assert len(set(names)) == len(names) == 23
    assert all(name.replace("-", "").isalnum() and name == name.lower() for name in names)
    assert len({kind.label for kind in BASELINES}) == len(names)
    assert {kind.family for kind in BASELINES} == {"popularity", "network", "text", "fusion", "factors"}


def test_a_baseline_is_found_by_name() -> None:
    assert find("bm25").label == "BM25"
    with pytest.raises(NotFoundError, match="no baseline 'bm26'; the baselines are: random, degree"):
        find("bm26")


def test_what_cannot_be_imported_is_not_available(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available() == BASELINES
    monkeypatch.setattr(ground, "find_spec", lambda library: None)
    left = {kind.name for kind in available()}
    assert left.isdisjoint({"bm25", "rrf-bm25-dense", "convex", "als", "bpr", "spectral"})
    assert {"tfidf", "pagerank", "rrf-dense-pagerank"} < left


def test_a_tuned_number_has_one_meaning_in_all_baselines() -> None:
    tuned = [name for kind in BASELINES for name in kind.tunes]
    assert len(set(tuned)) == len(tuned)
    assert replace(Ground(frozen(valley()), DAY), tuning={"katz_beta": 0.1}).tuning == {"katz_beta": 0.1}


def test_listing_the_baselines_loads_no_slow_library() -> None:
    code = (
        "import sys, matcher.evaluation.baselines as b; b.available();"
        "slow = {'sklearn', 'bm25s', 'implicit', 'sknetwork', 'pandas', 'threadpoolctl'};"
        "print(sorted(slow & {module.split('.')[0] for module in sys.modules}))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


FIRST = """
from builders import *
from test_baselines import DAY, valley
from matcher.context import Context
from matcher.evaluation.baselines import Ground, find
from matcher.query import organisation_query
snapshot = frozen(valley())
context = Context(snapshot, organisation_query(snapshot, ["asker"]), DAY)
print(find({name!r}).prepare(Ground(snapshot, DAY)).scores(context).tobytes().hex())
"""


@pytest.mark.parametrize("name", ["als", "bm25", "bpr", "spectral", "tfidf"])
def test_a_library_loaded_for_the_first_time_warns_of_nothing_and_gives_the_same_bytes(name: str) -> None:
    command = [sys.executable, "-W", "error", "-c", FIRST.format(name=name)]
    fresh = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent, check=False)
    assert (fresh.stderr, fresh.returncode) == ("", 0)
    snapshot = frozen(valley())
    context = Context(snapshot, organisation_query(snapshot, ["asker"]), DAY)
    assert fresh.stdout.strip() == find(name).prepare(Ground(snapshot, DAY)).scores(context).tobytes().hex()

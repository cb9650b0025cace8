"""What a store still holds of the removed: vectors without a text, and bytes in its files."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matcher.errors import StoreError
from matcher.records import Organisation, Records
from matcher.store import Expect
from matcher.store.opening import open_store
from matcher.store.sql import SqlStore
from test_store_changing import ALONE, BOTH, DECISIONS, GONE, B, decided, known


def test_vectors_that_no_text_needs_are_removed_for_one_encoder_or_all(store: SqlStore) -> None:
    for encoder in ("one", "one#query", "two"):
        store.keep_vectors(encoder, ["x", "y", "z"], np.eye(3, dtype=np.float32))
    assert store.remove_vectors(["x", "absent"], "one") == 2
    assert sorted(store.load_vectors("one", ["x", "y", "z"])) == ["x"]
    assert sorted(store.load_vectors("two", ["x", "y", "z"])) == ["x", "y", "z"]
    assert store.remove_vectors({"x", "y"}) == 2
    assert sorted(store.load_vectors("one#query", ["x", "y", "z"])) == ["x", "y"]
    assert store.remove_vectors([]) == 5


def test_after_a_scrub_no_file_holds_a_byte_of_what_was_removed(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store.db"))
    vector = np.random.default_rng(1).normal(size=(1, 8)).astype(np.float32)
    texts = ["fr:bokritz", "Krävoz", "kravoz", "Zephyrine", "zephyrine", "552 100 554", "Bokritzia"]
    secrets = [*[text.encode() for text in texts], vector.tobytes()]

    def found() -> set[bytes]:
        files = [path.read_bytes() for path in tmp_path.iterdir()]
        return {secret for secret in secrets if any(secret in file for file in files)}

    clean = replace(known(), organisations=[GONE, B], collaborations=[BOTH, ALONE], decisions=DECISIONS[:3])
    clean.decisions[2] = decided("brief:owned", "b")
    with store:
        # Many others stand on the same pages, so that these are used again in part only.
        others = [Organisation(id=f"{number:04}", name="other") for number in range(300)]
        store.add(Records(others), "test")
        store.add(clean, "test")
        store.keep_vectors("words", ["h"], vector)
        assert found() == set(secrets)
        store.remove_organisation("fr:bokritz")
        store.remove_vectors([])
        assert found() != set()
        store.scrub()
        assert found() == set()
        assert len(store.read().organisations) == 301
        store.put(Organisation(id="b", name="still writable"), Expect.ANY)
    assert found() == set()


def test_a_scrub_says_when_somebody_still_reads_the_old_file(tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    with open_store(path, wait_seconds=0.05) as store:
        store.add(Records([B]), "test")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT * FROM organisations").fetchall()
        store.remove_organisation("b")
        with pytest.raises(StoreError, match="being read by another program"):
            store.scrub()
        other.execute("ROLLBACK")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="being written by another program"):
            store.scrub()
        other.execute("ROLLBACK")
        other.close()
        store.scrub()


def test_a_scrub_changes_nothing_that_is_read(store: SqlStore) -> None:
    store.add(known(), "test")
    store.remove_organisation("fr:bokritz")
    before = store.read(), store.revision()
    store.scrub()
    assert (store.read(), store.revision()) == before

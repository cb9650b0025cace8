from datetime import date
from pathlib import Path

import numpy as np
import pytest

from builders import TODAY, WordEncoder, frozen, together, world
from matcher.errors import SnapshotError
from matcher.graph import UNDATED
from matcher.languages import LANGUAGES, UNKNOWN_LANGUAGE
from matcher.matching import Matcher
from matcher.query import organisation_query
from matcher.ranking import hand_set
from matcher.records import Organisation, Records
from matcher.snapshot import UNKNOWN
from matcher.snapshot.columns import day_number
from matcher.snapshot.files import load_snapshot, save_snapshot
from matcher.snapshot.taking import snapshot_name, take_snapshot


def village() -> Records:
    return world(
        Organisation(id="b", name="Bäckerei", description="Bread and cakes.", described_on=date(2020, 5, 1)),
        Organisation(id="a", name="Atelier", description="Bread and cakes.", described_on=date(2024, 5, 1)),
        Organisation(id="c", needs=("A mill nearby.",), verified_on=date(2023, 1, 1)),
        together("p", "a", "c", year=2021, text="Old grains."),
        together("q", "b", "c", year=2025, text="New ovens."),
        together("r", "a", "b", start=None),
    )


def test_organisations_are_rows_in_the_order_of_their_ids() -> None:
    assert list(frozen(village()).organisations.ids) == ["a", "b", "c"]


def test_two_organisations_may_have_the_same_text_and_remain_two() -> None:
    snapshot = frozen(world(Organisation(id="a", description="Same."), Organisation(id="b", description="Same.")))
    assert len(snapshot.organisations) == 2
    assert snapshot.texts.profile[0] == snapshot.texts.profile[1] != UNKNOWN


def test_a_profile_of_own_and_joint_texts_lies_half_way_between_them() -> None:
    snapshot = frozen(world(Organisation(id="a", description="bread"), together("p", "a", "b", title="", text="oven")))
    bread, oven = WordEncoder().encode(["bread", "oven"])
    profile = snapshot.texts.rows(snapshot.texts.profile[:1])[0]
    assert np.allclose(profile, (bread + oven) / np.linalg.norm(bread + oven), atol=1e-6)


def test_an_organisation_without_any_text_has_no_vector() -> None:
    snapshot = frozen(world(Organisation(id="a")))
    assert snapshot.texts.profile[0] == snapshot.texts.offer[0] == snapshot.texts.need[0] == UNKNOWN
    assert np.isnan(snapshot.texts.rows(snapshot.texts.profile)).all()


def test_a_text_that_is_not_described_as_an_offer_falls_back_to_the_projects() -> None:
    snapshot = frozen(world(together("p", "a", "b", text="oven")))
    assert snapshot.texts.offer[0] == snapshot.texts.profile[0] != UNKNOWN


def test_a_snapshot_before_a_date_holds_nothing_of_that_date_or_later() -> None:
    snapshot = frozen(village(), before=date(2024, 1, 1))
    assert list(snapshot.organisations.ids) == ["a", "b", "c"]
    assert list(snapshot.collaborations.ids) == ["p"]
    assert snapshot.texts.description_text[0] == UNKNOWN  # described in May 2024
    assert snapshot.texts.description_text[1] != UNKNOWN
    assert "New ovens." not in list(snapshot.texts.sentences)
    assert snapshot.terms.vocabulary.position("ovens") is None


def test_later_records_change_nothing_of_a_snapshot_before_a_date(tmp_path: Path) -> None:
    cutoff = date(2024, 1, 1)
    earlier = [c for c in village().collaborations if c.start and c.start < cutoff]
    early = Records(village().organisations, earlier)
    one = save_snapshot(frozen(village(), before=cutoff), tmp_path / "one")
    other = save_snapshot(frozen(early, before=cutoff), tmp_path / "other")
    for file in sorted(one.iterdir()):
        assert file.read_bytes() == (other / file.name).read_bytes(), file.name


def test_an_undated_collaboration_is_in_the_present_and_in_no_past() -> None:
    assert "r" in list(frozen(village()).collaborations.ids)
    assert "r" not in list(frozen(village(), before=date(2026, 1, 1)).collaborations.ids)


def test_the_last_activity_is_the_newest_start() -> None:
    assert frozen(village()).last_active.tolist() == [
        day_number(date(2021, 1, 1)), day_number(date(2025, 1, 1)), day_number(date(2025, 1, 1)),
    ]  # fmt: skip
    assert frozen(world(Organisation(id="a"))).last_active.tolist() == [UNDATED]


@pytest.mark.parametrize("records", [village(), world(Organisation(id="lone")), Records()], ids=["full", "one", "none"])
def test_a_saved_snapshot_loads_as_it_was(records: Records, tmp_path: Path) -> None:
    taken = frozen(records)
    loaded = load_snapshot(save_snapshot(taken, tmp_path))
    assert list(loaded.organisations.ids) == list(taken.organisations.ids)
    assert loaded.background == taken.background
    assert np.array_equal(loaded.texts.vectors, taken.texts.vectors)
    assert (loaded.incidence.by_organisation != taken.incidence.by_organisation).nnz == 0
    assert list(loaded.terms.vocabulary) == list(taken.terms.vocabulary)
    for id in taken.organisations.ids:
        answers = [
            Matcher(snapshot, hand_set(), TODAY).suggest(organisation_query(snapshot, [id])).as_dict()
            for snapshot in (taken, loaded)
        ]
        assert answers[0] == answers[1]


def test_the_language_of_every_text_and_sentence_is_kept(tmp_path: Path) -> None:
    bridges, ovens = "We build wooden bridges for walkers.", "Nous construisons des fours pour les boulangeries."
    records = world(Organisation(id="a", description=f"{ovens} Bread. {bridges}"), Organisation(id="b", needs=(ovens,)))
    loaded = load_snapshot(save_snapshot(frozen(records), tmp_path)).texts
    english, french = LANGUAGES.index("en"), LANGUAGES.index("fr")
    assert dict(zip(loaded.sentences, loaded.sentence_languages.tolist(), strict=True)) == {
        ovens: french, "Bread.": UNKNOWN_LANGUAGE, bridges: english,
    }  # fmt: skip
    assert len(loaded.languages) == len(loaded.starts) - 1
    assert loaded.languages[loaded.need_text[1]] == french


def test_loaded_arrays_are_memory_maps_that_nobody_can_write_to(tmp_path: Path) -> None:
    loaded = load_snapshot(save_snapshot(frozen(village()), tmp_path))
    assert not loaded.texts.vectors.flags.writeable
    assert isinstance(loaded.texts.vectors.base, np.memmap)


def test_saving_the_same_snapshot_twice_leaves_one_folder_with_the_same_bytes(tmp_path: Path) -> None:
    path = save_snapshot(frozen(village()), tmp_path)
    before = {file.name: file.read_bytes() for file in path.iterdir()}
    save_snapshot(frozen(village()), tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert before == {file.name: file.read_bytes() for file in path.iterdir()}


@pytest.mark.parametrize("damage", ["no file", "no json", "other format", "short array"])
def test_a_damaged_snapshot_is_refused_with_what_to_do(damage: str, tmp_path: Path) -> None:
    path = save_snapshot(frozen(village()), tmp_path)
    if damage == "no file":
        (path / "texts.vectors.npy").unlink()
    elif damage == "no json":
        (path / "snapshot.json").write_text("{")
    elif damage == "other format":
        (path / "snapshot.json").write_text('{"format": 0}')
    else:
        (path / "texts.vectors.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(SnapshotError, match="delete it"):
        load_snapshot(path)


def test_a_snapshot_is_named_by_records_encoder_and_date() -> None:
    names = {
        snapshot_name("r1", "e"), snapshot_name("r2", "e"), snapshot_name("r1", "f"),
        snapshot_name("r1", "e", date(2024, 1, 1)),
    }  # fmt: skip
    assert len(names) == 4
    assert snapshot_name("r1", "e") == snapshot_name("r1", "e")


def test_progress_is_told_for_texts_and_sentences() -> None:
    told: list[tuple[str, int, int]] = []
    take_snapshot(village(), WordEncoder(), "r", progress=lambda *step: told.append(step))
    assert {step[0] for step in told} == {"texts", "sentences"}
    assert all(done <= total for _, done, total in told)


def test_a_description_that_only_offers_is_one_text_and_is_encoded_once() -> None:
    snapshot = frozen(world(Organisation(id="a", description="We bake bread. We sell it.")))
    assert snapshot.texts.offer_text[0] == snapshot.texts.description_text[0]
    assert snapshot.terms.counts.shape[0] == 1


def test_a_description_that_also_seeks_is_two_texts_and_the_need_a_third() -> None:
    snapshot = frozen(world(Organisation(id="a", description="We bake bread. We are looking for a mill.")))
    texts = snapshot.texts
    assert len({texts.description_text[0], texts.offer_text[0], texts.need_text[0]}) == 3
    assert texts.need_derived[0]

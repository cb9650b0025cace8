import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from builders import together, world
from fitted import fitted_file
from matcher.errors import ModelError
from matcher.query import Filters
from matcher.ranking import hand_set
from matcher.ranking.model_files import hand_set_file, write_model
from matcher.ranking.versions import add, current, list_versions, previous, read_version, use, uses
from matcher.settings import Settings
from matcher.workspace import Asked, Workspace

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the versions a and b."""
    for name in ("b", "a"):
        add(fitted_file(name), tmp_path / "store.models")
    return tmp_path / "store.models"


def test_where_no_model_was_chosen_the_hand_set_weights_rank(tmp_path: Path) -> None:
    assert current(tmp_path / "absent") == "hand-set-1" == hand_set().name
    assert list_versions(tmp_path / "absent") == ["hand-set-1"]
    assert read_version(tmp_path / "absent", "hand-set-1") == hand_set_file()


def test_versions_are_listed_by_name_and_other_files_are_not(folder: Path) -> None:
    use(folder, "a", NOON)
    for name in ("Notes.json", "notes.txt", ".hidden.json", "hand-set-1.json"):
        (folder / name).write_text("{}")
    assert list_versions(folder) == ["hand-set-1", "a", "b"]


def test_a_version_that_is_used_ranks_until_another_is(folder: Path) -> None:
    use(folder, "a", NOON)
    assert current(folder) == "a"
    use(folder, "a", NOON + timedelta(hours=1))
    use(folder, "hand-set-1", NOON + timedelta(hours=2))
    assert current(folder) == "hand-set-1"
    assert [(one["name"], one["at"]) for one in uses(folder)] == [
        ("a", "2026-11-23T12:00:00+00:00"),
        ("hand-set-1", "2026-11-23T14:00:00+00:00"),
    ]


def test_going_back_leads_step_by_step_to_the_first_model_and_is_remembered(folder: Path) -> None:
    use(folder, "a", NOON)
    use(folder, "b", NOON)
    assert [previous(folder, NOON), previous(folder, NOON)] == ["a", "hand-set-1"]
    assert current(folder) == "hand-set-1"
    with pytest.raises(ModelError, match="none to go back to"):
        previous(folder, NOON)
    assert [one["name"] for one in uses(folder)] == ["a", "b", "a", "hand-set-1"]
    use(folder, "b", NOON)
    assert previous(folder, NOON) == "hand-set-1"


def test_the_same_uses_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    use(folder, "a", NOON)
    other = tmp_path / "other"
    add(fitted_file("a"), other)
    use(other, "a", NOON)
    assert (folder / "current.json").read_bytes() == (other / "current.json").read_bytes()


@pytest.mark.parametrize("name", ["", "../a", "a/b", "A", "-a", "current", "a.json", "é", "a\n", "x" * 81])
def test_a_name_that_could_be_a_path_is_refused(folder: Path, name: str) -> None:
    for action in (lambda: use(folder, name, NOON), lambda: add(fitted_file(name), folder)):
        with pytest.raises(ModelError, match="cannot be the name of a model"):
            action()


def test_a_version_that_is_not_there_is_refused_with_those_that_are(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"no model 'c'.*hand-set-1, a, b"):
        use(folder, "c", NOON)
    assert current(folder) == "hand-set-1"


def test_a_model_is_never_replaced_by_another_of_its_name(folder: Path) -> None:
    before = (folder / "a.json").read_bytes()
    assert add(fitted_file("a"), folder) == folder / "a.json"
    with pytest.raises(ModelError, match="another model named 'a'"):
        add(fitted_file("a", seed=8), folder)
    with pytest.raises(ModelError, match="ship with this program"):
        add(hand_set_file(), folder)
    assert (folder / "a.json").read_bytes() == before


def test_a_file_that_is_not_named_like_its_model_is_refused(folder: Path) -> None:
    write_model(fitted_file("a"), folder / "c.json")
    with pytest.raises(ModelError, match="holds the model 'a'"):
        use(folder, "c", NOON)


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"uses": 3}', '{"uses": [{"name": "../x", "at": ""}]}', '{"uses": [{"name": "a"}]}', "[" * 99_999],
)
def test_a_damaged_record_of_uses_is_explained(folder: Path, text: str) -> None:
    (folder / "current.json").write_text(text)
    with pytest.raises(ModelError, match="Delete it: hand-set-1 ranks then"):
        current(folder)


def test_models_stand_beside_a_store_or_where_the_settings_say() -> None:
    assert Workspace(Settings(db="some/matcher.db")).models == Path("some/matcher.models")
    assert Workspace(Settings(db="postgresql://host/one")).models == Path("matcher.models")
    assert Workspace(Settings(db="a.db", models="kept/here")).models == Path("kept/here")
    assert Settings.from_env({"MATCHER_MODELS": "kept/here"}).models == "kept/here"


def test_a_workspace_ranks_with_the_version_in_use(folder: Path) -> None:
    settings = Settings(db=str(folder.with_suffix(".db")), encoder="hashing")
    workspace = Workspace(settings)
    assert workspace.model == hand_set_file()
    workspace.open_store(create=True).add(world(together("x", "one", "two"), together("y", "two", "three")), "test")
    add(fitted_file("mine", encoder=workspace.encoder.name), folder)
    use(folder, "mine", NOON)
    again = Workspace(settings)
    found = again.matcher(NOON.date()).suggest(again.query(Asked(organisations=("one",)), Filters(), NOON.date()))
    assert (found.model, found.scale) == ("mine", "log-odds")


def test_a_workspace_refuses_a_version_of_another_encoder_and_says_what_to_do(folder: Path) -> None:
    use(folder, "a", NOON)
    with pytest.raises(ModelError, match="matcher model use hand-set-1"):
        _ = Workspace(Settings(db=str(folder.with_suffix(".db")), encoder="hashing")).model


def test_a_version_that_was_deleted_while_it_ranks_is_named(folder: Path) -> None:
    use(folder, "a", NOON)
    (folder / "a.json").unlink()
    with pytest.raises(ModelError, match="no model 'a'"):
        _ = Workspace(Settings(db=str(folder.with_suffix(".db")), encoder="hashing")).model
    use(folder, "hand-set-1", NOON)
    assert current(folder) == "hand-set-1"


def test_a_workspace_takes_a_model_or_a_model_file() -> None:
    settings = Settings(db="a.db", encoder="hashing")
    assert Workspace(settings, model=hand_set()).model.head("brief") == hand_set()
    given = fitted_file(encoder="")
    assert Workspace(settings, model=given).model is given


def test_the_record_of_uses_says_which_version_ranks(folder: Path) -> None:
    use(folder, "b", NOON)
    assert json.loads((folder / "current.json").read_text())["current"] == "b"

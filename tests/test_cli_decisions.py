"""The commands decide and decisions: keeping, listing and taking back what was decided about suggestions."""

from datetime import date
from pathlib import Path

import pytest

from commands import SAMPLE, TODAY, CommandLine, Done, copied, sample_store
from matcher.records import Decision, Records
from matcher.store.opening import open_store
from matcher.vocabularies import load

ORVANNE, GRAFIKA, PIXELS = "maisons-orvanne", "grafika-mons", "atelier-pixels"
BRIEF = "need-nuits-sures"
NOW = ("--today", TODAY)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("decisions"))


@pytest.fixture
def own(db: Path, tmp_path: Path) -> CommandLine:
    """A command line on a copy of the sample."""
    return copied(db, tmp_path)


def decide(run: CommandLine, *arguments: object) -> Done:
    return run("decide", *arguments, *NOW)


def listed(run: CommandLine, *arguments: object) -> list[tuple[str, str, str]]:
    told = run.json("decisions", *arguments)["decisions"]
    return [(one["asked_by"]["id"], one["organisation"]["id"], one["step"]) for one in told]


def test_what_was_decided_is_kept_and_said(own: CommandLine) -> None:
    done = decide(own, "Maisons d'Orvanne", "ATELIER GRAFIKA", "interested", "--reason", "A good\nfit")
    assert done.out.splitlines()[:2] == [
        "Kept: Maisons d'Orvanne → Atelier Grafika: interested, 2026-11-23",
        "A good fit",
    ]
    (one,) = own.json("decisions")["decisions"]
    assert one == {
        "id": one["id"],
        "asked_by": {"id": ORVANNE, "name": "Maisons d'Orvanne"},
        "organisation": {"id": GRAFIKA, "name": "Atelier Grafika"},
        "step": "interested",
        "reason": "A good\nfit",
        "decided_on": "2026-11-23",
        "rank": None,
        "model": "",
    }
    assert f"matcher decisions --remove {one['id']}" in done.out


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("Intéressée", "interested"),
        ("refusé", "declined"),
        ("RENCONTRÉ", "met"),
        ("followed up", "followed-up"),
        ("suivi", "followed-up"),
        ("accord", "agreement"),
        ("contrat", "contract"),
        ("Lettre d’intention", "letter-of-intent"),
        ("POC", "pilot"),
        ("contactée", "contacted"),
    ],
)
def test_steps_are_understood_in_french_and_english(own: CommandLine, said: str, step: str) -> None:
    decide(own, ORVANNE, GRAFIKA, said, "--reason", "because")
    assert listed(own) == [(ORVANNE, GRAFIKA, step)]


@pytest.mark.parametrize("query", [f"brief:{BRIEF}", f"brief: {BRIEF}", BRIEF])
def test_a_brief_may_have_asked(own: CommandLine, query: str) -> None:
    decide(own, query, GRAFIKA, "met")
    assert listed(own) == [(f"brief:{BRIEF}", GRAFIKA, "met")]
    assert listed(own, query) == listed(own)
    assert listed(own, PIXELS) == []
    assert "la nuit → Atelier Grafika" in " ".join(own("decisions", "--lang", "fr").out.split())


def test_a_place_in_a_list_is_kept_with_the_model_that_ranked_it(own: CommandLine) -> None:
    told = own.json("decide", ORVANNE, GRAFIKA, "met", "--rank", 2, *NOW)
    model = own.json("suggest", ORVANNE, *NOW)["model"]
    assert told["added"]
    assert (told["decision"]["rank"], told["decision"]["model"]) == (2, model)
    assert f"place 2 · {model}" in " ".join(own("decisions").out.split())


def test_the_same_decision_a_second_time_is_known_already(own: CommandLine) -> None:
    decide(own, ORVANNE, GRAFIKA, "met")
    assert decide(own, ORVANNE, GRAFIKA, "met").out.startswith("Known already, nothing changed: Maisons d'Orvanne")
    assert own.json("decide", ORVANNE, GRAFIKA, "met", *NOW)["added"] is False
    assert len(listed(own)) == 1


def test_the_history_of_two_is_listed_newest_first(own: CommandLine) -> None:
    for step, day in (("met", "2026-10-02"), ("agreement", "2026-11-23"), ("interested", "2026-10-02")):
        decide(own, ORVANNE, GRAFIKA, step, "--date", day)
    decide(own, ORVANNE, PIXELS, "declined", "--reason", "too far", "--date", "2025-01-31")
    steps = ["agreement", "met", "interested"]
    assert listed(own) == [*[(ORVANNE, GRAFIKA, step) for step in steps], (ORVANNE, PIXELS, "declined")]
    assert listed(own, "Atelier Grafika") == [(ORVANNE, GRAFIKA, step) for step in steps]
    drawn = own("decisions").out
    assert drawn.index("2026-11-23") < drawn.index("2026-10-02") < drawn.index("2025-01-31")
    assert "too far" in drawn


def test_no_more_than_the_limit_is_shown_and_the_rest_is_counted(own: CommandLine) -> None:
    for day in (1, 2, 3):
        decide(own, ORVANNE, GRAFIKA, "met", "--date", f"2026-11-0{day}")
    told = own.json("decisions", "--limit", 1)
    assert told["count"] == 3
    assert [one["decided_on"] for one in told["decisions"]] == ["2026-11-03"]
    assert "and 2 older ones: --limit N shows more" in own("decisions", "--limit", 1).out
    assert "et 2 plus anciennes" in own("decisions", "--limit", 1, "--lang", "fr").out
    assert "older" not in own("decisions", "--limit", 3).out


def test_a_decision_is_taken_back_by_its_id(own: CommandLine) -> None:
    told = own.json("decide", ORVANNE, GRAFIKA, "met", *NOW)["decision"]
    decide(own, ORVANNE, PIXELS, "met")
    assert own.json("decisions", "--remove", told["id"]) == {"removed": told}
    assert listed(own) == [(ORVANNE, PIXELS, "met")]
    assert f"There is no decision '{told['id']}'" in own("decisions", "--remove", told["id"], code=1).err
    last = own.json("decisions")["decisions"][0]["id"]
    assert own("decisions", "--remove", last).out.startswith("Removed: Maisons d'Orvanne → Atelier Mille Pixels: met")
    assert own("decisions").out.startswith("Nothing is decided yet.")


def test_the_french_words_are_french(own: CommandLine) -> None:
    assert own("decisions", "--lang", "fr").out.startswith("Rien n'est encore décidé.")
    done = decide(own, ORVANNE, GRAFIKA, "met", "--lang", "fr")
    assert done.out.startswith("Enregistré : Maisons d'Orvanne → Atelier Grafika : rencontré, 2026-11-23")
    assert decide(own, ORVANNE, GRAFIKA, "met", "--lang", "fr").out.startswith("Déjà connu")
    drawn = own("decisions", "--lang", "fr").out
    assert all(words in drawn for words in ("Jour", "Étape", "Raison", "rencontré"))


def test_a_decision_leaves_the_snapshot_fresh(own: CommandLine) -> None:
    before = own.json("status", *NOW)
    answer = own("suggest", ORVANNE, "--json", *NOW).out
    decide(own, ORVANNE, GRAFIKA, "met")
    after = own.json("status", *NOW)
    assert after["snapshot"]["fresh"]
    assert after["revision"] == before["revision"]
    again = own("suggest", ORVANNE, "--json", *NOW)
    assert again.out == answer
    assert not again.err


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        ((ORVANNE, GRAFIKA, "maybe"), "InputError", '"maybe" is no known decision step; write one of interested, '),
        ((ORVANNE, GRAFIKA, "agrement"), "InputError", "did you mean agreement"),
        ((ORVANNE, GRAFIKA, "declined"), "InputError", "a decline needs a reason"),
        ((ORVANNE, GRAFIKA, "declined", "--reason", " "), "InputError", "a decline needs a reason"),
        ((ORVANNE, "atelier grafica", "met"), "NotFoundError", "Did you mean Atelier Grafika (grafika-mons)"),
        (("maison orvane", GRAFIKA, "met"), "NotFoundError", "Did you mean Maisons d'Orvanne (maisons-orvanne)"),
        ((ORVANNE, GRAFIKA, "met", "--date", "2026-11-24"), "InputError", "2026-11-24 is still to come"),
        ((ORVANNE, GRAFIKA, "met", "--rank", "0"), "InputError", "its rank is 0"),
        ((ORVANNE, GRAFIKA, "met", "--rank", str(2**63)), "InputError", "rank is larger than any database keeps"),
        ((ORVANNE, GRAFIKA, "met", "--reason", "x" * 2001), "InputError", "at most 2,000"),
        ((ORVANNE, "Maisons d'Orvanne", "met"), "InputError", "nobody is suggested to itself"),
        (("brief:", GRAFIKA, "met"), "InputError", "Give the id of a brief"),
        (("brief:nope", GRAFIKA, "met"), "NotFoundError", "There is no brief 'nope'. Briefs are: need-cielo-porto, "),
    ],
)
def test_what_cannot_be_decided_is_refused_with_what_to_do(
    own: CommandLine, arguments: tuple[str, ...], kind: str, said: str
) -> None:
    assert said in own("decide", *arguments, *NOW, code=1).err
    error = own("decide", *arguments, *NOW, "--json", code=1)
    assert f'"type": "{kind}"' in error.err
    assert not error.out
    assert listed(own) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--limit", 0), "The limit is 0"),
        ((ORVANNE, "--remove", "x"), "leave out the organisation"),
        (("--remove", "nul\0"), "There is no decision"),
        (("nobody",), "There is no organisation 'nobody'"),
        (("brief:nope",), "There is no brief 'nope'"),
    ],
)
def test_what_cannot_be_listed_or_removed_is_refused(
    own: CommandLine, arguments: tuple[object, ...], said: str
) -> None:
    assert said in own("decisions", *arguments, code=1).err


def test_without_a_store_nothing_can_be_decided_and_none_is_made(tmp_path: Path) -> None:
    run = CommandLine(tmp_path / "new.db")
    assert "There is no store" in run("decide", "a", "b", "met", code=1).err
    assert "There is no store" in run("decisions", code=1).err
    assert not run.db.exists()


def test_a_store_without_briefs_says_so(tmp_path: Path) -> None:
    run = CommandLine(tmp_path / "new.db")
    run("import", SAMPLE / "organisations.csv")
    assert "The store holds no briefs" in run("decide", "brief:x", GRAFIKA, "met", code=1).err


def test_decisions_about_who_left_the_store_are_listed_by_id(own: CommandLine) -> None:
    with open_store(str(own.db)) as store:
        gone = Decision(asked_by="gone", organisation=GRAFIKA, step="met", decided_on=date(2026, 1, 2))
        store.add(Records(decisions=[gone]), "test")
    assert listed(own, "gone") == [("gone", GRAFIKA, "met")]
    assert own.json("decisions", "gone")["decisions"][0]["asked_by"] == {"id": "gone", "name": None}
    assert "gone → Atelier Grafika" in own("decisions", "gone").out


def test_a_reason_cannot_control_the_terminal(own: CommandLine) -> None:
    decide(own, ORVANNE, GRAFIKA, "met", "--reason", "red \x1b[31m and \u202e turned")
    drawn = own("decisions").out
    assert "\x1b" not in drawn
    assert "\u202e" not in drawn


def test_every_step_is_named_in_the_help(own: CommandLine) -> None:
    words = " ".join(own("decide", "--help").out.replace("│", " ").split())
    assert all(step in words for step in load("decision-steps"))


def test_decisions_are_kept_in_postgresql_too(own: CommandLine, postgres_url: str) -> None:
    there = ("--db", postgres_url)
    own("import", SAMPLE, *there)
    told = own.json("decide", "Maisons d'Orvanne", GRAFIKA, "met", *NOW, *there)
    assert told == own.json("decide", "Maisons d'Orvanne", GRAFIKA, "met", *NOW)
    assert listed(own, *there) == [(ORVANNE, GRAFIKA, "met")]
    assert own.json("decisions", "--remove", told["decision"]["id"], *there) == {"removed": told["decision"]}
    assert listed(own, *there) == []
    assert listed(own) == [(ORVANNE, GRAFIKA, "met")]

"""Crashes in short: some kills of the service and its worker, after which everything acknowledged is there, whole."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.state import open_state
from api.state.idempotency import Asked, New, Replay, Running
from api.state.tokens import random_id, same_ids
from benchmarks.soak.acknowledged import ASKING, Ledger, table
from benchmarks.soak.acknowledged import Asked as Sent
from benchmarks.soak.counted import Found, figures
from benchmarks.soak.crashing import crash
from benchmarks.soak.judging import Judgement, Places, judged, stray_uploads
from matcher.records import Brief, Decision, Organisation, Records
from matcher.store.opening import open_store

ASKED = Asked(key="k-1", actor="u1", route="POST /v1/briefs", fingerprint="0" * 64)


@pytest.mark.slow
def test_after_kills_everything_acknowledged_is_there_and_nothing_is_half_written() -> None:
    found = crash("sqlite", 5, seed=SEED, sizes=[100, 200])
    missed = [figure for figure in figures([found]) if figure.what != "kills" and not figure.reached]
    assert missed == []
    assert found.kills.total() == 5
    assert {name.partition(",")[0] for name in found.kills} == {"worker", "service", "both"}
    assert found.writes["table acknowledged"] >= 1


SEED = 4
"""With which every kind of victim is among the first five."""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(open_store(str(tmp_path / "soak.db")), tmp_path / "snapshots", tmp_path / "uploads")


def slot(number: int, rows: int) -> list[Organisation]:
    lines = table(0, number, rows).decode().splitlines()[1:]
    cells = [line.split(";") for line in lines]
    return [Organisation(id=one[0], name=one[1], employees=int(one[3]), description=one[4]) for one in cells]


def test_the_oracle_finds_what_was_lost_doubled_and_half_written(places: Places) -> None:
    state = open_state(places.store.engine)
    first, second = (
        state.jobs.add("import", {"name": f"table-1-{number}.csv", "upload": f"u{number}"}) for number in (1, 2)
    )
    places.store.add(Records(slot(2, 3), briefs=[Brief(id="a", title="twice"), Brief(id="b", title="twice")]), "test")
    decision = Sent(kind="decision", token="gone", path="", is_acknowledged=True)  # noqa: S106  # no secret
    ledger = Ledger([decision, Sent(kind="brief", token="twice", path="")])  # noqa: S106
    found = judged(places, ledger, [3], deep=True)
    assert found.lost == ["decision gone", "upload of table-1-1.csv", "upload of table-1-2.csv"]
    assert found.doubled == ["brief twice is there 2 times"]
    assert found.half_written == ["slot 0 holds table 2, which nobody has begun to import"]
    assert state.jobs.claim("w") is not None
    state.jobs.finish(replace(first, attempts=1), {})
    assert state.jobs.claim("w") is not None
    assert judged(places, Ledger(), [3], deep=True) == Judgement()
    places.store.add(Records(slot(1, 1)), "test")
    assert judged(places, Ledger(), [3], deep=False).half_written == ["slot 0: 3 of 3 rows, of the tables ['1', '2']"]
    places.store.add(Records(slot(1, 3)), "test")
    state.jobs.finish(replace(second, attempts=1), {})
    assert judged(places, Ledger(), [3], deep=False).lost == ["slot 0 holds table 1, a later one is done"]
    (places.uploads / "u1").mkdir(parents=True)
    (places.uploads / "u9").mkdir()
    jobs = state.jobs.page().items
    assert stray_uploads(places, jobs) == (["u1"], ["u9"])
    places.store.close()


def test_the_oracle_computes_revisions_and_opens_snapshots_itself(places: Places) -> None:
    open_state(places.store.engine)
    met = Decision(asked_by=ASKING, organisation="b", step="met", decided_on=date(2026, 3, 1))
    places.store.add(Records([Organisation(id=ASKING, employees=3)], decisions=[met]), "test")
    assert judged(places, Ledger(employees=(3, 4), changes=1), [1], deep=True) == Judgement()
    assert judged(places, Ledger(employees=(4, 5), changes=1), [1], deep=True).lost
    with places.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = replace(value, '0', '1') WHERE name = 'decisions_revision'")
        connection.exec_driver_sql("DELETE FROM search")
    (places.snapshots / ("0" * 16)).mkdir(parents=True)
    wrong = judged(places, Ledger(), [1], deep=False).half_written
    assert [text.split()[0] for text in wrong] == ["decisions_revision", "organisations", "snapshot"]
    places.store.close()


def test_every_bar_is_missed_by_what_it_is_about() -> None:
    clean = Found(kills=Counter({"both, any": 200}))
    assert all(figure.reached for figure in figures([clean]))
    judgement = Judgement(lost=["a"], doubled=["b"], half_written=["c"])
    broken = Found(judgement=judgement, failed_starts=["d"], silent_jobs=["e"], unanswered=["f"], unexpected=["g"])
    assert [(figure.ratio, figure.reached) for figure in figures([broken])] == [
        (0, False), (1, False), (2, False), (1, False), (1, False), (2, False),
    ]  # fmt: skip


def test_what_a_service_began_before_it_died_can_be_sent_again_at_once_and_makes_the_same_ids(places: Places) -> None:
    state = open_state(places.store.engine, now=lambda: datetime(2026, 3, 1, tzinfo=UTC))
    kept = state.idempotency
    begun = kept.begin(ASKED)
    assert isinstance(begun, New) and not begun.again
    assert kept.begin(ASKED) == Running()
    assert kept.lose() == 1  # as the service does when it starts
    again = kept.begin(ASKED)
    assert isinstance(again, New) and again.again
    assert kept.begin(ASKED) == Running()
    with same_ids(begun.seed):
        first = [random_id(), random_id(), state.jobs.add("export", {}).id]
    with same_ids(again.seed):
        assert [random_id(), random_id(), state.jobs.add("export", {}).id] == first
    assert len({*first, random_id()}) == 4
    assert len(state.jobs.page().items) == 1
    kept.finish(ASKED, Replay(201, (), b"{}"))
    assert kept.lose() == 0
    assert kept.begin(ASKED) == Replay(201, (), b"{}")
    places.store.close()

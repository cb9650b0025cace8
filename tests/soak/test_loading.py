"""The load, in seconds instead of half an hour: the same requests, imports and swaps, and no error."""

from contextlib import suppress

import pytest

from benchmarks.fresh import MeasuringError
from benchmarks.soak.databases import Opened
from benchmarks.soak.loading import Scale, growth, loaded
from benchmarks.soak.using import Asked, Mix

SHORT = Scale(capacity_seconds=2, seconds=8, change_every=3, sample_every=0.5, clients=3)
KINDS = {"suggestions", "text", "organisation", "list", "graph", "why-not", "decision"}


@pytest.mark.slow
def test_a_short_load_on_sqlite_meets_no_error(database: Opened) -> None:
    check(database)


@pytest.mark.slow
def test_a_short_load_on_postgresql_meets_no_error(database_on_postgresql: Opened) -> None:
    check(database_on_postgresql)


def check(database: Opened) -> None:
    result = loaded(database, "a copy", SHORT)
    errors, service, *_ = result.figures
    assert errors.ratio == 0, (result.raw["load"]["failed"], result.raw["changes"]["failed"])
    assert result.raw["capacity"]["failed"] == []
    assert result.raw["changes"]["swaps"] >= 1
    assert result.raw["load"]["by_kind"]["suggestions"]
    assert service.ratio > 0
    assert all(sample > 10_000_000 for sample in result.raw["memory_bytes"]["Pss"])


def test_growth_is_told_from_the_second_fifth_on() -> None:
    assert growth([1, 1, 10, 10, 10, 10, 10, 10, 12, 12]) == 1.2
    with pytest.raises(MeasuringError, match="4 samples"):
        growth([1, 2, 3, 4])


def test_the_same_number_asks_the_same_again() -> None:
    def told(number: int) -> list[str]:
        asker = Recorder()
        with suppress(AttributeError):  # a login opens a connection of its own, and there is no service here
            Mix(["a", "b", "c"])(asker, number)  # type: ignore[arg-type]
        return asker.told

    assert [told(number) for number in range(50)] == [told(number) for number in range(50)]
    asked = {line.split()[0] for number in range(200) for line in told(number)}
    assert asked >= KINDS


def test_failures_are_counted_and_some_are_quoted() -> None:
    asked = Asked()
    for number in range(100):
        asked.note("list", 0.1, f"500 {number}")
    asked.note("list", 0.1, "")
    assert (asked.failures, asked.count) == (100, 101)
    assert "500 0" in asked.failed[0]
    assert len(asked.failed) == 20


def test_the_long_run_takes_half_an_hour_at_four_fifths_of_capacity() -> None:
    assert Scale().seconds == 30 * 60
    assert Scale().share == 0.8


class Recorder:
    """Notes what is asked, and answers nothing."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def ask(self, kind: str, method: str, path: str, status: int = 200, **options: object) -> None:
        self.told.append(f"{kind} {method} {path} {status} {options}")

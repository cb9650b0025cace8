"""Reading while writing, in seconds: nothing fails while tables are imported and snapshots are swapped."""

from pathlib import Path

import pytest

from benchmarks.soak.databases import Opened
from benchmarks.soak.writing import Pace, compared, made_up, parts


@pytest.mark.slow
def test_no_request_fails_while_tables_are_imported_and_snapshots_swapped(database: Opened) -> None:
    pace = Pace(cycles=2, quiet_seconds=1, per_second=20, rows=20, settle_seconds=0.5)
    result = compared(database, made_up(pace.cycles, pace.rows), pace)
    *_, failed = result.figures
    assert failed.ratio == 0, result.raw["failed"]
    assert len(result.raw["import_to_swap"]) == 2
    assert len(result.raw["quiet"]) == 40
    assert result.raw["writing"]


def test_a_table_is_parted_below_its_header(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("\ufeffid;name\n" + "".join(f"{one};Name {one}\n" for one in range(5)), encoding="utf-8")
    assert parts(file, 3, 2) == [
        b"id;name\n0;Name 0\n1;Name 1\n",
        b"id;name\n2;Name 2\n3;Name 3\n",
        b"id;name\n4;Name 4\n",
    ]
    assert parts(file, 9, 2) == parts(file, 3, 2)

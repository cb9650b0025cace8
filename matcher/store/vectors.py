"""Vectors by (encoder name, text hash), as little-endian float32."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from matcher.store.rows import CHUNK, fetched
from matcher.store.tables import vectors
from matcher.store.writing import run

_FLOAT = np.dtype("<f4")


def load(connection: Connection, encoder: str, hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    """Return the vectors that are kept, by hash."""
    found: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(hashes), CHUNK):
        wanted = vectors.c.hash.in_(hashes[start : start + CHUNK])
        query = select(vectors.c.hash, vectors.c.vector).where(vectors.c.encoder == encoder, wanted)
        for hash, data in fetched(connection, query):
            found[hash] = np.frombuffer(data, dtype=_FLOAT).astype(np.float32, copy=False)
    return found


def keep(connection: Connection, encoder: str, hashes: Sequence[str], rows: NDArray[np.float32]) -> None:
    """Keep one row for each hash; a vector that is kept already stays as it is."""
    if rows.ndim != 2 or len(rows) != len(hashes):
        raise ValueError(f"{len(hashes)} hashes need as many rows; the array has shape {rows.shape}.")
    data = np.ascontiguousarray(rows, dtype=_FLOAT)
    dimensions = data.shape[1]
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(vectors).on_conflict_do_nothing()
    run(
        connection,
        statement,
        ((encoder, hash, dimensions, row.tobytes()) for hash, row in zip(hashes, data, strict=True)),
    )

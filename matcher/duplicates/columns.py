"""Columns: what is compared of every organisation, each read once, and which rows share a value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.duplicates.keys import host_of, register_keys
from matcher.duplicates.naming import name_key, numbers_in, plain_name
from matcher.records import Collaboration, Organisation
from matcher.store.folding import fold_words

SHORTEST_TEXT = 60
"""Shorter descriptions are alike by chance."""


@dataclass(frozen=True)
class Columns:
    """What is compared, by row; rows are in order of the ids. "" and an empty dict are unknown."""

    ids: list[str]
    names: list[str]
    """As written."""
    plain: list[str]
    keys: list[str]
    numbers: list[tuple[str, ...]]
    registers: list[dict[str, frozenset[str]]]
    hosts: list[str]
    texts: list[str]
    """Prints of descriptions that are long enough."""
    countries: list[str]
    regions: list[str]
    cities: list[str]

    def __len__(self) -> int:
        return len(self.ids)


def columns_of(organisations: Sequence[Organisation]) -> Columns:
    """Return the columns of organisations, ordered by id."""
    ordered = sorted(organisations, key=lambda one: one.id)
    plain = [plain_name(one.name) for one in ordered]
    return Columns(
        ids=[one.id for one in ordered],
        names=[one.name for one in ordered],
        plain=plain,
        keys=[name_key(one) for one in plain],
        numbers=[numbers_in(one) for one in plain],
        registers=[register_keys(one.identifiers) for one in ordered],
        hosts=[host_of(one.website) for one in ordered],
        texts=[_print(one.description) for one in ordered],
        countries=[one.country or "" for one in ordered],
        regions=[fold_words(one.region or "") for one in ordered],
        cities=[_city(one.city) for one in ordered],
    )


def rows_by(values: Sequence[str]) -> dict[str, list[int]]:
    """Return value -> rows of each value that several rows have; unknown ones are left out."""
    found: dict[str, list[int]] = {}
    for row, value in enumerate(values):
        if value:
            found.setdefault(value, []).append(row)
    return {value: rows for value, rows in found.items() if len(rows) > 1}


def rows_by_number(columns: Columns) -> dict[tuple[str, str], list[int]]:
    """Return (scheme, number) -> rows of each number that several rows have."""
    found: dict[tuple[str, str], list[int]] = {}
    for row, registers in enumerate(columns.registers):
        for scheme, numbers in registers.items():
            for number in numbers:
                found.setdefault((scheme, number), []).append(row)
    return {key: rows for key, rows in found.items() if len(rows) > 1}


def pairs_within(shared: Mapping[object, Sequence[int]], most: int) -> Iterator[tuple[int, int]]:
    """Yield the pairs of rows that share a value; of more than `most` rows each with the first one only."""
    for rows in shared.values():
        if len(rows) <= most:
            yield from combinations(rows, 2)
        else:
            yield from ((rows[0], row) for row in rows[1:])


def together(columns: Columns, collaborations: Sequence[Collaboration], pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether the two of each pair take part in one collaboration; pairs (n, 2), result (n,)."""
    row_of = {id: row for row, id in enumerate(columns.ids)}
    members = [
        (row_of[member.organisation], place)
        for place, one in enumerate(collaborations)
        for member in one.members
        if member.organisation in row_of
    ]
    if not members or not len(pairs):
        return np.zeros(len(pairs), dtype=bool)
    rows, places = np.array(members, dtype=np.int64).T
    shape = (len(columns), len(collaborations))
    takes_part = sparse.csr_array((np.ones(len(rows)), (rows, places)), shape=shape)
    return np.asarray(takes_part[pairs[:, 0]].multiply(takes_part[pairs[:, 1]]).sum(axis=1)).ravel() > 0


def _print(text: str) -> str:
    folded = fold_words(text)
    return blake2b(folded.encode(), digest_size=16).hexdigest() if len(folded) >= SHORTEST_TEXT else ""


def _city(city: str | None) -> str:
    """Return a city without the numbers of districts and post offices: Paris 05, Lyon CEDEX 07."""
    words = fold_words(city or "").replace("-", " ").split()
    return " ".join(word for word in words if not any(sign.isdigit() for sign in word) and word != "cedex")

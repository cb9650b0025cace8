"""Records to columns: codes, coordinates, days and sectors, as arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.graph import UNDATED, Incidence
from matcher.records import Collaboration, Organisation
from matcher.snapshot import UNKNOWN, Collaborations, Organisations
from matcher.strings import Strings

_EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date | None) -> int:
    """Return days since 1970-01-01, UNDATED for None."""
    return UNDATED if day is None else day.toordinal() - _EPOCH


@dataclass(frozen=True)
class Sectors:
    """Sector codes in order, and their columns."""

    codes: Strings
    columns: dict[str, int]

    @classmethod
    def of(cls, records: Iterable[Organisation | Collaboration]) -> "Sectors":
        """Collect the sectors of records."""
        codes = sorted({sector for record in records for sector in record.sectors})
        return cls(Strings.of(codes), {code: column for column, code in enumerate(codes)})

    def matrix(self, records: Sequence[Organisation | Collaboration]) -> sparse.csr_array[Any]:
        """Return CSR (records, sectors) of ones."""
        lists = [sorted({self.columns[sector] for sector in record.sectors}) for record in records]
        return rows_to_csr(lists, len(self.columns))


def rows_to_csr(lists: Sequence[Sequence[int]], columns: int) -> sparse.csr_array[Any]:
    """Return CSR (len(lists), columns) with a one at every listed column; lists must be sorted."""
    indptr = np.zeros(len(lists) + 1, dtype=np.int32)
    np.cumsum([len(one) for one in lists], out=indptr[1:])
    indices = np.fromiter((column for one in lists for column in one), dtype=np.int32, count=int(indptr[-1]))
    return sparse.csr_array((np.ones(len(indices)), indices, indptr), shape=(len(lists), columns))


def organisation_columns(
    organisations: Sequence[Organisation], sectors: Sectors, joint_sectors: sparse.csr_array[Any]
) -> Organisations:
    """Lay organisations out as columns; `joint_sectors` (organisations, sectors) are their collaborations'."""
    rows = {organisation.id: row for row, organisation in enumerate(organisations)}
    kind, kinds = _codes(organisation.kind for organisation in organisations)
    country, countries = _codes(organisation.country for organisation in organisations)
    region, regions = _codes(organisation.region for organisation in organisations)
    pairs = {
        pair
        for row, organisation in enumerate(organisations)
        for other in organisation.conflicts
        if other in rows
        for pair in ((row, rows[other]), (rows[other], row))
    }
    own = sectors.matrix(organisations)
    return Organisations(
        ids=Strings.of([organisation.id for organisation in organisations]),
        names=Strings.of([organisation.name for organisation in organisations]),
        cities=Strings.of([organisation.city or "" for organisation in organisations]),
        kind=kind,
        kinds=kinds,
        country=country,
        countries=countries,
        region=region,
        regions=regions,
        latitude=_floats(organisation.latitude for organisation in organisations),
        longitude=_floats(organisation.longitude for organisation in organisations),
        verified=_days(organisation.verified_on for organisation in organisations),
        described=_days(organisation.described_on for organisation in organisations),
        capacity=np.array([UNKNOWN if o.capacity is None else o.capacity for o in organisations], dtype=np.int32),
        hidden=np.array([organisation.visibility == "hidden" for organisation in organisations], dtype=np.bool_),
        conflicts=np.array(sorted(pairs), dtype=np.int32).reshape(-1, 2),
        own_sectors=own,
        sectors=union(own, joint_sectors),
        sector_codes=sectors.codes,
    )


def collaboration_columns(
    collaborations: Sequence[Collaboration], texts: NDArray[np.int32], sectors: sparse.csr_array[Any]
) -> Collaborations:
    """Lay collaborations out as columns; `texts` gives the row of each one's text."""
    kind, kinds = _codes(collaboration.kind for collaboration in collaborations)
    return Collaborations(
        ids=Strings.of([collaboration.id for collaboration in collaborations]),
        titles=Strings.of([collaboration.title for collaboration in collaborations]),
        kind=kind,
        kinds=kinds,
        text=texts,
        sectors=sectors,
    )


def incidence_of(collaborations: Sequence[Collaboration], rows: dict[str, int]) -> Incidence:
    """Return who took part in what; members that are not in `rows` are left out."""
    pairs = [
        (rows[member.organisation], column)
        for column, collaboration in enumerate(collaborations)
        for member in collaboration.members
        if member.organisation in rows
    ]
    organisation, column = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
    return Incidence.from_memberships(
        organisation, column, _days(collaboration.start for collaboration in collaborations), len(rows)
    )


def union(one: sparse.csr_array[Any], other: sparse.csr_array[Any]) -> sparse.csr_array[Any]:
    """Return ones where either matrix holds anything."""
    both = sparse.csr_array(one + other)
    both.sort_indices()
    shape = both.shape
    return sparse.csr_array(
        (np.ones(both.nnz), both.indices.astype(np.int32), both.indptr.astype(np.int32)), shape=shape
    )


def _codes(values: Iterable[str | None]) -> tuple[NDArray[np.int32], Strings]:
    given = list(values)
    names = sorted({value for value in given if value})
    codes = {name: code for code, name in enumerate(names)}
    return np.array([codes[v] if v else UNKNOWN for v in given], dtype=np.int32), Strings.of(names)


def _floats(values: Iterable[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _days(values: Iterable[date | None]) -> NDArray[np.int32]:
    return np.array([day_number(value) for value in values], dtype=np.int32)

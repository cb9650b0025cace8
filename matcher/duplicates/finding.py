"""Finding: pairs of organisations that may be one, by numbers in registers, websites, texts and names."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.duplicates import Evidence, Pair, weighing
from matcher.duplicates.columns import Columns, columns_of, pairs_within, rows_by, rows_by_number, together
from matcher.duplicates.likeness import Progress, cosines, letter_groups, near_pairs
from matcher.records import Collaboration, Organisation

MOST_ALL_WITH_ALL = 20
"""Of more organisations that share a value each is compared with the first only: merging leads on to the others."""
LEAST_BY_RARE = 0.5
"""Cosine by rare letter groups from which two names are compared."""


@dataclass(frozen=True)
class _Shared:
    """How many organisations have each value."""

    hosts: dict[str, int]
    keys: dict[str, int]


def find_pairs(
    organisations: Sequence[Organisation],
    collaborations: Sequence[Collaboration] = (),
    *,
    least: float = weighing.LEAST,
    progress: Progress = lambda what, done, total: None,
) -> list[Pair]:
    """Return the pairs that are one with a confidence of at least `least`, the surest first, equals by id.

    Seconds for 40,000 organisations. Who shares a value with more than MOST_ALL_WITH_ALL others is paired with the
    first of them only.
    """
    columns = columns_of(organisations)
    groups = letter_groups(columns.plain)
    hosts, keys = rows_by(columns.hosts), rows_by(columns.keys)
    shared = [rows_by_number(columns), hosts, keys, rows_by(columns.texts)]
    exact = [pair for values in shared for pair in pairs_within(values, MOST_ALL_WITH_ALL)]  # type: ignore[arg-type]
    near = near_pairs(groups, LEAST_BY_RARE, progress)
    pairs = np.unique(np.concatenate([np.array(exact, dtype=np.int64).reshape(-1, 2), near]), axis=0)
    alike = cosines(groups, pairs)
    counted = _Shared({name: len(rows) for name, rows in hosts.items()}, {key: len(rows) for key, rows in keys.items()})
    found = _weighed(columns, pairs, alike, together(columns, collaborations, pairs), counted)
    return sorted(
        (one for one in found if one.confidence >= least), key=lambda one: (-one.confidence, one.left, one.right)
    )


def _weighed(
    columns: Columns,
    pairs: NDArray[np.int64],
    alike: NDArray[np.float64],
    meet: NDArray[np.bool_],
    shared: _Shared,
) -> list[Pair]:
    found = []
    for (left, right), cosine, is_together in zip(pairs.tolist(), alike.tolist(), meet.tolist(), strict=True):
        evidence = [
            *_numbers(columns.registers[left], columns.registers[right]),
            *_website(columns, left, right, shared),
            *_name(columns, left, right, cosine, shared),
            *_place(columns, left, right),
        ]
        if columns.texts[left] and columns.texts[left] == columns.texts[right]:
            evidence.append(Evidence("text", weighing.SAME_TEXT))
        if is_together:
            evidence.append(Evidence("together", weighing.TOGETHER))
        evidence.sort(key=lambda one: (-one.weight, one.kind, one.what))
        sure = round(weighing.confidence(evidence), 4)
        found.append(Pair(columns.ids[left], columns.ids[right], sure, tuple(evidence)))
    return found


def _numbers(left: dict[str, frozenset[str]], right: dict[str, frozenset[str]]) -> list[Evidence]:
    """Return what numbers in registers say: the most telling that agrees, and each register where none does."""
    same: list[Evidence] = []
    other: list[Evidence] = []
    for scheme in sorted(left.keys() & right.keys()):
        if common := left[scheme] & right[scheme]:
            weight = weighing.REGISTER.get(scheme, weighing.OTHER_REGISTER)
            same.append(Evidence("number", weight, f"{scheme} {min(common)}"))
        else:
            weight = weighing.OTHER_NUMBER.get(scheme, weighing.OTHER_NUMBER_ELSEWHERE)
            other.append(Evidence("number_differs", weight, scheme))
    if same:  # a SIRET holds the SIREN: both together say no more than one
        same = [max(same, key=lambda one: (one.weight, one.what))]
    return same + other


def _website(columns: Columns, left: int, right: int, shared: _Shared) -> list[Evidence]:
    host = columns.hosts[left]
    if not host or host != columns.hosts[right]:
        return []
    if shared.hosts[host] > weighing.MOST_OF_A_HOST:
        return [Evidence("website_shared", weighing.SHARED_HOST, host)]
    return [Evidence("website", weighing.SAME_HOST, host)]


def _name(columns: Columns, left: int, right: int, cosine: float, shared: _Shared) -> list[Evidence]:
    key = columns.keys[left]
    found = []
    if key and key == columns.keys[right]:
        is_common = shared.keys[key] > weighing.MOST_OF_A_NAME
        found.append(
            Evidence("name_common", weighing.COMMON_NAME, str(shared.keys[key]))
            if is_common
            else Evidence("name", weighing.SAME_NAME)
        )
    elif weight := weighing.likeness_weight(cosine):
        found.append(Evidence("name_alike", round(weight, 3), f"{cosine:.2f}"))
    elif columns.plain[left] and columns.plain[right]:
        found.append(Evidence("name_differs", weighing.OTHER_NAME))
    if columns.numbers[left] != columns.numbers[right]:
        found.append(Evidence("name_numbers", weighing.OTHER_NUMBERS))
    return found


def _place(columns: Columns, left: int, right: int) -> list[Evidence]:
    countries = columns.countries[left], columns.countries[right]
    if all(countries) and countries[0] != countries[1]:
        return [Evidence("country_differs", weighing.OTHER_COUNTRY)]
    cities = columns.cities[left], columns.cities[right]
    if all(cities):
        if cities[0] == cities[1]:
            return [Evidence("city", weighing.SAME_CITY)]
        return [Evidence("city_differs", weighing.OTHER_CITY)]
    regions = columns.regions[left], columns.regions[right]
    if all(regions) and regions[0] != regions[1]:
        return [Evidence("region_differs", weighing.OTHER_REGION)]
    return [Evidence("country", weighing.SAME_COUNTRY)] if all(countries) else []

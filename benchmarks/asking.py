"""Asking a snapshot, for the benchmarks that ask: who asks, and one whole answer."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import SEED, TODAY

ASKED, WARM_UP = 200, 20


def open_matcher(path: Path) -> Any:
    """Return the matcher of the snapshot in a folder, as on the day of the benchmarks."""
    from matcher.matching import Matcher
    from matcher.ranking import hand_set
    from matcher.snapshot.files import load_snapshot

    return Matcher(load_snapshot(path), hand_set(), date.fromisoformat(TODAY))


def who_asks(snapshot: Any, count: int) -> list[str]:
    """Return `count` ids of organisations that have a collaboration, chosen by the seed."""
    active = np.flatnonzero(snapshot.incidence.degrees > 0)
    rows = np.random.default_rng(SEED).choice(active, size=count, replace=False)
    return [snapshot.organisations.ids[int(row)] for row in rows]


def ask(matcher: Any, id: str, *, one_sided: bool = False) -> dict[str, Any]:
    """Return the whole answer for one organisation, as the command line prints it: top 10, explained.

    By default the first candidates are looked at from both sides, each asking back.
    """
    from matcher.matching.asking import ANYHOW, AskSettings
    from matcher.query import organisation_query

    settings = AskSettings(reciprocity=0.0) if one_sided else ANYHOW
    answer: dict[str, Any] = matcher.suggest(organisation_query(matcher.snapshot, [id]), 10, settings).as_dict()
    return answer


def array_bytes(path: Path) -> int:
    """Return the bytes of a snapshot's arrays."""
    return sum(file.stat().st_size for file in path.rglob("*.npy"))

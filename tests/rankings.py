"""Rankings for tests of lists: by hand from scores, or any."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from matcher.lists import Ranked

UNKNOWN = -1


def ranked_of(
    scores: Sequence[float],
    rows: Sequence[int] | None = None,
    country: Sequence[int] | None = None,
    kind: Sequence[int] | None = None,
    newcomers: Sequence[int] = (),
    key: str = "",
) -> Ranked:
    """A ranking of these falling scores; rows 0, 1, 2 ... of unknown country and kind; `newcomers` are rows."""
    chosen = np.arange(len(scores)) if rows is None else np.array(rows)
    unknown = np.full(len(scores), UNKNOWN, dtype=np.int32)
    return Ranked(
        rows=chosen.astype(np.int32),
        scores=np.array(scores, dtype=np.float64),
        country=unknown if country is None else np.array(country, dtype=np.int32),
        kind=unknown if kind is None else np.array(kind, dtype=np.int32),
        newcomer=np.isin(chosen, newcomers),
        key=key,
    )


@st.composite
def any_ranked(draw: st.DrawFn, organisations: int = 60, key: str = "") -> Ranked:
    """Any ranking, with ties; country, kind and newcomer are facts of an organisation, the same in every ranking."""
    rows = np.array(draw(st.lists(st.integers(0, organisations - 1), unique=True, max_size=organisations)), dtype=int)
    score = st.integers(0, 6).map(float) | st.floats(-50, 50)
    scores = np.array(draw(st.lists(score, min_size=len(rows), max_size=len(rows))))
    order = np.lexsort((rows, -scores))
    rows, scores = rows[order], scores[order]
    return ranked_of(
        scores.tolist(),
        rows.tolist(),
        country=(rows * 7 % 4 - 1).tolist(),
        kind=(rows * 5 % 3 - 1).tolist(),
        newcomers=[row for row in range(organisations) if row % 5 == 3],
        key=key,
    )

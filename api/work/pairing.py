"""Looking for organisations that may be one, where the store has changed since the last look."""

from typing import Any

from api.work.working import Work
from matcher.store.duplicates import Duplicates


def pair_up(work: Work) -> dict[str, Any]:
    """Find the pairs of the store as it is now and keep them in it; nothing is merged."""
    from matcher.duplicates.looking import look  # scikit-learn loads slowly

    with work.workspace() as workspace:
        store = workspace.open_store(create=True)
        was_behind = look(store, work.progress)
        return {"looked": was_behind, "pairs": Duplicates(store).page(limit=1).count}

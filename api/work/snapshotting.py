"""Taking the snapshot of the store as it is now, beside the one that answers."""

from typing import Any

from api.work.working import Work
from matcher.store.fingerprints import NOTHING


def take(work: Work) -> dict[str, Any]:
    """Take the snapshot where there is none yet of the store as it is now; of an empty store there is none."""
    with work.workspace() as workspace:
        store = workspace.open_store(create=True)
        if store.revision() == NOTHING:
            return {"snapshot": None, "organisations": 0}
        snapshot = workspace.snapshot(work.progress)
        return {"snapshot": snapshot.name, "organisations": len(snapshot.organisations.ids)}

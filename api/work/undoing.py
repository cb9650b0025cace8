"""Undoing: an import taken out of the store again, as far as nothing was changed since."""

from typing import Any

from api.work.wanting import want
from api.work.working import Work
from matcher.errors import NotFoundError

KEPT_TOLD = 100
"""So many of the records that stay are named; all are counted."""


def take_back(work: Work) -> dict[str, Any]:
    """Undo an import in one transaction, and say what went, what is as before, and what stays as it is."""
    number = work.job.arguments["number"]
    with work.workspace() as workspace:
        store = workspace.open_store(create=True)
        before = store.revision()
        undone = store.undo(number)
        if undone is None:
            raise NotFoundError("The import cannot be undone any more: it was undone already, or is too long ago.")
        if store.revision() != before:
            want(work.state.jobs, "snapshot")
    kept = [{"table": table, "id": id} for table, id in undone.kept[:KEPT_TOLD]]
    told = {"import": work.job.arguments["import"], "removed": undone.removed, "restored": undone.restored}
    return {**told, "kept": kept, "kept_count": len(undone.kept)}

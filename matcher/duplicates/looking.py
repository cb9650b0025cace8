"""Looking: the pairs of a store as it is now, found and kept in it."""

from matcher.duplicates.finding import find_pairs
from matcher.duplicates.likeness import Progress
from matcher.store.duplicates import Duplicates
from matcher.store.sql import SqlStore


def look(store: SqlStore, progress: Progress = lambda what, done, total: None) -> bool:
    """Find the pairs of a store and keep them in it; return whether that had not been done since its last change."""
    duplicates = Duplicates(store)
    if not duplicates.is_behind():
        return False
    records, revision = store.read_with_revision()
    duplicates.keep(find_pairs(records.organisations, records.collaborations, progress=progress), revision)
    return True

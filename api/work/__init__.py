"""Work: what each kind of job does, outside the requests; a job is done by one worker, whole or not at all."""

from collections.abc import Callable, Mapping
from typing import Any

from api.work import analysing, backing_up, evaluating, exporting, importing, pairing, snapshotting, training, undoing
from api.work.working import Cancelled, Work

__all__ = ["WORK", "Cancelled", "Work"]

WORK: Mapping[str, Callable[[Work], dict[str, Any]]] = {
    "snapshot": snapshotting.take,
    "import": importing.read_in,
    "undo": undoing.take_back,
    "export": exporting.write_out,
    "train": training.train,
    "evaluate": evaluating.evaluate,
    "backup": backing_up.back_up,
    "duplicates": pairing.pair_up,
    "ecosystem": analysing.analyse,
}
"""Kind of job -> what does it and returns its result, JSON-ready; raises Cancelled where it is to stop."""

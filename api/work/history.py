"""The history that is learned from and tested on, parted by time; what training and evaluating share."""

from datetime import date

from matcher.errors import InputError
from matcher.history.windows import LEAST_COLLABORATIONS, Plan, plan_of
from matcher.records import Records


def day_of(text: str | None) -> date | None:
    """Return a day that a job keeps as text."""
    return None if text is None else date.fromisoformat(text)


def plan_or_refuse(records: Records, cut: date | None) -> Plan:
    """Return the windows of a history; InputError where it is too short to be parted."""
    plan = plan_of(records, cut)
    if plan is None:
        count = sum(one.start is not None and len(one.members) > 1 for one in records.collaborations)
        raise InputError(
            f"The history is too short to learn from: the store holds {count:,} dated collaborations of several "
            f"members, and at least {LEAST_COLLABORATIONS} are needed, begun on several days before and after the cut. "
            "Import more of them, or choose another cut."
        )
    return plan

"""Lockout: after some wrong passwords an e-mail address is refused for a while, which doubles with each further one.

Addresses that nobody has are counted alike: a lock does not tell who has an account.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from api.state.records import Refused
from api.state.tables import failures
from api.state.tokens import digest

FREE_FAILURES = 5
"""The wrong password of this number is the first that locks."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)
"""Without any try for so long, an address starts again."""


def wait_after(number: int) -> timedelta:
    """Return how long an address is locked after the n-th wrong password in a row; zero before the fifth."""
    if number < FREE_FAILURES:
        return timedelta(0)
    doublings = min(number - FREE_FAILURES, 32)  # more would leave the range of a timedelta
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def count_try(connection: Connection, email: str, now: datetime) -> None:
    """Count a try as a failure before the password is looked at; `clear` takes it back where that is right.

    Tries at the same time thus cannot outrun the lock. Raises Refused (locked) where the address is.
    """
    connection.execute(failures.delete().where(failures.c.at < now - FORGOTTEN_AFTER))
    address = digest(email)
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    blank = {"address": address, "failures": 0, "locked_until": None, "at": now}
    # Writing to a row that is there locks it: nobody counts or clears until this transaction ends.
    statement = insert(failures).values(blank).on_conflict_do_update(index_elements=["address"], set_={"at": now})
    connection.execute(statement)
    own = failures.c.address == address
    row = connection.execute(select(failures).where(own)).mappings().one()
    if row["locked_until"] is not None and now < row["locked_until"]:
        raise Refused(
            "locked",
            f"There were too many wrong passwords; try again after {row['locked_until']:%H:%M:%S} UTC.",
            row["locked_until"],
        )
    number = row["failures"] + 1
    wait = wait_after(number)
    values = {"failures": number, "locked_until": now + wait if wait else None, "at": now}
    connection.execute(failures.update().where(own).values(values))


def clear(connection: Connection, email: str) -> None:
    """Forget the wrong passwords of an address, and with them its lock."""
    connection.execute(failures.delete().where(failures.c.address == digest(email)))


def failures_of(connection: Connection, emails: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Return `failures` and `locked_until` by e-mail address; those without any are left out."""
    emails_of = {digest(email): email for email in emails}
    found = connection.execute(select(failures).where(failures.c.address.in_(emails_of))).mappings()
    return {
        emails_of[row["address"]]: {"failures": row["failures"], "locked_until": row["locked_until"]} for row in found
    }

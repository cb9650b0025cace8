"""Fixtures of the state's tests: a clock, and an empty state on each database in turn."""

import pytest
from state_builders import CHEAP, Clock

from api.state import State, open_state
from matcher.store.sql import SqlStore


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands still until it is moved."""
    return Clock()


@pytest.fixture
def state(store: SqlStore, clock: Clock) -> State:
    """Give an empty state, on each database in turn."""
    return open_state(store.engine, now=clock, passwords=CHEAP)

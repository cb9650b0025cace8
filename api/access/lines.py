"""Lines of the table of roles: who may call an endpoint, and what a key needs for it."""

from dataclasses import dataclass

from api.access.principals import ADMINISTRATOR, MANAGER, MEMBER, NOBODY, READER

ALL = frozenset({ADMINISTRATOR, MANAGER, MEMBER, READER})
"""Whoever has an account or a key."""
RUNS = frozenset({ADMINISTRATOR, MANAGER})
WRITES = frozenset({ADMINISTRATOR, MANAGER, MEMBER})
RULES = frozenset({ADMINISTRATOR})
OPEN = ALL | {NOBODY}


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call an endpoint, and what a key needs for it."""

    roles: frozenset[str]
    scope: str
    public: bool = False
    """Also open to nobody in particular, where the administrator opens the public directory."""

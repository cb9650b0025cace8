"""API keys, as they are asked for and answered."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.bodies.asking import Id
from api.bodies.audit import Moment
from api.bodies.session import Role

Scope = Literal["read", "suggest", "write", "admin"]


class KeyWanted(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [
                {
                    "name": "nightly synchronisation",
                    "role": "member",
                    "scopes": ["read", "suggest"],
                    "organisation": "alertepoignet",
                    "expires": "2026-09-01T00:00:00Z",
                }
            ]
        },
    )

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    """What it is for."""
    role: Role
    """At most one's own; a member makes keys of members only."""
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]
    """What it may be used for, within the role: no more than the credential that asks for it."""
    organisation: Id | None = None
    """The organisation that a member's key acts for; of a member it is their own, and need not be said."""
    expires: Moment | None = None
    """At most a year from now; in 90 days where it is not said."""


class ToldKey(BaseModel):
    """An API key, without its secret."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    prefix: str
    """Eight characters that the key shows of itself, after `em_`."""
    name: str
    role: Role
    """What it was made for; where its owner has a lower one at present, that counts."""
    scopes: list[str]
    organisation: str | None
    owner: str | None
    """Id of the user whose key it is; null where an operator made it."""
    created: Moment
    expires: Moment | None
    revoked: Moment | None
    last_used: Moment | None
    """To the minute."""


class MadeKey(ToldKey):
    """An API key that was just made."""

    key: str
    """The key itself; it is shown this once, and kept nowhere."""


class KeysPage(BaseModel):
    """API keys, the newest first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[ToldKey]
    next: str | None
    """Cursor of the next page."""

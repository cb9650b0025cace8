"""Sessions as they are begun and told."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Role = Literal["administrator", "manager", "member", "reader"]
Email = Annotated[
    str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$")
]


class Login(BaseModel):
    """Who wants to be let in."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [{"email": "lea@example.org", "password": "four words on a card"}]},
    )

    email: Annotated[str, StringConstraints(max_length=254)]
    """In whatever case it is written."""
    password: Annotated[str, StringConstraints(max_length=1_000)]
    """Of 12 characters or more; a wrong one is counted, and after five the address is locked for a while."""


class WhoAsks(BaseModel):
    """Who asks, as the service knows them from the credential."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    kind: Literal["user", "key"]
    id: str
    """Of the user or the key."""
    role: Role
    """For a key: what it may do at present, never more than its owner."""
    organisation: str | None
    """Id of the organisation that a member acts for."""
    scopes: list[str]
    """What the credential may be used for; a session for everything within the role."""
    csrf: str | None
    """What the header X-CSRF-Token says with every POST, PUT, PATCH and DELETE of this session; null for a key."""
    expires: datetime | None
    """When the session ends at the latest; null for a key."""

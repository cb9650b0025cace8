"""People with an account, as they are sent and answered."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.bodies.asking import Id
from api.bodies.examples import marked
from api.bodies.session import Email, Role
from api.state.passwords import LONGEST, SHORTEST

Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Language = Literal["en", "fr"]


class NewPerson(BaseModel):
    """Somebody to whom an account is given."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [
                {
                    "email": "lea@example.org",
                    "name": "Léa Martin",
                    "role": "member",
                    "organisation": "alertepoignet",
                    "language": "fr",
                    "password": "four words on a card",
                }
            ]
        },
    )

    email: Email
    """At most one account has it."""
    name: Name = ""
    role: Role = "reader"
    organisation: Id | None = None
    """The organisation that a member acts for; a member needs one."""
    language: Language = "en"
    password: Password | None = None
    """Without one only OpenID Connect lets them in."""


class PersonChange(BaseModel):
    """What changes of an account; what is left out or null stays, but for the organisation."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [marked({"role": "manager", "organisation": None})]},
    )

    name: Name | None = None
    role: Role | None = None
    organisation: Id | None = None
    """Null for none; left out it stays."""
    language: Language | None = None
    active: bool | None = None
    """Who is not active is logged out, and their keys open nothing."""

    def given(self) -> dict[str, Any]:
        """Return what changes, by field."""
        told = self.model_dump(exclude_unset=True)
        return {name: value for name, value in told.items() if value is not None or name == "organisation"}


class PasswordChange(BaseModel):
    """A new password."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [{"old": "four words on a card", "new": "five other words on a card"}]},
    )

    old: Annotated[str, StringConstraints(max_length=1_000)] = ""
    """The present one, for one's own account."""
    new: Password


class Person(BaseModel):
    """Somebody with an account."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    email: str
    name: str
    role: Role
    organisation: str | None
    """Id of the organisation that a member acts for."""
    language: Language
    active: bool
    has_password: bool
    """False for who logs in by OpenID Connect only."""
    created: datetime


class PeoplePage(BaseModel):
    """People with an account, the newest first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[Person]
    next: str | None
    """Cursor of the next page."""

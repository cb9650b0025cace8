"""Bodies of subjects: everything that is kept about an organisation."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from api.bodies.briefs import BriefShown
from api.bodies.collaborations import CollaborationShown
from api.bodies.contacts import ContactShown, MessageShown
from api.bodies.expressions import ExpressionShown
from api.bodies.organisations import OrganisationShown


class DecisionKept(BaseModel):
    """A decision of or about the organisation; a side is null where it may not be seen."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    asked_by: str | None
    organisation: str | None
    step: str
    reason: str | None
    """Null for who neither asked nor is a manager: a reason is the asking side's own note."""
    decided_on: date
    rank: int | None
    model: str


class ChoiceKept(BaseModel):
    """A choice among the suggestions for the organisation, or about it; a side is null where it may not be seen."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    asked_by: str | None
    organisation: str | None
    kind: str
    place: int | None
    reason: str | None
    """Null for who neither asked nor is a manager."""
    created: datetime


class AccountKept(BaseModel):
    """An account that acts for the organisation."""

    email: str
    name: str
    role: str


class AuditKept(BaseModel):
    """Something that was done with the organisation or one of its people."""

    at: datetime
    action: str
    target: str


class Kept(BaseModel):
    """Everything that is kept about an organisation."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    organisation: OrganisationShown
    collaborations: list[CollaborationShown]
    briefs: list[BriefShown]
    decisions: list[DecisionKept]
    choices: list[ChoiceKept]
    contacts: list[ContactShown]
    messages: list[MessageShown]
    expressions: list[ExpressionShown]
    """Its interest in briefs of others, and that of others in its own."""
    accounts: list[AccountKept]
    audit: list[AuditKept]
    """Newest first."""

"""Principals: who asks, told from the credential alone."""

from dataclasses import dataclass

from matcher.records import Organisation

ADMINISTRATOR, MANAGER, MEMBER, READER, NOBODY = "administrator", "manager", "member", "reader", "anonymous"
ROLES = (ADMINISTRATOR, MANAGER, MEMBER, READER, NOBODY)
"""Roles, the one that may most first."""
SCOPES = ("read", "suggest", "write", "admin")
"""What a key may be used for, within its role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks: a user of a session, an API key, or nobody in particular."""

    kind: str
    """user, key or nobody."""
    id: str
    """Of the user or the key; empty for nobody."""
    role: str
    organisation: str = ""
    """Of a member: the organisation that it may change."""
    scopes: frozenset[str] = frozenset(SCOPES)

    @property
    def sees_everything(self) -> bool:
        """Whether hidden organisations and everybody's contacts are seen."""
        return self.role in (ADMINISTRATOR, MANAGER)

    def sees(self, one: Organisation) -> bool:
        """Return whether an organisation may be shown."""
        return self.sees_everything or one.visibility == "public" or self.owns(one.id)

    def owns(self, organisation: str) -> bool:
        """Return whether an organisation is that of this member."""
        return bool(self.organisation) and self.organisation == organisation

    def may_change(self, organisation: str) -> bool:
        """Return whether an organisation and what hangs on it may be changed."""
        return self.sees_everything or (self.role == MEMBER and self.owns(organisation))


ANYBODY = Principal(kind="nobody", id="", role=NOBODY)

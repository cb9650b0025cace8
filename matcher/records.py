"""The records of the engine: organisations, collaborations, briefs and decisions, plain and frozen."""

from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A start-up, large account, cluster or any other member of the ecosystem.

    An empty field is unknown; unknown never means no. `id` is unique in a store.
    """

    id: str
    name: str = ""
    kind: str | None = None
    """Code of the vocabulary `kinds`."""
    country: str | None = None
    """ISO 3166-1 alpha-2, e.g. GR, GB."""
    region: str | None = None
    """Name of the region, or its NUTS code."""
    city: str | None = None
    latitude: float | None = None
    """Degrees north, WGS 84."""
    longitude: float | None = None
    """Degrees east, WGS 84."""
    place_is_guess: bool = False
    """True where the coordinates were guessed from city and country."""
    sectors: tuple[str, ...] = ()
    description: str = ""
    offers: tuple[str, ...] = ()
    """What it offers, as stated; empty means that it is derived from the description."""
    needs: tuple[str, ...] = ()
    """What it looks for, as stated; empty means that it is derived from the description."""
    website: str | None = None
    employees: int | None = None
    founded: int | None = None
    """Year."""
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes."""
    identifiers: tuple[tuple[str, str], ...] = ()
    """Pairs (scheme, value), e.g. ("pic", "999905974"), ("siren", ...), ("vat", ...); sorted."""
    capacity: int | None = None
    """How many introductions it accepts; None is no stated limit."""
    conflicts: tuple[str, ...] = ()
    """Ids of organisations that it must not be paired with."""
    described_on: date | None = None
    """Day from which the texts are known; a snapshot before it leaves them out."""
    verified_on: date | None = None
    """Day on which somebody last checked the profile."""
    visibility: str = "public"
    """public or hidden; a hidden organisation is never suggested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An organisation's part in a collaboration."""

    organisation: str
    role: str = "participant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collaboration:
    """A dated joint undertaking: project, pilot, contract, programme, event or membership."""

    id: str
    kind: str = "project"
    title: str = ""
    text: str = ""
    start: date | None = None
    end: date | None = None
    members: tuple[Member, ...] = ()
    sectors: tuple[str, ...] = ()
    source: str = ""
    call: str = ""
    """What it answered: the title of the call topic or the need, known before it began; never its own title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A partner search, an open-innovation need or a tender."""

    id: str
    kind: str = "need"
    """Code of the vocabulary `brief-kinds`: need, partner-search or tender."""
    title: str = ""
    text: str = ""
    owner: str | None = None
    """Id of the organisation that asks; its network counts as the brief's."""
    kinds: tuple[str, ...] = ()
    """Kinds of organisations sought; empty is any."""
    countries: tuple[str, ...] = ()
    """Countries sought; empty is any."""
    requirements: str = ""
    exclusions: tuple[str, ...] = ()
    """Ids of organisations that must not be suggested."""
    opens: date | None = None
    closes: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decided about a suggestion; a later step about the same two is a further decision."""

    id: str = ""
    """Derived from the other fields where it is not given: the same decision has the same id."""
    asked_by: str
    """Id of the organisation that asked, or `brief:ID`."""
    organisation: str
    """Id of the organisation that was suggested."""
    step: str
    """Code of the vocabulary `decision-steps`, e.g. interested, declined, met or contract."""
    reason: str = ""
    """Why, in free text; a decline has one."""
    decided_on: date
    rank: int | None = None
    """Place in the list in which it was shown, from 1; None is unknown."""
    model: str = ""
    """Name of the model that ranked the list; empty is unknown."""

    def __post_init__(self) -> None:
        if not self.id:
            # Named one by one: a field that a later version adds must not change the ids that there are.
            values = (self.asked_by, self.organisation, self.step, self.reason, self.rank, self.model)
            told = ascii((*values, self.decided_on.isoformat())).encode("ascii")
            object.__setattr__(self, "id", blake2b(told, digest_size=8, person=b"Decision").hexdigest())


@dataclass(slots=True)
class Records:
    """What an importer read and a store takes or gives: four lists, each in a stable order."""

    organisations: list[Organisation] = field(default_factory=list)
    collaborations: list[Collaboration] = field(default_factory=list)
    briefs: list[Brief] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

"""How somebody asks for suggestions: filters and dials of a GET, and what is asked in a POST."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.bodies.fields import WHOLE
from matcher.lists import ListSettings
from matcher.matching import MOST_SUGGESTIONS, RECIPROCITY, AskSettings
from matcher.query import Filters
from matcher.ranking.dials import Dials
from matcher.resolving import country_codes, kind_codes
from matcher.snapshot import Snapshot

_LISTS = ListSettings()
MOST_NAMED = 100
"""So many kinds, countries or organisations are named at most in one request."""
Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""The id of a record."""
Word = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Dial = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]


class Ways(BaseModel):
    """Who may be suggested, how many, and how the order and the list come about."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    kinds: Annotated[list[Word], Field(max_length=MOST_NAMED)] = []
    """Only of these kinds; empty is any."""
    countries: Annotated[list[Word], Field(max_length=MOST_NAMED)] = []
    """Only of these countries, ISO 3166-1 alpha-2 or a name; empty is any."""
    abroad: bool = False
    """Only of other countries than who asks."""
    partners_too: bool = False
    """Rank present partners as well."""
    exclude: Annotated[list[Id], Field(max_length=MOST_NAMED)] = []
    """Ids of organisations that must not be suggested."""
    limit: Annotated[int, Field(ge=1, le=MOST_SUGGESTIONS), WHOLE] = 10
    """How many suggestions at most."""
    reciprocity: Share = RECIPROCITY
    """Weight of the score from the other side."""
    popularity: Dial = 0.0
    """Above 0 raises well-connected organisations, below lowers them."""
    bridging: Dial = 0.0
    """Above 0 lowers organisations that are near in the network, below raises them."""
    newcomers: Share = _LISTS.newcomer_floor
    """Share of places kept for newcomers."""
    diversity: Share = _LISTS.diversity
    """Price of a country or kind that is in the list already."""

    def filters(self, snapshot: Snapshot) -> Filters:
        """Return the filters; InputError where a kind or country is unknown."""
        known = set(snapshot.organisations.countries)
        return Filters(
            kinds=kind_codes(self.kinds),
            countries=country_codes(self.countries, known) if self.countries else (),
            abroad=self.abroad,
            partners_too=self.partners_too,
            exclusions=tuple(sorted(set(self.exclude))),
        )

    def settings(self) -> AskSettings:
        """Return how to answer."""
        return AskSettings(
            reciprocity=self.reciprocity,
            dials=Dials(popularity=self.popularity, bridging=self.bridging),
            lists=ListSettings(newcomer_floor=self.newcomers, diversity=self.diversity),
        )


class Asked(Ways):
    """What is asked: a text, which is not stored, or organisations that look for one more; one of the two."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "examples": [
                {
                    "text": "We look for sensors that find leaks in water pipes.",
                    "countries": ["DE", "ES"],
                    "limit": 5,
                }
            ]
        },
    )

    text: str = ""
    """What is looked for, or offered, in any language; it is not kept."""
    side: Literal["need", "offer"] | None = None
    """What the text is; where it is not said, its sentences are told apart."""
    organisations: Annotated[list[Id], Field(max_length=MOST_NAMED)] = []
    """Ids of organisations that ask: one for a partner, several for one more beside them."""


class WhyNotAsked(Asked):
    """What is asked, and who is missing among the suggestions."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"brief": "need-track-ears", "missing": "mecavoie"}]},
    )

    brief: Id | None = None
    """Id of a brief that asks, instead of a text or organisations."""
    missing: Id
    """Id of the organisation that is missing."""

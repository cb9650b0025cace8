"""Exports: what is to be in the file, and in which format."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from api.bodies.asking import MOST_NAMED, Id, Ways, Word
from api.bodies.faults import fault
from api.bodies.fields import WHOLE

TABLES = ("csv", "xlsx", "json")
GRAPHS = ("graphml", "gexf")
Format = Literal["csv", "xlsx", "json", "graphml", "gexf"]


class ExportAsked(Ways):
    """What to write: suggestions for those who ask (all open briefs where none are named), or the graph."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "examples": [{"what": "suggestions", "format": "xlsx", "briefs": ["need-track-ears"], "limit": 5}],
            "if": {"properties": {"what": {"const": "graph"}}, "required": ["what"]},
            "then": {"properties": {"format": {"enum": list(GRAPHS)}}, "required": ["format"]},
            "else": {"properties": {"format": {"enum": list(TABLES)}}},
        },
    )

    what: Literal["suggestions", "graph"] = "suggestions"
    format: Format = "xlsx"
    """csv, xlsx and json hold suggestions; graphml and gexf the graph of organisations and collaborations."""
    organisations: Annotated[list[Id], Field(default_factory=list, max_length=1_000)]
    """Ids of organisations for which to suggest."""
    organisations_of: Annotated[list[Word], Field(default_factory=list, max_length=MOST_NAMED)]
    """Suggest for every organisation of these kinds."""
    briefs: Annotated[list[Id], Field(default_factory=list, max_length=1_000)]
    """Ids of briefs for which to suggest."""
    cap: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] | None = None
    """Most lists that hold one organisation; if not given, a quarter of the lists."""
    language: Literal["en", "fr"] | None = None
    """Of the sentences; that of Accept-Language if not given."""

    @model_validator(mode="after")
    def _format_fits(self) -> Self:
        known = GRAPHS if self.what == "graph" else TABLES
        if self.format not in known:
            raise fault("format_unfit", what=self.what, formats=", ".join(known), given=self.format)
        return self

"""Outcomes: what became of suggestions, each step told against all that were suggested."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, field_validator

from api.access.guarding import Asking
from api.access.principals import Principal
from api.asking import engine_of
from api.pages.ecosystem.pictures import Bar, Column, Picture, as_csv, as_svg, no_picture
from api.pages.ecosystem.shown import Chosen, programmes, shown_pairs
from api.pages.rendering import number, percent, show
from api.pages.routing import PageRoute
from api.pages.translating import translations
from api.problems import reader_of
from matcher.ecosystem.outcomes import STAGES, Funnel, funnel, outcomes
from matcher.export.tables import Cell
from matcher.vocabularies import label

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FOLDER = "/ecosystem/outcomes"
AFTER = STAGES[STAGES.index("followed-up") :]
"""Stages that are told against those who met, too: so others tell theirs."""


@dataclass(frozen=True)
class Elsewhere:
    """A figure of others to compare with: of so many meetings, so many led to something."""

    source: str
    meetings: int
    led_to: int
    stage: str
    """The stage of STAGES that comes nearest."""

    @property
    def share(self) -> float:
        """Of the meetings."""
        return self.led_to / self.meetings


ECCP, IGNITE = "ECCP 2016-2017", "Ignite Sweden"
ELSEWHERE = (
    Elsewhere(ECCP, 2_210, 202, "followed-up"),
    Elsewhere(ECCP, 2_210, 27, "contract"),
    Elsewhere(IGNITE, 5_655, 453, "pilot"),
)


class Asked(BaseModel):
    """Which suggestions are counted: those first seen in a period, and of a programme's members."""

    since: date | None = None
    until: date | None = None
    programme: Annotated[str, Field(max_length=200)] = ""

    @field_validator("since", "until", mode="before")
    @classmethod
    def _blank_is_none(cls, given: Any) -> Any:
        return given or None


@router.get("/ecosystem/outcomes")
def funnel_page(request: Request, asking: Asking, asked: Annotated[Asked, Query()]) -> Response:
    """Show how many suggestions came how far."""
    found = _funnel(request, asking, asked)
    return show(
        request,
        "outcomes",
        asked=asked,
        programmes=programmes(engine_of(request).store, asking),
        is_own=not asking.sees_everything,
        funnel=found,
        pictures=[suggested_picture(request, found, asked), met_picture(request, found, asked)],
        elsewhere=ELSEWHERE,
    )


@router.get("/ecosystem/outcomes/{name}.svg")
def outcome_svg(request: Request, asking: Asking, name: str, asked: Annotated[Asked, Query()]) -> Response:
    """Return how many came how far as a drawing."""
    return as_svg(request, _picture(request, asking, name, asked))


@router.get("/ecosystem/outcomes/{name}.csv")
def outcome_csv(request: Request, asking: Asking, name: str, asked: Annotated[Asked, Query()]) -> Response:
    """Return how many came how far as a table."""
    return as_csv(_picture(request, asking, name, asked))


def _picture(request: Request, asking: Principal, name: str, asked: Asked) -> Picture:
    draw = {"suggested": suggested_picture, "met": met_picture}.get(name)
    if draw is None:
        raise no_picture(request)
    return draw(request, _funnel(request, asking, asked), asked)


def _funnel(request: Request, asking: Principal, asked: Asked) -> Funnel:
    chosen = Chosen(asked.since, asked.until, asked.programme)
    return funnel(
        one for one in outcomes(shown_pairs(engine_of(request).store, asking, chosen)) if chosen.holds(one.first)
    )


def suggested_picture(request: Request, found: Funnel, asked: Asked) -> Picture:
    """Return how many came how far, of all that were suggested."""
    _ = translations(reader_of(request)).gettext
    title = _("Of all that were suggested")
    says = _("How many of the suggested pairs reached each step, or a later one; all shares are of the same pairs.")
    return _drawn(request, Picture("suggested", title, says, "bars", None, (), []), found, asked, STAGES)


def met_picture(request: Request, found: Funnel, asked: Asked) -> Picture:
    """Return how many came how far, of those who met, beside what others tell."""
    _ = translations(reader_of(request)).gettext
    title = _("Of those who met")
    says = _("How many of the pairs that met went on; a red line is what others reached, named below.")
    return _drawn(request, Picture("met", title, says, "bars", None, (), []), found, asked, ("met", *AFTER))


def _drawn(request: Request, like: Picture, found: Funnel, asked: Asked, stages: tuple[str, ...]) -> Picture:
    """Return a picture of stages against the first of them."""
    language = reader_of(request)
    _ = translations(language).gettext
    rows: list[tuple[Cell, ...]] = []
    bars = []
    for stage in stages:
        share = found.share(stage, stages[0])
        name = _("suggested") if stage == STAGES[0] else label("decision-steps", stage, language)
        others = [one for one in ELSEWHERE if one.stage == stage and stages[0] == "met"]
        marks = tuple((f"{one.source} {percent(one.share, language, 1)}", one.share) for one in others)
        told = number(found.reached[stage], language) + ("" if share is None else f" · {percent(share, language, 1)}")
        bars.append(Bar(name, told, share or 0.0, marks))
        rows.append((stage, name, found.reached[stage], share, "; ".join(mark for mark, _share in marks) or None))
    columns = (
        Column("step", "", "blank"),
        Column("name", _("Step")),
        Column("pairs", _("Pairs"), "number"),
        Column("share", like.title, "percent"),
        Column("elsewhere", _("Elsewhere"), "text" if stages[0] == "met" else "blank"),
    )
    given = {name: value for name, value in asked.model_dump(mode="json").items() if value}
    query = f"?{urlencode(given)}" if given else ""
    return Picture(like.name, like.title, like.says, "bars", bars, columns, rows, folder=FOLDER, query=query)

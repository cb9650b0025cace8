"""Merging: two organisations side by side, field by field, and which values the one that stays is to have."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from api.access.guarding import Asking
from api.bodies.fields import KnownId
from api.merging import Both, both, duplicates_of, merge
from api.pages.duplicates.duplicates import told
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import Problem, problem_of
from matcher.duplicates.choosing import FIELDS, LISTS, choices_of
from matcher.errors import InputError

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DAYS = ("verified_on", "described_on")
_PREFIX = "take_"
Version = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class Chosen(BaseModel):
    """The form: which one stays, and of each field that differs whose value is taken."""

    model_config = ConfigDict(extra="allow")

    left: KnownId
    right: KnownId
    left_version: Version
    right_version: Version
    stays: Literal["left", "right"]
    about: Annotated[str, Field(max_length=400)] = ""

    def taken(self) -> dict[str, str]:
        """Return field -> side."""
        given = self.model_extra or {}
        return {name: str(given[_PREFIX + name]) for name in FIELDS if _PREFIX + name in given}


@router.get("/duplicates/pair")
def pair(
    request: Request,
    asking: Asking,
    left: Annotated[KnownId, Query()],
    right: Annotated[KnownId, Query()],
    organisation: Annotated[str, Query(max_length=400)] = "",
) -> Response:
    """Show two organisations side by side, with the usual choices made."""
    return _page(request, both(request, left, right, asking), about=organisation)


@router.post("/duplicates/pair")
def join(request: Request, asking: Asking, given: Annotated[Chosen, Form()]) -> Response:
    """Merge two organisations as chosen; where one was changed meanwhile, ask again with all that was chosen."""
    two = both(request, given.left, given.right, asking)
    read = Both(two.left, two.right, (bytes.fromhex(given.left_version), bytes.fromhex(given.right_version)))
    try:
        done = merge(request, asking, read, given.stays, given.taken())
    except (Problem, InputError) as error:
        problem = problem_of(request, error)
        return _page(request, two, given.about, given, problem)
    gone = given.right if given.stays == "left" else given.left
    about = given.about if given.about != gone else ""
    asked = {"organisation": about, "said": "merged", "merge": done.number}
    return RedirectResponse(f"/duplicates?{urlencode({n: v for n, v in asked.items() if v})}", 303)


def _page(
    request: Request, two: Both, about: str = "", given: Chosen | None = None, problem: Problem | None = None
) -> Response:
    duplicates = duplicates_of(request)
    kept = duplicates.pair(two.left.id, two.right.id)
    counts = duplicates.collaborations_of([two.left.id, two.right.id])
    choices = choices_of(two.left, two.right)
    usual: dict[str, Any] = {one.name: one.default for one in choices}
    usual_stays = "right" if counts.get(two.right.id, 0) > counts.get(two.left.id, 0) else "left"
    return show(
        request,
        "duplicates_pair",
        status=problem.status if problem else 200,
        two=two,
        versions=[version.hex() for version in two.versions],
        pair=next(iter(told(request, [kept])), None) if kept else None,
        counts=counts,
        differing=[one for one in choices if one.differs],
        same=[one for one in choices if not one.differs and _is_known(one.left)],
        chosen=usual | (given.taken() if given else {}),
        stays=given.stays if given else usual_stays,
        about=about,
        problem=problem,
        days=DAYS,
        lists=LISTS,
    )


def _is_known(value: Any) -> bool:
    return value not in (None, "", (), "public") and value != (None, None, False)

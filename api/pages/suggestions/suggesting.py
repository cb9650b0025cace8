"""Suggesting: everything that the page of suggestions shows, from what is asked and what people chose."""

from dataclasses import dataclass

from fastapi import Request, Response

from api.access.lines import WRITES
from api.access.principals import Principal
from api.asking import check_seen, engine_of, ready_of
from api.engine import Ready
from api.pages.rendering import show
from api.pages.suggestions.arranging import Arranged, Standing, absent, arranged, by_organisation, id_of
from api.pages.suggestions.choosing import may_choose, seen_choices
from api.pages.suggestions.differing import MOST_TOLD, Difference, difference
from api.pages.suggestions.question import Wanted
from api.pages.suggestions.rows import MOST_WHOLE, Shown, name_of
from api.pages.suggestions.waterfall import WIDTH
from api.problems import reader_of
from api.routes.suggestions import suggested, told_why_not
from matcher.matching import ANYHOW, MOST_SUGGESTIONS, Suggestions, WhyNot
from matcher.query import Query as MatcherQuery
from matcher.records import Organisation
from matcher.store.filters import Order, OrganisationFilter
from matcher.vocabularies import label, load

MOST_MEANT = 6
"""So many organisations are offered where a name is that of several."""
LIMITS = (10, 20, 50)


@dataclass(frozen=True)
class Fault:
    """What is wrong with what somebody wanted done, which is shown with all that was typed."""

    code: str
    organisation: str
    reason: str
    place: str


@dataclass(frozen=True)
class Answer:
    """A question, what the engine says, and the list as people want it."""

    ready: Ready
    query: MatcherQuery
    found: Suggestions
    list: Arranged


@dataclass(frozen=True)
class Missing:
    """Who is asked for by name, and why they are not suggested; several or none where the name says no more."""

    meant: list[Organisation]
    told: WhyNot | None


def answered(request: Request, asking: Principal, wanted: Wanted) -> Answer:
    """Return the list for what is wanted, in the order of people where they chose any."""
    ready = ready_of(request)
    query = wanted.query(request, ready, asking)
    choices = by_organisation(seen_choices(request, asking, wanted.side))
    vetoed = sum("veto" in kinds for kinds in choices.values())
    ways = wanted.model_copy(update={"limit": min(wanted.limit + vetoed, MOST_SUGGESTIONS)})
    found = suggested(request, ready, query, ways)
    ids = absent(found.suggestions, choices)
    others = standing(*explained(request, ready, query, ids, wanted)) if ids else {}
    made = arranged(found.suggestions, choices, others, wanted.limit, hidden=asking.sees_everything)
    return Answer(ready, query, found, made)


def explained(
    request: Request, ready: Ready, query: MatcherQuery, ids: list[str], wanted: Wanted
) -> tuple[Suggestions, tuple[WhyNot, ...]]:
    """Return how organisations stand, whether or not they are in the list, and whom of them a rule excludes."""
    engine = engine_of(request)
    with engine.computing:
        matcher = ready.matcher(engine.today(), reader_of(request))
        return matcher.explain(query, ids, wanted.limit, wanted.settings())


def standing(found: Suggestions, excluded: tuple[WhyNot, ...]) -> dict[str, Standing]:
    """Return how organisations stand, by id."""
    every: tuple[Standing, ...] = (*found.suggestions, *excluded)
    return {id_of(one): one for one in every}


def show_suggestions(
    request: Request, asking: Principal, wanted: Wanted, fault: Fault | None = None, status: int = 200
) -> Response:
    """Show who is suggested, and why."""
    answer = answered(request, asking, wanted)
    ready, language = answer.ready, reader_of(request)
    changed, neutral = _changed(request, answer, wanted)
    shown = Shown.of(ready, answer.found, language)
    countries = ready.snapshot.organisations.country
    return show(
        request,
        "suggestions",
        status=status,
        found=answer.found,
        list=answer.list,
        rows=shown.rows(answer.list.shown, answer.list.by_hand, changed.was if changed else {}),
        whole=MOST_WHOLE,
        digits=shown.digits,
        width=WIDTH,
        wanted=wanted,
        abroad=any(countries[row] >= 0 for row in answer.query.organisations),
        may_choose=may_choose(request, asking, wanted.side),
        changed=changed,
        neutral=neutral,
        names=_names(ready, changed),
        most_told=MOST_TOLD,
        may_keep=not wanted.side and asking.kind == "user" and asking.role in WRITES,
        shown_ids={id_of(one) for one in answer.list.shown},
        shortlisted=sum("shortlist" in kinds for kinds in answer.list.by_hand.values()),
        shortlist_address=wanted.only_side().address("/shortlist"),
        neutral_address=wanted.neutral().address(),
        missing=_missing(request, asking, answer, wanted) if wanted.missing.strip() else None,
        about=name_of(ready, wanted.about) if wanted.about else "",
        fault=fault,
        kinds=[(code, label("kinds", code, language)) for code in load("kinds")],
        limits=sorted({*LIMITS, wanted.limit}),
    )


def _changed(request: Request, answer: Answer, wanted: Wanted) -> tuple[Difference | None, bool]:
    """Return what has changed against the list before, or else against that of dials that are not turned (True)."""
    now = [id_of(one) for one in answer.list.shown]
    if wanted.before:
        return difference(wanted.before, now), False
    if wanted.settings() == ANYHOW:
        return None, False
    engine = engine_of(request)
    with engine.computing:
        matcher = answer.ready.matcher(engine.today(), reader_of(request))
        before = matcher.suggest_ids(answer.query, len(answer.found.suggestions) or 1)
    return difference(answer.list.wishes.order(before, wanted.limit), now), True


def _names(ready: Ready, changed: Difference | None) -> dict[str, str]:
    """Return the names of who changed place, without those that may not be named."""
    every = (*changed.up, *changed.down, *changed.come, *changed.gone) if changed else ()
    return {one.id: name for one in every if (name := name_of(ready, one.id))}


def _missing(request: Request, asking: Principal, answer: Answer, wanted: Wanted) -> Missing:
    """Return who is meant by a name or id, and where that is one, why it is not suggested."""
    meant = _meant(request, asking, wanted.missing.strip())
    if len(meant) != 1:
        return Missing(meant, None)
    check_seen(request, answer.ready, meant[0].id, asking)
    return Missing(meant, told_why_not(request, answer.ready, answer.query, meant[0].id, wanted))


def _meant(request: Request, asking: Principal, text: str) -> list[Organisation]:
    store = engine_of(request).store
    one = store.organisation(text)
    if one is not None and asking.sees(one):
        return [one]
    filters = OrganisationFilter(words=text, visibility=None if asking.sees_everything else "public")
    page = store.organisations_page(filters, order=Order("name"), limit=MOST_MEANT)
    found = [record for record, _ in page.items]
    named = [record for record in found if record.name.casefold() == text.casefold()]
    return named if len(named) == 1 else found

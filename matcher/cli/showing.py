"""The commands show and find."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from matcher.cli.options import StoreOptions, TimedOptions, takes
from matcher.cli.session import console, day_of, print_json, workspace_of
from matcher.cli.wording import one_line
from matcher.errors import InputError
from matcher.languages import languages_of, most_used
from matcher.overview import languages_of_organisation
from matcher.profiles import Profile, profile_of
from matcher.records import Collaboration, Organisation
from matcher.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class ShowOptions(TimedOptions):
    """Options of show."""

    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION", help="By id, PIC, SIREN, VAT or name.")]


@takes(ShowOptions)
def show(options: ShowOptions) -> None:
    """Show what is known of an organisation: profile, offers and needs, collaborations, how fresh it is."""
    today = day_of(options)
    with workspace_of(options) as workspace:
        shown = shown_organisation(workspace, workspace.resolve_organisation(options.organisation))
        language = workspace.settings.language
    if options.as_json:
        print_json(shown)
        return
    from matcher.cli.drawing_profiles import draw_organisation  # rich loads when something is drawn

    draw_organisation(console(), shown, today, language)


def shown_organisation(workspace: Workspace, id: str) -> dict[str, Any]:
    """Return everything that is known of an organisation, as JSON-ready values; collaborations newest first."""
    organisation = workspace.store.organisation(id)
    if organisation is None:
        raise AssertionError(f"{id} was found a moment ago")
    profile = profile_of(organisation)
    together = workspace.store.collaborations_of(id)
    together.sort(key=lambda one: (one.start is None, -one.start.toordinal() if one.start else 0, one.id))
    names = _names(workspace, together)
    return {
        **_plain(organisation),
        "profile": {
            "offers": list(profile.offers),
            "offers_derived": profile.offers_derived,
            "needs": list(profile.needs),
            "needs_derived": profile.needs_derived,
        },
        "text_languages": list(_text_languages(workspace, organisation, profile)),
        "collaborations": [_collaboration(one, id, names) for one in together],
    }


def _text_languages(workspace: Workspace, organisation: Organisation, profile: Profile) -> tuple[str, ...]:
    """Return the languages of an organisation's own texts: as its snapshot holds them where there is one."""
    if workspace.snapshot_path.is_dir():
        return languages_of_organisation(workspace.snapshot(), organisation.id)
    return most_used(languages_of([*profile.offers, *profile.needs, *profile.rest]).tolist())


def _plain(organisation: Organisation) -> dict[str, Any]:
    values = {name: getattr(organisation, name) for name in Organisation.__slots__}
    for name in ("described_on", "verified_on"):
        values[name] = values[name].isoformat() if values[name] else None
    return {**values, "identifiers": dict(organisation.identifiers)}


def _collaboration(one: Collaboration, id: str, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "title": one.title,
        "start": one.start.isoformat() if one.start else None,
        "end": one.end.isoformat() if one.end else None,
        "role": next((member.role for member in one.members if member.organisation == id), None),
        "partners": [
            {"id": member.organisation, "name": names[member.organisation]}
            for member in one.members
            if member.organisation != id
        ],
        "source": one.source,
    }


def _names(workspace: Workspace, together: list[Collaboration]) -> dict[str, str]:
    ids = sorted({member.organisation for one in together for member in one.members})
    return workspace.store.names_of(ids)


@dataclass(frozen=True, kw_only=True)
class FindOptions(StoreOptions):
    """Options of find."""

    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="All of them must be held.")]
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="How many at most.")] = 20


@takes(FindOptions)
def find(options: FindOptions) -> None:
    """Find organisations by words of their id, identifiers, name, city or texts."""
    if options.limit < 1:
        raise InputError(f"The limit is {options.limit}; give a number from 1.")
    words = " ".join(options.words)
    if not words.strip():
        raise InputError("Give a word to look for: matcher find WORDS")
    with workspace_of(options) as workspace:
        found = workspace.store.find(words, options.limit)
    if options.as_json:
        print_json([{"id": o.id, "name": o.name, "kind": o.kind, "country": o.country, "city": o.city} for o in found])
        return
    from matcher.cli.drawing_profiles import draw_found  # rich loads when something is drawn

    draw_found(console(), found, one_line(words), options.limit)

"""The command duplicates: organisations that may be one, merging them, telling them apart, and undoing that."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer

from matcher.cli.options import StoreOptions, takes
from matcher.cli.session import ProgressBars, console, print_json, workspace_of
from matcher.errors import InputError
from matcher.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class DuplicatesOptions(StoreOptions):
    """Options of duplicates."""

    about: Annotated[
        str | None, typer.Argument(metavar="ORGANISATION", help="Only pairs of this one; without it of all.")
    ] = None
    merge: Annotated[
        tuple[str, str] | None,
        typer.Option("--merge", metavar="STAYS GONE", help="Merge the second into the first; --undo takes it back."),
    ] = None
    take: Annotated[
        list[str] | None,
        typer.Option(
            "--take", metavar="FIELD=WHICH", help="With --merge: take a field from first, second or both; repeatable."
        ),
    ] = None
    apart: Annotated[
        tuple[str, str] | None,
        typer.Option("--apart", metavar="ONE OTHER", help="These are two; never list them again."),
    ] = None
    not_apart: Annotated[
        tuple[str, str] | None, typer.Option("--not-apart", metavar="ONE OTHER", help="Take --apart back.")
    ] = None
    undo: Annotated[int | None, typer.Option("--undo", metavar="NUMBER", help="Undo the merge of this number.")] = None
    merges: Annotated[bool, typer.Option("--merges", help="List the merges instead, newest first.")] = False
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="How many at most.")] = 20
    lang: Annotated[str | None, typer.Option("--lang", metavar="en|fr", help="Language of sentences.")] = None


_SIDES = {"first": "left", "second": "right", "both": "both"}


@takes(DuplicatesOptions)
def duplicates(options: DuplicatesOptions) -> None:
    """List organisations that may be one with the evidence, merge two of them, or keep them apart."""
    asked = [options.merge, options.apart, options.not_apart, options.undo]
    if sum(one is not None for one in asked) + options.merges > 1:
        raise InputError("Ask for one thing at a time: --merge, --apart, --not-apart, --undo or --merges.")
    if options.take and options.merge is None:
        raise InputError("--take says what a merge takes; give --merge STAYS GONE with it.")
    if options.limit < 1:
        raise InputError(f"The limit is {options.limit}; give a number from 1.")
    with workspace_of(options) as workspace:
        told = _done(options, workspace)
        language = workspace.settings.language
    if options.as_json:
        print_json(told)
        return
    from matcher.cli.drawing_duplicates import draw  # rich loads when something is drawn

    draw(console(), told, language)


def _done(options: DuplicatesOptions, workspace: Workspace) -> dict[str, Any]:
    """Do what is asked and return what is told of it, JSON-ready."""
    from matcher.store.duplicates import Duplicates

    kept = Duplicates(workspace.store)
    if options.merge is not None:
        return _merged(options, workspace)
    if options.undo is not None:
        return {"undone": {"number": options.undo, **asdict(kept.undo(options.undo))}}
    if options.merges:
        return {"merges": [_jsonable(asdict(one)) for one in kept.merges(options.limit)]}
    pair = options.apart or options.not_apart
    if pair is None:
        return _listed(options, workspace)
    one, other = (workspace.resolve_organisation(text) for text in pair)
    if one == other:
        raise InputError("Name two organisations.")
    if options.apart is not None:
        return {"apart": [one, other], "is_new": kept.keep_apart(one, other)}
    return {"not_apart": [one, other], "was_apart": kept.take_back_apart(one, other)}


def _listed(options: DuplicatesOptions, workspace: Workspace) -> dict[str, Any]:
    from matcher.duplicates.looking import look  # scikit-learn loads slowly
    from matcher.duplicates.telling import band_told, sentence
    from matcher.duplicates.weighing import band
    from matcher.store.duplicates import Duplicates

    with ProgressBars() as progress:
        look(workspace.store, lambda what, done, total: progress("Comparing names", done, total))
    about = None if options.about is None else workspace.resolve_organisation(options.about)
    page = Duplicates(workspace.store).page(about, limit=options.limit)
    names = workspace.store.names_of([id for one in page.items for id in (one.left, one.right)])
    language = workspace.settings.language
    return {
        "count": page.count,
        "pairs": [
            {
                "left": {"id": one.left, "name": names.get(one.left, "")},
                "right": {"id": one.right, "name": names.get(one.right, "")},
                "confidence": one.confidence,
                "band": band(one.confidence),
                "band_told": band_told(one.confidence, language),
                "evidence": [{**asdict(each), "told": sentence(each, language)} for each in one.evidence],
            }
            for one in page.items
        ],
    }


def _merged(options: DuplicatesOptions, workspace: Workspace) -> dict[str, Any]:
    from matcher.duplicates.choosing import put_together
    from matcher.store.duplicates import Duplicates
    from matcher.store.joining import Wanted

    store = workspace.store
    stays, gone = (workspace.resolve_organisation(text) for text in options.merge or ())
    if stays == gone:
        raise InputError("An organisation is not merged into itself; name two.")
    one, other = store.organisation_with_print(stays), store.organisation_with_print(gone)
    assert one is not None and other is not None  # noqa: S101  # resolved a moment ago
    together = put_together(one[0], other[0], "left", dict(_taken(options.take or ())))
    done = Duplicates(store).merge(Wanted(gone=gone, merged=together, stays_is=one[1], gone_is=other[1]))
    return {"merged": {"stays": stays, "gone": gone, **asdict(done)}}


def _taken(given: Iterable[str]) -> Iterable[tuple[str, str]]:
    for text in given:
        field, sign, which = text.partition("=")
        if not sign or which.strip() not in _SIDES:
            raise InputError(f"--take {text!r} is no choice; write --take FIELD=first, second or both.")
        yield field.strip(), _SIDES[which.strip()]


def _jsonable(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}

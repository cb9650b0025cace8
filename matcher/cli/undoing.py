"""The command undo: the imports that changed something, and taking one back."""

from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from matcher.cli.options import StoreOptions, takes
from matcher.cli.session import console, print_json, workspace_of
from matcher.cli.wording import word
from matcher.errors import NotFoundError

LISTED = 20


@dataclass(frozen=True, kw_only=True)
class UndoOptions(StoreOptions):
    """Options of undo."""

    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", help="Of the import; without it the newest imports are listed.")
    ] = None
    lang: Annotated[str | None, typer.Option("--lang", metavar="en|fr", help="Language of sentences.")] = None


@takes(UndoOptions)
def undo(options: UndoOptions) -> None:
    """Take an import back: what it added goes, what it changed is as before; later changes stay."""
    with workspace_of(options) as workspace:
        language = workspace.settings.language
        if options.number is None:
            imports = workspace.store.imports(LISTED)
            if options.as_json:
                print_json({"imports": [{**asdict(one), "at": one.at.isoformat()} for one in imports]})
                return
            from matcher.cli.drawing_imports import draw_imports  # rich loads when something is drawn

            draw_imports(console(), imports, language)
            return
        undone = workspace.store.undo(options.number)
    if undone is None:
        raise NotFoundError(word("undo_unknown", language, number=options.number))
    if options.as_json:
        print_json({"import": options.number, **asdict(undone)})
        return
    from matcher.cli.drawing_imports import draw_undone  # rich loads when something is drawn

    draw_undone(console(), options.number, undone, language)

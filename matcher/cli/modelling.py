"""The commands model and transparency: which model ranks, what it is made of, and the sheet that says so."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from matcher.cli.options import TimedOptions, takes
from matcher.cli.session import console, day_of, note, print_json, settings_of, workspace_of
from matcher.cli.wording import clean
from matcher.errors import InputError, ModelError
from matcher.ranking.evaluations import evaluations
from matcher.ranking.fingerprints import history_digest
from matcher.ranking.importance import shares, spread
from matcher.ranking.model_files import QUESTIONS, Head, ModelFile, check_encoder, read_model
from matcher.ranking.versions import add, current, list_versions, previous, read_version, use, uses
from matcher.signals import SIGNALS
from matcher.vocabularies import label
from matcher.workspace import Workspace

ACTIONS = ("show", "list", "use")


@dataclass(frozen=True, kw_only=True)
class ModelOptions(TimedOptions):
    """Options of model."""

    action: Annotated[str, typer.Argument(metavar="[show|list|use]", help="show, list or use.")] = "show"
    name: Annotated[
        str,
        typer.Argument(metavar="[NAME]", help="A version, or the path of a model file; the present one if not given."),
    ] = ""
    back: Annotated[bool, typer.Option("--previous", help="Use the version that ranked before.")] = False
    other_data: Annotated[
        bool, typer.Option("--other-data", help="Use a model although it was trained on other data than this store's.")
    ] = False


@takes(ModelOptions)
def model(options: ModelOptions) -> None:
    """Show a model and what weighs most in it, list the versions, or choose the one that ranks."""
    if options.action not in ACTIONS:
        raise InputError(f"A model can be {', '.join(ACTIONS)}, not {options.action!r}: matcher model use NAME")
    with workspace_of(options) as workspace:
        if options.action == "use":
            document = _used(options, workspace)
        elif options.action == "list":
            document = _listed(workspace)
        else:
            document = _shown(_opened(workspace, options.name or current(workspace.models)), workspace)
        language = workspace.settings.language
    if options.as_json:
        print_json(document)
        return
    from matcher.cli import drawing_models  # rich loads when something is drawn

    drawing = {"use": drawing_models.draw_use, "list": drawing_models.draw_list, "show": drawing_models.draw_model}
    drawing[options.action](console(), document, language)


def _opened(workspace: Workspace, text: str) -> ModelFile:
    """Return the version of this name, or else the model file of this path."""
    if text not in list_versions(workspace.models) and Path(text).is_file():
        return read_model(Path(text))
    return read_version(workspace.models, text)


def _used(options: ModelOptions, workspace: Workspace) -> dict[str, Any]:
    folder, before = workspace.models, current(workspace.models)
    now = options.today.replace(tzinfo=UTC) if options.today else datetime.now(UTC)
    if options.back == bool(options.name):
        raise InputError("Say which model ranks from now on: matcher model use NAME, or matcher model use --previous")
    if options.back:
        _warn_of_encoder(read_version(folder, previous(folder, now)), workspace)
    else:
        chosen = _opened(workspace, options.name)
        check_encoder(chosen, workspace.encoder.name)
        if not options.other_data:
            _check_data(chosen, workspace)
        if options.name not in list_versions(folder):  # it is the path of a file
            add(chosen, folder)
        use(folder, chosen.name, now)
    return {"model": current(folder), "before": before, "folder": str(folder)}


def _warn_of_encoder(model: ModelFile, workspace: Workspace) -> None:
    """Warn instead of refusing: whoever goes back wants to be rid of the present model first of all."""
    try:
        check_encoder(model, workspace.encoder.name)
    except ModelError as error:
        workspace.warn(str(error))


def _check_data(model: ModelFile, workspace: Workspace) -> None:
    """Raise ModelError where a model was trained on another history than that of the store."""
    trained = model.fingerprint
    if trained is None:
        return
    note("Comparing the model's data with the store's ...")
    if history_digest(workspace.store.read(), trained.before) != trained.digest:
        raise ModelError(
            f"The model {model.name!r} was trained on other data: {trained.collaborations:,} collaborations of "
            f"{trained.organisations:,} organisations begun before {trained.before}, which are not those of "
            f"{workspace.settings.db if workspace.is_file else 'this store'}. Train a model on this store, or use "
            "this one all the same with --other-data."
        )


def _listed(workspace: Workspace) -> dict[str, Any]:
    folder, ranks = workspace.models, current(workspace.models)
    versions = []
    for name in list_versions(folder):
        version: dict[str, Any] = {"name": name, "current": name == ranks}
        try:
            found = read_version(folder, name)
            version |= {"kind": found.kind, "trained_on": found.trained_on and found.trained_on.isoformat()}
        except ModelError as error:
            version["problem"] = str(error)
        versions.append(version)
    return {"folder": str(folder), "current": ranks, "versions": versions, "uses": uses(folder)}


def _shown(model: ModelFile, workspace: Workspace) -> dict[str, Any]:
    trained = model.fingerprint
    return {
        "name": model.name,
        "current": model.name == current(workspace.models),
        "kind": model.kind,
        "encoder": model.encoder or None,
        "trained_on": model.trained_on and model.trained_on.isoformat(),
        "seed": model.seed,
        "libraries": dict(model.libraries),
        "fingerprint": trained and {**asdict(trained), "before": trained.before.isoformat()},
        "evaluation": [asdict(one) for one in evaluations(model)],
        "heads": {
            question: _head(model.heads[question], workspace.settings.language)
            for question in QUESTIONS
            if question in model.heads
        },
    }


def _head(head: Head, language: str) -> dict[str, Any]:
    calibration = head.calibration
    importances = zip(SIGNALS, spread(head.model), shares(head.model), strict=True)
    signals = [
        {
            "name": signal.name,
            "label": label("signals", signal.name, language),
            "importance": round(float(importance), 6),
            "share": round(float(share), 6),
        }
        for signal, importance, share in importances
    ]
    return {
        "scale": head.model.scale,
        "intercept": round(head.model.intercept, 6),
        "probabilities": calibration and [calibration.probabilities[0], calibration.probabilities[-1]],
        "least_probability": head.least_probability,
        "signals": sorted(signals, key=lambda one: -float(one["share"])),
    }


@dataclass(frozen=True, kw_only=True)
class TransparencyOptions(TimedOptions):
    """Options of transparency."""

    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write to this file, which ends in .html or .md.")
    ] = None


@takes(TransparencyOptions)
def transparency(options: TransparencyOptions) -> None:
    """Say in plain words what decides the order of suggestions, and how much: a sheet to publish."""
    from matcher.transparency import as_html, as_markdown, sheet_of

    if options.out and options.out.suffix.lower() not in (".html", ".md"):
        raise InputError(f"--out {options.out}: the sheet is written as .html or .md; choose one of these endings.")
    language = settings_of(options).language
    with workspace_of(options) as workspace:
        sheet = sheet_of(workspace.model, workspace.encoder.name, day_of(options), language)
    if options.out:
        text = as_html(sheet) if options.out.suffix.lower() == ".html" else as_markdown(sheet)
        options.out.write_text(text, encoding="utf-8")
        note(f"{options.out} is written.")
    if options.as_json:
        print_json(sheet.as_dict())
    elif not options.out:
        _print(as_markdown(sheet))


def _print(markdown: str) -> None:
    """Print Markdown: laid out in a terminal, as it is elsewhere."""
    screen = console()
    if screen.is_terminal:
        from rich.markdown import Markdown

        screen.print(Markdown(clean(markdown)))
    else:
        typer.echo(clean(markdown), nl=False)

"""The commands status, prepare and signals."""

import inspect
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from matcher.cli.options import SnapshotOptions, TimedOptions, takes
from matcher.cli.session import ProgressBars, console, day_of, note, print_json, workspace_of
from matcher.cli.wording import word
from matcher.errors import SnapshotError
from matcher.explanations.amounts import percent
from matcher.overview import is_european, languages_in_store, overview
from matcher.ranking import Model, Weights
from matcher.ranking.importance import spread
from matcher.records import Records
from matcher.signals import SIGNALS
from matcher.snapshot.files import load_snapshot
from matcher.vocabularies import label
from matcher.workspace import Workspace

LANGUAGES_SHOWN = 5
"""So many of the languages of texts are named; --json holds all."""


@takes(TimedOptions)
def status(options: TimedOptions) -> None:
    """Say what the store holds, how much is known of it, and whether the snapshot is fresh."""
    today = day_of(options)
    with workspace_of(options) as workspace:
        records = workspace.store.read()
        state = {
            "store": workspace.settings.db if workspace.is_file else _without_password(workspace),
            "bytes": _size(Path(workspace.settings.db)) if workspace.is_file else None,
            "revision": workspace.revision(),
            **overview(records, today).as_dict(),
            "texts": _texts_state(workspace, records),
            "encoder": {
                "name": workspace.encoder.name,
                "dimensions": workspace.encoder.dimensions,
                "languages": list(workspace.encoder.languages),
            },
            "snapshot": _snapshot_state(workspace),
        }
        language = workspace.settings.language
    if options.as_json:
        print_json(state)
        return
    from matcher.cli.drawing_states import draw_status  # rich loads when something is drawn

    draw_status(console(), state, language)


@takes(SnapshotOptions)
def prepare(options: SnapshotOptions) -> None:
    """Take the snapshot now, so that the next answers come at once; new texts are encoded."""
    began = time.perf_counter()
    with workspace_of(options) as workspace:
        path = workspace.snapshot_path
        is_new = not path.is_dir()
        if is_new:
            note("Taking a snapshot: new texts are encoded, which takes a while the first time ...")
        with ProgressBars() as progress:
            snapshot = workspace.snapshot(progress)
        state = {
            "snapshot": snapshot.name,
            "path": str(path),
            "taken_now": is_new,
            "seconds": round(time.perf_counter() - began, 1),
            "bytes": _size(path),
            "organisations": len(snapshot.organisations),
            "collaborations": len(snapshot.collaborations.ids),
            "texts": len(snapshot.texts.starts) - 1,
            "sentences": len(snapshot.texts.sentences),
        }
    if options.as_json:
        print_json(state)
        return
    from matcher.cli.drawing_states import draw_prepared  # rich loads when something is drawn

    draw_prepared(console(), state)


@takes(TimedOptions)
def signals(options: TimedOptions) -> None:
    """List the signals that a score is the sum of: what each says, and its part in the model that ranks now."""
    with workspace_of(options) as workspace:
        language, model = workspace.settings.language, workspace.model.head("organisation")
    listed: dict[str, Any] = {
        "model": model.name,
        "scale": model.scale,
        "intercept": round(model.intercept, 6),
        "signals": [
            {"name": signal.name, "label": label("signals", signal.name, language), "says": _first_line(signal.measure)}
            | numbers
            for signal, numbers in zip(SIGNALS, _numbers(model), strict=True)
        ],
    }
    if options.as_json:
        print_json(listed)
        return
    from matcher.cli.drawing_states import draw_signals  # rich loads when something is drawn

    draw_signals(console(), listed, language)


def _numbers(model: Model) -> list[dict[str, float | None]]:
    """Return the weight and centre of each signal, None where its part is no straight line, and the part's ends."""
    largest = model.possible()
    least = largest - spread(model)
    straight = (
        zip(model.weights, model.centres, strict=True) if isinstance(model, Weights) else [(None, None)] * len(SIGNALS)
    )
    return [
        {"weight": weight, "centre": centre, "least": round(float(low), 6), "largest": round(float(high), 6)}
        for (weight, centre), low, high in zip(straight, least, largest, strict=True)
    ]


def _first_line(measure: object) -> str:
    """Return the first line of a docstring as a noun: "Return how near ..." says "How near ..."."""
    line = (inspect.getdoc(measure) or "").partition("\n")[0].removeprefix("Return ")
    return line[:1].upper() + line[1:]


def _snapshot_state(workspace: Workspace) -> dict[str, Any]:
    path = workspace.snapshot_path
    fresh = path.is_dir()
    return {"name": path.name, "folder": str(workspace.snapshots), "fresh": fresh, "bytes": _size(path)}


def _texts_state(workspace: Workspace, records: Records) -> dict[str, Any]:
    """Return the languages of the texts, and advice where most of them are not the encoder's."""
    path = workspace.snapshot_path
    try:
        snapshot = load_snapshot(path) if path.is_dir() else None
    except SnapshotError:  # the next question takes it again, and says so
        snapshot = None
    told = languages_in_store(records, snapshot)
    uncovered = told.uncovered(workspace.encoder.languages)
    share = told.mostly_uncovered(workspace.encoder.languages)
    advice = None if share is None else _advice(workspace, uncovered, share)
    return {**asdict(told), "uncovered": uncovered, "advice": advice}


def _advice(workspace: Workspace, uncovered: dict[str, int], share: float) -> str:
    """Return in words that most texts are in languages that the encoder lacks, and what to do."""
    language = workspace.settings.language
    names = ", ".join(label("text-languages", code, language) for code in list(uncovered)[:LANGUAGES_SHOWN])
    told = word("status_uncovered", language, share=percent(share, language), names=names)
    what = "status_try_european" if is_european(uncovered) else "status_try_other"
    return f"{told} {word(what, language)}"


def _size(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder; 0 where there is nothing."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) if path.is_dir() else 0


def _without_password(workspace: Workspace) -> str:
    return str(workspace.store.engine.url.render_as_string(hide_password=True))

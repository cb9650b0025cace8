"""The command train: fit a model on this store's history, and let it rank where it is better."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from matcher.cli.options import TimedOptions, takes
from matcher.cli.session import ProgressBars, console, day_of, note, print_json, workspace_of
from matcher.errors import InputError
from matcher.history.windows import LEAST_COLLABORATIONS, Plan, plan_of
from matcher.ranking.model_files import ModelFile, write_model
from matcher.ranking.versions import add, current, use
from matcher.records import Records
from matcher.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class TrainOptions(TimedOptions):
    """Options of train."""

    cut: Annotated[
        datetime | None,
        typer.Option(
            "--cut",
            formats=["%Y-%m-%d"],
            help="Hold back what began from this day on, for tests; the last 15 % if not given.",
        ),
    ] = None
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the model to this file only; do not use it.")
    ] = None
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Same seed, same model.")] = 0
    use: Annotated[
        bool, typer.Option("--use/--no-use", help="Let the model rank at once where it is better, or only write it.")
    ] = True
    later_decisions: Annotated[
        bool,
        typer.Option(
            "--later-decisions/--earlier-decisions",
            help="Fit a chosen model on decisions of the held-back days as well, or not.",
        ),
    ] = True


@takes(TrainOptions)
def train(options: TrainOptions) -> None:
    """Fit models on past collaborations and decisions; the best ranks only where it is better on later ones."""
    if options.seed < 0:
        raise InputError(f"--seed {options.seed}: give a whole number from 0.")
    begun = time.monotonic()
    with workspace_of(options) as workspace:
        document = _trained(options, workspace)
        language = workspace.settings.language
    note(f"Done in {time.monotonic() - begun:.0f} s.")
    if options.as_json:
        print_json(document)
        return
    from matcher.cli.drawing_training import draw_training  # rich loads when something is drawn

    draw_training(console(), document, language)


def _trained(options: TrainOptions, workspace: Workspace) -> dict[str, Any]:
    from matcher.training.choosing import Training, told_plan
    from matcher.training.choosing import train as fit_and_choose

    records, present = workspace.store.read(), workspace.model
    plan = _plan(records, options.cut.date() if options.cut else None)
    with ProgressBars() as progress:
        outcome = fit_and_choose(
            Training(
                records=records,
                encoder=workspace.encoder,
                plan=plan,
                present=present,
                now=day_of(options),
                cache=workspace.store,
                seed=options.seed,
                progress=progress,
                later_decisions=options.later_decisions,
            )
        )
    made = outcome.model_file
    path, is_used = _kept(made, outcome.is_better, options, workspace) if made else (None, False)
    chosen_by = plan.validation[0].cut
    earlier = sum(one.decided_on < chosen_by for one in records.decisions)
    return {
        "model": made.name if made else None,
        "file": str(path) if path else None,
        "better": outcome.is_better,
        "used": is_used,
        "before": present.name,
        "before_saw": present.fingerprint is not None and present.fingerprint.before > chosen_by,
        "seed": options.seed,
        "windows": told_plan(plan),
        "decisions": {"earlier": earlier, "later": len(records.decisions) - earlier},
        "questions": [{"question": one.question, **one.as_dict()} for one in outcome.told],
    }


def _plan(records: Records, cut: date | None) -> Plan:
    plan = plan_of(records, cut)
    if plan is not None:
        return plan
    dated = [one.start for one in records.collaborations if one.start is not None and len(one.members) > 1]
    span = f", begun from {min(dated)} to {max(dated)}" if dated else ""
    remedy = "choose a --cut nearer to the end, or import more of them" if cut else "import more of them, with dates"
    raise InputError(
        f"The history is too short to learn from{f' with the cut {cut}' if cut else ''}: the store holds "
        f"{len(dated):,} dated collaborations of several members{span}; at least {LEAST_COLLABORATIONS} are needed, "
        f"begun on several days before and after the cut. Until then the present model ranks; {remedy}."
    )


def _kept(made: ModelFile, is_better: bool, options: TrainOptions, workspace: Workspace) -> tuple[Path, bool]:
    """Write a model, and let it rank where it is better and nothing speaks against it."""
    if options.out is not None:
        write_model(made, options.out)
        return options.out, False
    path = add(made, workspace.models)
    if not (options.use and is_better):
        return path, False
    now = options.today.replace(tzinfo=UTC) if options.today else datetime.now(UTC)
    use(workspace.models, made.name, now)
    return path, current(workspace.models) == made.name

"""Training: a model fitted on this store's history becomes a version; it ranks only where that was asked for."""

from typing import Any

from api.state.records import NewAuditEntry
from api.work.history import day_of, plan_or_refuse
from api.work.working import Work
from matcher.ranking.versions import add, current, read_version, use


def train(work: Work) -> dict[str, Any]:
    """Fit and choose, and keep the model as a version; with `use` it ranks from then on where it is better."""
    from matcher.training.choosing import Training, told_plan
    from matcher.training.choosing import train as fit_and_choose

    arguments = work.job.arguments
    with work.workspace() as workspace:
        records = workspace.store.read()
        plan = plan_or_refuse(records, day_of(arguments["cut"]))
        before = current(workspace.models)
        outcome = fit_and_choose(
            Training(
                records=records,
                encoder=workspace.encoder,
                plan=plan,
                present=read_version(workspace.models, before),
                now=work.today,
                cache=workspace.store,
                seed=arguments["seed"],
                progress=work.progress,
                later_decisions=arguments["later_decisions"],
            )
        )
        made = outcome.model_file
        work.progress("writing", 0, 0)
        if made is not None:
            add(made, workspace.models)
            if arguments["use"] and outcome.is_better:
                use(workspace.models, made.name, work.now())
                _note_use(work, before, made.name)
        return {
            "model": made.name if made else None,
            "better": outcome.is_better,
            "used": made is not None and current(workspace.models) == made.name,
            "before": before,
            "windows": told_plan(plan),
            "questions": [{"question": one.question, **one.as_dict()} for one in outcome.told],
        }


def _note_use(work: Work, before: str, name: str) -> None:
    work.state.audit.add(
        NewAuditEntry(
            actor=work.job.created_by,
            action="model.used",
            target_kind="model",
            target=name,
            detail={"before": before, "job": work.job.id},
        )
    )

"""Evaluating: how well suggestions would have foretold the later part of the history, as a page in each language."""

import time
from dataclasses import replace
from typing import Any

from api.words import LANGUAGES
from api.work.history import day_of
from api.work.keeping import write_json
from api.work.working import Work
from matcher.history.windows import plan_of


def evaluate(work: Work) -> dict[str, Any]:
    """Test every task that is asked for, write the page in English and French, and say the first figures."""
    from matcher.evaluation.assembling import evaluate_task, whole
    from matcher.evaluation.fitted import Lessons, Source
    from matcher.evaluation.report import write_report
    from matcher.evaluation.tasks import TASKS, task_named

    arguments, began = work.job.arguments, time.perf_counter()
    names = [task_named(name) for name in arguments["tasks"] or TASKS]
    with work.workspace() as workspace:
        records = workspace.store.read()
        source = Source(records, workspace.encoder, workspace.store, arguments["seed"])
        watched = replace(source, progress=work.progress)
        plan = plan_of(records, day_of(arguments["cut"]))
        learned: Lessons = {}
        told = [evaluate_task(one, plan, watched, arguments["queries"], learned=learned).document for one in names]
        document = whole(told, source=source, today=work.today, store="", began=began)
    work.progress("writing", 0, 0)
    for language in LANGUAGES:
        path = work.folders.evaluation(work.job.id, language)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_report(document, path, language)
    write_json(work.folders.evaluated(work.job.id), document)
    return {"model": document["model"], "seconds": document["seconds"], "tasks": [_figures(one) for one in told]}


def _figures(task: dict[str, Any]) -> dict[str, Any]:
    """Return of a task its size, and nDCG@10 with its interval for ours and for the best of the others."""
    methods = [
        {
            "name": one["name"],
            "ndcg_at_10": dict(zip(("mean", "low", "high"), one["measures"]["ndcg_at_10"], strict=True)),
        }
        for one in task["methods"][:2]  # ours stands first, then the best
    ]
    told = {name: task.get(name) for name in ("name", "cut", "until", "queries", "cannot_tell")}
    return {**told, "methods": methods}

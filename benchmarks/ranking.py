"""`python -m benchmarks.ranking [TASK ...]`: the whole evaluation on CORDIS and i-Lab, every method in one run.

The protocol is that of the README beside this file. Test windows are read here, once a run, and nowhere else; the
runs are counted in the result.
"""

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bars import bars_of
from benchmarks.measuring import RESULTS, machine, revision
from benchmarks.preparing import CACHE, ILAB_STORE, STORE, VECTORS, DataAbsentError, data_file, prepared_store
from benchmarks.ranking_table import write_ranking_table
from benchmarks.variants import VARIANTS
from matcher.encoders.opening import open_encoder
from matcher.evaluation.assembling import evaluate_task, leaks_of, peak_memory_mb, whole
from matcher.evaluation.document import document_of
from matcher.evaluation.fitted import Source, examples_of
from matcher.evaluation.report import write_report
from matcher.evaluation.running import Tested, test_fitted
from matcher.evaluation.tasks import TASKS, Task
from matcher.history import Window
from matcher.history.windows import Plan, years
from matcher.store.opening import open_store
from matcher.training.fitting import fit_additive

SEED = 0
RESULT = RESULTS / "ranking.json"
TRIES = Path(__file__).parent / "tries.json"
"""What was tried on validation windows, and what came of it."""


def window(cut: str, until: str) -> Window:
    return Window(date.fromisoformat(cut), date.fromisoformat(until))


H2020 = Plan(
    (window("2016-01-01", "2017-01-01"), window("2017-01-01", "2018-01-01")),
    (window("2018-01-01", "2019-01-01"),),
    (window("2019-01-01", "2021-01-01"),),
)
CALLS = Plan(
    (window("2024-01-01", "2024-05-01"),),
    (window("2024-05-01", "2024-09-01"),),
    (window("2024-09-01", "2027-01-01"),),
)
ILAB = Plan(years(2003, 2008), years(2009, 2010), years(2011, 2025))


@dataclass(frozen=True)
class Test:
    """One table: its name, the task, when, on which data, how many questions, and what is asked besides."""

    name: str
    task: str
    plan: Plan
    data: str
    most: int
    variants: tuple[str, ...] = ()
    of: str = ""
    """What tells its title from that of another test of the same task."""


TESTS = (
    Test("T1", "partners", H2020, "h2020", 1_000, ("cold",)),
    Test("T2", "briefs", CALLS, "cordis", 1_000, ("T2-text", "T2-new", "T2-objective", "T2-newcomer")),
    Test("T3-h2020", "groups", H2020, "h2020", 1_000, of="Horizon 2020"),
    Test("T3-horizon", "groups", CALLS, "cordis", 500, of="Horizon Europe"),
    Test("T4", "newcomers", ILAB, "ilab", 1_500),
)


def source_of(data: str) -> Source:
    """Return the records of h2020 alone, of both programmes, or of i-Lab."""
    store = open_store(str(ILAB_STORE if data == "ilab" else STORE))
    records = store.read()
    store.close()
    if data == "h2020":
        records = replace(records, collaborations=[c for c in records.collaborations if c.id.startswith("h2020:")])
    return Source(records, open_encoder("use"), open_store(str(VECTORS)), SEED)


@dataclass(frozen=True)
class Found:
    """What one test came to, in a process of its own."""

    tasks: list[dict[str, Any]]
    leaks: list[dict[str, Any]]
    more: dict[str, Any]
    peak_memory_mb: float
    seconds: float


def run(names: list[str]) -> dict[str, Any]:
    """Run the tests that are named, all if none is, two at a time, and return the document."""
    began = time.perf_counter()
    chosen = [test for test in TESTS if not names or test.name in names]
    for data in sorted({"ilab" if test.data == "ilab" else "cordis" for test in chosen}):
        prepared_store(data)
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(run_test, chosen))
    tries = json.loads(TRIES.read_text(encoding="utf-8")) if TRIES.exists() else []
    document = whole(
        [task for one in found for task in one.tasks],
        source=source_of(chosen[0].data),
        today=datetime.now(UTC).date(),
        store="CORDIS Horizon 2020, Horizon Europe; i-Lab",
        began=began,
        leaks=[leak for one in found for leak in one.leaks],
        tries=tries,
        peak_memory_mb=sum(sorted((one.peak_memory_mb for one in found), reverse=True)[:2]),
        seconds_of_each={test.name: one.seconds for test, one in zip(chosen, found, strict=True)},
    )
    for one in found:
        document |= one.more
    return document


def run_test(test: Test) -> Found:
    """Fit, test, and ask the fitted model in the other ways that a test names."""
    began = time.perf_counter()
    source, task = source_of(test.data), TASKS[test.task]
    evaluated = evaluate_task(task, test.plan, source, test.most, test.name)
    if test.of:
        title = {language: f"{words}, {test.of}" for language, words in evaluated.document["title"].items()}
        evaluated.document["title"] = title
    tasks, leaks, more = [evaluated.document], [], {}
    if evaluated.tested is not None:
        tasks += [_variant(name, test, evaluated.tested, source) for name in test.variants]
        if test.name == "T1":
            leaks, more = leaks_of(task, evaluated.tested, test.plan, source), cost(task, test.plan, source)
    seconds = round(time.perf_counter() - began, 1)
    print(f"{test.name}: {seconds:.0f} s, {peak_memory_mb()} MB", flush=True)
    return Found(tasks, leaks, more, peak_memory_mb() or float("nan"), seconds)


def _variant(name: str, test: Test, tested: Tested, source: Source) -> dict[str, Any]:
    """Ask the same fitted model another way: nothing is fitted or tuned again."""
    variant = VARIANTS[name]
    task = Task(tested.task.name, tested.task.question, variant.make)
    again = test_fitted(
        task,
        tested.fitted,
        test.plan.test,
        variant.source(source),
        min(test.most, variant.most),
        baselines=variant.baselines,
    )
    return {**document_of(again, name), "title": variant.title, "question": variant.question}


def cost(task: Task, plan: Plan, source: Source) -> dict[str, Any]:
    """Time training on the fit windows beside LightGBM alone on the same matrix, and compare two fits byte by byte."""
    began = time.perf_counter()
    examples = examples_of(task, plan.fit, source)
    collected = time.perf_counter()
    first = fit_additive(examples, "additive", SEED)
    fitted = time.perf_counter()
    again = fit_additive(examples, "additive", SEED)
    alone = time.perf_counter() - fitted
    return {
        "training": {
            "rows": len(examples.grades),
            "questions": examples.questions,
            "seconds": round(fitted - began, 1),
            "collecting_seconds": round(collected - began, 1),
            "lightgbm_alone_seconds": round(alone, 1),
            "ratio": round((fitted - began) / alone, 2),
        },
        "same_bytes": first == again,
    }


def main(names: list[str]) -> int:
    try:
        data_file("cordis/h2020"), data_file("cordis/horizon"), data_file("ilab")
    except DataAbsentError as absent:
        print(f"skipped: it {absent}.")
        return 0
    before = machine()
    document = run(names)
    looked = json.loads(RESULT.read_text(encoding="utf-8"))["looks_at_test"] if RESULT.exists() else 0
    document |= {"looks_at_test": looked + 1, "machine": before, "commit": revision()}
    document["bars"] = bars_of(document)
    where = RESULT if not names else CACHE / "ranking-partial.json"
    where.write_text(json.dumps(document, ensure_ascii=False, indent=1, default=_plain) + "\n", encoding="utf-8")
    for language in ("en", "fr"):
        write_report(document, CACHE / f"ranking-{language}.html", language)
    if not names:
        write_ranking_table(document)
    for bar in document["bars"]:
        print(f"{bar['name']['en']}: {bar['reached']} (asked {bar['asked']}) {'yes' if bar['met'] else 'NO'}")
    print(f"{document['seconds']:.0f} s, {document['peak_memory_mb']} MB; reports in {CACHE}")
    return 0


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

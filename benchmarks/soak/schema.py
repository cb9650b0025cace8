"""All that the OpenAPI document offers is asked for by schemathesis, well-formed and not; all its checks hold.

schemathesis changes how Python tells failures, so every round runs in a process of its own, on a copy of the sample.
"""

import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.fresh import ROOT, MeasuringError, environment, fresh
from benchmarks.measuring import SEED, Figure, Result
from benchmarks.soak.checking import ACCEPTED, Round, ask
from benchmarks.soak.served import Served

SAMPLE = ROOT / "data" / "sample"
EXAMPLES = 60
"""Made-up requests of each operation and kind (fit for the schema, or not) in a long round."""
OTHERS_EXAMPLES = 10
SEQUENCES = 150
LEAST_REQUESTS = 20_000
PARTS = (
    r"^/v1/organisations",
    r"^/v1/(briefs|collaborations|decisions|contacts|expressions|duplicates)",
    r"^/v1/(suggestions|why-not|graph|signals|transparency|model)",
    r"^/v1/(imports|exports|jobs|evaluations)",
    r"^/(v1/(session|users|keys|audit)|health|metrics|problems)",
)
"""The document in parts: each is asked on a fresh copy, so that what one has erased is there for the next."""
ROLES = ("manager", "member", "reader", "nobody")
_UNDOCUMENTED, _SERVER_ERROR = "status_code_conformance", "not_a_server_error"


def run() -> Result:
    """Ask for everything as an administrator, twice, in sequences, and as everybody else; some 20 minutes."""
    with sample() as folder:
        return judged([fresh(in_round, str(folder), one.as_dict()) for one in long_rounds()])


def short(examples: int) -> dict[str, Any]:
    """Ask for every operation so often as an administrator, on one copy, and return what was found."""
    phases = ("examples", "fuzzing")
    with sample() as folder:
        return in_round(str(folder), Round("everything", "administrator", examples, phases=phases).as_dict())


def long_rounds() -> list[Round]:
    """Return the rounds of the long run."""
    every = ("examples", "coverage", "fuzzing")
    found = [
        Round(
            f"part {number}, {'any version' if any_version else 'made-up versions'}",
            "administrator",
            EXAMPLES,
            paths=part,
            phases=every,
            any_version=any_version,
        )
        for number, part in enumerate(PARTS, 1)
        for any_version in (False, True)
    ]
    found.append(Round("in sequences", "administrator", SEQUENCES, phases=("stateful",), any_version=True))
    others = ("examples", "fuzzing")
    return found + [Round(f"as {role}", role, OTHERS_EXAMPLES, phases=others) for role in ROLES]


def in_round(folder: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what one round found, as JSON values, on a service with a copy of the sample in this folder."""
    with tempfile.TemporaryDirectory(prefix="schema-", dir=folder) as name:
        for one in ("sample.db", "sample.snapshots"):
            source = Path(folder, one)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, Path(name, one))
        log = Path(name, "log")
        unlimited = {"MATCHER_API_REQUESTS_PER_MINUTE_OF_NOBODY": "100000000"}
        with Served(str(Path(name, "sample.db")), log, MATCHER_ENCODER="hashing", **unlimited) as served:
            return ask(served, Round(**asked), SEED)


@contextmanager
def sample() -> Iterator[Path]:
    """Give a folder with a store of the sample and its snapshot."""
    with tempfile.TemporaryDirectory(prefix="schema-") as name:
        known = {
            **environment(None),
            "MATCHER_ENCODER": "hashing",
            "MATCHER_DB": str(Path(name, "sample.db")),
            "PYTHONPATH": str(ROOT),
        }
        files = [["import", str(SAMPLE / f"{one}.csv")] for one in ("organisations", "collaborations", "briefs")]
        for arguments in (*files, ["prepare"]):
            command = [sys.executable, "-m", "matcher.cli", *arguments]
            done = subprocess.run(command, env=known, capture_output=True, text=True)
            if done.returncode:
                raise MeasuringError(f"{' '.join(arguments)} failed: {done.stderr}")
        yield Path(name)


def judged(rounds: Sequence[dict[str, Any]]) -> Result:
    """Return the figures of some rounds."""
    requests = sum(sum(one["requests"].values()) for one in rounds)
    statuses = _added(one["statuses"] for one in rounds)
    failures = _added(one["failures"] for one in rounds)
    accepted = _added(one["accepted"] for one in rounds)
    errors = [error for one in rounds for error in one["errors"]]
    operations = {name for one in rounds for name in one["operations"]}
    asked = {name for one in rounds for name in one["requests"]}
    succeeded = {name for one in rounds for name in one["succeeded"]}
    server = sum(count for status, count in statuses.items() if status[0] == "5")
    others = sum(failures.values()) - failures[_UNDOCUMENTED] - failures[_SERVER_ERROR] + len(errors)
    return Result(
        on="the service in processes of its own, with its worker, on copies of the sample",
        figures=[
            Figure(
                what="requests", ratio=requests, limit=LEAST_REQUESTS, at_least=True, detail=f"by {len(rounds)} rounds"
            ),
            Figure(
                what="operations of the document not asked for",
                ratio=len(operations - asked),
                limit=0,
                detail=f"{len(operations)} operations, {len(succeeded)} of them answered 2xx or 3xx at least once",
            ),
            Figure(what="answers 5xx", ratio=server, limit=0, detail=_told(statuses)),
            Figure(what="undocumented statuses", ratio=failures[_UNDOCUMENTED], limit=0, detail=_UNDOCUMENTED),
            Figure(what="failures of other checks", ratio=others, limit=0, detail=_told(failures) or "none"),
        ],
        raw={"rounds": list(rounds), "never_succeeded": sorted(operations - succeeded)},
        notes=[
            f"Seed {SEED}; of {EXAMPLES} requests made up for each operation, and everything of the coverage phase.",
            f"Failures by check: {_told(failures) or 'none'}.",
            *(f"Sound, {accepted[name]} times: {reason}." for name, reason in ACCEPTED.items() if accepted[name]),
            "max_response_time is not checked: no bar is set for it, and the machine is shared.",
        ],
    )


def _added(counts: Iterator[dict[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in counts:
        found.update(one)
    return found


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()) if count)

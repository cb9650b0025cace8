"""What series of crashes came to, counted, and the figures of it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from benchmarks.measuring import Figure
from benchmarks.soak.judging import Judgement


@dataclass
class Found:
    """What a series of crashes came to."""

    kills: Counter[str] = field(default_factory=Counter)
    judgement: Judgement = field(default_factory=Judgement)
    failed_starts: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    """Requests without an answer although the service is up again."""
    silent_jobs: list[str] = field(default_factory=list)
    """Jobs that neither ended nor said why."""
    unexpected: list[str] = field(default_factory=list)
    jobs: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    """Of each round."""


def figures(found: list[Found]) -> list[Figure]:
    """Return the figures of some series together."""
    kills, jobs, writes = (_summed(found, name) for name in ("kills", "jobs", "writes"))
    wrong = Judgement()
    for one in found:
        wrong.add(one.judgement)
    half_written = [*wrong.half_written, *wrong.doubled]
    unexpected = [text for one in found for text in (*one.unexpected, *one.unanswered)]
    silent = [text for one in found for text in one.silent_jobs]
    failed = [text for one in found for text in one.failed_starts]
    return [
        Figure(what="kills", ratio=kills.total(), limit=200, at_least=True, detail=_told(_victims(kills))),
        Figure(what="acknowledged writes lost", ratio=len(wrong.lost), limit=0, detail=_told(writes, wrong.lost)),
        Figure(
            what="half-written, or written twice for one Idempotency-Key",
            ratio=len(half_written),
            limit=0,
            detail="; ".join(half_written[:5]) or "rows of imports, revisions, references, snapshots, uploads",
        ),
        Figure(what="starts that failed", ratio=len(failed), limit=0, detail="; ".join(failed)[:500]),
        Figure(what="jobs that neither resumed nor told", ratio=len(silent), limit=0, detail=_told(jobs, silent)),
        Figure(
            what="answers that nobody expected, or none",
            ratio=len(unexpected),
            limit=0,
            detail="; ".join(unexpected[:5]) or "what was not answered was sent again, suggestions asked each time",
        ),
    ]


def _summed(found: list[Found], name: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in found:
        total.update(getattr(one, name))
    return total


def _victims(kills: Counter[str]) -> Counter[str]:
    """Return kills by who was killed, the moment aside."""
    total: Counter[str] = Counter()
    for name, count in kills.items():
        total[name.split(",")[0]] += count
    return total


def _told(counts: Counter[str], wrong: list[str] | None = None) -> str:
    return "; ".join([*(wrong or [])[:5], *(f"{name}: {count}" for name, count in sorted(counts.items()))])


def plain(found: Found) -> dict[str, Any]:
    """Return all that was found as JSON holds it."""
    return {
        **{name: value for name, value in vars(found).items() if not isinstance(value, Counter)},
        **{name: dict(value) for name, value in vars(found).items() if isinstance(value, Counter)},
        "judgement": vars(found.judgement),
    }

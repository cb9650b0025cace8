"""What a task comes to, in sentences for people who read no tables: claimed is only what an interval carries."""

from typing import Literal

from matcher.evaluation.report.reading import Method, Task, estimate, part
from matcher.evaluation.report.wording import Wording

Verdict = Literal["ahead", "behind", "open", "unsure", "nothing", "cannot_tell"]
"""Against the strongest baseline: its interval is above 0, below it, holds it, is absent; or nothing to compare."""


def verdict_of(task: Task) -> Verdict:
    """Return what a task comes to."""
    if not task.can_tell:
        return "cannot_tell"
    if task.ours is None or task.ours.headline.mean is None or not task.baselines:
        return "nothing"
    strongest = task.baselines[0]
    difference = strongest.difference
    if difference.mean is None or difference.low is None or difference.high is None:
        return "unsure"
    if not strongest.told_apart:
        return "open"
    return "ahead" if difference.mean > 0 else "behind"


def sentence(task: Task, wording: Wording) -> str:
    """Return what a task comes to in a sentence or three, with the difference, its interval, and the hits."""
    verdict = verdict_of(task)
    if verdict == "cannot_tell":
        return wording.text("cannot_tell", reason=wording.told(task.said["cannot_tell"]))
    if verdict == "nothing" or task.ours is None:
        return wording.text("nothing")
    strongest = task.baselines[0]
    difference = strongest.difference
    told = wording.text(
        verdict,
        method=strongest.label,
        count=len(task.baselines),
        ours=wording.decimal(task.ours.headline.mean),
        theirs=wording.decimal(strongest.headline.mean),
        difference=wording.signed(difference.mean),
        low=wording.signed(difference.low),
        high=wording.signed(difference.high),
    )
    return " ".join(text for text in (told, _relative(verdict, strongest, wording), _hits(task, wording)) if text)


def comparisons(task: Task, wording: Wording) -> list[str]:
    """Return against how many methods the difference is sure, against which it is not, and how near the ceiling is."""
    told = []
    compared = [method for method in task.baselines if method.difference.mean is not None]
    if compared:
        unclear = [method.label for method in compared if not method.told_apart]
        told.append(wording.text("apart", clear=len(compared) - len(unclear), count=len(compared)))
        if unclear:
            told.append(wording.text("not_apart", methods=", ".join(unclear)))
    if task.ours and task.ceiling and task.ours.headline.mean is not None and task.ceiling.headline.mean:
        most = task.ceiling.headline.mean
        reached = wording.percent(task.ours.headline.mean / most)
        told.append(
            wording.text("ceiling_told", method=task.ceiling.label, ceiling=wording.decimal(most), percent=reached)
        )
    return told


def _relative(verdict: Verdict, strongest: Method, wording: Wording) -> str:
    """Say by how many per cent one is ahead; nothing where it is not sure that one is."""
    difference, theirs = strongest.difference.mean, strongest.headline.mean
    if verdict not in ("ahead", "behind") or not theirs or difference is None:
        return ""
    share = abs(difference) / theirs
    percent = wording.percent(share, 0 if share >= 0.1 else 1)
    return wording.text("more_by" if verdict == "ahead" else "less_by", percent=percent)


def _hits(task: Task, wording: Wording) -> str:
    ours, strongest = task.ours, task.baselines[0]
    if ours is None:
        return ""
    hits = [estimate(part(method.said, "measures").get("hits_at_10")).mean for method in (ours, strongest)]
    if None in hits:
        return ""
    shares = [wording.percent(hit, 0) for hit in hits]
    return wording.text("hits_told", ours=shares[0], theirs=shares[1], method=strongest.label)

"""The bars of the ranking, and what was reached of them, from the document of a run."""

from collections.abc import Mapping
from typing import Any

AGAINST = ("degree", "decayed-adamic-adar", "pagerank", "dense", "rrf-bm25-dense", "rrf-dense-pagerank")
"""Baselines from which the interval of the difference must not hold 0."""
TABLES = ("T1", "T2", "T2-text", "T3-h2020", "T3-horizon", "T4")
GLASS_BOX, KEPT, COVERAGE, ECE, COST, MEMORY = 0.97, 0.95, 2.0, 0.03, 3.0, 8_000
BASELINE_FAMILIES = ("popularity", "network", "text", "fusion", "factors")


def bars_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each bar with what was asked and reached; `met` is None where its table was not run."""
    tasks = {task["name"]: task for task in document["tasks"] if task["cannot_tell"] is None}
    found = [bar for name in TABLES if name in tasks for bar in _of_table(name, tasks[name])]
    found += _exposure(tasks.get("T1"))
    found += [bar for name in ("cold", "T2-newcomer", "T4") if name in tasks for bar in _newcomers(name, tasks[name])]
    found += [bar for name in TABLES if name in tasks for bar in _calibration(name, tasks[name])]
    leaks = document.get("leaks") or []
    found += [_bar(leak["name"], "", leak["value"], leak["ok"]) for leak in leaks]
    training = document.get("training")
    if training:
        found.append(_bar(_words("Same seed, same model", "Même graine, même modèle"), "", "", document["same_bytes"]))
        ratio = training["ratio"]
        names = _words("Training to LightGBM alone", "Apprentissage rapporté à LightGBM seul")
        found.append(_bar(names, f"<= {COST:g}", f"{ratio:.2f}", ratio <= COST))
    peak = document["peak_memory_mb"]
    return [
        *found,
        _bar(_words("Peak memory", "Mémoire maximale"), f"<= {MEMORY} MB", f"{peak:.0f} MB", peak <= MEMORY),
    ]


def _of_table(name: str, task: Mapping[str, Any]) -> list[dict[str, Any]]:
    methods = {method["name"]: method for method in task["methods"]}
    ours, best = ndcg(methods["entremise"]), _best(task, ndcg)
    first = _bar(
        _words(f"{name}: above every baseline", f"{name} : devant toutes les références"),
        f"> {ndcg(best):.4f} ({best['name']})", f"{ours:.4f}", ours > ndcg(best),
    )  # fmt: skip
    holding = [one for one in AGAINST if one in methods and not _is_ahead(methods[one])]
    apart = _bar(
        _words(f"{name}: intervals exclude 0", f"{name} : intervalles sans 0"),
        "all", "all" if not holding else f"not {', '.join(holding)}", not holding,
    )  # fmt: skip
    bars = [first, apart]
    if "ceiling" in methods:
        share = ours / ndcg(methods["ceiling"])
        box = _words(f"{name}: share of the unconstrained model", f"{name} : part du modèle sans contrainte")
        bars.append(_bar(box, f">= {GLASS_BOX:g}", f"{share:.3f}", share >= GLASS_BOX))
    return bars + [_negatives(name, task, methods, kind) for kind in ("degree", "hard")]


def _negatives(name: str, task: Mapping[str, Any], methods: Mapping[str, Any], kind: str) -> dict[str, Any]:
    def value(method: Mapping[str, Any]) -> float:
        return float(method["negatives"][kind][0] or 0.0)

    best, ours = _best(task, value), value(methods["entremise"])
    told = {
        "degree": ("degree-matched negatives", "négatifs de même degré"),
        "hard": ("hard negatives", "négatifs durs"),
    }
    words = _words(f"{name}: first on {told[kind][0]}", f"{name} : premier sur les {told[kind][1]}")
    return _bar(words, f"> {value(best):.4f} ({best['name']})", f"{ours:.4f}", ours > value(best))


def _exposure(task: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    points = {point["setting"]: point for point in task["frontier"]} if task else {}
    if not points:
        return []
    raw, default = points["raw"], points["default"]
    kept, wider = default["ndcg_at_10"] / raw["ndcg_at_10"], default["coverage"] / raw["coverage"]
    names = _words("Default list: nDCG@10 kept", "Liste par défaut : nDCG@10 gardé")
    cover = _words("Default list: coverage to the raw list's", "Liste par défaut : couverture / liste brute")
    return [
        _bar(names, f">= {KEPT:g}", f"{kept:.3f}", kept >= KEPT),
        _bar(cover, f">= {COVERAGE:g}", f"{wider:.2f}", wider >= COVERAGE),
    ]


def _newcomers(name: str, task: Mapping[str, Any]) -> list[dict[str, Any]]:
    recall = {method["name"]: float(method["measures"]["recall_at_50"][0] or 0.0) for method in task["methods"]}
    families = {method["name"]: method["family"] for method in task["methods"]}
    rivals = [one for one in recall if families[one] in ("text", "popularity") or one == "rrf-bm25-dense"]
    if not rivals:
        return []
    best = max(rivals, key=lambda one: (recall[one], one))
    words = _words(
        f"{name}: newcomers' Recall@50 above text and popularity",
        f"{name} : rappel@50 des nouveaux venus devant texte et popularité",
    )
    asked = f"> {recall[best]:.4f} ({best})"
    return [_bar(words, asked, f"{recall['entremise']:.4f}", recall["entremise"] > recall[best])]


def _calibration(name: str, task: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not task.get("calibration"):
        return []
    ece = task["calibration"]["ece"]
    words = _words(f"{name}: expected calibration error", f"{name} : erreur de calibration attendue")
    return [_bar(words, f"<= {ECE:g}", f"{ece:.4f}", ece <= ECE)]


def ndcg(method: Mapping[str, Any]) -> float:
    """Return a method's mean nDCG@10."""
    return float(method["measures"]["ndcg_at_10"][0])


def _best(task: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
    rivals = [method for method in task["methods"] if method["family"] in BASELINE_FAMILIES]
    best: Mapping[str, Any] = max(rivals, key=lambda method: (value(method), method["name"]))
    return best


def _is_ahead(method: Mapping[str, Any]) -> bool:
    difference = method["difference"]
    return bool(difference["excludes_zero"] and difference["mean"] > 0)


def _words(english: str, french: str) -> dict[str, str]:
    return {"en": english, "fr": french}


def _bar(name: Mapping[str, str], asked: str, reached: Any, met: bool | None) -> dict[str, Any]:
    return {"name": dict(name), "asked": asked, "reached": reached, "met": met}

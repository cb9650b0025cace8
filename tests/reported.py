"""The document of an evaluation as the report reads it, with every part and numbers that are all different."""

from html.parser import HTMLParser
from typing import Any

METHODS = [
    ("entremise", "Entremise", "Entremise", "ours", 0.152),
    ("lambdamart", "Unconstrained LambdaMART", "LambdaMART sans contrainte", "ceiling", 0.155),
    ("pagerank-x-sectors", "PageRank times sectors in common", "PageRank fois secteurs communs", "fusion", 0.135),
    ("decayed-adamic-adar", "Time-decayed Adamic-Adar with paths of three", "Adamic-Adar daté", "network", 0.122),
    ("degree", "Number of collaborations", "Nombre de collaborations", "popularity", 0.09),
    ("dense", "Text vectors", "Vecteurs de textes", "text", 0.021),
    ("als", "Alternating least squares", "Moindres carrés alternés", "factors", None),
]
ALL_PARTS = ("slices", "sources", "calibration", "lorenz", "frontier", "random_split_ndcg")


def both(en: str, fr: str = "") -> dict[str, str]:
    return {"en": en, "fr": fr or f"{en} (fr)"}


def around(mean: float | None, width: float = 0.011) -> list[float | None]:
    return [mean, mean - width, mean + width] if mean is not None else [None, None, None]


def method(name: str, en: str, fr: str, family: str, mean: float | None) -> dict[str, Any]:
    known = mean is not None
    scaled = {key: mean * by if mean is not None else None for key, by in (("b", 2.1), ("c", 0.6), ("d", 1.7))}
    return {
        "name": name,
        "label": both(en, fr),
        "family": family,
        "measures": {
            "ndcg_at_10": around(mean),
            "mrr": around(scaled["b"], 0.013),
            "recall_at_10": around(scaled["c"], 0.017),
            "recall_at_50": around(scaled["d"], 0.019),
            "hits_at_10": around(0.1 + mean if mean is not None else None, 0.023),
        },
        "negatives": {"degree": around(mean, 0.003), "hard": around(scaled["c"], 0.005)},
        "recall_below_median": scaled["c"],
        "exposure": {"coverage": mean, "gini": 0.987, "largest_share": 0.411, "newcomer_share": 0.052}
        if known
        else None,
        "mutual": scaled["d"],
        "difference": difference(0.152 - mean) if mean is not None and family != "ours" else None,
    }


def difference(mean: float | None, width: float = 0.0072) -> dict[str, Any]:
    if mean is None:
        return {"mean": None, "low": None, "high": None, "excludes_zero": False}
    low, high = mean - width, mean + width
    return {"mean": mean, "low": low, "high": high, "excludes_zero": low > 0 or high < 0}


def task(name: str = "T1", **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "title": both("Organisation to new partner", "D'une organisation à un nouveau partenaire"),
        "question": both("Who will an organisation work with for the first time?", "Avec qui pour la première fois ?"),
        "cut": "2019-01-01",
        "until": "2021-01-01",
        "queries": 1234,
        "candidates": 27411.0,
        "relevant": 12.3,
        "cannot_tell": None,
        "methods": [method(*one) for one in METHODS],
        "slices": [
            {
                "name": both("Number of collaborations", "Nombre de collaborations"),
                "values": [
                    {"label": "1-3", "queries": 317, "ndcg_at_10": {"entremise": 0.071, "degree": 0.034}},
                    {"label": "4+", "queries": 683, "ndcg_at_10": {"entremise": 0.189, "degree": None}},
                ],
            }
        ],
        "sources": {"proximity": 0.314, "terms": 0.119, "all": 0.402},
        "calibration": {
            "brier": 0.0123,
            "ece": 0.0281,
            "curve": {
                "predicted": [0.0021, 0.0192, 0.0617, 0.2113],
                "observed": [0.0018, 0.0223, 0.0585, 0.2391],
                "counts": [91234, 4121, 1613, 207],
            },
            "within": "12 months",
        },
        "lorenz": {
            "entremise": [[0.0, 0.5, 0.9, 1.0], [0.0, 0.0, 0.137, 1.0]],
            "degree": [[0.0, 0.5, 0.99, 1.0], [0.0, 0.0, 0.003, 1.0]],
        },
        "frontier": [
            {"label": both("Entremise"), "setting": "0", "ndcg_at_10": 0.1531, "coverage": 0.0714},
            {"label": both("Entremise"), "setting": "0.3", "ndcg_at_10": 0.1492, "coverage": 0.1688},
            {"label": both("PageRank"), "setting": "-", "ndcg_at_10": 0.1239, "coverage": 0.0677},
        ],
        "random_split_ndcg": 0.2963,
    } | changes


def document(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Entremise on Horizon 2020",
        "date": "2026-11-23",
        "store": "horizon.db",
        "model": "h2020-2026",
        "encoder": "use-multilingual",
        "seed": 0,
        "libraries": {"numpy": "2.3.4", "lightgbm": "4.6.0"},
        "seconds": 1754.2,
        "peak_memory_mb": 2345.6,
        "looks_at_test": 3,
        "notes": [both("Collaborations of more than 40 members give no labels.", "Sans étiquettes au-delà de 40.")],
        "tasks": [task(), task("T4", cannot_tell=both("Too few questions to tell.", "Trop peu de questions."))],
        "bars": [
            {"name": both("above every baseline", "devant tous"), "asked": "> 0", "reached": "+0.017", "met": True},
            {"name": both("coverage", "couverture"), "asked": "2x", "reached": "1.6x", "met": False},
            {"name": both("cold start", "démarrage à froid"), "asked": "first", "reached": "n/a", "met": None},
        ],
        "leaks": [{"name": both("shuffled labels", "étiquettes mélangées"), "value": "0.0011", "ok": True}],
        "tries": [{"what": both("without popularity", "sans popularité"), "figure": "0.1477"}],
    } | changes


class Page(HTMLParser):
    """What a browser makes of a page: its tags with attributes, and the text between them, by tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._in_style = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_style = tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._in_style and data.strip():
            self.texts.append(data.strip())

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


def told(page: str) -> str:
    """Return what can be read on a page, every space a plain one."""
    return Page(page).text.translate({ord("\N{NO-BREAK SPACE}"): " ", ord("\N{NARROW NO-BREAK SPACE}"): " "})


def part_of(page: str, start: str, end: str = "<h2") -> str:
    """Return the page from one piece of markup up to another."""
    first = page.index(start)
    until = page.find(end, first + len(start))
    return page[first : until if until >= 0 else len(page)]

"""Baselines: simple and well-known methods that every claim is held against, each as good as it can be made."""

from matcher.errors import NotFoundError
from matcher.evaluation.baselines import factors, fusion, neighbours, popularity, texts, walks
from matcher.evaluation.baselines.ground import Baseline, BaselineKind, Ground

__all__ = ["BASELINES", "Baseline", "BaselineKind", "Ground", "available", "find"]

_RESTARTS = (0.15, 0.3, 0.5, 0.7)

BASELINES = (
    BaselineKind("random", "Chance", "popularity", popularity.random),
    BaselineKind("degree", "Number of collaborations", "popularity", popularity.degree),
    BaselineKind("recent-degree", "Collaborations of the last three years", "popularity", popularity.recent_degree),
    BaselineKind(
        "recent-degree-topic", "Recent collaborations on the topic", "popularity", popularity.RecentDegreeTopic
    ),
    BaselineKind(
        "recent-degree-country", "Recent collaborations, same country", "popularity", popularity.RecentDegreeCountry
    ),
    BaselineKind("common-neighbours", "Common partners", "network", neighbours.common_neighbours),
    BaselineKind("adamic-adar", "Adamic-Adar", "network", neighbours.adamic_adar),
    BaselineKind("resource-allocation", "Resource allocation", "network", neighbours.resource_allocation),
    BaselineKind(
        "decayed-adamic-adar",
        "Time-decayed Adamic-Adar with paths of three",
        "network",
        neighbours.decayed_adamic_adar,
        tunes={"third_degree": (0.0, 0.1, 0.3, 1.0)},
    ),
    BaselineKind("katz", "Katz", "network", walks.katz, tunes={"katz_beta": (0.0005, 0.005, 0.05)}),
    BaselineKind("pagerank", "Personalised PageRank", "network", walks.pagerank, tunes={"pagerank_restart": _RESTARTS}),
    BaselineKind("tfidf", "TF-IDF", "text", texts.tfidf),
    BaselineKind("bm25", "BM25", "text", texts.bm25, needs=("bm25s",)),
    BaselineKind("dense", "Text vectors", "text", texts.dense),
    BaselineKind("propagated-text", "Text vectors of an organisation and its partners", "text", texts.propagated_text),
    BaselineKind(
        "rrf-bm25-dense",
        "Reciprocal rank fusion of BM25 and text vectors",
        "fusion",
        fusion.rrf_bm25_dense,
        needs=("bm25s",),
    ),
    BaselineKind(
        "rrf-dense-pagerank",
        "Reciprocal rank fusion of text vectors and PageRank",
        "fusion",
        fusion.rrf_dense_pagerank,
    ),
    BaselineKind(
        "convex",
        "Convex combination of text, network and popularity",
        "fusion",
        fusion.convex,
        needs=("bm25s",),
        tunes={
            "convex_text": (0.1, 0.3, 1.0, 3.0),
            "convex_network": (1.0,),
            "convex_popularity": (0.0, 0.1, 0.3, 1.0),
        },
    ),
    BaselineKind("adamic-adar-x-text", "Decayed Adamic-Adar times text", "fusion", fusion.adamic_adar_text),
    BaselineKind(
        "pagerank-x-sectors",
        "PageRank times sectors in common",
        "fusion",
        fusion.pagerank_sectors,
        tunes={"sector_floor": (0.01, 0.1, 0.5)},
    ),
    BaselineKind(
        "als",
        "Alternating least squares",
        "factors",
        factors.als,
        needs=("implicit",),
        tunes={"als_confidence": (2.0, 10.0, 40.0)},
    ),
    BaselineKind("bpr", "Bayesian personalised ranking", "factors", factors.bpr, needs=("implicit",)),
    BaselineKind("spectral", "Spectral embedding", "factors", factors.spectral, needs=("sknetwork",)),
)


def available() -> tuple[BaselineKind, ...]:
    """Return the baselines whose libraries can be imported, in the order of BASELINES."""
    return tuple(kind for kind in BASELINES if kind.installed)


def find(name: str) -> BaselineKind:
    """Return a baseline by name; raises NotFoundError."""
    for kind in BASELINES:
        if kind.name == name:
            return kind
    names = ", ".join(kind.name for kind in BASELINES)
    raise NotFoundError(f"There is no baseline {name!r}; the baselines are: {names}")

"""The map: organisations by place over the outlines of land, as far as most of them reach."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.ecosystem.places import Places

WIDTH = 680.0
MOST_HEIGHT, LEAST_HEIGHT = 520.0, 240.0
MOST_LABELS = 12
OUTSIDE = 0.02
"""So large a share of the organisations on each side may lie outside the frame, so that the rest is told apart."""
_EDGE_DEGREES = 2.5
_LEAST_DEGREES = 8.0
_LARGEST, _SMALLEST = 22.0, 2.5
_LARGEST_AT_LEAST = 16
"""A circle is of the largest size where so many organisations are in one place, or more."""
_ROOM = 14.0


@dataclass(frozen=True)
class Frame:
    """What part of the world is shown, in degrees; plate carrée, true to scale at its middle latitude."""

    west: float
    east: float
    south: float
    north: float

    @property
    def scale(self) -> float:
        """Units of the picture for each degree of latitude."""
        return WIDTH / ((self.east - self.west) * self._narrowing)

    @property
    def height(self) -> float:
        """Of the picture."""
        return (self.north - self.south) * self.scale

    @property
    def _narrowing(self) -> float:
        return float(np.cos(np.radians((self.south + self.north) / 2)))

    def x(self, longitude: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where longitudes stand."""
        return (longitude - self.west) * self._narrowing * self.scale

    def y(self, latitude: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where latitudes stand."""
        return (self.north - latitude) * self.scale

    def holds(self, latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which points are within."""
        return np.asarray(
            (latitude >= self.south) & (latitude <= self.north) & (longitude >= self.west) & (longitude <= self.east)
        )


def map_of(places: Places, names: list[str]) -> dict[str, Any]:
    """Return what is drawn: land, lines of the graticule, and a circle for each place, whose area tells how many."""
    frame = _frame(places)
    within = np.flatnonzero(frame.holds(places.latitude, places.longitude))
    most = max(int(places.organisations[within].max(initial=1)), 1)
    radii = np.maximum(_LARGEST * np.sqrt(places.organisations[within] / max(most, _LARGEST_AT_LEAST)), _SMALLEST)
    x, y = frame.x(places.longitude[within]), frame.y(places.latitude[within])
    circles = [
        (round(float(a), 1), round(float(b), 1), round(float(r), 1), names[row], int(places.organisations[row]))
        for a, b, r, row in zip(x, y, radii, within.tolist(), strict=True)
    ]
    return {
        "width": WIDTH,
        "height": round(frame.height, 1),
        "land": _land(frame),
        "graticule": _graticule(frame),
        "circles": circles,
        "labels": _labels(circles, frame.height),
        "outside": int(places.organisations.sum() - places.organisations[within].sum()),
    }


def _frame(places: Places) -> Frame:
    """Return the part of the world in which nearly all organisations are, in a shape that is easy to look at."""
    (south, north), (west, east) = (
        _reach(values, places.organisations) for values in (places.latitude, places.longitude)
    )
    narrowing = max(float(np.cos(np.radians((south + north) / 2))), 0.1)
    width, height = max((east - west) * narrowing, _LEAST_DEGREES), max(north - south, _LEAST_DEGREES / 2)
    width = max(width, height * WIDTH / MOST_HEIGHT)
    height = max(height, width * LEAST_HEIGHT / WIDTH)
    across, along = (west + east) / 2, (south + north) / 2
    half = width / narrowing / 2
    return Frame(across - half, across + half, along - height / 2, along + height / 2)


def _reach(values: NDArray[np.float64], counts: NDArray[np.int64]) -> tuple[float, float]:
    if not len(values):
        return -_LEAST_DEGREES, _LEAST_DEGREES
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(counts[order]) / counts.sum()
    low = values[order][np.searchsorted(passed, OUTSIDE)]
    high = values[order][np.searchsorted(passed, 1 - OUTSIDE)]
    return float(low) - _EDGE_DEGREES, float(high) + _EDGE_DEGREES


def _land(frame: Frame) -> str:
    """Return the outlines that reach into the frame, as one path."""
    parts = []
    for longitude, latitude in _rings():
        inside = (longitude.max() >= frame.west) & (longitude.min() <= frame.east)
        if not inside or latitude.max() < frame.south or latitude.min() > frame.north:
            continue
        # Far outside nothing is seen, so that points there may move to the edge: the path stays short.
        x = np.clip(frame.x(longitude), -_ROOM, WIDTH + _ROOM).round(1)
        y = np.clip(frame.y(latitude), -_ROOM, frame.height + _ROOM).round(1)
        differs = np.concatenate([[True], (np.diff(x) != 0) | (np.diff(y) != 0)])
        points = " ".join(f"{a:g} {b:g}" for a, b in zip(x[differs], y[differs], strict=True))
        parts.append(f"M{points}Z")
    return "".join(parts)


def _graticule(frame: Frame) -> str:
    """Return meridians and parallels, as one path."""
    step = next(step for step in (5, 10, 20, 30) if (frame.east - frame.west) / step <= 12 or step == 30)
    meridians = np.arange(np.ceil(frame.west / step) * step, frame.east, step)
    parallels = np.arange(np.ceil(frame.south / step) * step, frame.north, step)
    lines = [f"M{x:.1f} 0V{frame.height:.1f}" for x in frame.x(meridians)]
    lines += [f"M0 {y:.1f}H{WIDTH:g}" for y in frame.y(parallels)]
    return "".join(lines)


def _labels(circles: list[tuple[float, float, float, str, int]], height: float) -> list[tuple[float, float, str, bool]]:
    """Return the names of the largest places that fit beside their circles: x, y, name, whether it stands left."""
    taken: list[tuple[float, float, float, float]] = []
    labels: list[tuple[float, float, str, bool]] = []
    for x, y, radius, name, _ in circles:
        if not name or len(labels) == MOST_LABELS:
            continue
        wide = len(name) * 6.6
        is_left = x + radius + 3 + wide > WIDTH
        left = x - radius - 3 - wide if is_left else x + radius + 3
        box = (left, y - 6, left + wide, y + 6)
        if left < 0 or not 8 < y < height - 8 or any(_overlap(box, other) for other in taken):
            continue
        taken.append(box)
        labels.append((round(x - radius - 3 if is_left else left, 1), round(y + 4, 1), name, is_left))
    return labels


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@cache
def _rings() -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return longitudes and latitudes of the outlines of land, in degrees."""
    text = files("api.pages.ecosystem").joinpath("land.json").read_text(encoding="utf-8")
    points = [np.array(ring, dtype=np.float64).reshape(-1, 2).T / 10 for ring in json.loads(text)["rings"]]
    return [(longitude, latitude) for longitude, latitude in points]

"""Nearness on the map: distance, and the same region."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context

SCALE_KM = 400.0
"""Distance at which the value has fallen to 1/e."""
_EARTH_KM = 6371.0


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return exp(-distance / SCALE_KM) to the nearest asking organisation, in (0, 1]; 1 in the same region.

    NaN where either place is unknown.
    """
    organisations = context.snapshot.organisations
    values = np.full(len(rows), np.nan)
    latitude, longitude = np.radians(organisations.latitude[rows]), np.radians(organisations.longitude[rows])
    for asking in context.asking:
        here = np.radians(organisations.latitude[asking]), np.radians(organisations.longitude[asking])
        values = np.fmax(values, np.exp(-_distance(here, latitude, longitude) / SCALE_KM))
        region = organisations.region[asking]
        if region >= 0:
            values = np.where(organisations.region[rows] == region, 1.0, values)
    return values


def _distance(
    here: tuple[np.float64, np.float64], latitude: NDArray[np.float64], longitude: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return great-circle distances in km from `here` (radians), by the haversine formula."""
    half = (
        np.sin((latitude - here[0]) / 2) ** 2
        + np.cos(here[0]) * np.cos(latitude) * np.sin((longitude - here[1]) / 2) ** 2
    )
    return np.asarray(2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))

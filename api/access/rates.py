"""Rates: a token bucket for each key, user or address."""

import threading
from collections import OrderedDict

MOST_BUCKETS = 100_000
"""So many buckets are kept; the one that was used longest ago goes first, and would be full again anyway."""


class Rates:
    """Lets so many requests a minute through for each caller, a quarter of them at once; of one process."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, who: str, per_minute: int, now: float) -> float:
        """Take a token of `who` at a time in seconds; return 0, or after how many seconds there is one again."""
        burst = max(per_minute / 4, 1.0)
        with self._lock:
            left, at = self._buckets.pop(who, (burst, now))
            left = min(burst, left + max(now - at, 0.0) * per_minute / 60)
            wait = 0.0 if left >= 1 else (1 - left) * 60 / per_minute
            self._buckets[who] = (left if wait else left - 1, now)
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        return wait

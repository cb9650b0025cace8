"""Sparing: memory that is free again is given back to the system, where glibc would keep it for each thread."""

import ctypes
import threading
import time

GIVE_BACK_SECONDS = 2.0
"""So often; it takes some milliseconds."""
_ARENAS = -8
"""M_ARENA_MAX of malloc.h."""


def spare_memory() -> None:
    """Keep what threads free in one place, and give it back now and then; call it before there are many threads.

    What one large answer needs for a moment is a multiple of what the process holds in the long run.
    """
    library = ctypes.CDLL(None)
    if not hasattr(library, "malloc_trim"):
        return  # not glibc
    library.mallopt(_ARENAS, 1)

    def give_back() -> None:
        while True:
            time.sleep(GIVE_BACK_SECONDS)
            library.malloc_trim(0)

    threading.Thread(target=give_back, name="memory", daemon=True).start()

"""A column of strings as two arrays, so that a memory map opens it without reading it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Strings(Sequence[str]):
    """Immutable strings: string i is the UTF-8 bytes `blob[offsets[i]:offsets[i + 1]]`."""

    offsets: NDArray[np.int64]
    blob: NDArray[np.uint8]

    @classmethod
    def of(cls, values: Sequence[str]) -> "Strings":
        """Pack strings in their order."""
        encoded = [value.encode("utf-8") for value in values]
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(value) for value in encoded], out=offsets[1:])
        return cls(offsets, np.frombuffer(b"".join(encoded), dtype=np.uint8))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # a slice is not needed, an index is
        row = range(len(self))[index]
        return self.blob[self.offsets[row] : self.offsets[row + 1]].tobytes().decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        return (self[row] for row in range(len(self)))

    def position(self, value: str) -> int | None:
        """Return the row of `value` by bisection, None where absent; the strings must be sorted by bytes."""
        sought, low, high = value.encode("utf-8"), 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.blob[self.offsets[middle] : self.offsets[middle + 1]].tobytes() < sought:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self[low] == value else None

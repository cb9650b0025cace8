"""Settings of the engine: frozen, passed in; only the command line and the service read the environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from matcher.errors import InputError

_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the store is, which encoder reads texts, and every limit on input; sizes in bytes.

    Each field is set by the environment variable `MATCHER_` + its name in capitals.
    """

    db: str = "matcher.db"
    """Store: a SQLite file or a database URL."""
    snapshots: str = ""
    """Folder of snapshots; empty is beside a SQLite file, `./matcher.snapshots` for a database URL."""
    models: str = ""
    """Folder of fitted models; empty is beside a SQLite file, `./matcher.models` for a database URL."""
    encoder: str = "use"
    """Name of the encoder of profile texts."""
    processes: int = 0
    """Processes that encode many texts; 0 is as many as there are cores and free memory, 1 is none beside this one."""
    language: str = "en"
    """Language of sentences written for people: en or fr."""
    max_file_bytes: int = 2_000_000_000
    """Largest file that is imported."""
    max_unpacked_bytes: int = 4_000_000_000
    """Largest total size of a zip or XLSX once unpacked."""
    max_compression: int = 200
    """Largest ratio of unpacked to packed bytes of one member of a zip."""
    max_rows: int = 2_000_000
    """Most rows of one table."""
    max_cell_chars: int = 100_000
    """Longest cell; a longer one is refused."""
    max_problems: int = 10_000
    """Most problems listed in a report; the rest are counted."""

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Settings":
        """Read `MATCHER_...` variables; an integer setting that is no integer raises InputError."""
        return cls(**read_fields(cls, "MATCHER_", environment))


def read_fields(settings: type[Any], prefix: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a settings class that the environment sets, by `prefix` + their names in capitals.

    A value that is not of the field's type raises InputError; an empty one counts as unset.
    """
    given: dict[str, Any] = {}
    for field in fields(settings):
        variable = prefix + field.name.upper()
        if value := environment.get(variable):
            given[field.name] = _READERS.get(field.type, _as_it_is)(variable, value)
    return given


def _number(variable: str, value: str) -> int:
    if not value.isdigit():
        raise InputError(f"{variable} is {value!r}; give a whole number, or unset it.")
    return int(value)


def _yes_or_no(variable: str, value: str) -> bool:
    if value.lower() not in _TRUE | _FALSE:
        raise InputError(f"{variable} is {value!r}; give yes or no, or unset it.")
    return value.lower() in _TRUE


def _as_it_is(_: str, value: str) -> str:
    return value


_READERS: Mapping[object, Callable[[str, str], object]] = {int: _number, bool: _yes_or_no}

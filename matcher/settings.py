"""Settings of the engine: frozen, passed in; only the command line and the service read the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from matcher.errors import InputError


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
        given: dict[str, str | int] = {}
        for field in fields(cls):
            variable = f"MATCHER_{field.name.upper()}"
            value = environment.get(variable)
            if not value:
                continue
            if field.type is int or field.type == "int":
                if not value.isdigit():
                    raise InputError(f"{variable} is {value!r}; give a whole number, or unset it.")
                given[field.name] = int(value)
            else:
                given[field.name] = value
        return cls(**given)  # type: ignore[arg-type]  # names and types were checked field by field above

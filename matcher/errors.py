"""Every error a user can cause, in one tree; each message says what is wrong, where, and what to do.

MatcherError
├── InputError              a file, row or option that cannot be used
│   ├── UnreadableFileError the file cannot be read at all (empty, binary, truncated, too large)
│   ├── MappingError        headers that cannot be mapped to fields
│   └── StrictImportError   rows were refused and --strict was asked for
├── NotFoundError           an organisation, brief or snapshot that does not exist
├── ConflictError           a record is not, or no longer, as somebody expected who changes it
├── StoreError              the database cannot be opened, is newer than this program, or is busy
├── EncoderError            an encoder that is not installed or cannot be loaded
├── SnapshotError           a snapshot folder that is damaged or from another version
└── ModelError              a model whose signals are not the ones of this program
"""


class MatcherError(Exception):
    """Base of all errors that a user can cause; catch this one to show the message and stop."""


class InputError(MatcherError):
    """A file, row or option that cannot be used; correct the input and run the command again."""


class UnreadableFileError(InputError):
    """The file cannot be read at all: missing, empty, binary, truncated or larger than the limit."""


class MappingError(InputError):
    """The headers of a table cannot be mapped to the fields of a record; name them with --map."""


class StrictImportError(InputError):
    """Rows were refused and the import was strict, so nothing was stored."""


class NotFoundError(MatcherError):
    """An organisation, brief or snapshot that does not exist in this store."""


class ConflictError(MatcherError):
    """A record is not, or no longer, as somebody expected who changes it; read it again first."""


class StoreError(MatcherError):
    """The database cannot be opened, is of a newer version, or is busy."""


class EncoderError(MatcherError):
    """An encoder is unknown, not installed, or its model cannot be loaded."""


class SnapshotError(MatcherError):
    """A snapshot folder is damaged or was written by another version; take it again."""


class ModelError(MatcherError):
    """A model file names other signals than this program has, or is not valid."""

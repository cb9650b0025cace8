"""Zip files from strangers: judged by their directory before anything is unpacked, and counted while read.

Nothing is ever extracted to disk, so a member named `../../etc/passwd` has nowhere to go: a member's
name is only compared with the names of the tables that are looked for.
"""

import copy
import io
import lzma
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from matcher.errors import UnreadableFileError
from matcher.settings import Settings

MOST_ENTRIES = 10_000
"""Most members of an archive; CORDIS zips have about ten, spreadsheets about a hundred."""
MOST_DIRECTORY_BYTES = MOST_ENTRIES * 1_000
"""Largest directory that is read at all."""
SMALL_MEMBER_BYTES = 1_000_000
"""A member up to this size may have any ratio: blank cells compress a thousandfold and harm nobody."""

_ENCRYPTED = 0x1
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_LARGEST_COMMENT = 65_535
BAD_DATA = (
    *(BadZipFile, EOFError, NotImplementedError, struct.error, ValueError),
    *(zlib.error, lzma.LZMAError, OSError),  # bz2 raises OSError
)
"""What zipfile raises where an archive or a member is damaged."""


def check_archive(path: Path, settings: Settings) -> None:
    """Refuse a zip or XLSX that is damaged, encrypted or a bomb, from its directory alone.

    Raises UnreadableFileError that names the file or member and what to do.
    """
    try:
        size = path.stat().st_size
        if size > settings.max_file_bytes:
            raise UnreadableFileError(
                f"{path.name} has {size:,} bytes, more than the limit of {settings.max_file_bytes:,}; "
                "split it, or raise MATCHER_MAX_FILE_BYTES if you trust it."
            )
        _check_directory_size(path)
        with ZipFile(path) as archive:
            members = archive.infolist()
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except BAD_DATA as error:
        raise UnreadableFileError(
            f"{path.name} is not a whole zip file ({error}); it may be truncated or damaged: download or save it again."
        ) from error
    _check_members(path, members, settings)


@contextmanager
def open_member(path: Path, member: str, settings: Settings, *, errors: str = "strict") -> Iterator[TextIO]:
    """Open one member of a checked zip as a stream of UTF-8 text (BOM or not), line ends as they are.

    `errors` is what decoding does with invalid bytes, as in `bytes.decode`. Raises UnreadableFileError
    as soon as the member yields more bytes than the directory says or than the limit, and when its data is
    damaged.
    """
    with ZipFile(path) as archive:
        info = archive.getinfo(member)
        limit = min(info.file_size, settings.max_unpacked_bytes)
        unbounded = copy.copy(info)
        # zipfile stops without a word at the size that the directory states; with a larger one it goes on,
        # so that a directory that lies is noticed. Memory is safe: each read is bounded.
        unbounded.file_size = limit + 2**20
        where = f"{path.name}: {member}"
        try:
            packed = archive.open(unbounded)
        except BAD_DATA as error:
            raise _damaged(where, error) from error
        except RuntimeError as error:  # zipfile's error for a password
            raise _encrypted(where) from error
        counted = io.BufferedReader(_CountedReader(packed, limit, where), buffer_size=2**17)
        with packed, io.TextIOWrapper(counted, encoding="utf-8-sig", errors=errors, newline="") as text:
            yield text


class _CountedReader(io.RawIOBase):
    """Bytes of one member; stops when there are more than `limit`, or when they are damaged."""

    def __init__(self, packed: IO[bytes], limit: int, where: str) -> None:
        self._packed = packed
        self._left = limit
        self._where = where

    def readable(self) -> bool:
        """Tell that bytes can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer type is private
        """Fill the buffer with the next bytes and return how many; 0 is the end."""
        try:
            data = self._packed.read(len(buffer))
        except BAD_DATA as error:
            raise _damaged(self._where, error) from error
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableFileError(
                f"{self._where} unpacks to more than the zip's directory states or the limit allows; "
                "the archive is damaged or made to fill memory: get it again from its publisher."
            )
        buffer[: len(data)] = data
        return len(data)


def _damaged(where: str, error: Exception) -> UnreadableFileError:
    return UnreadableFileError(f"{where} is damaged ({error}); download or save the archive again.")


def _encrypted(where: str) -> UnreadableFileError:
    return UnreadableFileError(f"{where} is encrypted; save the archive without a password.")


def _check_directory_size(path: Path) -> None:
    """Refuse a huge directory before zipfile holds it in memory; one that is not found is left to zipfile."""
    with path.open("rb") as file:
        file.seek(0, io.SEEK_END)
        file.seek(-min(file.tell(), 22 + 20 + 56 + _LARGEST_COMMENT), io.SEEK_END)
        tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + 22:
        return
    size = struct.unpack_from("<L", tail, end + 12)[0]
    end_64 = tail.rfind(_END_64, 0, end)
    if end_64 >= 0:
        size = max(0 if size == 0xFFFFFFFF else size, struct.unpack_from("<Q", tail, end_64 + 40)[0])
    if size > MOST_DIRECTORY_BYTES:
        raise UnreadableFileError(
            f"{path.name} has a directory of {size:,} bytes, for far more than {MOST_ENTRIES:,} members; "
            "pack only the tables that are to be imported."
        )


def _check_members(path: Path, members: list[ZipInfo], settings: Settings) -> None:
    if len(members) > MOST_ENTRIES:
        raise UnreadableFileError(
            f"{path.name} has {len(members):,} members, more than {MOST_ENTRIES:,}; "
            "pack only the tables that are to be imported."
        )
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise _encrypted(f"{path.name}: {member.filename}")
        if member.file_size > SMALL_MEMBER_BYTES:
            ratio = member.file_size / max(member.compress_size, 1)
            if ratio > settings.max_compression:
                raise UnreadableFileError(
                    f"{path.name}: {member.filename} would unpack to {ratio:,.0f} times its packed size, "
                    f"more than the limit of {settings.max_compression}; "
                    "if you trust it, raise MATCHER_MAX_COMPRESSION."
                )
    total = sum(member.file_size for member in members)
    if total > settings.max_unpacked_bytes:
        raise UnreadableFileError(
            f"{path.name} would unpack to {total:,} bytes, more than the limit of "
            f"{settings.max_unpacked_bytes:,}; if you trust it, raise MATCHER_MAX_UNPACKED_BYTES."
        )

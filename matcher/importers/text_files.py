"""Text files from strangers: which encoding, and their lines one by one in bounded memory."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from matcher.errors import UnreadableFileError
from matcher.settings import Settings

_CHUNK = 1 << 20
_SAMPLE = 200_000
_MOST_CONTROL_SHARE = 0.02
_SIGNATURES = {
    b"%PDF": "a PDF document; export the table as CSV or XLSX",
    b"PK\x03\x04": "a zip file or an XLSX workbook; give it the suffix .xlsx, or unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls); save it as .xlsx",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a gzip file; unpack it first",
    b"SQLite format 3": "a SQLite database",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WESTERN = ("cp1252", "mac_roman", "cp850")
_USUAL = frozenset("éèàùçêâîôûëïüöäßñáíóúœæãõåøÉÈÀÇÊÂÎÔÛÖÄÜÑÅØŒ’«»–…€°‘“”")
_MIXED = "matcher-cp1252"


def _read_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error(_MIXED, _read_as_cp1252)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's bytes are read, and what to tell the user about it (empty where it is plain UTF-8)."""

    name: str
    errors: str = "strict"
    note: str = ""


class LineTooLongError(ValueError):
    """A line longer than the limit; it was read over."""


class Lines(Iterator[str]):
    """The lines of a text file, each at most `width` characters; counts lines and open quotes."""

    def __init__(self, file: TextIO, width: int) -> None:
        self._file = file
        self._width = width
        self.number = 0
        """1-based number of the last line given."""
        self.of_row: list[str] = []
        """Lines of the row that is being read."""
        self._in_quotes = False

    def __next__(self) -> str:
        line = self._file.readline(self._width)
        if not line:
            raise StopIteration
        self.number += 1
        self._count(line)
        self.of_row.append(line)
        if len(line) >= self._width and line[-1] not in "\r\n":
            self._skip_line()
            raise LineTooLongError(f"a line of more than {self._width:,} characters")
        return line

    def begin_row(self) -> int:
        """Return the number of the line at which the next row begins."""
        self._in_quotes = False
        self.of_row.clear()
        return self.number + 1

    def skip_row(self) -> None:
        """Read over the rest of a row that could not be read: up to the line on which its quotes close."""
        while self._in_quotes:
            line = self._file.readline(self._width)
            if not line:
                return
            self.number += 1
            self._count(line)
            if line[-1] not in "\r\n":
                self._skip_line()

    def _skip_line(self) -> None:
        while chunk := self._file.readline(self._width):
            self._count(chunk)
            if chunk[-1] in "\r\n":
                return

    def _count(self, line: str) -> None:
        if line.count('"') % 2:
            self._in_quotes = not self._in_quotes


def check_size(path: Path, settings: Settings) -> None:
    """Raise UnreadableFileError where the file is absent, empty or larger than the limit."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    if size == 0:
        raise UnreadableFileError(f"{path.name} is empty (0 bytes); save or download it again.")
    if size > settings.max_file_bytes:
        raise UnreadableFileError(
            f"{path.name} has {size:,} bytes, more than the limit of {settings.max_file_bytes:,}; "
            "split it, or raise MATCHER_MAX_FILE_BYTES if you trust it."
        )


@contextmanager
def open_text(path: Path, encoding: Encoding) -> Iterator[TextIO]:
    """Open the file as text, line ends as they are."""
    with path.open(encoding=encoding.name, errors=encoding.errors, newline="") as file:
        yield file


def find_encoding(path: Path) -> Encoding:
    """Tell the encoding by reading the file once, in pieces; raise UnreadableFileError for a binary file."""
    try:
        with path.open("rb") as file:
            head = file.read(_SAMPLE)
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    _refuse_binary(path, head)
    for bom, name in _BOMS:
        if head.startswith(bom) and name == "utf-16":
            return Encoding("utf-16", "replace", f"{path.name} is read as UTF-16.")
    if (wide := _wide_without_bom(head)) is not None:
        return Encoding(wide, "replace", f"{path.name} is read as {wide.upper()} (it does not say so itself).")
    scan = _scan(path)
    if scan.bad_at is None:
        return Encoding("utf-8-sig")
    if scan.good_lines >= scan.bad_lines:
        note = (
            f"{path.name} is UTF-8 but for some bytes (the first at byte {scan.bad_at:,}); "
            "those are read as Windows-1252."
        )
        return Encoding("utf-8-sig", _MIXED, note)
    name = _best_guess(bytes(scan.sample))
    return Encoding(name, "replace", f"{path.name} is not valid UTF-8; it is read as {name}.")


def _refuse_binary(path: Path, head: bytes) -> None:
    for signature, what in _SIGNATURES.items():
        if head.startswith(signature):
            raise UnreadableFileError(f"{path.name} is no text table but {what}.")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _wide_without_bom(head):
        return
    controls = sum(head.count(code) for code in range(32) if code not in (9, 10, 11, 12, 13, 27))
    if controls > _MOST_CONTROL_SHARE * len(head):
        raise UnreadableFileError(
            f"{path.name} is a binary file, not a table of text; export the table as CSV or XLSX."
        )


def _wide_without_bom(head: bytes) -> str | None:
    half = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if half and odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if half and even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


@dataclass(slots=True)
class _Scan:
    bad_at: int | None
    good_lines: int
    bad_lines: int
    sample: bytearray


def _scan(path: Path) -> _Scan:
    """Check the file as UTF-8, and tell on how many of the lines with accents it is right."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    scan = _Scan(None, 0, 0, bytearray())
    with path.open("rb") as file:
        place = 0
        while chunk := file.read(_CHUNK):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                if scan.bad_at is None:
                    scan.bad_at = place - pending + error.start
                decoder.reset()
            if not chunk.isascii() and len(scan.sample) < _SAMPLE:
                _judge_lines(chunk, scan)
            place += len(chunk)
    if scan.bad_at is None and decoder.getstate()[0]:
        scan.bad_at = place
    return scan


def _judge_lines(chunk: bytes, scan: _Scan) -> None:
    for line in chunk.split(b"\n")[:5_000]:
        if line.isascii():
            continue
        scan.sample += line[:2_000] + b"\n"
        try:
            line.decode("utf-8")
            scan.good_lines += 1
        except UnicodeDecodeError:
            scan.bad_lines += 1


def _best_guess(sample: bytes) -> str:
    """Return the western encoding in which most accents are usual letters, or charset-normalizer's guess."""
    scores = {name: _share_of_usual(sample, name) for name in _WESTERN}
    best = max(_WESTERN, key=lambda name: scores[name])
    if scores[best] >= 0.8:
        return best
    from charset_normalizer import from_bytes

    guess = from_bytes(sample).best()
    return guess.encoding if guess is not None else "cp1252"


def _share_of_usual(sample: bytes, encoding: str) -> float:
    """Return the share of usual letters and signs among those beyond ASCII.

    Western words hold one or two accents in a row: a letter between two others beyond ASCII is of another
    alphabet. Nor has a word a capital after a small letter.
    """
    text = f" {sample.decode(encoding, errors='replace')} "
    usual = total = 0
    for before, sign, after in zip(text, text[1:], text[2:], strict=False):
        if not sign.isascii():
            total += 1
            within = sign.isalpha() and not before.isascii() and before.isalpha() and not after.isascii()
            usual += sign in _USUAL and not within and not (sign.isupper() and before.islower())
    return usual / total if total else 1.0

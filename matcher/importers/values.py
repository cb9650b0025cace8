"""Cells to dates, numbers and lists; what cannot be read raises ValueError with a sentence for the user."""

import calendar
import re
from datetime import date, datetime
from functools import cache

from matcher.importers.folding import fold
from matcher.importers.tables import Cell
from matcher.vocabularies import load

FIRST_YEAR, LAST_YEAR = 1800, 2200

_FORMULA = re.compile(r"=\S|[-+@][A-Z][A-Z.0-9]+\(|[-+@][^|\n]*\|[^!\n]*!")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ,].*)?")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_YEAR = re.compile(r"(\d{4})(?:[.,]0)?")
_QUARTER = re.compile(r"(?:q|t)([1-4]) (\d{4})|(\d{4}) (?:q|t)([1-4])")
_NAMED_DAY = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th|o)? (?:de |of )?([a-z]+) (?:de |del )?(\d{4})")
_NAMED_US = re.compile(r"([a-z]+) (\d{1,2})(?:st|nd|rd|th)? (\d{4})")
_NAMED_MONTH = re.compile(r"([a-z]+) (?:de |del )?(\d{4})")
_NUMBER = re.compile(r"[-+]?\d[\d.,'’]*")
_GAPS = re.compile(r"(?<=\d)[\s\u00a0\u2009\u202f]+(?=\d{3}(?!\d))")
_STATEMENT_BREAK = re.compile(r"[|\n]")
_BULLET = re.compile(r"^(?:[-–—*•·]|\d{1,2}[.)])\s+")
_URL = re.compile(r"https?://[^\s<>\".]+\.[^\s<>\"]+", re.IGNORECASE)
_BARE_URL = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?")


def as_text(cell: Cell) -> str:
    """Return the cell as text without outer blanks; a whole number has no decimals."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def is_formula(text: str) -> bool:
    """Tell a text that a spreadsheet would run: `=HYPERLINK(...)`, `=cmd|...`, `@SUM(...)`."""
    return text[:1] in "=+-@" and _FORMULA.match(text) is not None


def parse_date(cell: Cell, *, end: bool = False) -> date:
    """Return the day; a month or year alone gives its first day, or its last one where `end`.

    Days come before months, as everywhere in Europe; years have four digits.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = as_text(cell)
    words = " ".join(re.sub(r"[,.]", " ", fold(text)).split())
    for pattern, order in ((_ISO, "ymd"), (_DAY_FIRST, "dmy"), (_MONTH_YEAR, "my"), (_YEAR, "y")):
        if found := pattern.fullmatch(text):
            return _day(text, dict(zip(order, found.groups(), strict=True)), end)
    if found := _QUARTER.fullmatch(words):
        quarter, year = found[1] or found[4], found[2] or found[3]
        return _day(text, {"y": year, "m": str(3 * int(quarter) - (0 if end else 2))}, end)
    for pattern, order in ((_NAMED_DAY, "dmy"), (_NAMED_US, "mdy"), (_NAMED_MONTH, "my")):
        found = pattern.fullmatch(words)
        if found:
            parts = dict(zip(order, found.groups(), strict=True))
            month = _months().get(parts["m"])
            if month:
                return _day(text, parts | {"m": str(month)}, end)
    raise ValueError(f'"{_short(text)}" is no date; write 2024-03-01, 01/03/2024, 03/2024 or 2024')


def parse_year(cell: Cell) -> int:
    """Return the year of a year or of a date."""
    return parse_date(cell).year


def parse_number(cell: Cell, *, whole: bool = False) -> float:
    """Return the first number of the cell: "1 234,5", "1.234,5" and "1,234.5" are one number.

    Where `whole`, a single point or comma before three digits separates thousands.
    """
    if isinstance(cell, int | float):
        try:
            return float(cell)
        except OverflowError:  # a whole number of more than 308 digits
            raise ValueError(f'"{_short(as_text(cell))}" is no number') from None
    text = _GAPS.sub("", as_text(cell).replace("−", "-"))
    found = _NUMBER.search(text)
    if not found:
        raise ValueError(f'"{_short(text)}" is no number')
    number = re.sub(r"['’]", "", found.group().rstrip(".,'’"))
    marks = [mark for mark in number if mark in ".,"]
    if len(set(marks)) == 2:
        decimal = marks[-1]
        number = number.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    elif len(marks) > 1 or (marks and whole and re.search(r"[.,]\d{3}$", number)):
        number = number.replace(",", "").replace(".", "")
    try:
        return float(number.replace(",", "."))
    except ValueError:
        raise ValueError(f'"{_short(text)}" is no number') from None


def parse_count(cell: Cell) -> int:
    """Return a number of people; of a range such as 10-49 the lower bound."""
    number = parse_number(cell, whole=True)
    if not 0 <= number < 100_000_000:
        raise ValueError(f'"{_short(as_text(cell))}" is no number of people')
    return round(number)


def parse_degrees(cell: Cell, limit: int) -> float:
    """Return degrees between -limit and limit."""
    degrees = parse_number(cell)
    if not -limit <= degrees <= limit:
        raise ValueError(f'"{_short(as_text(cell))}" is not between -{limit} and {limit} degrees')
    return degrees


def parse_position(cell: Cell) -> tuple[float, float]:
    """Return latitude and longitude of "48.85, 2.35"."""
    parts = re.findall(r"-?\d+(?:\.\d+)?", as_text(cell))
    if len(parts) != 2:
        raise ValueError(f'"{_short(as_text(cell))}" is no position; write latitude, longitude: 48.85, 2.35')
    return parse_degrees(parts[0], 90), parse_degrees(parts[1], 180)


def parse_website(cell: Cell) -> str:
    """Return a web address; one without scheme gets https, another scheme than http is refused."""
    text = as_text(cell)
    if _URL.fullmatch(text):
        return text
    if _BARE_URL.fullmatch(text):
        return f"https://{text}"
    raise ValueError(f'"{_short(text)}" is no web address')


def parse_identifier(scheme: str, cell: Cell) -> str:
    """Return a SIREN (9 digits), SIRET (14), PIC (9) or VAT number without blanks and points."""
    text = re.sub(r"[\s.\-/]", "", re.sub(r"\.0$", "", as_text(cell))).upper()
    digits = {"siren": 9, "siret": 14, "pic": 9}.get(scheme)
    if digits and not re.fullmatch(rf"[0-9]{{{digits}}}", text):
        raise ValueError(f'"{_short(text)}" is no {scheme.upper()} number: it has {digits} digits')
    if scheme == "vat" and not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{2,13}", text):
        raise ValueError(f'"{_short(text)}" is no VAT number: it begins with two letters, e.g. FR40303265045')
    return text


def parse_visibility(cell: Cell) -> str:
    """Return public or hidden."""
    word = fold(as_text(cell))
    if word in {"public", "publique", "visible", "oui", "yes", "true", "1", "vrai"}:
        return "public"
    if word in {"hidden", "prive", "privee", "private", "masque", "cache", "non", "no", "false", "0", "faux"}:
        return "hidden"
    raise ValueError(f'"{_short(as_text(cell))}" is no visibility; write public or hidden')


def split_values(text: str, *, comma: bool = False) -> list[str]:
    """Return the parts of a cell with several values: by ; | and line break, by comma too for codes."""
    parts = re.split(r"[;|\n,]" if comma else r"[;|\n]", text)
    return [part for part in (_BULLET.sub("", part.strip()) for part in parts) if part]


def split_statements(text: str) -> list[str]:
    """Return the statements of a cell of needs or offers: by | and line break.

    A semicolon separates them only where each part has at least three words, else it belongs to the sentence.
    """
    parts = [part for part in map(str.strip, _STATEMENT_BREAK.split(text)) if part]
    if len(parts) == 1:
        by_semicolon = [part.strip() for part in text.split(";") if part.strip()]
        if all(len(part.split()) >= 3 for part in by_semicolon):
            parts = by_semicolon
    return [part for part in (_BULLET.sub("", part.strip()).strip() for part in parts) if part]


def _day(text: str, parts: dict[str, str | None], end: bool) -> date:
    year, month, day = int(parts["y"] or 0), int(parts.get("m") or 0), int(parts.get("d") or 0)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f'"{_short(text)}": the year {year} is not between {FIRST_YEAR} and {LAST_YEAR}')
    month = month if parts.get("m") else (12 if end else 1)
    if not 1 <= month <= 12:
        raise ValueError(f'"{_short(text)}" is no date: there is no month {month} (the day comes first)')
    last = calendar.monthrange(year, month)[1]
    day = day if parts.get("d") else (last if end else 1)
    if not 1 <= day <= last:
        raise ValueError(f'"{_short(text)}" is no date: month {month} of {year} has {last} days')
    return date(year, month, day)


@cache
def _months() -> dict[str, int]:
    return {fold(name): int(number) for number, names in load("months").items() for name in names}


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"

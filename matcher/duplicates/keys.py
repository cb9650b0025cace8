"""Keys that only one organisation has: numbers in registers, and the address of its website."""

import re
from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit

from matcher.vocabularies import load

_FRENCH_VAT = re.compile(r"FR[0-9A-Z]{2}([0-9]{9})")
_NO_VALUE = re.compile(r"[0X.\-]*")


def register_keys(identifiers: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Return scheme -> numbers; a SIREN is told from a SIRET and from a French VAT number, too."""
    found: dict[str, set[str]] = {}
    for scheme, value in identifiers:
        number = re.sub(r"[\s.\-/]", "", value).upper()
        if not number or _NO_VALUE.fullmatch(number):
            continue
        found.setdefault(scheme, set()).add(number)
        if scheme == "siret" and len(number) == 14:
            found.setdefault("siren", set()).add(number[:9])
        if scheme == "vat" and (french := _FRENCH_VAT.fullmatch(number)):
            found.setdefault("siren", set()).add(french.group(1))
    return {scheme: frozenset(numbers) for scheme, numbers in found.items()}


def host_of(website: str | None) -> str:
    """Return the host of a website without `www.`; "" where it is unknown or belongs to everybody."""
    if not website:
        return ""
    try:
        host = urlsplit(website if "//" in website else f"//{website}").hostname or ""
    except ValueError:
        return ""
    host = host.lower().removeprefix("www.").rstrip(".")
    if "." not in host or any(host == one or (host.endswith(f".{one}") and one in _OWNERS) for one in _shared()):
        return ""
    return host


_OWNERS = frozenset({"facebook.com", "linkedin.com", "europa.eu", "wikipedia.org", "youtube.com"})
"""Whose every subdomain is shared; elsewhere a subdomain is somebody's own."""


@cache
def _shared() -> frozenset[str]:
    return frozenset(load("shared-hosts"))

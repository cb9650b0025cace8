"""Forms of pages in tests: read from the page as a browser would send them."""

from html.parser import HTMLParser
from typing import Any


class _Reader(HTMLParser):
    """Reads the fields of every form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, list[tuple[str, str]]] = {}
        self._fields: list[tuple[str, str]] | None = None
        self._select = ""
        self._textarea = ""
        self._text: list[str] = []
        self._option: str | None = None
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self._fields = self.forms.setdefault(given.get("action") or "", [])
        is_sent = given.get("type") not in ("checkbox", "radio") or "checked" in given
        if tag == "input" and name and self._fields is not None and is_sent:
            self._fields.append((name, given.get("value") or ""))
        if tag == "select":
            self._select, self._option, self._first = name, None, None
        if tag == "option" and self._select:
            value = given.get("value") or ""
            self._first = value if self._first is None else self._first
            self._option = value if "selected" in given else self._option
        if tag == "textarea":
            self._textarea, self._text = name, []

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        if tag == "select" and self._fields is not None:
            self._fields.append((self._select, (self._option if self._option is not None else self._first) or ""))
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            if self._fields is not None:
                # The first line break is the template's; a browser sends the others as it sends all.
                text = "".join(self._text).removeprefix("\n").replace("\n", "\r\n")
                self._fields.append((self._textarea, text))
            self._textarea = ""


def fields(page: str, action: str) -> dict[str, Any]:
    """Return what a browser would send of the form with this action; fields of one name are a list."""
    reader = _Reader()
    reader.feed(page)
    found: dict[str, Any] = {}
    for name, value in reader.forms[action]:
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found

"""Translating: the catalogue of what pages say; the English text is the key."""

from functools import cache
from importlib.resources import files

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language (en, fr); English is what the pages are written in."""
    if language == "en":
        return NullTranslations()
    from io import BytesIO

    with files("api.pages").joinpath("locale", f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)

"""Letters as they are compared: small, without accents."""

import unicodedata


def plain(text: str) -> str:
    """Return a text in lower case without accents; letters that no accent makes another, such as ø and ł, stay."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))

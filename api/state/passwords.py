"""Passwords: which ones are taken, and how they are hashed (argon2) and verified."""

import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

from matcher.errors import InputError

if TYPE_CHECKING:
    from pwdlib import PasswordHash

SHORTEST, LONGEST = 12, 200
"""Characters of a password."""


class Passwords:
    """Hashes passwords; who has none takes as long to refuse as who gave a wrong one."""

    def __init__(self, hasher: "PasswordHash | None" = None) -> None:
        self._given = hasher

    def hash(self, password: str, email: str) -> str:
        """Return the hash to keep; InputError where the password is too short, too long or the e-mail address."""
        check_password(password, email)
        return self._hasher.hash(_bytes(password))

    def verify(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Return whether the password is right, and a newer hash to keep where the one that is kept is outdated.

        With `kept` None it is always wrong, and takes as long.
        """
        nobodys = self._nobodys_hash  # made at the first call whoever it is for
        # One character more than any password has is wrong as well, and is hashed in bounded time.
        right, newer = self._hasher.verify_and_update(_bytes(password[: LONGEST + 1]), kept or nobodys)
        return (right, newer) if kept else (False, None)

    @cached_property
    def _hasher(self) -> "PasswordHash":
        from pwdlib import PasswordHash

        return self._given or PasswordHash.recommended()

    @cached_property
    def _nobodys_hash(self) -> str:
        return self._hasher.hash(b"of nobody")


def check_password(password: str, email: str) -> None:
    """Raise InputError where a password must not be taken."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"The password has {len(password)} characters; take {SHORTEST} to {LONGEST}.")
    if password.strip().casefold() == email.strip().casefold():
        raise InputError("The password is the e-mail address; take another one.")


def _bytes(password: str) -> bytes:
    # The same letters come composed from one keyboard and decomposed from another.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")

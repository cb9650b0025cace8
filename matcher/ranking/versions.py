"""Versions of the model: a folder of model files, and which of them ranks now."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from matcher.errors import ModelError
from matcher.ranking import hand_set
from matcher.ranking.model_files import ModelFile, hand_set_file, model_bytes, read_model, replace_file, write_model

HAND_SET = hand_set().name
"""Name of the weights that ship with the package; always there, never a file of the folder."""
MOST_NAME_CHARS = 80
_NAME = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{MOST_NAME_CHARS - 1}}}")
_CURRENT = "current"
"""`current.json` holds which version ranks, so no version has this name."""
_BACK = "back"
"""Marks a use that went back to an earlier one."""


def list_versions(folder: Path) -> list[str]:
    """Return the names of the versions in a folder, sorted, the hand-set weights first."""
    found = sorted(path.stem for path in folder.glob("*.json")) if folder.is_dir() else []
    return [HAND_SET, *(name for name in found if _is_name(name) and name != HAND_SET)]


def current(folder: Path) -> str:
    """Return the name of the version that ranks now; the hand-set weights where none was chosen."""
    return _stack(uses(folder))[-1]


def uses(folder: Path) -> list[dict[str, Any]]:
    """Return every use of a version, oldest first: `name`, `at` (ISO time), and `back` where it went back."""
    path = folder / f"{_CURRENT}.json"
    try:
        stored = json.loads(path.read_bytes())["uses"]
        if all(_is_name(use["name"]) and isinstance(use["at"], str) for use in stored):
            return list(stored)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ModelError(f"Cannot read {path}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise ModelError(f"{path} is damaged, so which model ranks is not known. Delete it: {HAND_SET} ranks then.")


def use(folder: Path, name: str, now: datetime) -> None:
    """Let a version rank from now on; raises ModelError where there is none of this name or it cannot be used."""
    read_version(folder, name)
    if current(folder) != name:
        _write_uses(folder, [*uses(folder), {"name": name, "at": now.isoformat(timespec="seconds")}])


def previous(folder: Path, now: datetime) -> str:
    """Let the version rank that ranked before the present one, and return its name; raises ModelError at the first."""
    stack = _stack(uses(folder))
    if len(stack) == 1:
        raise ModelError(f"{stack[0]} is the first model that ranked here; there is none to go back to.")
    read_version(folder, stack[-2])
    at = now.isoformat(timespec="seconds")
    _write_uses(folder, [*uses(folder), {"name": stack[-2], "at": at, _BACK: True}])
    return stack[-2]


def add(model: ModelFile, folder: Path) -> Path:
    """Put a model into the folder under its name and return its path; another one of this name is never replaced."""
    path = _path(folder, model.name)
    if model.name == HAND_SET:
        raise ModelError(f"{HAND_SET} is the name of the weights that ship with this program; choose another name.")
    if path.exists() and path.read_bytes() != model_bytes(model):
        raise ModelError(f"There is another model named {model.name!r} in {folder}; give the new one another name.")
    write_model(model, path)
    return path


def read_version(folder: Path, name: str) -> ModelFile:
    """Return the version of this name; raises ModelError where it is not there or cannot be used."""
    path = _path(folder, name)
    if name == HAND_SET:
        return hand_set_file()
    if not path.is_file():
        raise ModelError(
            f"There is no model {name!r} in {folder}; there are {', '.join(list_versions(folder))}. "
            "Choose one with: matcher model use NAME"
        )
    model = read_model(path)
    if model.name != name:
        raise ModelError(f"{path} holds the model {model.name!r}; name the file like its model.")
    return model


def _stack(used: list[dict[str, Any]]) -> list[str]:
    """Return the versions that led to the present one, which is the last: going back takes the last away."""
    stack = [HAND_SET]
    for one in used:
        if not one.get(_BACK):
            stack.append(one["name"])
        elif len(stack) > 1:
            stack.pop()
    return stack


def _write_uses(folder: Path, used: list[dict[str, Any]]) -> None:
    document = {"current": _stack(used)[-1], "uses": used}
    replace_file(folder / f"{_CURRENT}.json", (json.dumps(document, sort_keys=True, indent=1) + "\n").encode("utf-8"))


def _path(folder: Path, name: str) -> Path:
    if not _is_name(name):
        raise ModelError(
            f"{name!r} cannot be the name of a model: use up to {MOST_NAME_CHARS} small letters a to z, digits and "
            f"hyphens, and not the word {_CURRENT!r}."
        )
    return folder / f"{name}.json"


def _is_name(name: object) -> bool:
    return isinstance(name, str) and _NAME.fullmatch(name) is not None and name != _CURRENT

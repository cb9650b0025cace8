"""Write docs/reference.md, and the figures of parity, from the program itself: `make docs`; a test compares."""

import ast
import inspect
import tempfile
import textwrap
from pathlib import Path

import typer
from typer.main import get_command

import matcher.errors
from api.settings import ServiceSettings
from docs import languages
from docs.readme import fill, parity_figures, picture
from docs.roles import roles
from matcher.cli.commands import app
from matcher.evaluation.baselines import BASELINES
from matcher.ranking import hand_set
from matcher.settings import Settings
from matcher.signals import SIGNALS
from matcher.vocabularies import load

FOLDER = Path(__file__).parent


def reference() -> str:
    """Return the reference: commands, signals, settings, roles, kinds and errors."""
    parts = [
        "# Reference\n\nWritten by `make docs` from the program itself; do not edit.",
        _commands(),
        _signals(),
        _baselines(),
        _settings(),
        roles(),
        _kinds(),
        _errors(),
    ]
    return "\n\n".join(parts) + "\n"


def _commands() -> str:
    group = get_command(app)
    told = ["## Commands", "Every command takes `--help`."]
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]  # a group of commands
        told.append(f"### `matcher {name}`\n\n{inspect.cleandoc(command.help or '')}")
        rows = [
            f"| `{' '.join(param.opts) or param.name}` | {getattr(param, 'help', '') or ''} |"
            for param in command.params
            if not getattr(param, "hidden", False)
        ]
        told.append("| argument or option | what it does |\n| --- | --- |\n" + "\n".join(rows).replace("<", "&lt;"))
    return "\n\n".join(told)


def _signals() -> str:
    weights = hand_set()
    rows = [
        f"| `{signal.name}` | {load('signals')[signal.name]['en']} | {load('signals')[signal.name]['fr']} "
        f"| {weight:g} | {centre:g} | {_first(signal.measure.__doc__)} |"
        for signal, weight, centre in zip(SIGNALS, weights.weights, weights.centres, strict=True)
    ]
    head = "| signal | in English | en français | weight | centre | value |\n| --- | --- | --- | --- | --- | --- |\n"
    return f"## Signals\n\nWeights of the model `{weights.name}`.\n\n{head}" + "\n".join(rows)


def _baselines() -> str:
    rows = [
        f"| `{kind.name}` | {kind.label} | {kind.family} | {', '.join(kind.needs)} "
        f"| {'; '.join(f'{name}: {_grid(grid)}' for name, grid in kind.tunes.items())} |"
        for kind in BASELINES
    ]
    head = "| baseline | what it is | family | needs | tuned on the validation cut |\n| --- | --- | --- | --- | --- |\n"
    return "## Baselines\n\nWhat `matcher evaluate` holds every claim against.\n\n" + head + "\n".join(rows)


def _grid(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)


def _settings() -> str:
    service = _variables(ServiceSettings, "MATCHER_API_")
    return f"## Settings\n\nOf the engine:\n\n{_variables(Settings, 'MATCHER_')}\n\nOf the service:\n\n{service}"


def _variables(kind: type, prefix: str) -> str:
    source = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(source, ast.ClassDef)  # noqa: S101  # the source of a class is a class
    documented = {}
    for field, text in zip(source.body, source.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            documented[ast.unparse(field.target)] = str(text.value.value)
    defaults = kind()
    rows = [
        f"| `{prefix}{name.upper()}` | `{getattr(defaults, name)}` | {' '.join(text.split())} |"
        for name, text in documented.items()
        if name != "matcher"
    ]
    return "| variable | default | meaning |\n| --- | --- | --- |\n" + "\n".join(rows)


def _kinds() -> str:
    rows = [f"| `{code}` | {entry['en']} | {entry['fr']} |" for code, entry in load("kinds").items()]
    return "## Kinds of organisations\n\n| code | English | français |\n| --- | --- | --- |\n" + "\n".join(rows)


def _errors() -> str:
    rows = [
        f"| `{name}` | {_first(value.__doc__)} |"
        for name, value in vars(matcher.errors).items()
        if isinstance(value, type)
    ]
    return "## Errors\n\n| error | when, and what to do |\n| --- | --- |\n" + "\n".join(rows)


def _first(text: str | None) -> str:
    return " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())


if __name__ == "__main__":
    (FOLDER / "reference.md").write_text(reference(), encoding="utf-8")
    (FOLDER.parent / "matcher" / "vocabularies" / "parity.json").write_text(parity_figures(), encoding="utf-8")
    (FOLDER / "languages.md").write_text(languages.page(), encoding="utf-8")
    page = FOLDER.parent / "README.md"
    with tempfile.TemporaryDirectory() as folder:
        page.write_text(fill(page.read_text(encoding="utf-8"), Path(folder), real=True), encoding="utf-8")
        (FOLDER / "suggestion.svg").write_text(picture(Path(folder) / "sample.db"), encoding="utf-8")
    typer.echo(
        "Wrote docs/reference.md, docs/languages.md, docs/suggestion.svg, the figures of parity and README.md's blocks"
    )

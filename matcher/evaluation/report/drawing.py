"""Drawing with matplotlib: figures of one width, as SVG that stands inside a page and says what it shows."""

from __future__ import annotations

import html
import io
import math
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

WIDTH = 5.4
"""Inches: on a phone a picture is then shown at about its own size, so its words stay legible."""
RIGHT = 0.28
"""Inches left free at the right."""
INK, FAINT = "#1a1a1a", "#b5b5b5"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Told apart by the colour-blind (Okabe and Ito), the first for what is evaluated."""
DASHES = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)))
"""So that lines are told apart without colours too."""
MARKERS = "osD^vP"
_TICKS = 5
"""At most so many steps on an axis: a picture is narrow."""
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",  # words stay words: they can be read aloud, searched and copied
    "svg.hashsalt": "entremise",
    "text.parse_math": False,  # a label may hold dollar signs
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine lays out alike
    "font.size": 8.5,
    "axes.edgecolor": "#555555",
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
}
_TAG = re.compile("<[^>]+>")
_STYLE = re.compile("<defs>\\s*<style.*?</style>\\s*</defs>", re.DOTALL)
"""It would hold for the whole page."""
_NAME = re.compile(r' id="([^"]+)"')
_REFERENCE = re.compile(r'(?:xlink:)?(href="#|url\(#)')


def can_draw() -> bool:
    """Tell whether matplotlib is installed."""
    try:
        import matplotlib.figure  # noqa: F401  # the figure needs all that a picture needs
    except ImportError:
        return False
    return True


@contextmanager
def canvas(height: float) -> Iterator[Figure]:
    """Give an empty figure of the one width and a height in inches; draw and turn it into SVG inside."""
    import matplotlib
    from matplotlib.figure import Figure

    with warnings.catch_warnings(), matplotlib.rc_context():
        # The reader's machine draws the words, so it does not matter which signs the layout's font has.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        matplotlib.rcdefaults()  # whatever the user has set, the bytes are the same
        matplotlib.rcParams.update(_SETTINGS)
        yield Figure(figsize=(WIDTH, height))


def panel(figure: Figure, left: float, bottom: float, height: float) -> Axes:
    """Return axes at a place in inches; fixed places leave the same room whatever font the reader has."""
    whole = figure.get_figheight()
    return figure.add_axes((left / WIDTH, bottom / whole, (WIDTH - left - RIGHT) / WIDTH, height / whole))


def label_ticks(axis: Axis, spell: Callable[[float, int], str | None], percent: bool = False) -> None:
    """Put round ticks on an axis whose ends are set, spelt in the report's language with the digits they need.

    `spell` takes a value and a number of digits, of a percentage where `percent`.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    end = float(axis.get_view_interval()[1]) * (100 if percent else 1)
    digits = max(0, -math.floor(math.log10(end / _TICKS)))
    axis.set_major_locator(MaxNLocator(_TICKS, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: spell(value, digits) or ""))


def svg(figure: Figure, name: str, title: str, described: str) -> str:
    """Return a figure as SVG to stand in a page: `name` is unique there; title and description are its text."""
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    drawn = stream.getvalue()
    inside = drawn[drawn.index(">", drawn.index("<svg")) + 1 : drawn.rindex("</svg>")]
    inside = _TAG.sub(lambda tag: _own(tag.group(), name), _STYLE.sub("", inside, count=1))
    points = (round(72 * figure.get_figwidth(), 3), round(72 * figure.get_figheight(), 3))
    return (
        f'<svg viewBox="0 0 {points[0]:g} {points[1]:g}" role="img" aria-labelledby="{name}-title {name}-text">\n'
        f'<title id="{name}-title">{html.escape(title)}</title>\n<desc id="{name}-text">{html.escape(described)}</desc>'
        f"{inside}</svg>"
    )


def _own(tag: str, name: str) -> str:
    """Make the names in a tag unique in the page; groups need none."""
    if tag.startswith("<g "):
        tag = _NAME.sub("", tag)
    tag = _NAME.sub(rf' id="{name}-\1"', tag)
    return _REFERENCE.sub(rf"\g<1>{name}-", tag)

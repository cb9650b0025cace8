"""How evenly suggestions spread, as a curve, from what the job has counted."""

from typing import Any

from api.pages.ecosystem.analysed import View
from api.pages.ecosystem.pictures import Column, Picture
from api.pages.rendering import number, percent


def exposure_picture(view: View) -> Picture | None:
    """Return how evenly suggestions spread; None where nothing was counted yet, or nobody is suggested."""
    if view.analysis is None or not view.analysis.exposure["curve"]:
        return None
    _ = view.say
    found: dict[str, Any] = view.analysis.exposure
    told = {name: percent(found[name], view.language, 1) for name in ("coverage", "newcomer_share", "largest_share")}
    told |= {"lists": number(found["lists"], view.language), "newcomers": percent(found["newcomers"], view.language, 1)}
    says = _(
        "%(lists)s organisations asked each for ten suggestions: %(coverage)s of all were suggested to somebody, and "
        "the one that was suggested most stands in %(largest_share)s of the lists. Newcomers are %(newcomers)s of all "
        "and have %(newcomer_share)s of the places. The nearer the curve is to the straight line, the more evenly they "
        "spread."
    )
    says %= told
    if found["most_coverage"] < 1:
        most = {"most": percent(found["most_coverage"], view.language, 1)}
        says += " " + _("With so few lists at most %(most)s could be suggested to somebody.") % most
    columns = (
        Column("organisations", _("Share of organisations, the least suggested first"), "percent"),
        Column("places", _("Their share of all places"), "percent"),
    )
    curve = [(round(x * 320 + 10, 1), round(230 - y * 220, 1)) for x, y in found["curve"]]
    rows = [(x, y) for x, y in found["curve"]]
    return Picture("exposure", _("How evenly suggestions spread"), says, "curve", curve, columns, rows)

"""Numbers for people: scores, gains and probabilities as their scale and the language write them."""

from matcher.vocabularies import load

POINTS = "points"


def digits(scale: str) -> int:
    """Return with how many decimals a score of this scale is shown: points with one, log-odds with two."""
    return 1 if scale == POINTS else 2


def amount(value: float, scale: str, language: str) -> str:
    """Return a score or a part of it with its unit: "9.1 points", in French "9,1 points"."""
    unit: dict[str, str] = load("sentences").get(f"unit_{scale}", {})
    return f"{_written(value, digits(scale), language)} {unit.get(language, scale)}"


def percent(probability: float, language: str) -> str:
    """Return a probability in [0, 1] as per cent: "12 %", below 10 "3.4 %", below 0.1 "< 0.1 %"."""
    value = 100.0 * probability
    if 0 < value < 0.1:
        return f"< {_written(0.1, 1, language)}\N{NO-BREAK SPACE}%"
    shown = _written(value, 0 if round(value, 1) >= 10 else 1, language)
    return f"{shown}\N{NO-BREAK SPACE}%"


def _written(value: float, decimals: int, language: str) -> str:
    return f"{value:.{decimals}f}".replace(".", "," if language == "fr" else ".")

"""Matching: a snapshot, a model and a day; suggests, and says why not."""

from matcher.matching.answers import Contribution, MovedOut, Suggestion, Suggestions, WhyNot
from matcher.matching.asking import ANYHOW, BY_SCORE, RECIPROCITY, AskSettings
from matcher.matching.matcher import MOST_SUGGESTIONS, Matcher
from matcher.matching.running import ExposureReport, Run, answer_all

__all__ = [
    "ANYHOW",
    "BY_SCORE",
    "MOST_SUGGESTIONS",
    "RECIPROCITY",
    "AskSettings",
    "Contribution",
    "ExposureReport",
    "Matcher",
    "MovedOut",
    "Run",
    "Suggestion",
    "Suggestions",
    "WhyNot",
    "answer_all",
]

"""Matchmaking engine: profile texts and past collaborations to ranked, explained partner suggestions."""

__version__ = "0.1.0"

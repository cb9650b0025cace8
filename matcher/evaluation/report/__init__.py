"""The report of an evaluation: one HTML file in English or French, which holds all it needs."""

from matcher.evaluation.report.page import report_html, write_report

__all__ = ["report_html", "write_report"]

"""The claim ledger: what a paper says, what we measure, and whether the two agree.

A disagreement is a verdict; only a broken measurement is an error.
"""

from latentearth.claims.captions import by_place, caption, label, places, totals
from latentearth.claims.entries import SCALES, Entry, Ledger, LedgerError, read_ledger
from latentearth.claims.measures import Measure, MeasurementError, NotFiniteError, files_of, measure
from latentearth.claims.page import page
from latentearth.claims.tables import number, report, table
from latentearth.claims.verdicts import VERDICTS, Finding, files, judge, judge_all, look_up, unmet

__all__ = [
    "SCALES",
    "VERDICTS",
    "Entry",
    "Finding",
    "Ledger",
    "LedgerError",
    "Measure",
    "MeasurementError",
    "NotFiniteError",
    "by_place",
    "caption",
    "files",
    "files_of",
    "judge",
    "judge_all",
    "label",
    "look_up",
    "measure",
    "number",
    "page",
    "places",
    "read_ledger",
    "report",
    "table",
    "totals",
    "unmet",
]

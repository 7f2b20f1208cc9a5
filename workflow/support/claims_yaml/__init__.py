"""The claim ledger: what a paper says, what we measure, and whether the two agree.

A disagreement is a verdict; only a broken measurement is an error.
"""

from support.claims_yaml.captions import by_place, caption, label, places, totals
from support.claims_yaml.entries import SCALES, Entry, Ledger, LedgerError, read_ledger
from support.claims_yaml.measures import (
    Measure,
    MeasurementError,
    NotFiniteError,
    files_of,
    measure,
)
from support.claims_yaml.page import page
from support.claims_yaml.tables import number, report, table
from support.claims_yaml.verdicts import VERDICTS, Finding, files, judge, judge_all, look_up, unmet

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

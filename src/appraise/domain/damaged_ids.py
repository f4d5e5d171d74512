"""What spreadsheets make of ids: how it is known, and what is said of it.

The patterns are those of Python's `re` and of RE2 alike, because rows are read by the one and events by the other.
"""

import re
from typing import Final

SPREADSHEET_ERRORS: Final = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
AS_NUMBER: Final = re.compile(r"\d+\.0+|\d([.,]\d+)?[Ee]\+\d+")
GUARDED: Final = re.compile(r'="(.*)"|\'(\d+)')
"""How an id is written so that spreadsheets leave it as it is: `="04111"`, `'04111`."""
PRECISION: Final = 15
"""Digits that a spreadsheet keeps of a number."""
ROUND: Final = re.compile(rf"\d{{{PRECISION}}}0+")

AN_ERROR: Final = "the cell holds a spreadsheet's error instead of a value"
MADE_A_NUMBER: Final = (
    "a spreadsheet has made a number of this id, whose digits or zeros may be lost; export it as text"
)
ROUNDED: Final = "a spreadsheet has rounded the long ids of this column to fifteen digits; export it as text"

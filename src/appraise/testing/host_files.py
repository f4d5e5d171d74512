"""How sinks whose host imports a file are tried: settings such as a customer gives, and what must come of 3.75."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

import xlsxwriter

from appraise.domain.host_scale import HostScale
from appraise.testing.file_conformance import FileTrial

ORACLE: Final = {"rating_model": "PERFORMANCE", "levels": "L1,L2,L3,L4,L5", "profile_code": "PER_{employee}"}
WORKDAY: Final = {
    "sheet": "Add Goals",
    "header_row": "5",
    "column.key": "Spreadsheet Key*",
    "column.employee": "Employee ID",
    "column.section": "Goal Reference ID",
    "column.name": "Goal",
    "column.description": "Description",
    "column.score": "Score",
    "column.status": "Status",
    "column.due": "Due Date",
}


def _workday(directory: Path) -> Mapping[str, str]:
    """A workbook such as a tenant generates: instructions, and headers under rows of areas and restrictions."""
    path = directory / "template.xlsx"
    workbook = xlsxwriter.Workbook(path, {"in_memory": True})
    workbook.add_worksheet("Overview").write(0, 0, "Do not change the columns")
    sheet = workbook.add_worksheet(WORKDAY["sheet"])
    bold, day = workbook.add_format({"bold": True, "bg_color": "#FFEE99"}), workbook.add_format({"num_format": "@"})
    sheet.write_row(0, 1, ["Add Goals"], bold)
    sheet.write_row(1, 0, ["Area", "All"])
    headers = [value for name, value in WORKDAY.items() if name.startswith("column.")]
    sheet.write_row(int(WORKDAY["header_row"]) - 1, 1, [*headers, "Category"], bold)
    sheet.write_row(int(WORKDAY["header_row"]), 1, ["" for _ in headers], day)
    workbook.close()
    return {**WORKDAY, "template": str(path)}


TRIALS: Final[Mapping[str, FileTrial]] = {
    "15five": FileTrial("69", scale=HostScale.percent()),
    "csv": FileTrial("69", scale=HostScale.percent(), employee="hr:id"),
    "jsonl": FileTrial("69", scale=HostScale.percent(), employee="hr:id"),
    "lattice": FileTrial("69", scale=HostScale.percent()),
    "oracle-hcm": FileTrial("L4", lambda _: ORACLE, report="SourceSystemId"),
    "pdf": FileTrial("69", scale=HostScale.percent(), employee="hr:id"),
    "small-improvements": FileTrial("3.75"),
    "successfactors-csv": FileTrial("69"),
    "workday": FileTrial("4", _workday, HostScale(Decimal(1), Decimal(5), Decimal("0.5")), report="Goal Reference ID"),
}
"""By the name of the sink."""

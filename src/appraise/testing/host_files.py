"""How sinks whose host imports a file are tried: settings such as a customer gives, and what must come of 3.75."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

from appraise.domain.host_scale import HostScale
from appraise.testing.file_conformance import FileTrial
from appraise.testing.host_workbooks import write_spreadsheet_2003, write_xlsx

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
    return _with_workbook(directory / "template.xlsx", write_xlsx)


def _workday_2003(directory: Path) -> Mapping[str, str]:
    """Named as a tenant's file need not be: what it is its content tells."""
    return _with_workbook(directory / "template", write_spreadsheet_2003)


def _with_workbook(path: Path, write: Callable[..., None]) -> Mapping[str, str]:
    headers = [value for name, value in WORKDAY.items() if name.startswith("column.")]
    write(path, sheet=WORKDAY["sheet"], header_row=int(WORKDAY["header_row"]), headers=headers)
    return {**WORKDAY, "template": str(path)}


HALVES: Final = HostScale(Decimal(1), Decimal(5), Decimal("0.5"))
TRIALS: Final[Mapping[str, FileTrial]] = {
    "15five": FileTrial("69", scale=HostScale.percent()),
    "csv": FileTrial("69", scale=HostScale.percent(), employee="hr:id"),
    "jsonl": FileTrial("69", scale=HostScale.percent(), employee="hr:id"),
    "lattice": FileTrial("69", scale=HostScale.percent()),
    "oracle-hcm": FileTrial("L4", lambda _: ORACLE, report="SourceSystemId"),
    "pdf": FileTrial("69", scale=HostScale.percent(), employee="hr:id"),
    "small-improvements": FileTrial("3.75"),
    "successfactors-csv": FileTrial("69"),
    "workday": FileTrial("4", _workday_2003, HALVES, report="Goal Reference ID"),
    "workday, XLSX": FileTrial("4", _workday, HALVES, report="Goal Reference ID"),
}
"""By the name of the sink, and behind it of the form where it has a second one."""

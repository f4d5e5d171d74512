"""Run by `worksheets` as a process of its own: prints the rows of a worksheet as lines of JSON.

A damaged or hostile workbook may drive the reader into panic, endless loops or more memory than the machine has; here
that ends this process alone. It imports nothing of ours, so that it starts at once.
"""

import json
import sys
from datetime import datetime, time

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

try:
    import resource
except ImportError:  # not on Windows, where memory is not bounded
    resource = None  # type: ignore[assignment]

MOST_MEMORY = 3 << 30
EXACT = 1 << 53  # below it a double tells every whole number from the next
END = "end"


def main(path: str, *wanted: str) -> None:
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            names = workbook.sheet_names
            name = wanted[0] if wanted else names[0] if names else ""
            tell({"sheets": names, "sheet": name})
            if name in names:
                tell_rows(workbook.get_sheet_by_name(name))
    except (CalamineError, OSError) as error:
        tell({"problem": str(error)})
        return
    tell(END)


def tell_rows(sheet: CalamineSheet) -> None:
    """From the first column on: the reader begins with the first that holds anything, though with the first row."""
    beside = [""] * (sheet.start or (0, 0))[1]
    for row in sheet.iter_rows():
        tell(beside + [cell_text(cell) for cell in row])


def tell(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")


def cell_text(cell: object) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell)) if abs(cell) < EXACT else f"{cell:.15G}"
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(sep=" ")
        case _:
            return str(cell)


if __name__ == "__main__":
    main(*sys.argv[1:])

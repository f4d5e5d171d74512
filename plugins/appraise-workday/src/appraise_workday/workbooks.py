"""The customer's own workbook, in whichever form it is, told from what is in it."""

import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol, TypeVar

from appraise.errors import InvalidInput, Place
from appraise_workday.grid import Sheet
from appraise_workday.spreadsheet_2003 import Spreadsheet2003
from appraise_workday.xlsx import Xlsx

T = TypeVar("T")

ARCHIVE: Final = b"PK\x03\x04"
OLD: Final = b"\xd0\xcf\x11\xe0"


class Workbook(Protocol):
    @property
    def suffix(self) -> str: ...

    @property
    def sheets(self) -> Sequence[str]: ...

    def sheet(self, name: str) -> Sheet: ...

    def saved(self, name: str, content: bytes) -> bytes:
        """The workbook in its own form, with another document of the sheet."""
        ...


def opened(path: Path) -> Workbook:
    """Raises `InvalidInput` for a file that is neither XLSX nor XML Spreadsheet 2003."""
    return _read(path, lambda: _opened(path.read_bytes()))


def sheet_of(workbook: Workbook, path: Path, wanted: str | None) -> tuple[str, Sheet]:
    """The sheet with its name; the first where none is wanted."""
    names = workbook.sheets
    name = wanted or next(iter(names), "")
    if name not in names:
        raise InvalidInput(
            f"the workbook has no sheet {name!r}", place=Place(path.name), expected=f"one of: {', '.join(names)}"
        )
    return name, _read(path, lambda: workbook.sheet(name))


def _opened(source: bytes) -> Workbook:
    if source.startswith(OLD):
        raise ValueError("it is of the older kind (XLS)")
    return Xlsx(source) if source.startswith(ARCHIVE) else Spreadsheet2003(source)


def _read(path: Path, read: Callable[[], T]) -> T:
    try:
        return read()
    except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise InvalidInput(
            f"the workbook cannot be read: {error}",
            place=Place(str(path)),
            expected="the tenant's workbook, as XLSX or XML Spreadsheet 2003",
            hint="check settings.template",
        ) from error

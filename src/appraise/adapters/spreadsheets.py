"""Text in files that people open as spreadsheets."""

from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet_cell(value: str | int | None) -> str:
    """Text that a spreadsheet would run as a formula is quoted; numbers are ours and stay as they are."""
    if value is None:
        return ""
    text = str(value)
    is_formula = text.startswith(FORMULA_STARTS) and not _is_number(text)
    return "'" + text if is_formula or _looks_quoted(text) else text


def cell_text(cell: str) -> str | None:
    """What `spreadsheet_cell` was given, of the cell that it made; None of an empty one."""
    return cell[1:] if _looks_quoted(cell) else cell or None


def _looks_quoted(text: str) -> bool:
    return text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

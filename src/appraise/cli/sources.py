"""Commands that hold what was imported against the systems that it came from: reconcile, coverage."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from appraise.events.reconcile import MonthlySum

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a machine instead of text.")]


def register(app: typer.Typer) -> None:
    app.command()(reconcile)
    app.command()(coverage)


def reconcile(
    source: Annotated[str | None, typer.Option(help="One source alone.")] = None,
    time_zone: Annotated[str, typer.Option(help="IANA zone in which the system's own report has its months.")] = "UTC",
    to: Annotated[Path | None, typer.Option(help="CSV file to write instead of printing a table.")] = None,
    json: Json = False,
) -> None:
    """Count and sum what was imported by source and month, to hold it against the system's own report.

    Example:  appraise reconcile --source shopify --time-zone Europe/Berlin
    """
    from dataclasses import asdict

    from appraise.bootstrap import open_deployment, utc_now
    from appraise.cli.output import console, print_json
    from appraise.settings import Settings
    from appraise.use_cases.read_sources import reconcile as sums_of

    found = sums_of(open_deployment(Settings()), at=utc_now(), time_zone=time_zone, source=source)
    if json:
        print_json([asdict(one) for one in found])
    elif to is not None:
        _write_csv(to, found)
        console.print(f"{len(found):,} lines written to {to}", highlight=False, soft_wrap=True)
    else:
        _print_sums(found)


def _write_csv(path: Path, found: "list[MonthlySum]") -> None:
    import csv

    from appraise.adapters.spreadsheets import spreadsheet_cell

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["source", "month", "kind", "what", "count", "sum", "unit"])
        for one in found:
            writer.writerow(
                [
                    spreadsheet_cell(one.source),
                    one.month,
                    one.kind.value,
                    spreadsheet_cell(one.what),
                    one.count,
                    _plain(one),
                    one.unit or "",
                ]
            )


def _plain(one: "MonthlySum") -> str:
    """The sum with the places that its unit has."""
    from appraise.domain.money import MINOR_DIGITS

    if one.total is None:
        return ""
    if one.unit is not None and one.unit in MINOR_DIGITS:
        return f"{one.total:.{MINOR_DIGITS[one.unit]}f}"
    return f"{one.total.normalize():f}"


def _print_sums(found: "list[MonthlySum]") -> None:
    from rich.table import Table

    from appraise.cli.output import console

    table = Table("source", "month", "kind", "what", box=None)
    for title in ("count", "sum"):
        table.add_column(title, justify="right")
    table.add_column("unit")
    for one in found:
        table.add_row(one.source, one.month, one.kind.value, one.what, f"{one.count:,}", _plain(one), one.unit or "")
    console.print(table)


def coverage(json: Json = False) -> None:
    """Show by source how many events name an employee whom the people data know, and how many customers are linked.

    Example:  appraise coverage
    """
    from dataclasses import asdict

    from rich.table import Table

    from appraise.bootstrap import open_deployment, utc_now
    from appraise.cli.output import console, print_json
    from appraise.settings import Settings
    from appraise.use_cases.read_sources import read_coverage

    settings = Settings()
    found = read_coverage(open_deployment(settings), at=utc_now(), memory_limit=settings.memory_limit)
    if json:
        print_json([asdict(one) for one in found])
        return
    table = Table("source", "kind", box=None)
    for title in ("events", "newest", "name an employee", "known", "customers", "with a key", "in another source"):
        table.add_column(title, justify="right")
    for one in found:
        table.add_row(
            one.source,
            one.kind.value,
            f"{one.events:,}",
            str(one.newest),
            _share(one.named, one.events),
            _share(one.known, one.named),
            f"{one.customers:,}",
            _share(one.linkable, one.customers),
            _share(one.linked, one.customers),
        )
    console.print(table)


def _share(part: int, whole: int) -> str:
    """Never 100.0 % of what is not all, nor 0.0 % of what is something."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < part < whole:
        percent = min(max(percent, 0.1), 99.9)
    return f"{percent:.1f} %"

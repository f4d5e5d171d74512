"""`appraise doctor`."""

from dataclasses import asdict

from rich.table import Table

from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.output import console, print_json
from appraise.settings import Settings
from appraise.use_cases.check_health import check_health


def print_health(*, json: bool) -> bool:
    """Print all checks; whether all is well."""
    checks = check_health(open_deployment(Settings()), at=utc_now())
    if json:
        print_json([asdict(check) for check in checks])
    else:
        table = Table("", "check", "found", "to do", box=None, header_style="bold", pad_edge=False)
        for check in checks:
            mark = "[green]well[/green]" if check.well else "[red]not well[/red]"
            table.add_row(mark, check.name, check.found, check.hint or "")
        console.print(table)
    return all(check.well for check in checks)

"""Commands about adverse impact: import and erase protected attributes, report."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from appraise.cli.data import EXIT_ROWS_REJECTED, Json
from appraise.errors import InvalidInput

commands = typer.Typer(
    help="Whether results and ratings fall differently on groups; protected attributes lie in a store of their own.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="fairness")


@commands.command("import")
def import_attributes(
    file: Annotated[Path, typer.Argument(help="Table with a column `employee` and one column for each attribute.")],
    namespace: Annotated[
        str | None,
        typer.Option(help="Whose numbers the column `employee` holds, e.g. successfactors:userid; otherwise our ids."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the whole report, write nothing.")] = False,
    json: Json = False,
) -> None:
    """Take protected attributes into their separate store, replacing what was known of these attributes.

    Attributes and categories are what the file names them; a blank cell means unknown. They are used for
    `appraise fairness report` and for nothing else.

    \b
    Examples:
      appraise fairness import attributes.csv --namespace successfactors:userid --dry-run
      appraise fairness import attributes.csv

    """
    from appraise.cli.fairness_output import import_and_print

    if import_and_print(file, namespace=namespace, dry_run=dry_run, json=json):
        raise typer.Exit(EXIT_ROWS_REJECTED)


@commands.command()
def erase(
    employee: Annotated[str, typer.Argument(help="Id, e-mail address, exact name, or NAMESPACE=VALUE.")] = "",
    everything: Annotated[bool, typer.Option("--everything", help="Everybody's attributes.")] = False,
) -> None:
    """Forget the protected attributes of one employee, or of everybody. It cannot be undone.

    \b
    Examples:
      appraise fairness erase anna.berg@example.com
      appraise fairness erase --everything

    """
    from appraise.cli.fairness_output import erase_and_print

    if bool(employee) == everything:
        raise InvalidInput("it is not clear whose attributes to erase", expected="either EMPLOYEE or --everything")
    erase_and_print(employee)


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@commands.command()
def report(
    cycle: Annotated[str, typer.Option(help="Name of the cycle; the newest where not given.")] = "",
    attribute: Annotated[str | None, typer.Option(help="One attribute; all that are known where not given.")] = None,
    format: Annotated[Format, typer.Option(help="table for people, csv for spreadsheets, json for machines.")] = (  # noqa: A002  # the option's natural name
        Format.TABLE
    ),
    publish: Annotated[
        bool, typer.Option("--publish", help="Leave the verdicts, without counts, for the page of HR as well.")
    ] = False,
) -> None:
    """Compare ratings and estimates between groups: rates, ratios with intervals, exact tests, a verdict in words.

    Categories of fewer than five people are not shown, nor what would give them away. It never says "passed".

    \b
    Examples:
      appraise fairness report --cycle 2025
      appraise fairness report --cycle 2025 --attribute sex --format csv > impact.csv
      appraise fairness report --cycle 2025 --publish

    """
    from appraise.cli.fairness_report import report_and_print

    report_and_print(cycle, attribute=attribute, format=format.value, publish=publish)

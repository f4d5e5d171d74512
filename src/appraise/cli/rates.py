"""Commands about exchange rates."""

from pathlib import Path
from typing import Annotated

import typer

from appraise.cli.data import Json

rates_commands = typer.Typer(
    help="Exchange rates by day, by which orders in several currencies are told in one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    app.add_typer(rates_commands, name="rates")


@rates_commands.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV or zip: a column Date and one for each currency.")],
    reporting: Annotated[str, typer.Option(help="The currency in which money is told.")] = "EUR",
    base: Annotated[str, typer.Option(help="The currency of which the file tells what one unit buys.")] = "EUR",
    json: Json = False,
) -> None:
    """Take rates from a file in the layout of the European Central Bank. Days that are not in it stay as they are.

    \b
    Examples:
      appraise rates import eurofxref-hist.zip
      appraise rates import eurofxref-hist.zip --reporting CHF

    """
    from appraise.cli.rates_output import import_one

    import_one(file, base=base, reporting=reporting, json=json)


@rates_commands.command("show")
def show(json: Json = False) -> None:
    """Show from when to when there are rates of which currency.

    Example:  appraise rates show
    """
    from appraise.cli.rates_output import print_rates

    print_rates(json=json)

"""Commands about change: change, training."""

from pathlib import Path
from typing import Annotated

import typer

from appraise.cli.data import Json


def register(app: typer.Typer) -> None:
    app.command()(change)
    app.command()(training)


def change(
    before: Annotated[str, typer.Option("--from", help="Name of the earlier cycle.")],
    after: Annotated[str, typer.Option("--to", help="Name of the later cycle.")],
    employee: Annotated[
        str, typer.Argument(help="Id, e-mail address, exact name, or NAMESPACE=VALUE; everybody where not given.")
    ] = "",
    json: Json = False,
) -> None:
    """Show how figures changed between two scored cycles, after allowing for chance in both.

    Never subtract two published scores: each was moved towards the peers on its own. Sorted by name, not by size.

    \b
    Examples:
      appraise change anna.berg@example.com --from 2024 --to 2025
      appraise change --from 2024 --to 2025

    """
    from appraise.cli.showing_changes import show_changes

    show_changes(employee, before, after, json=json)


def training(
    file: Annotated[Path, typer.Argument(help="CSV with the columns employee_id, trained_on and, if known, cost.")],
    indicator: Annotated[str, typer.Option(help="satisfaction, repeat_purchase, lifetime_value or attrition.")],
    before: Annotated[str, typer.Option(help="Name of the cycle before the training.")],
    after: Annotated[str, typer.Option(help="Name of the cycle after it.")],
    cost: Annotated[str, typer.Option(help="What the training cost in all; the sum of the file's column.")] = "",
    value_per_unit: Annotated[
        str, typer.Option(help="What one point (or a ratio higher by 1) is worth per employee and cycle.")
    ] = "",
    currency: Annotated[str, typer.Option(help="Of both, e.g. EUR.")] = "",
    json: Json = False,
) -> None:
    """Tell what a training did: the trained beside untrained colleagues who had the same figure before.

    With --value-per-unit also the return on its cost.

    \b
    Examples:
      appraise training trained.csv --indicator satisfaction --before 2024 --after 2025
      appraise training trained.csv --indicator satisfaction --before 2024 --after 2025 \\
        --cost 12000 --value-per-unit 300 --currency EUR

    """
    from appraise.cli.showing_training import prices_of, show_training

    prices = prices_of(cost, value_per_unit, currency)
    if not show_training(file, indicator, before, after, prices=prices, json=json):
        raise typer.Exit(3)

"""Commands about change: change."""

from typing import Annotated

import typer

from appraise.cli.data import Json


def register(app: typer.Typer) -> None:
    app.command()(change)


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

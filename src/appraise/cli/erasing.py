"""`appraise erase`: what the law gives people a right to have forgotten."""

from dataclasses import asdict
from typing import Annotated

import typer

from appraise.cli.data import Json

commands = typer.Typer(help="Erase people's data, with a proof.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="erase")


@commands.callback()
def erase() -> None:
    pass


@commands.command()
def customer(
    key: Annotated[str, typer.Argument(help="The customer's id in the source, or without --source an e-mail address.")],
    source: Annotated[str | None, typer.Option(help="Whose customer, as imports name their source.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would go, erase nothing.")] = False,
    json: Json = False,
) -> None:
    """Erase a customer from all event tables, of old versions too, with what they are called in other sources.

    Scores that rested on these events stay as they are; runs of before cannot be computed again. Export files that
    lie elsewhere, backups, tables that are read in place and the source itself are yours to clear: a new export brings
    the customer back.

    \b
    Examples:
      appraise erase customer anna@example.org --dry-run
      appraise erase customer 4711 --source shopify

    """
    from appraise.bootstrap import open_without_indicators, utc_now
    from appraise.cli.output import console, print_json
    from appraise.settings import Settings
    from appraise.use_cases.erase_customer import erase_customer

    erasure = erase_customer(open_without_indicators(Settings()), source=source, key=key, at=utc_now(), dry_run=dry_run)
    if json:
        print_json(asdict(erasure))
        return
    known = ", ".join(f"{key} ({source})" for source, key in erasure.keys)
    console.print(f"Known as {known}", highlight=False, markup=False, soft_wrap=True)
    for kind, rows in erasure.found.items():
        console.print(f"  {kind.value}: {rows:,} rows in all files, of old versions too", highlight=False)
    told = (
        "Dry run, nothing erased"
        if dry_run
        else f"Erased; {erasure.deleted:,} files of old versions are gone, and no file of the tables names the customer"
    )
    console.print(told, highlight=False, soft_wrap=True)
    if erasure.in_place:
        others = f"Not looked at, as they are read in place: {', '.join(erasure.in_place)}. Erase there, too."
        console.print(others, highlight=False, markup=False, soft_wrap=True)

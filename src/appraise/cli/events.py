"""`appraise events`: event tables that are read where they are."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from appraise.cli.data import EXIT_ROWS_REJECTED, Json

if TYPE_CHECKING:
    from appraise.events.in_place import Read

commands = typer.Typer(help="Event tables that are read where they are.", no_args_is_help=True, rich_markup_mode=None)
SHOWN = 10


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="events")


@commands.callback()
def events() -> None:
    pass


@commands.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(help="The file that names the tables; otherwise that of APPRAISE_EVENTS_IN_PLACE.")
    ] = None,
    json: Json = False,
) -> None:
    """Read tables in place as a scoring run would, and tell what is left out and why. Nothing is kept.

    A column that is missing or of the wrong type is refused before a row is read. Exit code 3 where rows are left out.

    \b
    Examples:
      appraise events check warehouse.toml
      APPRAISE_EVENTS_IN_PLACE=warehouse.toml appraise events check --json

    """
    from dataclasses import asdict

    from appraise.bootstrap import open_without_indicators, utc_now
    from appraise.cli.output import print_json
    from appraise.errors import InvalidInput
    from appraise.settings import Settings
    from appraise.use_cases.events_in_place import check_events

    settings = Settings()
    chosen = file or settings.events_in_place
    if chosen is None:
        raise InvalidInput(
            "no file names tables that are read in place",
            hint="name one here or in APPRAISE_EVENTS_IN_PLACE; docs/events-in-place.md has an example",
        )
    found = check_events(open_without_indicators(settings), chosen, at=utc_now())
    if json:
        print_json([{**asdict(one.told), "sample": [asdict(row) for row in one.sample]} for one in found])
    else:
        for one in found:
            _print(one)
    if any(one.told.taken < one.told.rows for one in found):
        raise typer.Exit(EXIT_ROWS_REJECTED)


def _print(read: "Read") -> None:
    from rich.text import Text

    from appraise.cli.output import console

    def line(text: str) -> None:
        console.print(Text(text), soft_wrap=True, highlight=False)

    told = read.told
    line(f"{told.name}: {told.location}")
    line(f"  {told.state}; {told.rows:,} rows, {told.taken:,} of them events")
    for reason, count in told.left_out:
        line(f"  left out {count:,}: {reason}")
    for row in read.sample[:SHOWN]:
        value = "nothing" if row.value is None else repr(row.value)
        line(f"    {row.event_id or 'a row without id'}: {row.column} is {value}, {row.reason}")

"""Commands that bring data in, score it and give it out: init, import, undo, score, export, doctor."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from appraise.errors import InvalidInput

if TYPE_CHECKING:
    from appraise.adapters.contract import ImportOptions

EXIT_ROWS_REJECTED = 3

RejectedTo = Annotated[
    Path | None, typer.Option(help="Write place, value and reason of every rejected row to this CSV.")
]
ToMend = Annotated[
    Path | None,
    typer.Option(help="Write the rejected rows themselves into this directory, each file like its export, to mend."),
]
TimeZone = Annotated[str | None, typer.Option(help="IANA zone of times without offset, e.g. Europe/Berlin.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing of how far it is, only what came of it.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a machine instead of text.")]


class ErrorPolicy(StrEnum):
    REJECT_ROWS = "reject-rows"
    REJECT_FILE = "reject-file"


OnError = Annotated[ErrorPolicy, typer.Option(help="What a bad row costs.")]
SuggestMapping = Annotated[bool, typer.Option("--suggest-mapping", help="Print a first mapping, import nothing.")]


def register(app: typer.Typer) -> None:
    app.command()(init)
    app.command(name="import")(import_file)
    app.command()(undo)
    app.command()(score)
    app.command()(export)
    app.command(name="export-people")(export_people)
    app.command()(doctor)


def init() -> None:
    """Create what is missing: records database, event store, secret. Safe to repeat.

    Example:  appraise init
    """
    from appraise.bootstrap import initialise
    from appraise.cli.output import console
    from appraise.settings import Settings

    settings = Settings()
    initialise(settings)
    console.print(f"Appraise is ready in {settings.data.resolve()}", soft_wrap=True, highlight=False)
    console.print("Next: [bold]appraise adapters[/bold] shows what can be imported.")


def import_file(
    adapter: Annotated[str, typer.Argument(help="Name of the adapter, see `appraise adapters`.")],
    files: Annotated[list[Path], typer.Argument(help="The export files, imported in this order.")],
    source: Annotated[str | None, typer.Option(help="Whose data it is; two shops are two sources.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="Mapping file (TOML) that names the columns.")] = None,
    time_zone: TimeZone = None,
    date_format: Annotated[str | None, typer.Option(help="strptime format of dates, e.g. %m/%d/%Y.")] = None,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day a people export shows.")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="Adapter setting, KEY=VALUE; repeatable.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the whole report, write nothing.")] = False,
    on_error: OnError = ErrorPolicy.REJECT_ROWS,
    rejected_to: RejectedTo = None,
    to_mend: ToMend = None,
    suggest_mapping: SuggestMapping = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Import export files of an HR system or a customer system.

    \b
    Examples:
      appraise import successfactors users.csv --as-of 2026-01-01
      appraise import zendesk tickets.csv ratings.json --time-zone Europe/Berlin
      appraise import csv sales.csv --suggest-mapping > sales.toml
      appraise import csv sales.csv --mapping sales.toml --dry-run
      appraise import csv sales-*.csv --mapping sales.toml --to-mend mend

    """
    from appraise.cli.importing import import_one, print_suggestion

    if suggest_mapping:
        print_suggestion(adapter, files[0])
        return
    options = _options(adapter, source, mapping, time_zone, date_format, as_of, settings or [])
    if sum(
        import_one(
            adapter,
            path,
            options,
            dry_run=dry_run,
            on_error=on_error.value,
            rejected_to=rejected_to,
            to_mend=to_mend,
            json=json,
            quiet=quiet,
            which=(number, len(files)),
        )
        for number, path in enumerate(files, start=1)
    ):
        raise typer.Exit(EXIT_ROWS_REJECTED)


def _options(
    adapter: str,
    source: str | None,
    mapping: Path | None,
    time_zone: str | None,
    date_format: str | None,
    as_of: datetime | None,
    settings: list[str],
) -> "ImportOptions":
    from appraise.adapters.contract import ImportOptions
    from appraise.adapters.days import check_time_zone

    pairs = [setting.partition("=") for setting in settings]
    for name, equals, _ in pairs:
        if not equals:
            raise InvalidInput(
                f"--set {name} has no value", expected="KEY=VALUE, e.g. reference.CUSTOM01=zendesk:agent"
            )
    return ImportOptions(
        source=source or adapter,
        time_zone=None if time_zone is None else check_time_zone(time_zone),
        date_format=date_format,
        as_of=None if as_of is None else as_of.date(),
        mapping=mapping,
        settings={name: value for name, _, value in pairs},
    )


def undo(load: Annotated[str, typer.Argument(help="Id of the load, as the import printed it.")]) -> None:
    """Take a load of events back, everywhere; what it had superseded counts again.

    Example:  appraise undo 5f0c…
    """
    from appraise.bootstrap import open_without_indicators, utc_now
    from appraise.cli.output import console
    from appraise.settings import Settings
    from appraise.use_cases.undo_load import undo_load

    undone = undo_load(open_without_indicators(Settings()), load, at=utc_now())
    console.print(f"{sum(undone.rows.values()):,} events of load {load} taken back", highlight=False)
    for other in undone.repeat:
        console.print(f"  Import the file of load {other} again: it had left out rows that only this load held.")


def score(
    cycle: Annotated[str, typer.Argument(help="Name of the cycle, e.g. 2025; opened where there is none yet.")] = "",
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of a new cycle.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="First day after a new cycle.")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(help="Policy document (TOML); otherwise the one in force, see `appraise policy show`."),
    ] = None,
    again: Annotated[
        str, typer.Option(help="Compute a stored run again and compare: its id, or a cycle's name for its latest run.")
    ] = "",
    json: Json = False,
) -> None:
    """Score everybody in a cycle. Errors of the policy stop it; its warnings are printed and kept with the run.

    With --again nothing is stored: the run is computed from the events, people and policy of then, and every figure
    that does not come out as stored is named. Exit code 1 where there is one, or where not all could be compared.

    \b
    Examples:
      appraise score 2025 --from 2025-01-01 --to 2026-01-01
      appraise score --again 2025

    """
    if bool(again) == bool(cycle) or (again and (start or end or policy)):
        raise typer.BadParameter("name either a CYCLE to score, or with --again alone a run to compute again")
    if again:
        from appraise.cli.again import print_again

        if not print_again(again, json=json):
            raise typer.Exit(1)
        return
    from appraise.cli.scoring import print_run, score_named_cycle
    from appraise.settings import Settings
    from appraise.use_cases.read_policy import policy_in_force

    rules = policy_in_force(policy or Settings().policy)
    first, last = (None if day is None else day.date() for day in (start, end))
    print_run(score_named_cycle(cycle, start=first, end=last, policy=rules), json=json)


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


def export(
    cycle: Annotated[str, typer.Argument(help="Name of the cycle.")],
    to: Annotated[Path, typer.Option(help="File to write.")],
    format: Annotated[Format, typer.Option(help="csv for spreadsheets, jsonl for machines.")] = Format.CSV,  # noqa: A002  # the option's natural name
) -> None:
    """Write a cycle's finalised sections to a file.

    Example:  appraise export 2025 --to sections.csv
    """
    from appraise.cli.scoring import export_cycle

    export_cycle(cycle, to, format=format.value)


def export_people(
    source: Annotated[str, typer.Argument(help="Whose data it is, as `appraise import --source` said.")],
    to: Annotated[Path, typer.Option(help="File to write.")],
    format: Annotated[Format, typer.Option(help="csv for spreadsheets, jsonl for machines.")] = Format.CSV,  # noqa: A002  # the option's natural name
) -> None:
    """Write all that is known of people from one source, to be imported again by `appraise import csv`.

    Example:  appraise export-people successfactors --to people.csv
    """
    from appraise.cli.importing import export_to

    export_to(to, source, format=format.value)


def doctor(json: Json = False) -> None:
    """Check the installation and the data: database, migrations, event tables, audit chain, adapters.

    Example:  appraise doctor
    """
    from appraise.cli.health import print_health

    if not print_health(json=json):
        raise typer.Exit(1)

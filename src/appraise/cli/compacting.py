"""`appraise compact`: the event tables' files."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from appraise.cli.data import Json

if TYPE_CHECKING:
    from appraise.events.compacting import Size
    from appraise.use_cases.compact_events import Compaction


def register(app: typer.Typer) -> None:
    app.command()(compact)


def compact(
    settle_before: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Remove for good what loads of before this day superseded; these cannot be undone any more, and runs "
            "that ended before it may not be computed again.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Bring the event tables into few large files, and delete files that nothing needs any more.

    Imports, scoring and the API go on meanwhile. No figure changes, and every scoring run can be computed again.
    Files that were replaced are deleted by a compaction a day later, for those who are reading them.

    \b
    Examples:
      appraise compact
      appraise compact --settle-before 2023-01-01

    """
    from appraise.bootstrap import open_without_indicators, utc_now
    from appraise.cli.output import print_json, progress_bar
    from appraise.settings import Settings
    from appraise.use_cases.compact_events import compact_events

    with progress_bar("Compacting the event tables") as advance:

        def in_megabytes(step: str, done: int, total: int) -> None:
            advance(f"MB · {step}", done // 1_000_000, max(total // 1_000_000, 1))

        found = compact_events(
            open_without_indicators(Settings()),
            settle_before=None if settle_before is None else settle_before.date(),
            at=utc_now(),
            progress=in_megabytes,
        )
    if json:
        print_json(asdict(found))
    else:
        _print(found)


def _print(found: "Compaction") -> None:
    from rich.table import Table

    from appraise.cli.output import console

    table = Table("", "files read", "", "files there", "", box=None, header_style="bold", pad_edge=False)
    for kind, one in found.tables.items():
        if one.lying_before.files:
            read, there = _change(one.before, one.after), _change(one.lying_before, one.lying_after)
            table.add_row(kind.value, *read, *there)
    console.print(table)
    tables = found.tables.values()
    if superseded := sum(one.superseded for one in tables):
        console.print(f"{superseded:,} superseded rows removed for good", highlight=False)
    if waiting := sum(one.waiting.files for one in tables):
        size = _megabytes(sum(one.waiting.bytes for one in tables))
        console.print(f"{waiting:,} replaced files, {size}, go with a compaction in a day", highlight=False)
    if kept := sum(one.kept.files for one in tables):
        size = _megabytes(sum(one.kept.bytes for one in tables))
        console.print(
            f"{kept:,} files, {size}, stay for scoring runs that could not be computed again without them",
            highlight=False,
            soft_wrap=True,
        )
    if found.runs:
        console.print(f"{found.runs:,} scoring runs can be computed again", highlight=False)


def _change(before: "Size", after: "Size") -> tuple[str, str]:
    return f"{before.files:,} → {after.files:,}", f"{_megabytes(before.bytes)} → {_megabytes(after.bytes)}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"

"""The command that does what was asked for through the API: work."""

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command()(work)


def work(
    once: Annotated[bool, typer.Option("--once", help="Do what waits, then end.")] = False,
) -> None:
    """Do jobs that were asked for through the API, until interrupted. `appraise serve` does them too.

    Lets clocks run as well, every five minutes: answered sections become final, disputes expire, reminders go out.

    Example:  appraise work --once
    """
    from appraise.cli.work_output import work_until_stopped

    work_until_stopped(once=once)

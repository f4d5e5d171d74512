"""Commands about what is written into HR systems: write-back plan, send, check, status, retry, by-hand."""

from pathlib import Path
from typing import Annotated

import typer

from appraise.cli.data import EXIT_ROWS_REJECTED, Json

commands = typer.Typer(
    help="Final sections written into HR systems, and whether they arrived.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Cycle = Annotated[str, typer.Argument(help="Name of the cycle.")]
Host = Annotated[str, typer.Option(help="Name of the host in the file of hosts; the only one where not given.")]
Section = Annotated[str, typer.Argument(help="The section's id, as `appraise write-back status` shows it.")]


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="write-back")


@commands.command()
def plan(cycle: Cycle, host: Host = "", json: Json = False) -> None:
    """Show what would be written, with totals as they are read here and as the host will round them. Sends nothing.

    Example:  appraise write-back plan 2025 --host frappe
    """
    from appraise.cli.write_back_output import print_plan

    print_plan(cycle, host, json=json)


@commands.command()
def send(
    cycle: Cycle,
    host: Host = "",
    to: Annotated[Path | None, typer.Option(help="File to write, for a host that imports files.")] = None,
    json: Json = False,
) -> None:
    """Write a cycle's final sections into a host, and read back what it holds then. Safe to repeat.

    Exit code 3 where some were refused or arrived in part.

    \b
    Examples:
      appraise write-back send 2025 --host frappe
      appraise write-back send 2025 --host payroll --to ratings.csv

    """
    from appraise.cli.write_back_output import send_and_print

    if not send_and_print(cycle, host, to, json=json):
        raise typer.Exit(EXIT_ROWS_REJECTED)


@commands.command()
def check(
    cycle: Cycle,
    host: Host = "",
    answers: Annotated[
        Path | None, typer.Option(help="What the host gave back: its own export, or its list of rejected rows.")
    ] = None,
    json: Json = False,
) -> None:
    """Look what a host holds now of what was sent: whether it is still there, or somebody changed it.

    Exit code 3 where something is not as it was sent.

    \b
    Examples:
      appraise write-back check 2025 --host frappe
      appraise write-back check 2025 --host payroll --answers rejected.csv

    """
    from appraise.cli.write_back_output import check_and_print

    if not check_and_print(cycle, host, answers, json=json):
        raise typer.Exit(EXIT_ROWS_REJECTED)


@commands.command()
def status(cycle: Cycle, host: Host = "", json: Json = False) -> None:
    """List the ledger: where each section stands in each host, and what differs.

    Example:  appraise write-back status 2025
    """
    from appraise.cli.write_back_output import print_status

    print_status(cycle, host, json=json)


@commands.command()
def retry(
    section: Section,
    host: Host = "",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also where somebody changed it in the host; the audit log says so.")
    ] = False,
) -> None:
    """Send one section again, after what stood in the way is mended.

    Example:  appraise write-back retry 3hT…Qx --host frappe
    """
    from appraise.cli.write_back_output import retry_and_print

    retry_and_print(section, host, overwrite=overwrite)


@commands.command("by-hand")
def by_hand(
    section: Section,
    note: Annotated[str, typer.Option(help="Who entered it where, or why the host's own value stands.")],
    host: Host = "",
) -> None:
    """Note that a person enters a section in the host, or that what the host holds stands.

    Example:  appraise write-back by-hand 3hT…Qx --note "entered by Mia in the review form"
    """
    from appraise.cli.write_back_output import settle_and_print

    settle_and_print(section, host, note)

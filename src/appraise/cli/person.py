"""Commands about everything that is kept of a person: propose, confirm, withdraw, list, hold."""

from pathlib import Path
from typing import Annotated

import typer

from appraise.cli.data import Json

commands = typer.Typer(
    help="Export or erase what is kept of a person, by two HR administrators.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
By = Annotated[str, typer.Option("--by", help="The HR administrator who does it: id, e-mail address or exact name.")]
Employee = Annotated[str, typer.Argument(help="Id, e-mail address, exact name, or NAMESPACE=VALUE.")]
Request = Annotated[str, typer.Argument(help="As `appraise person list` shows it.")]


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="person")


@commands.command()
def propose(
    kind: Annotated[str, typer.Argument(help="export or erasure.")],
    employee: Employee,
    by: By,
    reason: Annotated[str, typer.Option(help="Who asked for it, and on what grounds.")],
) -> None:
    """Propose to export or erase what is kept of a person; another HR administrator has to confirm it.

    \b
    Examples:
      appraise person propose erasure anna.berg@example.com --by hal@example.com --reason "her letter of 3 March"
      appraise person propose export anna.berg@example.com --by hal@example.com --reason "Art. 15 GDPR"
    """
    from appraise.cli.person_output import propose_and_print

    propose_and_print(kind, employee, by=by, reason=reason)


@commands.command()
def confirm(
    request: Request,
    by: By,
    to: Annotated[Path | None, typer.Option("--to", help="Where the file of an export goes.")] = None,
) -> None:
    """Confirm what another proposed: it happens now. An erasure cannot be undone.

    An export that was confirmed is written again by the same command, for seven days.

    \b
    Examples:
      appraise person confirm 0197… --by hedy@example.com
      appraise person confirm 0197… --by hedy@example.com --to anna.zip
    """
    from appraise.cli.person_output import confirm_and_print

    confirm_and_print(request, by=by, to=to)


@commands.command()
def withdraw(request: Request, by: By) -> None:
    """Take a request back that nobody has confirmed.

    \b
    Example:
      appraise person withdraw 0197… --by hal@example.com
    """
    from appraise.cli.person_output import withdraw_and_print

    withdraw_and_print(request, by=by)


@commands.command(name="list")
def list_(by: By, json: Json = False) -> None:
    """Requests and legal holds.

    \b
    Example:
      appraise person list --by hal@example.com
    """
    from appraise.cli.person_output import print_requests

    print_requests(by=by, json=json)


@commands.command()
def hold(
    employee: Employee,
    by: By,
    reason: Annotated[str | None, typer.Option(help="Why; without it the hold is lifted.")] = None,
) -> None:
    """Forbid that a person is erased, or lift that.

    \b
    Examples:
      appraise person hold anna.berg@example.com --by hal@example.com --reason "court case 12 C 34/26"
      appraise person hold anna.berg@example.com --by hal@example.com
    """
    from appraise.cli.person_output import hold_and_print

    hold_and_print(employee, by=by, reason=reason)

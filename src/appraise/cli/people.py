"""Commands about people and access: show, token, grant, adapters."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from appraise.cli.data import Json

token_commands = typer.Typer(
    help="Access tokens of service accounts and people.", no_args_is_help=True, rich_markup_mode=None
)


def register(app: typer.Typer) -> None:
    app.command()(show)
    app.add_typer(token_commands, name="token")
    app.command()(grant)
    app.command()(adapters)


def show(
    employee: Annotated[str, typer.Argument(help="Id, e-mail address, exact name, or NAMESPACE=VALUE.")],
    cycle: Annotated[str, typer.Option(help="Name of the cycle; the newest where not given.")] = "",
    why: Annotated[bool, typer.Option("--why", help="Open the working of every figure, in sentences.")] = False,
    json: Json = False,
) -> None:
    """Show one employee's scorecard: each interval drawn against what was expected.

    \b
    Examples:
      appraise show anna.berg@example.com --cycle 2025
      appraise show successfactors:userid=04111 --why

    """
    from appraise.cli.showing import show_scorecard

    show_scorecard(employee, cycle, why=why, json=json)


@token_commands.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the token is for; shown in the audit log.")],
    employee: Annotated[str | None, typer.Option(help="Sign in as this employee (id or e-mail).")] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="read:people, read:sections; repeatable; service accounts.")
    ] = None,
    expires: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; 90 days from now.")] = None,
    json: Json = False,
) -> None:
    """Mint a token; it is shown once and stored only as a hash.

    \b
    Examples:
      appraise token create hris --scope read:people --scope read:sections
      appraise token create "Anna's laptop" --employee anna.berg@example.com

    """
    from appraise.cli.access import create_and_print

    until = None if expires is None else expires.replace(tzinfo=UTC)
    create_and_print(name, employee=employee, scopes=scope or [], expires_at=until, json=json)


def grant(
    employee: Annotated[str, typer.Argument(help="Id or e-mail address.")],
    role: Annotated[str, typer.Argument(help="hr_administrator, executive or auditor.")],
) -> None:
    """Give an employee a role. Being a manager is not granted: reporting lines say it.

    Example:  appraise grant anna.berg@example.com hr_administrator
    """
    from appraise.cli.access import grant_and_print

    grant_and_print(employee, role)


def adapters(json: Json = False) -> None:
    """List the installed adapters: what each reads, and how far its format was verified.

    Example:  appraise adapters
    """
    from appraise.cli.access import print_adapters

    print_adapters(json=json)
